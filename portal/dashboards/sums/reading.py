"""Everything that the panels add up, by one query, whatever the number of companies and people.

Each kind of number is one arm of a UNION ALL with the same columns. An arm is there only if the reader may see it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from django.db.models import (
    BigIntegerField,
    Case,
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
    When,
)
from django.db.models.functions import Cast, Coalesce, Concat, Round

from portal.accounts.prepared import Prepared
from portal.accounts.roles import Capability
from portal.companies.booked import CostRule, is_cost
from portal.companies.models import BookedCost, Company, CurrentPeriod, JournalLine, Run, Snapshot
from portal.companies.results import awaits_journal
from portal.dashboards.sums.numbers import BREAK, SHARE_UNITS, Arm, Row, RunIs, Sums, take
from portal.dashboards.sums.windows import Windows
from portal.dashboards.variance.rows import amount_in_cents
from portal.debtors.models import Debtor
from portal.employees.figures import in_service
from portal.employees.models import Absence, CostShare, Department, Employee, Employment
from portal.employees.people import NEWEST_FIRST
from portal.mirror.opt_ins import switch_of
from portal.mirror.resource import OptIn
from portal.periods import PeriodType

if TYPE_CHECKING:
    from portal.companies.freshness import Person


@dataclass(frozen=True)
class May:
    """What the reader may see over all of the companies."""

    wages: bool
    absence: bool


def read(user: "Person", of: Debtor | Company, windows: Windows, may: May) -> Sums:
    """The numbers of the companies of a client, or of one company."""
    ask = _of_debtor if isinstance(of, Debtor) else _of_company
    environment = of.environment if isinstance(of, Debtor) else of.debtor.environment
    rule = CostRule.of(environment.firm) if may.wages else CostRule()
    sums = Sums(windows, accounts=rule.accounts)
    for values in ask(user, of.pk, of.environment_id, windows=windows, may=may, accounts=rule.accounts):
        take(sums, Row(*values))
    if rule.recounting:
        sums.recounting.update(sums.types, sums.runs, (company for company, _place in sums.kept))
    return sums


# --- the question ----------------------------------------------------------------------------------------------------


@Prepared
def _of_debtor(
    user: "Person", debtor: int, environment: int, *, windows: Windows, may: May, accounts: tuple[str, ...]
) -> "QuerySet[Any, Any]":
    own = Company.objects.visible_to(user).filter(debtor=debtor).order_by().values("pk")
    return united(_arms(user, own, environment, windows, may, accounts))


@Prepared
def _of_company(
    user: "Person", company: int, environment: int, *, windows: Windows, may: May, accounts: tuple[str, ...]
) -> "QuerySet[Any, Any]":
    own = Company.objects.visible_to(user).filter(pk=company).order_by().values("pk")
    return united(_arms(user, own, environment, windows, may, accounts))


def _arms(
    user: "Person", own: Any, environment: int, windows: Windows, may: May, accounts: tuple[str, ...]
) -> Iterator["QuerySet[Any]"]:
    years = (windows.first_year, windows.shown.last.year + 1)
    # How long its periods are never changes: what was paid stays known when Nmbrs gives no current one any more.
    types = CurrentPeriod.everything.visible_to(user).filter(company__in=own)
    yield as_arm(types, Arm.TYPE, text=F("period_type"), year=F("year"), number=F("number"))
    runs = Run.objects.visible_to(user).filter(company__in=own, year__range=years)
    awaits = Case(When(awaits_journal(), then=Value(RunIs.AWAITS_JOURNAL)), default=Value(RunIs.BOOKED_OR_NOTHING))
    yield as_arm(runs, Arm.RUN, year=F("year"), x=F("period_start"), y=F("period_end"), z=awaits)
    yield _snapshots(user, own, windows, may)
    yield from _people(user, own, windows)
    if may.wages:
        yield from _booked(user, own, windows, years, accounts)
    if may.absence:
        yield as_arm(switch_of(environment, OptIn.ABSENCE), Arm.ABSENCE_ON, company=Value(0))


def _snapshots(user: "Person", own: Any, windows: Windows, may: May) -> "QuerySet[Any]":
    kept = Snapshot.objects.visible_to(user).filter(
        company__in=own,
        basis=windows.basis,
        # Wage cost alone is shown beside that of a year earlier.
        last_day__gte=(windows.first if may.wages else windows.all[0]).last,
        last_day__lte=windows.shown.last,
    )
    absent: Any = Value(None, BigIntegerField())
    if may.absence:
        absent = Case(When(last_day__gte=windows.all[0].last, then=_absent(user)), output_field=BigIntegerField())
    return as_arm(
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
    """Head count of the last day by department, and by cost centre of the last period; of each company."""
    day = windows.shown.last
    people = in_service(Employee.objects.visible_to(user).filter(company__in=own), day)
    departments = Department.objects.filter(employee=OuterRef("pk")).as_of(day).order_by(*NEWEST_FIRST)
    named = people.order_by().annotate(department=Subquery(departments.values("description")[:1]))
    counted = named.values("company", "department").annotate(people=Count("pk"))
    yield as_arm(counted, Arm.DEPARTMENT, text=F("department"), x=F("people"))
    working = Employment.objects.filter(employee=OuterRef("employee")).as_of(day)
    shares = CostShare.objects.visible_to(user, CostShare.resource.capability).filter(
        _in_window(windows, last_only=True), Exists(working), company__in=own, employee__missing_since__isnull=True
    )
    by_center = shares.order_by().values("company", "center_code", "center_description")
    units = Cast(Round(F("percentage") * Value(SHARE_UNITS // 100)), BigIntegerField())
    yield as_arm(
        by_center.annotate(share=Sum(units)),
        Arm.CENTER,
        text=Concat(F("center_code"), Value(BREAK), F("center_description"), output_field=CharField()),
        x=F("share"),
    )


def _booked(
    user: "Person", own: Any, windows: Windows, years: tuple[int, int], accounts: tuple[str, ...]
) -> Iterator["QuerySet[Any]"]:
    kept = BookedCost.objects.visible_to(user, Capability.VIEW_SALARIES).filter(company__in=own, year__range=years)
    yield as_arm(kept, Arm.BOOKED, year=F("year"), number=F("number"), x=F("cents"))
    cents = amount_in_cents("debit") - amount_in_cents("credit")
    lines = JournalLine.objects.visible_to(user, Capability.VIEW_SALARIES).filter(company__in=own).order_by()
    shown = lines.filter(is_cost(accounts), _in_window(windows))
    for arm, column in ((Arm.BOOKED_DEPARTMENT, "department"), (Arm.BOOKED_CENTER, "cost_center")):
        split = shown.values("company", column).annotate(cents=Sum(cents))
        yield as_arm(split, arm, text=F(column), x=F("cents"))


def _in_window(windows: Windows, *, last_only: bool = False) -> Q:
    """Rows of the periods that end in the shown window, whatever the period type of their company."""
    found = Q(pk__in=[])
    for kind in PeriodType:
        periods = windows.periods(kind, len(windows.all) - 1)
        for year, together in groupby(periods[-1:] if last_only else periods, key=attrgetter("year")):
            numbers = [period.number for period in together]
            found |= Q(company__current__period_type=kind.value, year=year, number__in=numbers)
    return found


def as_arm(
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


def united(arms: Iterator["QuerySet[Any]"]) -> "QuerySet[Any]":
    first, *others = arms
    return first.union(*others, all=True)
