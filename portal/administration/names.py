"""Names for the ids of entries: the trail keeps none, and nobody reads one here that they could not read elsewhere."""

from collections.abc import Collection, Iterable
from typing import Any

from django.utils.translation import gettext as _

from portal.accounts.models import User
from portal.accounts.roles import Role
from portal.accounts.trail import TrailEntry
from portal.companies.models import Company
from portal.debtors.models import Debtor
from portal.employees.models import Employee


class Names:
    """Who and what the entries of one page are about, in a query for each kind of thing."""

    def __init__(self, user: Any, entries: Collection[TrailEntry]) -> None:
        people = {entry.actor_id for entry in entries} | {entry.look_as_id for entry in entries}
        people |= {entry.object_id for entry in entries if entry.object_type == "user"}
        # A person's name is known to whoever may read what that person did in the firm.
        self.people: dict[int, User] = User.objects.in_bulk(_known(people))
        self.debtors = Debtor.everything.visible_to(user).in_bulk(_known(entry.debtor_id for entry in entries))
        self.companies = Company.everything.visible_to(user).in_bulk(_known(entry.company_id for entry in entries))
        self.employees = Employee.everything.visible_to(user).in_bulk(_known(entry.employee_id for entry in entries))

    def person(self, pk: int | None) -> str:
        """The name of somebody who signs in; of an account that is gone its number."""
        if pk is None:
            return ""
        return self.people[pk].name if pk in self.people else _("account %(number)s") % {"number": pk}

    def actor(self, entry: TrailEntry) -> str:
        """Who did it: a person, or a program."""
        if entry.actor_id is None:
            return actor_label(entry.actor_label)
        if entry.look_as_id is None:
            return self.person(entry.actor_id)
        return _("%(person)s, looking as %(other)s") % {
            "person": self.person(entry.actor_id),
            "other": self.person(entry.look_as_id),
        }

    def debtor(self, entry: TrailEntry) -> str:
        """The client; one that is gone, or outside the reader's scope, by its number here."""
        return _named(self.debtors, entry.debtor_id)

    def company(self, entry: TrailEntry) -> str:
        """The company, in the same way."""
        return _named(self.companies, entry.company_id)

    def employee(self, entry: TrailEntry) -> str:
        """The employee, in the same way."""
        return _named(self.employees, entry.employee_id)


def actor_label(label: str) -> str:
    """The roles or the program that acted, in words."""
    if label.startswith("command "):
        return _("command %(name)s") % {"name": label.removeprefix("command ")}
    own = {"system": _("the portal itself"), "nobody": _("somebody not signed in"), "no role": _("no role")}
    if label in own:
        return own[label]
    return ", ".join(str(Role(role).label) if role in Role else role for role in label.split(", "))


def _known(ids: Iterable[int | None]) -> set[int]:
    return {pk for pk in ids if pk is not None}


def _named(rows: dict[int, Any], pk: int | None) -> str:
    if pk is None:
        return ""
    return str(rows[pk]) if pk in rows else _("number %(number)s") % {"number": pk}
