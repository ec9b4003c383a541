"""The current periods of a company one after another: Nmbrs tells only the present one, and may set it back."""

from typing import Any

from portal import clock
from portal.companies.models import CurrentPeriod, PeriodSeen


def note(company_id: int, since: Any) -> None:
    """Keep a value that was not the last one seen. Inside the transaction that published it."""
    current = CurrentPeriod.everything.filter(company=company_id).first()
    last = PeriodSeen.objects.filter(company=company_id).first()
    if current is not None and (last is None or last.period != current.period):
        PeriodSeen.objects.create(company_id=company_id, year=current.year, number=current.number, seen_at=clock.now())
