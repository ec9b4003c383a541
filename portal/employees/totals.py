"""Totals of one company on many days at once: one read of its intervals, then a walk over them.

The same figures as the queries in portal.employees.figures give for a single day; a test holds them together.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from itertools import accumulate, chain, pairwise, zip_longest
from typing import Any, NamedTuple

from portal.companies.models import CurrentPeriod
from portal.employees.models import Employment, Salary, Schedule
from portal.employees.wages import WEEK_ONE, WEEK_TWO, wage_cents_of
from portal.periods import PeriodType

#: Rows that are read at a time.
CHUNK = 2_000


class Pay(NamedTuple):
    salary_type: str
    amount: Decimal


class Hours(NamedTuple):
    percentage: Decimal
    fortnight: Decimal


class Totals(NamedTuple):
    """Head count, contract wage in cents a month, and people who are left out of it."""

    head_count: int
    wage_cents: int
    left_out: int


class CompanyTotals:
    """The totals of a company on each of `days`, and on every day from `all_from` on (None: on no others)."""

    def __init__(self, company_id: int, days: Iterable[date], all_from: date | None = None) -> None:
        rows = _Rows(company_id)
        changes = {*rows.changes(all_from), all_from} if all_from is not None else set()
        self._all_from = all_from
        self._days = sorted({*days, *changes})
        self._starts: dict[int, list[date]] = defaultdict(list)
        self._ends: dict[int, list[date]] = defaultdict(list)
        self._kind = _period_type(company_id)
        service, pay, hours = self._service(rows.service), self._pay(rows.pay), self._hours(rows.hours)
        count, wage, left_out = ([0] * (len(self._days) + 1) for _ in range(3))
        for employee, spans in service.items():
            for start, end, amount in self._priced(spans, pay.get(employee, []), hours.get(employee, [])):
                count[start] += 1
                count[end] -= 1
                column, step = (left_out, 1) if amount is None else (wage, amount)
                column[start] += step
                column[end] -= step
        columns = (list(accumulate(column))[:-1] for column in (count, wage, left_out))
        self._totals = [Totals(*numbers) for numbers in zip(*columns, strict=True)]
        self._joined = sorted((day, employee) for employee, starts in self._starts.items() for day in starts)
        self._left = sorted((day, employee) for employee, ends in self._ends.items() for day in ends)

    def on(self, day: date) -> Totals:
        """The totals on one of the days that were asked for."""
        return self._totals[bisect_left(self._days, day)]

    def intervals(self) -> Iterator[tuple[date, date | None, Totals]]:
        """From `all_from` on: first day, the day before which it ends, and the totals; neighbours differ."""
        first = bisect_left(self._days, self._all_from) if self._all_from else len(self._days)
        changed = [
            place
            for place in range(first, len(self._days))
            if place == first or self._totals[place] != self._totals[place - 1]
        ]
        for place, following in zip_longest(changed, changed[1:]):
            yield self._days[place], None if following is None else self._days[following], self._totals[place]

    def joiners(self, first: date, last: date) -> int:
        """People with an employment that starts from `first` to `last`, both included."""
        return _people(self._joined, first, last)

    def leavers(self, first: date, last: date) -> int:
        """People with an employment whose last day is from `first` to `last`, both included."""
        return _people(self._left, first, last)

    def _span(self, valid_from: date, valid_until: date | None) -> tuple[int, int]:
        """The positions of the days inside `[valid_from, valid_until)`."""
        end = len(self._days) if valid_until is None else bisect_left(self._days, valid_until)
        return bisect_left(self._days, valid_from), end

    def _service(self, rows: list[Any]) -> dict[int, list[tuple[int, int]]]:
        """Per person the spans in service, overlaps merged."""
        spans: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for employee, valid_from, valid_until, end_date in rows:
            self._starts[employee].append(valid_from)
            if end_date is not None:
                self._ends[employee].append(end_date)
            start, end = self._span(valid_from, valid_until)
            mine = spans[employee]
            if mine and start < mine[-1][1]:
                mine[-1] = (mine[-1][0], max(end, mine[-1][1]))
            elif start < end:
                mine.append((start, end))
        return spans

    def _pay(self, rows: list[Any]) -> dict[int, list[tuple[int, int, Pay]]]:
        pay: dict[int, list[tuple[int, int, Pay]]] = defaultdict(list)
        for employee, valid_from, valid_until, value in rows:
            start, end = self._span(valid_from, valid_until)
            if start < end:
                pay[employee].append((start, end, value))
        return pay

    def _hours(self, rows: list[Any]) -> dict[int, list[tuple[int, int, Hours]]]:
        hours: dict[int, list[tuple[int, int, Hours]]] = defaultdict(list)
        for employee, valid_from, valid_until, value in rows:
            start, end = self._span(valid_from, valid_until)
            if start < end:
                hours[employee].append((start, end, value))
        return hours

    def _priced(
        self,
        spans: list[tuple[int, int]],
        pay: list[tuple[int, int, Pay]],
        hours: list[tuple[int, int, Hours]],
    ) -> Iterator[tuple[int, int, int | None]]:
        """The spans cut where pay or hours change, each with its wage in cents (None: left out)."""
        for start, end in spans:
            cuts = {start, end}
            for other_start, other_end, _ in (*pay, *hours):
                cuts.update(cut for cut in (other_start, other_end) if start < cut < end)
            for begin, stop in pairwise(sorted(cuts)):
                paid = next((value for first, last, value in pay if first <= begin < last), None)
                worked = next((value for first, last, value in hours if first <= begin < last), None)
                yield begin, stop, self._wage(paid, worked)

    def _wage(self, paid: Pay | None, worked: Hours | None) -> int | None:
        if paid is None or self._kind is None:
            return None
        percentage, fortnight = worked or (None, None)
        return wage_cents_of(paid.salary_type, paid.amount, percentage, fortnight, self._kind)


class _Rows:
    """The intervals of a company: employee, valid_from, valid_until, and what the totals need of each.

    Read row by row: the days of the schedules of 10,000 people would be most of what a worker may hold.
    """

    def __init__(self, company_id: int) -> None:
        span = ("employee_id", "valid_from", "valid_until")
        employments = Employment.objects.filter(company_id=company_id, employee__missing_since__isnull=True)
        salaries = Salary.objects.filter(company_id=company_id).order_by()
        schedules = Schedule.objects.filter(company_id=company_id).order_by()
        self.service = list(
            employments.order_by("employee_id", "valid_from").values_list(*span, "end_date").iterator(CHUNK)
        )
        self.pay = [
            (*row, Pay(salary_type, amount))
            for *row, salary_type, amount in salaries.values_list(*span, "salary_type", "amount").iterator(CHUNK)
        ]
        self.hours = [
            (*row[:3], _hours(*row[3:]))
            for row in schedules.values_list(*span, "part_time_percentage", *WEEK_ONE, *WEEK_TWO).iterator(CHUNK)
        ]

    def changes(self, since: date) -> set[date]:
        """The days from `since` on on which one of the intervals begins or no longer holds."""
        rows: Iterable[Any] = chain(self.service, self.pay, self.hours)
        return {day for row in rows for day in row[1:3] if day is not None and day >= since}


def _hours(percentage: Decimal, *daily: Decimal) -> Hours:
    first, second = sum(daily[:7], Decimal(0)), sum(daily[7:], Decimal(0))
    return Hours(percentage, first + (second or first))


def _period_type(company_id: int) -> PeriodType | None:
    # It never changes, also when Nmbrs does not give the current period any more.
    kind = CurrentPeriod.everything.filter(company_id=company_id).values_list("period_type", flat=True).first()
    return PeriodType(kind) if kind else None


def _people(events: list[tuple[date, int]], first: date, last: date) -> int:
    from_here = bisect_left(events, first, key=lambda event: event[0])
    to_here = bisect_right(events, last, key=lambda event: event[0])
    return len({employee for _, employee in events[from_here:to_here]})
