"""Totals of one company on many days at once: one read of its intervals, then a walk over them.

The same figures as the queries in portal.employees.figures give for a single day; a test holds them together.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from itertools import accumulate, pairwise
from typing import NamedTuple

from portal.companies.models import CurrentPeriod
from portal.employees.models import Employment, Salary, Schedule
from portal.employees.wages import WEEK_ONE, WEEK_TWO, wage_cents_of
from portal.periods import PeriodType


class Pay(NamedTuple):
    salary_type: str
    amount: Decimal


class Hours(NamedTuple):
    percentage: Decimal
    fortnight: Decimal


class CompanyTotals:
    """Head count, contract wage (cents a month) and people left out of it, on each of the sorted `days`."""

    def __init__(self, company_id: int, days: Sequence[date]) -> None:
        self._days = days
        self._starts: dict[int, list[date]] = defaultdict(list)
        self._ends: dict[int, list[date]] = defaultdict(list)
        self._kind = _period_type(company_id)
        service = self._service(company_id)
        pay = self._pay(company_id)
        hours = self._hours(company_id)
        count, wage, left_out = ([0] * (len(days) + 1) for _ in range(3))
        for employee, spans in service.items():
            for start, end, amount in self._priced(spans, pay.get(employee, []), hours.get(employee, [])):
                count[start] += 1
                count[end] -= 1
                column, step = (left_out, 1) if amount is None else (wage, amount)
                column[start] += step
                column[end] -= step
        self.head_count = list(accumulate(count))[:-1]
        self.wage_cents = list(accumulate(wage))[:-1]
        self.left_out = list(accumulate(left_out))[:-1]
        self._joined = sorted((day, employee) for employee, starts in self._starts.items() for day in starts)
        self._left = sorted((day, employee) for employee, ends in self._ends.items() for day in ends)

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

    def _service(self, company_id: int) -> dict[int, list[tuple[int, int]]]:
        """Per person the spans in service, overlaps merged."""
        spans: dict[int, list[tuple[int, int]]] = defaultdict(list)
        rows = (
            Employment.objects.filter(company_id=company_id, employee__missing_since__isnull=True)
            .order_by("employee_id", "valid_from")
            .values_list("employee_id", "valid_from", "valid_until", "end_date")
        )
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

    def _pay(self, company_id: int) -> dict[int, list[tuple[int, int, Pay]]]:
        pay: dict[int, list[tuple[int, int, Pay]]] = defaultdict(list)
        rows = Salary.objects.filter(company_id=company_id).values_list(
            "employee_id", "valid_from", "valid_until", "salary_type", "amount"
        )
        for employee, valid_from, valid_until, salary_type, amount in rows:
            start, end = self._span(valid_from, valid_until)
            if start < end:
                pay[employee].append((start, end, Pay(salary_type, amount)))
        return pay

    def _hours(self, company_id: int) -> dict[int, list[tuple[int, int, Hours]]]:
        hours: dict[int, list[tuple[int, int, Hours]]] = defaultdict(list)
        rows = Schedule.objects.filter(company_id=company_id).values_list(
            "employee_id", "valid_from", "valid_until", "part_time_percentage", *WEEK_ONE, *WEEK_TWO
        )
        for employee, valid_from, valid_until, percentage, *daily in rows:
            start, end = self._span(valid_from, valid_until)
            if start < end:
                first, second = sum(daily[:7], Decimal(0)), sum(daily[7:], Decimal(0))
                hours[employee].append((start, end, Hours(percentage, first + (second or first))))
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


def _period_type(company_id: int) -> PeriodType | None:
    kind = CurrentPeriod.objects.filter(company_id=company_id).values_list("period_type", flat=True).first()
    return PeriodType(kind) if kind else None


def _people(events: list[tuple[date, int]], first: date, last: date) -> int:
    from_here = bisect_left(events, first, key=lambda event: event[0])
    to_here = bisect_right(events, last, key=lambda event: event[0])
    return len({employee for _, employee in events[from_here:to_here]})
