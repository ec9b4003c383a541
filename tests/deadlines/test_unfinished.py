"""What is still to be done stays, wherever the company's current period is set and however short its periods are."""

from datetime import UTC, date, datetime, timedelta

import pytest

from portal.companies.models import CurrentPeriod, PensionExport, PeriodSeen, ReturnPeriod
from portal.deadlines import states
from portal.deadlines.models import Deadline, Kind, PeriodState, Progress
from portal.periods import Period, PeriodType
from tests.dashboards.reading import table
from tests.deadlines.conftest import NOW
from tests.factories import fetched_everything, make_company, make_return, make_run, mirrored

pytestmark = pytest.mark.database

SENT = datetime(2026, 11, 20, 9, tzinfo=UTC)


def work_on(company, year, number, day):
    """Nmbrs sets the current period, and a sync sees it."""
    CurrentPeriod.objects.filter(company=company).update(year=year, number=number)
    PeriodSeen.objects.create(company=company, year=year, number=number, seen_at=NOW + timedelta(days=day))
    states.rewrite([company.pk])


def kept(company):
    rows = Deadline.objects.filter(company=company)
    return set(rows.values_list("kind", "period_type", "year", "number", "due", "progress", "open"))


def opened(company):
    rows = Deadline.objects.filter(company=company, open=True, due__lte=date(2026, 12, 31))
    return set(rows.values_list("kind", "year", "number"))


def test_set_back_for_a_correction_of_last_year_a_company_keeps_what_is_due(company, administrator, as_user):
    make_run(company, 2026, 10, locked=True)
    make_return(company, 2026, 10)
    make_run(company, 2025, 12, locked=True)
    make_return(company, 2025, 12, sent_at=SENT)
    work_on(company, 2026, 11, 0)
    before, waiting = kept(company), opened(company)
    assert waiting == {("return", 2026, 10), ("payment", 2026, 11), ("return", 2026, 11), ("payment", 2026, 12)}
    work_on(company, 2025, 12, 1)
    # More of the past can be looked back at from there; nothing is lost and nothing else waits.
    assert kept(company) >= before
    assert opened(company) == waiting
    now = PeriodState.objects.get(company=company, back=0)
    assert (now.year, now.number, now.run) == (2025, 12, Progress.DONE)
    assert (now.next_kind, now.next_period) == (Kind.RETURN, "2026-10 M")
    assert PeriodState.objects.get(company=company, year=2026, number=11).back == -11
    (row,) = table(as_user(administrator()), "/")
    assert row["Period"] == "2025-12 M"
    assert row["Next due"].startswith("due 30 Nov wage-tax return 2026-10 M")
    work_on(company, 2026, 11, 2)
    assert kept(company) == before


def test_a_period_far_ahead_that_nmbrs_took_back_moves_nothing(company):
    before = kept(company)
    work_on(company, 2062, 1, 0)
    work_on(company, 2026, 11, 1)
    assert kept(company) == before


@pytest.fixture
def weekly(debtor):
    """A company by the week that declares by the month."""
    made = make_company(debtor, "Week B.V.", period=Period(2026, 47), period_type=PeriodType.WEEK)
    fetched_everything(debtor)
    return made


def test_what_a_company_by_the_week_left_undone_stays_for_a_year(weekly):
    make_run(weekly, 2026, 5, locked=True)
    make_run(weekly, 2026, 9)
    states.rewrite([weekly.pk])
    waiting = Deadline.objects.filter(company=weekly, open=True).order_by("due", "kind")
    said = [(row.kind, row.period_type, row.number) for row in waiting[:3]]
    # Weeks 5 and 9 both end on the first of a month: the returns of February and March were never made.
    assert said == [("payment", "week", 9), ("return", "month", 2), ("return", "month", 3)]
    assert PeriodState.objects.get(company=weekly, back=0).next_period == "2026-09 W"


def test_an_unsent_return_stays_until_it_is_sent(weekly, administrator, as_user):
    made = make_return(weekly, 2025, 6)
    states.rewrite([weekly.pk])
    row = Deadline.objects.get(company=weekly, kind=Kind.RETURN, year=2025, number=6)
    assert (row.period_type, row.due, row.progress, row.open) == ("month", date(2025, 7, 31), Progress.MADE, True)
    (shown,) = table(as_user(administrator()), "/")
    assert "wage-tax return 2025-06 M" in shown["Next due"]
    # It comes from before the first period that is looked at.
    assert not PeriodState.objects.filter(company=weekly, last_day__lt=date(2025, 6, 30)).exists()
    type(made).objects.update(sent_at=SENT)
    states.rewrite([weekly.pk])
    assert not Deadline.objects.filter(company=weekly, kind=Kind.RETURN, year=2025).filter(number=6).exists()


def test_an_unsent_pension_return_stays_too_and_one_with_a_senseless_number_breaks_nothing(weekly):
    for number in (20, 99):
        values = {"serial_number": number, "status": "Open", "year": 2025, "number": number}
        mirrored(PensionExport, weekly.environment, company=weekly, **values)
    states.rewrite([weekly.pk])
    row = Deadline.objects.get(company=weekly, kind=Kind.PENSION, year=2025, number=20)
    assert (row.period_type, row.open) == ("week", True)
    assert PeriodState.objects.get(company=weekly, back=0).next_kind == Kind.PENSION
    assert not Deadline.objects.filter(number=99).exists()


def month(year, number):
    """The days of a month's return, as Nmbrs gives them."""
    end = date(year + number // 12, number % 12 + 1, 1) - timedelta(days=1)
    return {"first_day": date(year, number, 1), "last_day": end}


def test_another_return_period_from_the_new_year_leaves_the_returns_of_the_old_one(debtor):
    company = make_company(debtor, period=Period(2027, 1), return_period=ReturnPeriod.FOUR_WEEKS)
    fetched_everything(debtor)
    for number in range(1, 13):
        make_run(company, 2026, number, locked=True)
        make_return(company, 2026, number, sent_at=SENT, **month(2026, number))
    states.rewrite([company.pk])
    own = Deadline.objects.filter(company=company, kind=Kind.RETURN)
    assert set(own.filter(year=2026).values_list("period_type", flat=True)) == {"month"}
    assert not own.filter(open=True, year=2026).exists()
    of_pay_periods = PeriodState.objects.filter(company=company, year=2026).order_by("number")
    assert [(one.return_due, one.return_progress) for one in of_pay_periods.filter(number__gte=10)] == [
        (date(2026, 11, 30), Progress.DONE),
        (date(2026, 12, 31), Progress.DONE),
        (date(2027, 1, 31), Progress.DONE),
    ]
    # 4 to 31 January: the first of the new length.
    first = own.get(year=2027, number=1)
    assert (first.period_type, first.due) == ("4-weeks", date(2027, 2, 28))


def test_days_between_the_old_return_period_and_the_new_one_belong_to_no_return_that_is_known(debtor):
    week = make_company(
        debtor,
        period=Period(2027, 1),
        period_type=PeriodType.WEEK,
        return_period=ReturnPeriod.FOUR_WEEKS,
    )
    fetched_everything(debtor)
    make_return(week, 2026, 12, sent_at=SENT, **month(2026, 12))
    states.rewrite([week.pk])
    # Week 53 ends on 3 January: after the month, and before the first four weeks of the year.
    assert PeriodState.objects.get(company=week, year=2026, number=53).return_due is None
    assert not Deadline.objects.filter(kind=Kind.RETURN, period_type="4-weeks", year=2026, number=13).exists()


def test_returns_of_half_a_year_and_of_part_of_a_month_keep_their_length(debtor):
    company = make_company(debtor, return_period=ReturnPeriod.HALF_YEAR)
    fetched_everything(debtor)
    make_return(company, 2026, 1, sent_at=SENT, first_day=date(2026, 1, 1), last_day=date(2026, 6, 30))
    started = make_company(debtor, "Nieuw B.V.")
    make_return(started, 2026, 9, sent_at=SENT, first_day=date(2026, 9, 14), last_day=date(2026, 9, 30))
    states.rewrite([company.pk, started.pk])
    assert Deadline.objects.get(company=company, kind=Kind.RETURN, year=2026, number=1).period_type == "half-year"
    row = Deadline.objects.get(company=started, kind=Kind.RETURN, year=2026, number=9)
    assert (row.period_type, row.due) == ("month", date(2026, 10, 31))


def test_a_run_that_is_done_over_is_waited_for_again(company, administrator, as_user):
    """Nmbrs went on, the office took the run away to do it over, and Nmbrs is back in the period without a run."""
    work_on(company, 2026, 11, 0)
    before = opened(company)
    assert {("payment", 2026, 11), ("return", 2026, 11)} <= before
    work_on(company, 2026, 12, 1)
    work_on(company, 2026, 11, 2)
    assert opened(company) >= before
    (row,) = table(as_user(administrator()), "/")
    assert row["Period"] == "2026-11 M"
    assert "pay day" in row["Next due"]


def test_what_was_not_read_of_years_ago_is_not_said_to_be_missing(debtor):
    """A company by the year looks back further than its runs are read, whoever is read beside it."""
    yearly = make_company(debtor, "Jaar B.V.", period=Period(2026, 1), period_type=PeriodType.YEAR)
    longer = make_company(debtor, "Lang B.V.", period=Period(2020, 1), period_type=PeriodType.YEAR)
    make_run(yearly, 2025, 1, locked=True)
    fetched_everything(debtor)
    states.rewrite([yearly.pk, longer.pk])
    runs = dict(PeriodState.objects.filter(company=yearly, back__gte=0).values_list("year", "run"))
    assert runs[2025] == Progress.DONE
    assert runs[2024] == Progress.NONE
    assert {runs[year] for year in runs if year < 2024} == {None}
    progress = Deadline.objects.filter(company=yearly, year__lt=2024).values_list("progress", flat=True)
    assert set(progress) <= {None}
