"""Every change of rights: the only code that writes memberships, switches, teams, rules, deputies and requests.

Each function asks first whether the giver may do this, within a lock on the firm, and leaves one entry in the audit
trail in the same transaction. `NotAllowed` means that the giver has no such right (403); `Refused` says in the giver's
words why a permitted change cannot be made.

Who may what (product.md 1, security.md threat 15): firm roles, teams, rules, deputies and requests belong to
administrators of the firm; a client administrator gives and takes the role of client user for the own client, with
switches for what they hold themselves. Nobody changes their own rights, and a firm keeps one lasting administrator.
"""

from portal.accounts.rights.deputies import end_deputy, name_deputy
from portal.accounts.rights.guards import SYSTEM, Giver, NotAllowed, Refused, administers, may_give, may_manage
from portal.accounts.rights.memberships import Place, assign, give, limit, switch, withdraw
from portal.accounts.rights.people import deactivate, reactivate
from portal.accounts.rights.requests import approve, ask, decline, take_back
from portal.accounts.rights.teams import (
    add_member,
    add_rule,
    create_team,
    give_clients,
    remove_member,
    remove_rule,
    remove_team,
    rename_team,
    take_client,
)

__all__ = [
    "SYSTEM",
    "Giver",
    "NotAllowed",
    "Place",
    "Refused",
    "add_member",
    "add_rule",
    "administers",
    "approve",
    "ask",
    "assign",
    "create_team",
    "deactivate",
    "decline",
    "end_deputy",
    "give",
    "give_clients",
    "limit",
    "may_give",
    "may_manage",
    "name_deputy",
    "reactivate",
    "remove_member",
    "remove_rule",
    "remove_team",
    "rename_team",
    "switch",
    "take_back",
    "take_client",
    "withdraw",
]
