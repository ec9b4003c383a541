"""What a person may take out, at one moment: a file is not handed to who has lost a part of it since."""

from typing import Any

from portal.accounts.grants import Grants, capabilities
from portal.accounts.models import User
from portal.accounts.roles import Capability

Scope = dict[str, list[Any]]


def scope_of(user: User) -> Scope:
    """The capabilities, and the firms, clients and companies over which the person may take data out."""
    grants = Grants(user, Capability.EXPORT)
    parts = {"firms": grants.firms(), "clients": grants.debtors(), "companies": grants.companies()}
    # Each row holds one primary key, under the name that its part has for it.
    found: Scope = {name: sorted({pk for row in rows or () for pk in row.values()}) for name, rows in parts.items()}
    return {**found, "capabilities": sorted(capabilities(user))}


def still_has(user: User, scope: Scope) -> bool:
    """Whether the person has everything still that they had then."""
    now = scope_of(user)
    return all(set(had) <= set(now[name]) for name, had in scope.items() if name in now)
