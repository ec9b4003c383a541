"""Deadlines and companies of which something is not known because Nmbrs refuses to tell.

Asked when they are shown, not kept: a refusal changes no record, so nothing would be worked out anew.
"""

from typing import TYPE_CHECKING

from django.db.models import Case, CharField, Exists, OuterRef, Q, Value, When

from portal.deadlines.models import Deadline, Kind
from portal.mirror.models import Freshness, State

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from portal.companies.models import Company

#: The kind of record that tells how far a kind of deadline is.
TOLD_BY = {Kind.PAYMENT: "runs", Kind.PENSION: "pension_exports", Kind.RETURN: "wage_tax_returns"}


def with_refusals(deadlines: "QuerySet[Deadline]") -> "QuerySet[Deadline]":
    """With `refused`: how far it is never came in, and Nmbrs refuses it. Looked up for each row that is shown."""
    told_by = Case(
        *(When(kind=kind, then=Value(resource)) for kind, resource in TOLD_BY.items()), output_field=CharField()
    )
    refusals = Exists(_refusals("company").filter(resource=OuterRef("told_by")))
    return deadlines.annotate(told_by=told_by).annotate(refused=Q(progress__isnull=True) & refusals)


def with_refused_period(companies: "QuerySet[Company]") -> "QuerySet[Company]":
    """With `period_refused`: the current period never came in, and Nmbrs refuses it."""
    return companies.annotate(period_refused=Exists(_refusals("pk").filter(resource="current_period")))


def _refusals(company: str) -> "QuerySet[Freshness]":
    """What Nmbrs refuses of the company of a row, and never gave."""
    return Freshness.objects.filter(company=OuterRef(company), state=State.NOT_PERMITTED, last_success__isnull=True)
