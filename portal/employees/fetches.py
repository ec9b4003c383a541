"""When the single kinds of a person were read one by one."""

from typing import TYPE_CHECKING, Any

from portal.accounts.prepared import PreparedRows
from portal.employees.models import Employee
from portal.mirror.models import PersonFetch

if TYPE_CHECKING:
    from django.db.models import QuerySet


def fetches_of(person: Employee) -> dict[str, PersonFetch]:
    """Kind -> when it was last read of this person, and whether Nmbrs refused. One query."""
    rows: list[Any] = _fetches(None, person.pk)
    return {row.resource: row for row in rows}


@PreparedRows
def _fetches(_nobody: None, person: int) -> "QuerySet[Any]":
    """Whoever has the person has these: nothing of them is anybody's in particular."""
    return PersonFetch.objects.filter(employee=person)
