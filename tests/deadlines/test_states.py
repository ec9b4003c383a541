"""From the mirror and what was agreed to deadlines and the state of periods."""

from datetime import UTC, date, datetime, timedelta

import pytest

from portal.companies.models import CurrentPeriod, PensionExport, ReturnPeriod, Run
from portal.deadlines import arranging, states
from portal.deadlines.models import Arrangement, Deadline, Kind, PeriodState, Progress
from portal.deadlines.rules import PayRule
from portal.deadlines.tasks import catch_up
from portal.mirror.models import Freshness
from portal.mirror.resource import registry
from portal.periods import Period, PeriodType
from tests.factories import fetched_everything, make_company, make_return, make_run, mirrored

pytestmark = pytest.mark.database

SENT = datetime(2026, 11, 20, 9, tzinfo=UTC)


def make_export(company, year, number, **fields):
    values = {"serial_number": number, "status": "Verzonden", **fields}
    return mirrored(PensionExport, company.environment, company=company, year=year, number=number, **values)


def state(company, back=0):
    states.rewrite([company.pk])
    return PeriodState.objects.get(company=company, back=back)


def due(company, kind, year, number):
    return Deadline.objects.get(company=company, kind=kind, year=year, number=number)


def test_an_open_month_waits_for_its_pay_day(company):
    now = state(company)
    assert (now.year, now.number, now.run, now.pension) == (2026, 11, Progress.NONE, None)
    assert (now.pay_due, now.return_due) == (date(2026, 11, 30), date(2026, 12, 31))
    assert (now.next_due, now.next_kind, now.next_period) == (date(2026, 11, 30), Kind.PAYMENT, "2026-11 M")


def test_a_locked_run_leaves_the_return_and_a_sent_return_leaves_nothing(company):
    make_run(company, 2026, 11, locked=True)
    now = state(company)
    assert (now.run, now.next_kind, now.next_due) == (Progress.DONE, Kind.RETURN, date(2026, 12, 31))
    make_return(company, 2026, 11, sent_at=SENT)
    now = state(company)
    assert (now.return_progress, now.return_sent_at, now.next_due) == (Progress.DONE, SENT, None)


def test_an_earlier_period_that_is_not_finished_comes_first(company):
    make_run(company, 2026, 10, locked=True)
    make_return(company, 2026, 10)
    now = state(company)
    assert (now.next_kind, now.next_due, now.next_period) == (Kind.RETURN, date(2026, 11, 30), "2026-10 M")
    assert due(company, Kind.RETURN, 2026, 10).open
    # September had no run at all: nobody waits for it.
    assert not due(company, Kind.RETURN, 2026, 9).open
    assert not due(company, Kind.PAYMENT, 2026, 9).open


def test_the_newest_return_of_a_period_tells_how_far_it_is(company):
    make_return(company, 2026, 11, serial_number=1, sent_at=SENT)
    make_return(company, 2026, 11, serial_number=2)
    assert state(company).return_progress == Progress.MADE


def test_pension_returns_are_sent_when_each_of_the_period_is(company):
    """Of two funds one may have its return: Nmbrs does not say whose it is."""
    make_run(company, 2026, 10, locked=True)
    first = make_export(company, 2026, 10, serial_number=1, status="Open")
    make_export(company, 2026, 10, serial_number=2, sent_at=SENT)
    now = state(company, 1)
    assert (now.pension, now.pension_open, now.pension_sent_at) == (Progress.MADE, True, None)
    assert (now.next_kind, now.next_due) == (Kind.PENSION, date(2026, 11, 14))
    assert due(company, Kind.PENSION, 2026, 10).open
    PensionExport.objects.filter(pk=first.pk).update(sent_at=SENT - timedelta(days=1))
    now = state(company, 1)
    assert (now.pension, now.pension_open, now.pension_sent_at) == (Progress.DONE, False, SENT)


def test_an_older_pension_return_that_was_never_sent_stays_after_a_later_one_was(debtor):
    week = make_company(debtor, "Week B.V.", period=Period(2026, 47), period_type=PeriodType.WEEK)
    fetched_everything(debtor)
    make_export(week, 2025, 20, serial_number=1, status="Open")
    make_export(week, 2025, 20, serial_number=2, sent_at=SENT)
    states.rewrite([week.pk])
    assert due(week, Kind.PENSION, 2025, 20).open


def test_pension_returns_are_expected_from_the_first_one_on(company):
    make_run(company, 2026, 10, locked=True)
    make_export(company, 2026, 10)
    now = state(company)
    assert (now.pension, now.pension_due) == (Progress.NONE, date(2026, 12, 14))
    assert (now.next_kind, now.next_due) == (Kind.PENSION, date(2026, 11, 14))
    assert PeriodState.objects.get(company=company, back=2).pension is None


def test_what_was_never_fetched_is_not_late(debtor):
    company = make_company(debtor, "Nieuw B.V.", period=Period(2026, 3))
    now = state(company)
    assert (now.run, now.return_progress, now.next_due) == (None, None, None)
    assert due(company, Kind.PAYMENT, 2026, 3).progress is None
    assert not Deadline.objects.filter(company=company, open=True).exists()


def test_weeks_share_the_return_of_their_month(debtor):
    company = make_company(debtor, "Week B.V.", period=Period(2026, 53), period_type=PeriodType.WEEK)
    fetched_everything(debtor)
    now = state(company)
    # Week 53 of 2026 ends on 3 January: it belongs to the return of January.
    assert (now.last_day, now.return_due) == (date(2027, 1, 3), date(2027, 2, 28))
    assert state(company, 1).return_due == date(2027, 1, 31)
    assert (state(company, -1).year, state(company, -1).number) == (2027, 1)
    returns = Deadline.objects.filter(company=company, kind=Kind.RETURN, year=2026, number=12)
    assert returns.count() == 1


def test_four_weeks_run_to_the_last_week_of_a_long_year(debtor):
    company = make_company(
        debtor, period=Period(2026, 13), period_type=PeriodType.FOUR_WEEKS, return_period=ReturnPeriod.FOUR_WEEKS
    )
    fetched_everything(debtor)
    now = state(company)
    assert (now.last_day, now.pay_due, now.return_due) == (date(2027, 1, 3), date(2027, 1, 3), date(2027, 2, 3))
    assert due(company, Kind.PAYMENT, 2026, 13).act_by == date(2026, 12, 31)


def test_a_return_tells_its_own_days_where_nmbrs_names_no_return_period(debtor):
    company = make_company(debtor, return_period=ReturnPeriod.NONE)
    fetched_everything(debtor)
    assert state(company).return_due is None
    make_return(company, 2026, 11, first_day=date(2026, 11, 1), last_day=date(2026, 11, 30))
    assert state(company).return_due == date(2026, 12, 31)


def test_a_company_without_a_current_period_has_no_deadlines(company):
    assert PeriodState.objects.filter(company=company, back=12).get().number == 11
    CurrentPeriod.objects.filter(company=company).delete()
    states.rewrite([company.pk])
    assert not PeriodState.objects.filter(company=company).exists()
    assert not Deadline.objects.filter(company=company).exists()


def test_writing_again_writes_nothing(company, django_assert_max_num_queries):
    before = list(Deadline.objects.values_list("pk", "due"))
    with django_assert_max_num_queries(12):
        states.rewrite([company.pk])
    assert list(Deadline.objects.values_list("pk", "due")) == before


def test_a_publish_of_runs_and_of_companies_brings_the_rows_up_to_date(company):
    make_run(company, 2026, 11, locked=True)
    for follower in registry.followers("runs"):
        follower(company.pk, None)
    assert PeriodState.objects.get(company=company, back=0).run == Progress.DONE
    type(company).everything.filter(pk=company.pk).update(return_period=ReturnPeriod.HALF_YEAR)
    states.of_debtor(company.debtor_id)
    assert PeriodState.objects.get(company=company, back=0).return_due == date(2027, 1, 31)


def test_the_worker_catches_up_with_what_no_publish_told(debtor):
    company = make_company(debtor)
    catch_up()
    assert PeriodState.objects.get(company=company, back=0).run is None
    # An answer without rows is no change, so nothing but this is told by it.
    fetched_everything(debtor)
    assert Freshness.objects.filter(company=company, resource="runs").exists()
    assert list(states.behind()) == [company.pk]
    catch_up()
    assert PeriodState.objects.get(company=company, back=0).run == Progress.NONE
    assert not list(states.behind())
    PeriodState.objects.update(rules=1)
    assert list(states.behind()) == [company.pk]


def test_agreed_terms_and_moved_dates_come_in_place_of_the_usual_ones(company, administrator):
    boss = administrator()
    terms = arranging.Terms(pay=(PayRule.DAY_OF_MONTH, 25), pension=10)
    make_export(company, 2026, 11)
    assert arranging.set_terms(boss, [company.pk], terms) == arranging.Done(1)
    now = PeriodState.objects.get(company=company, back=0)
    assert (now.pay_due, now.pension_due) == (date(2026, 11, 25), date(2026, 12, 10))
    moved = {"due": date(2027, 1, 4), "reason": "letter"}
    arranging.move(boss, [company.pk], Kind.RETURN, PeriodType.MONTH, Period(2026, 11), **moved)
    row = due(company, Kind.RETURN, 2026, 11)
    assert (row.due, row.computed) == (date(2027, 1, 4), date(2026, 12, 31))
    arranging.put_back(boss, company.moveddates.get())
    row = due(company, Kind.RETURN, 2026, 11)
    assert (row.due, row.computed) == (date(2026, 12, 31), None)


def test_a_day_of_the_month_is_not_for_weeks(debtor, administrator):
    week = make_company(debtor, period=Period(2026, 48), period_type=PeriodType.WEEK)
    done = arranging.set_terms(administrator(), [week.pk], arranging.Terms(pay=(PayRule.DAY_OF_MONTH, 25)))
    assert (done.changed, done.left_out) == (0, 1)
    assert not Arrangement.objects.exists()


def test_a_day_of_the_month_is_not_for_a_company_of_which_the_length_of_its_periods_is_not_known(
    company, debtor, administrator
):
    """It may turn out to pay by the week."""
    boss, unread = administrator(), make_company(debtor, "Nieuw B.V.", period=None)
    terms = arranging.Terms(pay=(PayRule.DAY_OF_MONTH, 25))
    assert arranging.set_terms(boss, [company.pk, unread.pk], terms) == arranging.Done(1, frozenset({unread.pk}))
    assert list(Arrangement.objects.values_list("company", flat=True)) == [company.pk]
    # What goes with any length can be agreed before.
    after = arranging.Terms(pay=(PayRule.DAYS_AFTER, 5), pension=10)
    assert arranging.set_terms(boss, [unread.pk], after) == arranging.Done(1)


def test_nobody_gets_a_company_that_they_do_not_see(company, debtor, administrator, accountant):
    boss, clerk = administrator(), accountant(debtor)
    other = make_company(type(debtor).objects.get(pk=debtor.pk), "Koek B.V.")
    stranger = accountant(email="stranger@test.example")
    assert arranging.assign(boss, [company.pk, other.pk], clerk) == arranging.Done(2)
    with pytest.raises(PermissionError):
        arranging.assign(boss, [company.pk], stranger)
    # Somebody without the right over a company changes nothing of it.
    assert arranging.assign(stranger, [company.pk], None) == arranging.Done(0)
    assert set(Arrangement.objects.values_list("responsible", flat=True)) == {clerk.pk}


def test_a_company_that_went_through_many_runs_is_judged_by_the_period_alone(company):
    make_run(company, 2026, 11)
    make_run(company, 2026, 9, 11, locked=True)
    assert Run.objects.count() == 2
    assert state(company).run == Progress.DONE
    assert state(company, 2).run == Progress.DONE
    assert state(company, 3).run == Progress.NONE
