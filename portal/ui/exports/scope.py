"""What a person may take out, at one moment: a file is not handed to who has lost a part of it since.

Kept for each capability, because it decides columns and rows of a list: whoever may see salaries of one client and
names of another has not what somebody has who may see salaries of both. Companies are kept beside their clients: one
that moved to another client may be out of sight now.
"""

from typing import Any, NamedTuple

from django.apps import apps

from portal.accounts.grants import Grants, capabilities, holdings
from portal.accounts.models import User
from portal.accounts.roles import Capability, roles_with

#: As JSON: {"parts": [{"capabilities": …, "firms": …, "clients": …, "companies": …}]}, each a list.
Scope = dict[str, list[dict[str, list[Any]]]]


class _Reach(NamedTuple):
    """The primary keys over which a capability is held."""

    firms: frozenset[int]
    clients: frozenset[int]
    companies: frozenset[int]


def scope_of(user: User) -> Scope:
    """Every capability of the person with what they hold it over; those of the same reach are told together."""
    together: dict[_Reach, list[str]] = {}
    for capability, reach in _reaches(user).items():
        together.setdefault(reach, []).append(capability)
    return {
        "parts": [
            {"capabilities": sorted(held), **{name: sorted(keys) for name, keys in reach._asdict().items()}}
            for reach, held in together.items()
        ]
    }


def still_has(user: User, scope: Scope) -> bool:
    """Whether the person has everything still that they had then; no when nothing says what that was."""
    if "parts" not in scope:
        return False
    now = _reaches(user)
    return all(
        name in now and all(set(part[level]) <= getattr(now[name], level) for level in _Reach._fields)
        for part in scope["parts"]
        for name in part["capabilities"]
    )


def _reaches(user: User) -> dict[str, _Reach]:
    held = holdings(user)
    roles = {one.role for one in held if one.source != "switch"}
    switched = {one.role for one in held if one.source == "switch"}
    # What the same of somebody's roles give reaches equally far, and is asked once.
    known: dict[object, _Reach] = {}
    found = {}
    for capability in sorted(capabilities(user)):
        by = (frozenset(roles.intersection(roles_with(capability))), capability in switched and capability)
        if by not in known:
            known[by] = _reach(user, capability)
        found[str(capability)] = known[by]
    return found


def _reach(user: User, capability: Capability) -> _Reach:
    firms = Grants(user, capability).firms()
    return _Reach(
        frozenset(pk for row in firms or () for pk in row.values()),
        _seen("debtors", "Debtor", user, capability),
        _seen("companies", "Company", user, capability),
    )


def _seen(room: str, name: str, user: User, capability: Capability) -> frozenset[int]:
    model: Any = apps.get_model(room, name)
    return frozenset(model.everything.visible_to(user, capability).values_list("pk", flat=True))
