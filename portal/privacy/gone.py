"""Records that are gone in Nmbrs: purged a while later, when it is certain that they did not merely seem to be.

Missing may be a change of rights or a fault for a moment (nmbrs.md section 9). So a record waits thirty days, and the
kind must have been read whole, without it, in the week before.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from portal.companies.models import Company
from portal.debtors.models import Debtor
from portal.employees.models import Employee, Employment
from portal.mirror.models import CompanyRow, DebtorRow, Freshness
from portal.mirror.resource import PERSON, Resource, registry
from portal.privacy.kept import OF_COMPANY, Kept, start_of

WAIT, CONFIRMED_WITHIN = timedelta(days=30), timedelta(days=7)
#: Clients go by their removal; companies with them. People who vanished count as having left and have terms of their
#: own, and from when on says their employments.
NOT_THESE = (Debtor, Company, Employee, Employment)


def overdue(day: date, _number: int) -> Iterator[Kept]:
    """Records of clients, companies and people that are there themselves."""
    read = Freshness.objects.filter(last_success__gte=start_of(day - CONFIRMED_WITHIN))
    before = start_of(day - WAIT)
    for kind in registry:
        if issubclass(kind.model, NOT_THESE):
            continue
        if issubclass(kind.model, CompanyRow):
            of, path, debtors = "company", "company__debtor__missing_since", OF_COMPANY
        elif issubclass(kind.model, DebtorRow):
            of, path, debtors = "debtor", "debtor__missing_since", ("debtor",)
        else:
            continue
        places = read.filter(resource=kind.name, **{f"{of}__isnull": False}).values(of)
        rows: Any = kind.model.everything.filter(missing_since__lt=before, **{f"{of}__in": places, path: None})
        if of == "company":
            rows = rows.filter(company__missing_since=None)
        yield Kept(_of_present_people(kind, rows), debtors=debtors, changes=kind.name)


def _of_present_people(kind: Resource, rows: Any) -> Any:
    return rows.filter(employee__missing_since=None) if PERSON in kind.links else rows
