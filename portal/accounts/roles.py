"""Roles and what they may do: the one table. Pages, docs and tests read it; nothing else decides.

A capability is a Capability when a page asks for it. What waits for its page is in LATER: nobody holds it.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


class Capability(models.TextChoices):
    """A named thing a role may do to what lies in its scope."""

    VIEW = "view", _("see clients, companies and the status of their data")
    VIEW_LABELS = (
        "view_labels",
        _("see what is the office's own: tags and service level, run requests and workflow, who sees to a company"),
    )
    VIEW_PERSONAL = "view_personal", _("see personal data of employees")
    VIEW_SALARIES = "view_salaries", _("see salaries and wage cost")
    VIEW_TAX_SETTINGS = "view_tax_settings", _("see wage-tax settings and the 30% ruling")
    VIEW_SICKNESS = "view_sickness", _("see absence by sickness")
    VIEW_BANK_ACCOUNTS = "view_bank_accounts", _("see bank accounts, masked")
    REVEAL_IBAN = "reveal_iban", _("reveal a whole bank account number, each time logged")
    EXPORT = "export", _("take data out as a file")
    EXPORT_PERSON = "export_person", _("hand out everything that is kept about one employee, each time logged")
    VIEW_SYNC = "view_sync", _("see sync runs and their errors")
    RESYNC = "resync", _("start a resync of a client or company")
    SET_DEADLINES = "set_deadlines", _("set who sees to a company and when its work is due")
    DECIDE_HOLD = "decide_hold", _("decide about data that a sync holds back")
    RESYNC_FIRM = "resync_firm", _("start a resync of the whole firm")
    MANAGE_CONNECTIONS = "manage_connections", _("see and change connections to Nmbrs")
    MANAGE_SETTINGS = "manage_settings", _("change settings of the firm")
    REMOVE_CLIENT = "remove_client", _("remove all data of a client, and see what was removed")
    MANAGE_USERS = "manage_users", _("manage people and who may see what")
    MANAGE_CLIENT_USERS = "manage_client_users", _("manage the users of a client")
    VIEW_AUDIT = "view_audit", _("read the audit trail")
    LOOK_AS = "look_as", _("look as somebody of the firm, reading only, each time logged")


class Role(models.TextChoices):
    """What somebody is within a firm."""

    ADMINISTRATOR = "administrator", _("Administrator")
    ACCOUNTANT = "accountant", _("Payroll accountant")
    ASSISTANT = "assistant", _("Assistant")
    AUDITOR = "auditor", _("Auditor")
    CLIENT_ADMINISTRATOR = "client_administrator", _("Client administrator")
    CLIENT_USER = "client_user", _("Client user")


_ASSISTANT = frozenset(
    {
        Capability.VIEW,
        Capability.VIEW_LABELS,
        Capability.VIEW_PERSONAL,
        Capability.VIEW_SALARIES,
        Capability.VIEW_TAX_SETTINGS,
        Capability.VIEW_SYNC,
        Capability.RESYNC,
        Capability.SET_DEADLINES,
    }
)
_ACCOUNTANT = _ASSISTANT | {
    Capability.VIEW_SICKNESS,
    Capability.VIEW_BANK_ACCOUNTS,
    Capability.REVEAL_IBAN,
    Capability.EXPORT,
    Capability.DECIDE_HOLD,
}

CAPABILITIES: dict[Role, frozenset[Capability]] = {
    Role.ADMINISTRATOR: _ACCOUNTANT
    | {
        Capability.RESYNC_FIRM,
        Capability.MANAGE_CONNECTIONS,
        Capability.MANAGE_SETTINGS,
        Capability.EXPORT_PERSON,
        Capability.REMOVE_CLIENT,
        Capability.MANAGE_USERS,
        Capability.MANAGE_CLIENT_USERS,
        Capability.VIEW_AUDIT,
        Capability.LOOK_AS,
    },
    Role.ACCOUNTANT: _ACCOUNTANT,
    Role.ASSISTANT: _ASSISTANT,
    Role.AUDITOR: frozenset(
        {
            Capability.VIEW,
            Capability.VIEW_LABELS,
            Capability.VIEW_PERSONAL,
            Capability.VIEW_SALARIES,
            Capability.VIEW_TAX_SETTINGS,
            Capability.VIEW_BANK_ACCOUNTS,
            Capability.VIEW_SYNC,
            Capability.VIEW_AUDIT,
        }
    ),
    Role.CLIENT_ADMINISTRATOR: frozenset(
        {
            Capability.VIEW,
            Capability.VIEW_PERSONAL,
            Capability.VIEW_SALARIES,
            Capability.EXPORT,
            Capability.MANAGE_CLIENT_USERS,
        }
    ),
    Role.CLIENT_USER: frozenset({Capability.VIEW}),
}

#: Switched on per person for a client user: by a client administrator who holds it too, or by the firm.
SWITCHES = frozenset({Capability.VIEW_SALARIES, Capability.VIEW_SICKNESS})
#: Of these, what the firm alone may switch on.
FIRM_SWITCHES = frozenset({Capability.VIEW_SICKNESS})


@dataclass(frozen=True)
class Later:
    """A capability of a feature that is not there yet: who is to hold it, and whether client users by a switch."""

    label: "_StrPromise"
    roles: frozenset[Role]
    is_switch: bool = False


_ASSISTING = frozenset({Role.ADMINISTRATOR, Role.ACCOUNTANT, Role.ASSISTANT})
_OF_CLIENTS = frozenset({Role.CLIENT_ADMINISTRATOR})

#: What pages still to come will ask for, by the name that it will have. Shown beside the table, and held by nobody.
LATER: dict[str, Later] = {
    "view_documents": Later(_("see and download documents"), _ASSISTING | _OF_CLIENTS | {Role.AUDITOR}, is_switch=True),
    "sign_off_period": Later(_("approve or reject a period for the client"), _OF_CLIENTS, is_switch=True),
    "request_change": Later(_("ask the office for a change"), _OF_CLIENTS, is_switch=True),
    "handle_alerts": Later(_("handle alerts"), _ASSISTING),
    "message_client": Later(_("write to a client"), _ASSISTING),
    "publish_period": Later(_("publish a period to the client"), _ASSISTING),
    "send_to_nmbrs": Later(
        _("send what the client asked for to Nmbrs"), frozenset({Role.ADMINISTRATOR, Role.ACCOUNTANT})
    ),
}

#: What people without the capability do not even read that it is there: no line says that it is hidden from them.
UNMENTIONED = frozenset({Capability.VIEW_LABELS, Capability.VIEW_SYNC})

#: Everybody of an office holds it over what they see there, and nobody of a client does. So it tells, row by row, who
#: works at the office of a row: somebody may work at one office and be a client of another.
INTERNAL = Capability.VIEW_LABELS

#: Roles whose membership covers the whole firm and never less.
FIRM_WIDE = frozenset({Role.ADMINISTRATOR})
#: Roles whose membership may cover the whole firm.
MAY_BE_FIRM_WIDE = FIRM_WIDE | {Role.AUDITOR}
#: Roles whose membership may be for a single company; the others are for a client.
MAY_BE_OF_COMPANY = frozenset({Role.ACCOUNTANT, Role.ASSISTANT, Role.AUDITOR, Role.CLIENT_USER})
#: People of the office; a team gives its members one of the last three.
STAFF = frozenset({Role.ADMINISTRATOR, Role.ACCOUNTANT, Role.ASSISTANT, Role.AUDITOR})
TEAM_ROLES = STAFF - FIRM_WIDE
#: People of a client.
CLIENT = frozenset({Role.CLIENT_ADMINISTRATOR, Role.CLIENT_USER})
#: What a deputy takes over from somebody who is away. Rights over the firm, and the auditor's, are never deputised.
DEPUTISED = frozenset({Role.ACCOUNTANT, Role.ASSISTANT})
#: Whoever holds only these roles changes nothing but their own account.
READ_ONLY = frozenset({Role.AUDITOR})


def roles_with(capability: Capability) -> list[Role]:
    """The roles that hold `capability` by themselves; for a client user a switch may add it."""
    return [role for role, held in CAPABILITIES.items() if capability in held]
