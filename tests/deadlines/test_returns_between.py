"""Returns in whose days no pay period ends are due like the others."""

from datetime import date

import pytest
from django.urls import reverse

from portal.companies.models import CurrentPeriod, ReturnPeriod
from portal.deadlines import feeds, states
from portal.deadlines.models import Deadline, Kind, PeriodState, Progress
from portal.periods import Period, PeriodType
from tests.dashboards.reading import table, tables
from tests.deadlines.conftest import NOW
from tests.factories import fetched_everything, make_company, make_return, make_run

pytestmark = pytest.mark.database


@pytest.fixture
def four_weekly(debtor):
    """It pays by four weeks and declares by the month: period 13 of 2026 runs from 30 November to 3 January."""
    made = make_company(debtor, "Vier B.V.", period=Period(2026, 13), period_type=PeriodType.FOUR_WEEKS)
    fetched_everything(debtor)
    states.rewrite([made.pk])
    return made


def december(company):
    states.rewrite([company.pk])
    return Deadline.objects.get(company=company, kind=Kind.RETURN, period_type="month", year=2026, number=12)


def returns(company, **narrowed):
    rows = Deadline.objects.filter(company=company, kind=Kind.RETURN, **narrowed)
    return list(rows.order_by("due").values_list("period_type", "year", "number"))


def test_the_return_of_a_month_in_which_no_period_ends_is_due(four_weekly):
    row = december(four_weekly)
    assert (row.due, row.progress, row.open) == (date(2027, 1, 31), Progress.NONE, True)
    # Every month has one, and none has two.
    found = returns(four_weekly, due__range=(date(2026, 1, 31), date(2027, 4, 30)))
    assert found == [("month", 2025, 12), *(("month", 2026, month) for month in range(1, 13)),
                     *(("month", 2027, month) for month in range(1, 4))]  # fmt: skip


def test_it_stands_on_the_board_in_the_calendar_and_at_its_secret_address(four_weekly, administrator, as_user, client):
    make_run(four_weekly, 2026, 13, locked=True)
    make_return(four_weekly, 2026, 11, sent_at=NOW)
    states.rewrite([four_weekly.pk])
    boss = administrator()
    browser = as_user(boss)
    (row,) = table(browser, "/")
    assert row["Next due"].startswith("due 31 Jan 2027 wage-tax return 2026-12 M")
    listed = tables(browser.get("/calendar/?month=2027-01").content.decode())[-1]
    assert ("wage-tax return", "2026-12 M") in {(one["What"], one["Period"]) for one in listed}
    address = reverse("deadlines:feed", args=[feeds.make(boss, own_only=False).token])
    assert "wage-tax return 2026-12 M" in client.get(address).content.decode().replace("\r\n ", "")


def test_it_waits_as_long_as_nothing_was_sent_though_the_company_went_on(four_weekly):
    make_run(four_weekly, 2026, 13, locked=True)
    CurrentPeriod.objects.filter(company=four_weekly).update(year=2027, number=1)
    assert december(four_weekly).open
    assert PeriodState.objects.get(company=four_weekly, back=0).next_period == "2026-12 M"
    make_return(four_weekly, 2026, 12, sent_at=NOW)
    row = december(four_weekly)
    assert (row.progress, row.open) == (Progress.DONE, False)


def test_where_the_company_went_on_without_a_run_nobody_waits_for_it(four_weekly):
    CurrentPeriod.objects.filter(company=four_weekly).update(year=2027, number=1)
    assert not december(four_weekly).open


def test_who_pays_by_the_month_and_declares_by_four_weeks_has_thirteen_a_year(debtor):
    made = make_company(debtor, "Maand B.V.", return_period=ReturnPeriod.FOUR_WEEKS)
    fetched_everything(debtor)
    states.rewrite([made.pk])
    assert returns(made, year=2026) == [("4-weeks", 2026, number) for number in range(1, 14)]


def test_who_pays_by_the_quarter_declares_every_month(debtor):
    made = make_company(debtor, "Kwartaal B.V.", period=Period(2026, 4), period_type=PeriodType.QUARTER)
    fetched_everything(debtor)
    states.rewrite([made.pk])
    waiting = returns(made, open=True, due__lte=date(2027, 1, 31))
    assert waiting == [("month", 2026, 10), ("month", 2026, 11), ("month", 2026, 12)]
