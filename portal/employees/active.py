"""Who is active: the people whose single records are worth a call each."""

from collections.abc import Sequence
from datetime import timedelta

from django.db.models import Q, QuerySet

from portal import clock
from portal.employees.models import Employee, Employment
from portal.mirror.scope import MirrorScope

#: Somebody who left is still looked at for so long: the last payslip, the leave that is paid out.
AFTER_LEAVING = timedelta(days=62)


def active_people() -> "QuerySet[Employee]":
    """People with an employment that runs, begins later, or ended a short while ago."""
    since = clock.today() - AFTER_LEAVING
    working = Employment.objects.filter(Q(valid_until__isnull=True) | Q(valid_until__gt=since))
    return Employee.objects.filter(pk__in=working.values("employee"))


def active_in(scope: MirrorScope) -> Sequence[str]:
    """Remote ids of the active people of a company, as a loop asks them."""
    people = active_people().filter(company=scope.company_id).order_by("remote_id")
    return [str(remote_id) for remote_id in people.values_list("remote_id", flat=True)]
