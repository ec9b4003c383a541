"""What the mirror says equals what the embedded Nmbrs' own data comes to, before and after it moves on."""

from datetime import timedelta

import pytest

from portal.companies.models import Basis, Company, CurrentPeriod, Snapshot
from portal.employees.figures import in_service, joiners, leavers, wages, wages_of
from portal.employees.models import Employee, Employment
from portal.periods import PeriodType, bounds
from portal.sync.service import sync_now
from tests import reference
from tests.conftest import Connected

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]


def compare_with_nmbrs(connected: Connected) -> int:
    """Every snapshot of every company against the slow definition. Returns how many were compared."""
    compared = 0
    for company in connected.sandbox.firm.companies():
        mirrored = Company.objects.get(remote_id=company.id)
        rows = list(Snapshot.objects.filter(company=mirrored))
        assert {row.basis for row in rows} == {Basis.PERIOD, Basis.MONTH}
        for row in rows:
            found = reference.Figures(
                row.head_count, row.contract_wage_cents, row.wage_left_out, row.joiners, row.leavers
            )
            assert found == reference.figures(company, row.first_day, row.last_day), (company.name, row)
            compared += 1
    return compared


def compare_with_intervals(every: int = 1) -> None:
    """Every snapshot (or every n-th of a company) against the queries over intervals that lists use."""
    for company in Company.objects.all():
        people, employments = Employee.objects.filter(company=company), Employment.objects.filter(company=company)
        for row in Snapshot.objects.filter(company=company).order_by("-last_day", "basis")[::every]:
            wage = wages(in_service(people, row.last_day), row.last_day)
            assert (row.head_count, row.contract_wage_cents, row.wage_left_out, row.joiners, row.leavers) == (
                in_service(people, row.last_day).count(),
                wage.cents,
                wage.left_out,
                joiners(employments, row.first_day, row.last_day).values("employee").distinct().count(),
                leavers(employments, row.first_day, row.last_day).values("employee").distinct().count(),
            ), row


def compare_days(every: int = 1) -> None:
    """The totals that are kept of every recent day against the intervals, on the days around each (n-th) change."""
    for company in Company.objects.all():
        own, people = Company.objects.filter(pk=company.pk), Employee.objects.filter(company=company)
        rows = list(company.totals_intervals.order_by("valid_from"))
        assert [row.valid_until for row in rows] == [*(row.valid_from for row in rows[1:]), None]
        assert wages_of(own, rows[0].valid_from - timedelta(days=1)) is None
        for row in rows[::every]:
            for day in (row.valid_from, (row.valid_until or row.valid_from + timedelta(days=800)) - timedelta(days=1)):
                assert wages_of(own, day) == wages(in_service(people, day), day), (company, day)


def snapshots_reach_the_current_period() -> None:
    """Every month of two years, and every period up to the current one."""
    for company in Company.objects.all():
        rows = Snapshot.objects.filter(company=company)
        months = rows.filter(basis=Basis.MONTH).order_by("last_day")
        assert months.count() >= 25
        current = company.current
        latest = rows.filter(basis=Basis.PERIOD).latest("last_day")
        assert (latest.year, latest.number) == (current.year, current.number)
        assert latest.last_day == bounds(PeriodType(current.period_type), current.period).last


def test_every_snapshot_equals_nmbrs_and_the_intervals_before_and_after_it_moves_on(mirrored: Connected) -> None:
    assert compare_with_nmbrs(mirrored) > 100
    compare_with_intervals(every=7)
    compare_days(every=3)
    snapshots_reach_the_current_period()
    before = set(CurrentPeriod.objects.values_list("company_id", "year", "number"))

    mirrored.sandbox.advance()
    plan = sync_now(mirrored.environment)

    assert set(plan.runs.values_list("status", flat=True)) == {"succeeded"}
    assert not before & set(CurrentPeriod.objects.values_list("company_id", "year", "number"))
    compare_with_nmbrs(mirrored)
    compare_with_intervals(every=7)
    compare_days(every=3)
    snapshots_reach_the_current_period()


@pytest.mark.long
@pytest.mark.timeout(1200)
def test_every_snapshot_of_every_company_and_period_equals_the_intervals(mirrored: Connected) -> None:
    compare_with_intervals()
    compare_days()
    mirrored.sandbox.advance()
    sync_now(mirrored.environment)
    compare_with_intervals()
    compare_days()
