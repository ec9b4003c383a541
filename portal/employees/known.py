"""The dated records of one person as the mirror knew them at an earlier moment: what a run of that day saw."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django.http import HttpRequest

from portal.clock import AMSTERDAM
from portal.employees.kinds import KINDS, Kind
from portal.employees.learned import log_of
from portal.employees.models import Employee
from portal.employees.standing import standing_of
from portal.mirror.known import known_by, set_back
from portal.mirror.together import read_together
from portal.ui.permissions import holds_over


def end_of(day: date) -> datetime:
    """The last moment of a day in the Netherlands."""
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=AMSTERDAM) - timedelta(microseconds=1)


def records_known(request: HttpRequest, person: Employee, moment: datetime) -> dict[Kind, list[Any]]:
    """Every dated record that the reader may see, by kind, oldest first, as it was known then. Two queries.

    As `person.records`: of what is switched off there is none. Each row says whether it is `unsure`.
    """
    standing, wanted = standing_of(request.user, person), {}
    permitted = [kind for kind in KINDS if holds_over(request, person, kind.resource.capability)]
    for kind in permitted:
        if not standing.is_off(kind.resource):
            dated = any(column.name == "created_at" for column in kind.model._meta.fields)
            visible = kind.model.everything.visible_to(request.user, kind.resource.capability)
            rows = visible.filter(known_by(kind.model, moment), employee=person)
            wanted[kind] = rows.order_by("valid_from", *(["created_at"] if dated else []), "pk")
    read = read_together(wanted)
    log = log_of(request, person)
    return {kind: set_back(kind.resource, read.get(kind, []), log, moment) for kind in permitted}
