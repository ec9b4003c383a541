"""Snapshots: the totals of a company per period and per calendar month, and of every recent day.

The publish that touched a company calls `rewrite` inside its transaction, after locking the company's row.
"""

from collections.abc import Iterator
from datetime import date
from operator import attrgetter
from typing import NamedTuple

from portal import clock
from portal.companies.models import Basis, CurrentPeriod, Snapshot, TotalsInterval
from portal.employees.totals import CompanyTotals
from portal.mirror.upsert import bulk_upsert
from portal.periods import Period, PeriodType, bounds, containing, periods_in, periods_touching, preceding

#: Two years and a month: thirteen months for the chart and the same months a year earlier behind them.
MONTHS_KEPT = 25

TOTALS = ("head_count", "contract_wage_cents", "wage_left_out", "joiners", "leavers")


class Interval(NamedTuple):
    """What one snapshot of a company is about."""

    basis: str
    year: int
    number: int
    first_day: date
    last_day: date


def rewrite(company_id: int, since: date | None = None) -> None:
    """Bring the company's snapshots up to date, those that end on or after `since` (None: all).

    Reads the company's intervals once and walks them over all days asked; writes only rows that differ.
    """
    rows = Snapshot.objects.filter(company=company_id).values_list(*Interval._fields, *TOTALS)
    have = {Interval(*row[:5]): row[5:] for row in rows}
    asked = {interval for interval in have if since is None or interval.last_day >= since}
    intervals = sorted(asked | (set(_wanted(company_id)) - set(have)), key=attrgetter("last_day"))
    totals = CompanyTotals(company_id, [interval.last_day for interval in intervals], _recent())
    differing = []
    for interval in intervals:
        fresh = (
            *totals.on(interval.last_day),
            totals.joiners(interval.first_day, interval.last_day),
            totals.leavers(interval.first_day, interval.last_day),
        )
        if have.get(interval) != fresh:
            differing.append({"company_id": company_id, **interval._asdict(), **dict(zip(TOTALS, fresh, strict=True))})
    bulk_upsert(Snapshot, differing, key=("company", "basis", "year", "number"))
    _rewrite_intervals(company_id, totals)


def _rewrite_intervals(company_id: int, totals: CompanyTotals) -> None:
    """Bring the company's totals from day to day up to date; writes only rows that differ."""
    columns = ("valid_until", *TOTALS[:3])
    kept = TotalsInterval.objects.filter(company=company_id)
    have = {first: tuple(row) for first, *row in kept.values_list("valid_from", *columns)}
    fresh = {first: (until, *numbers) for first, until, numbers in totals.intervals()}
    differing = [
        {"company_id": company_id, "valid_from": first, **dict(zip(columns, row, strict=True))}
        for first, row in fresh.items()
        if have.get(first) != row
    ]
    bulk_upsert(TotalsInterval, differing, key=("company", "valid_from"))
    if gone := set(have) - set(fresh):
        kept.filter(valid_from__in=gone).delete()


def _recent() -> date:
    """The first day that lists find totals of every day from: the first of last month."""
    return bounds(PeriodType.MONTH, preceding(PeriodType.MONTH, containing(PeriodType.MONTH, clock.today()))).first


def companies_behind() -> list[int]:
    """Companies with snapshots, but none of the calendar month that today lies in."""
    month = bounds(PeriodType.MONTH, containing(PeriodType.MONTH, clock.today()))
    months = Snapshot.objects.filter(basis=Basis.MONTH)
    current = months.filter(last_day__gte=month.last).values("company_id")
    return list(months.exclude(company_id__in=current).values_list("company_id", flat=True).distinct())


def _wanted(company_id: int) -> Iterator[Interval]:
    """The snapshots a company should have: from 24 months before today's month up to its current period.

    That lies ahead for some companies of a client and not for others; all of them begin with the same month.
    """
    today = clock.today()
    current = CurrentPeriod.everything.filter(company=company_id).first()
    last = max(today, current.bounds.last) if current else today
    month = containing(PeriodType.MONTH, today)
    year, before = divmod(month.year * 12 + month.number - MONTHS_KEPT, 12)
    first_month = Period(year, before + 1)
    for period in periods_in(PeriodType.MONTH, first_month, containing(PeriodType.MONTH, last)):
        yield _interval(Basis.MONTH, PeriodType.MONTH, period)
    if current:
        kind = PeriodType(current.period_type)
        start = bounds(PeriodType.MONTH, first_month).first
        for period in periods_touching(kind, start, current.bounds.last):
            yield _interval(Basis.PERIOD, kind, period)


def _interval(basis: Basis, kind: PeriodType, period: Period) -> Interval:
    days = bounds(kind, period)
    return Interval(basis.value, period.year, period.number, days.first, days.last)
