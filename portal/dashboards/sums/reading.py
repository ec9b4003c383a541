"""Everything that the panels add up, by one query, whatever the number of companies and people.

Each kind of number is one arm of a UNION ALL with the same columns. An arm is there only if the reader may see it.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from functools import reduce
from itertools import groupby
from operator import attrgetter, or_
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import (
    BigIntegerField,
    CharField,
    Count,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
)
from django.db.models.functions import Cast, Coalesce, Concat, Round

from portal.accounts.prepared import Prepared
from portal.accounts.roles import Capability
from portal.companies.models import Company, CurrentPeriod, JournalLine, Run, Snapshot
from portal.dashboards.sums.windows import Windows
from portal.dashboards.variance.rows import amount_in_cents
from portal.debtors.models import Debtor
from portal.employees.figures import in_service
from portal.employees.models import Absence, CostShare, Department, Employee, Employment
from portal.employees.people import NEWEST_FIRST
from portal.mirror.opt_ins import switch_of
from portal.mirror.resource import OptIn
from portal.periods import Period, PeriodType

if TYPE_CHECKING:
    from portal.companies.freshness import Person

#: Ledger accounts of costs, by how their numbers begin: class 4 of the Dutch decimal plan, and the wage costs of RGS.
COST_ACCOUNTS = ("4", "WPer")
#: Stands between the code and the description of a cost centre.
_BREAK = "\x1f"
#: Hundredths of a person: shares are percentages with four decimals, and sums must be whole.
SHARE_UNITS = 1_000_000


class Arm(IntEnum):
    """What a row of the answer is about."""

    TYPE = 1
    RUN = 2
    SNAPSHOT = 3
    BOOKED = 4
    BOOKED_DEPARTMENT = 5
    BOOKED_CENTER = 6
    DEPARTMENT = 7
    CENTER = 8
    ABSENCE_ON = 9


class Row(NamedTuple):
    """A row of the answer; what `x`, `y` and `z` are depends on the arm."""

    arm: int
    company: int
    text: str | None
    year: int
    number: int
    x: int | None
    y: int | None
    z: int | None


@dataclass(frozen=True)
class Kept:
    """A snapshot: people in service, their contract wage in cents, how many were absent (None: not asked)."""

    head_count: int
    wage_cents: int
    absent: int | None


@dataclass
class Sums:
    """The numbers of some companies over some windows. `booked` None: the journal books no cost account there."""

    windows: Windows
    types: dict[int, PeriodType] = field(default_factory=dict)
    #: Company -> the periods of each run.
    runs: dict[int, list[frozenset[Period]]] = field(default_factory=lambda: defaultdict(list))
    #: Company and window -> what was kept of it.
    kept: dict[tuple[int, int], Kept] = field(default_factory=dict)
    #: Company and period -> cents on cost accounts.
    booked: dict[tuple[int, Period], int | None] = field(default_factory=dict)
    #: Of the shown window: name of a department -> cents, and name -> people.
    booked_by_department: dict[str, int] = field(default_factory=dict)
    by_department: dict[str | None, int] = field(default_factory=dict)
    #: Of the shown window: code of a cost centre -> cents, code -> people in SHARE_UNITS, code -> description.
    booked_by_center: dict[str, int] = field(default_factory=dict)
    by_center: dict[str, int] = field(default_factory=dict)
    centers: dict[str, str] = field(default_factory=dict)
    absence_on: bool = False


@dataclass(frozen=True)
class May:
    """What the reader may see over all of the companies."""

    wages: bool
    absence: bool


def read(user: "Person", of: Debtor | Company, windows: Windows, may: May) -> Sums:
    """The numbers of the companies of a client, or of one company."""
    ask = _of_debtor if isinstance(of, Debtor) else _of_company
    sums = Sums(windows)
    for values in ask(user, of.pk, of.environment_id, windows=windows, may=may):
        row = Row(*values)
        _TAKE[Arm(row.arm)](sums, row)
    return sums


# --- the question ----------------------------------------------------------------------------------------------------


@Prepared
def _of_debtor(user: "Person", debtor: int, environment: int, *, windows: Windows, may: May) -> "QuerySet[Any, Any]":
    own = Company.objects.visible_to(user).filter(debtor=debtor).order_by().values("pk")
    return _united(_arms(user, own, environment, windows, may))


@Prepared
def _of_company(user: "Person", company: int, environment: int, *, windows: Windows, may: May) -> "QuerySet[Any, Any]":
    own = Company.objects.visible_to(user).filter(pk=company).order_by().values("pk")
    return _united(_arms(user, own, environment, windows, may))


def _arms(user: "Person", own: Any, environment: int, windows: Windows, may: May) -> Iterator["QuerySet[Any]"]:
    years = (windows.all[0].first.year - 1, windows.shown.last.year + 1)
    types = CurrentPeriod.objects.visible_to(user).filter(company__in=own)
    yield _arm(types, Arm.TYPE, text=F("period_type"))
    runs = Run.objects.visible_to(user).filter(company__in=own, year__range=years)
    yield _arm(runs, Arm.RUN, year=F("year"), x=F("period_start"), y=F("period_end"))
    yield _snapshots(user, own, windows, may)
    yield from _people(user, own, windows)
    if may.wages:
        yield from _booked(user, own, windows, years)
    if may.absence:
        yield _arm(switch_of(environment, OptIn.ABSENCE), Arm.ABSENCE_ON, company=Value(0))


def _snapshots(user: "Person", own: Any, windows: Windows, may: May) -> "QuerySet[Any]":
    kept = Snapshot.objects.visible_to(user).filter(
        company__in=own, basis=windows.basis, last_day__gte=windows.all[0].last, last_day__lte=windows.shown.last
    )
    absent: Any = Value(None, BigIntegerField())
    if may.absence:
        absent = _absent(user)
    return _arm(
        kept,
        Arm.SNAPSHOT,
        year=F("year"),
        number=F("number"),
        x=F("head_count"),
        y=F("contract_wage_cents"),
        z=absent,
    )


def _absent(user: "Person") -> Coalesce:
    """How many people in service on the last day of a snapshot were absent on it, in part or wholly."""
    day = OuterRef("last_day")
    working = Employment.objects.filter(employee=OuterRef("employee")).as_of(OuterRef(day))
    spells = (
        Absence.objects.visible_to(user, Absence.resource.capability)
        .filter(Exists(working), company=OuterRef("company"), employee__missing_since__isnull=True, percentage__gt=0)
        .as_of(day)
    )
    counted = spells.order_by().values("company").annotate(absent=Count("employee", distinct=True)).values("absent")
    return Coalesce(Subquery(counted, output_field=BigIntegerField()), Value(0, BigIntegerField()))


def _people(user: "Person", own: Any, windows: Windows) -> Iterator["QuerySet[Any]"]:
    """Head count of the last day by department, and by cost centre of the last period."""
    day = windows.shown.last
    people = in_service(Employee.objects.visible_to(user).filter(company__in=own), day)
    departments = Department.objects.filter(employee=OuterRef("pk")).as_of(day).order_by(*NEWEST_FIRST)
    named = people.order_by().annotate(department=Subquery(departments.values("description")[:1]))
    counted = named.values("department").annotate(people=Count("pk"))
    yield _arm(counted, Arm.DEPARTMENT, company=Value(0), text=F("department"), x=F("people"))
    working = Employment.objects.filter(employee=OuterRef("employee")).as_of(day)
    shares = CostShare.objects.visible_to(user, CostShare.resource.capability).filter(
        _in_window(windows, last_only=True), Exists(working), company__in=own, employee__missing_since__isnull=True
    )
    by_center = shares.order_by().values("center_code", "center_description")
    units = Cast(Round(F("percentage") * Value(SHARE_UNITS // 100)), BigIntegerField())
    yield _arm(
        by_center.annotate(share=Sum(units)),
        Arm.CENTER,
        company=Value(0),
        text=Concat(F("center_code"), Value(_BREAK), F("center_description"), output_field=CharField()),
        x=F("share"),
    )


def _booked(user: "Person", own: Any, windows: Windows, years: tuple[int, int]) -> Iterator["QuerySet[Any]"]:
    lines = JournalLine.objects.visible_to(user, Capability.VIEW_SALARIES).filter(company__in=own).order_by()
    cost = reduce(or_, (Q(account__istartswith=prefix) for prefix in COST_ACCOUNTS))
    cents = amount_in_cents("debit") - amount_in_cents("credit")
    by_period = lines.filter(year__range=years).values("company", "year", "number")
    yield _arm(
        by_period.annotate(cents=Sum(cents, filter=cost)),
        Arm.BOOKED,
        year=F("year"),
        number=F("number"),
        x=F("cents"),
    )
    shown = lines.filter(cost, _in_window(windows))
    for arm, column in ((Arm.BOOKED_DEPARTMENT, "department"), (Arm.BOOKED_CENTER, "cost_center")):
        split = shown.values(column).annotate(cents=Sum(cents))
        yield _arm(split, arm, company=Value(0), text=F(column), x=F("cents"))


def _in_window(windows: Windows, *, last_only: bool = False) -> Q:
    """Rows of the periods that end in the shown window, whatever the period type of their company."""
    found = Q(pk__in=[])
    for kind in PeriodType:
        periods = windows.periods(kind, len(windows.all) - 1)
        for year, together in groupby(periods[-1:] if last_only else periods, key=attrgetter("year")):
            numbers = [period.number for period in together]
            found |= Q(company__current__period_type=kind.value, year=year, number__in=numbers)
    return found


def _arm(
    rows: "QuerySet[Any]",
    arm: Arm,
    *,
    company: Any = None,
    text: Any = None,
    year: Any = None,
    number: Any = None,
    x: Any = None,
    y: Any = None,
    z: Any = None,
) -> "QuerySet[Any]":
    """One arm: the columns of Row, all of the same types. Cast, because PostgreSQL takes a bare NULL for a text."""

    def whole(value: Any) -> Any:
        return Cast(Value(None, BigIntegerField()) if value is None else value, BigIntegerField())

    columns = {
        "row_arm": Value(int(arm), IntegerField()),
        "row_company": whole(F("company") if company is None else company),
        "row_text": Cast(Value(None, CharField()) if text is None else text, CharField()),
        "row_year": whole(year),
        "row_number": whole(number),
        "row_x": whole(x),
        "row_y": whole(y),
        "row_z": whole(z),
    }
    told: QuerySet[Any] = rows.order_by().annotate(**columns).values_list(*columns)
    return told


def _united(arms: Iterator["QuerySet[Any]"]) -> "QuerySet[Any]":
    first, *others = arms
    return first.union(*others, all=True)


# --- the answer ------------------------------------------------------------------------------------------------------


def _take_type(sums: Sums, row: Row) -> None:
    sums.types[row.company] = PeriodType(row.text or "")


def _take_run(sums: Sums, row: Row) -> None:
    covered = range(row.x or 0, (row.y or 0) + 1)
    sums.runs[row.company].append(frozenset(Period(row.year, number) for number in covered))


def _take_snapshot(sums: Sums, row: Row) -> None:
    period = Period(row.year, row.number)
    place = next((place for place, window in enumerate(sums.windows.all) if window.period == period), None)
    if place is not None:
        sums.kept[row.company, place] = Kept(row.x or 0, row.y or 0, row.z)


def _take_booked(sums: Sums, row: Row) -> None:
    sums.booked[row.company, Period(row.year, row.number)] = row.x


def _take_department(sums: Sums, row: Row) -> None:
    sums.by_department[row.text] = row.x or 0


def _take_center(sums: Sums, row: Row) -> None:
    code, _, description = (row.text or "").partition(_BREAK)
    sums.by_center[code] = sums.by_center.get(code, 0) + (row.x or 0)
    # Companies may give one code different names: the first of the alphabet is as good as another.
    sums.centers[code] = min(filter(None, (description, sums.centers.get(code, ""))), default="")


def _take_booked_department(sums: Sums, row: Row) -> None:
    _add(sums.booked_by_department, row)


def _take_booked_center(sums: Sums, row: Row) -> None:
    _add(sums.booked_by_center, row)


def _add(cents: dict[str, int], row: Row) -> None:
    cents[row.text or ""] = cents.get(row.text or "", 0) + (row.x or 0)


def _take_absence(sums: Sums, row: Row) -> None:
    sums.absence_on = True


_TAKE: Mapping[Arm, Any] = {
    Arm.TYPE: _take_type,
    Arm.RUN: _take_run,
    Arm.SNAPSHOT: _take_snapshot,
    Arm.BOOKED: _take_booked,
    Arm.BOOKED_DEPARTMENT: _take_booked_department,
    Arm.BOOKED_CENTER: _take_booked_center,
    Arm.DEPARTMENT: _take_department,
    Arm.CENTER: _take_center,
    Arm.ABSENCE_ON: _take_absence,
}
