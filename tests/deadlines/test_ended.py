"""A company that has stopped: what nobody has to do any more is open for nobody, and hides nothing of others."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from portal.accounts.models import Membership
from portal.accounts.roles import Role
from portal.audit.models import Entry
from portal.companies.models import PensionExport, ReturnPeriod
from portal.deadlines import arranging, states
from portal.deadlines.models import Arrangement, Deadline, Ending, Kind, Lapse, PeriodState
from portal.mirror.resource import registry
from portal.periods import Period, PeriodType
from tests.accounts.office import somebody_new
from tests.dashboards.reading import table, tables, text
from tests.deadlines.confirming import agree
from tests.deadlines.conftest import NOW
from tests.factories import (
    fetched_everything,
    make_company,
    make_debtor,
    make_employment,
    make_person,
    make_return,
    make_run,
    mirrored,
)

pytestmark = pytest.mark.database

LAST = date(2025, 5, 31)


@pytest.fixture
def boss(administrator):
    return administrator()


@pytest.fixture
def stopped(debtor):
    """In June 2025, whose last person left on 31 May 2025; the run and the return of May are done."""
    made = make_company(debtor, "Gestopt B.V.", period=Period(2025, 6))
    make_employment(make_person(made), date(2020, 1, 1), LAST)
    make_run(made, 2025, 5, locked=True)
    make_return(made, 2025, 5, sent_at=NOW)
    fetched_everything(debtor)
    states.rewrite([made.pk])
    return made


def opened(company, **narrowed):
    rows = Deadline.objects.filter(company=company, open=True, **narrowed).order_by("due", "kind")
    return [(row.kind, row.year, row.number) for row in rows]


def client_of(debtor):
    user = somebody_new("client")
    Membership.objects.create(user=user, firm=debtor.environment.firm, role=Role.CLIENT_ADMINISTRATOR, debtor=debtor)
    return user


def pension(company, year, number, **fields):
    values = {"serial_number": number, "status": "Open", "year": year, "number": number, **fields}
    return mirrored(PensionExport, company.environment, company=company, **values)


# --- nobody in service -----------------------------------------------------------------------------------------------


def test_where_nobody_is_in_service_no_wages_are_to_be_paid(stopped, boss, as_user):
    assert opened(stopped, kind=Kind.PAYMENT) == []
    # The tax office wants a return as long as the company is one of its employers.
    assert opened(stopped, kind=Kind.RETURN)[0] == ("return", 2025, 6)
    now = PeriodState.objects.get(company=stopped, back=0)
    assert (now.lapse, now.pay_due, now.next_kind) == (Lapse.NOBODY, None, Kind.RETURN)
    browser = as_user(boss)
    (row,) = table(browser, "/")
    assert row["Run"] == "nobody in service"
    rows = tables(browser.get(reverse("deadlines:company", args=[stopped.pk])).content.decode())[0]
    said = {row["Status"] for row in rows if row["What"] == "pay day" and row["Period"] >= "2025-06"}
    assert said == {"nobody in service"}


def test_a_client_reads_that_nobody_is_in_service_and_of_no_wages_that_are_late(stopped, debtor, as_user):
    browser = as_user(client_of(debtor))
    said = text(browser.get(f"/my/{debtor.pk}/").content.decode())
    assert "Nobody is in service in June 2025, so there is no payroll." in said
    assert "Wages are paid" not in said


@pytest.mark.parametrize(
    ("since", "until", "paid"),
    [
        # In service on the first day, on the last day, or from the next month on.
        (date(2020, 1, 1), date(2026, 11, 1), True),
        (date(2026, 11, 30), None, True),
        (date(2026, 12, 1), None, False),
        (date(2020, 1, 1), date(2026, 10, 31), False),
    ],
)
def test_one_day_in_service_is_enough_for_a_pay_day(company, since, until, paid):
    make_employment(make_person(company), since, until)
    states.rewrite([company.pk])
    assert (("payment", 2026, 11) in opened(company)) == paid
    assert (("payment", 2026, 12) in opened(company)) == (until is None)


def test_a_run_that_was_made_has_to_be_locked_whoever_is_in_service(stopped):
    make_run(stopped, 2025, 6)
    states.rewrite([stopped.pk])
    assert opened(stopped, kind=Kind.PAYMENT) == [("payment", 2025, 6)]


def test_where_no_employment_was_ever_seen_nobody_says_that_there_is_none(company):
    assert ("payment", 2026, 11) in opened(company)


def test_a_person_who_comes_or_goes_changes_the_dates_with_the_publish_that_tells_it(stopped):
    come = make_employment(make_person(stopped), date(2025, 7, 1))
    for follower in registry.followers("employments"):
        follower(stopped.pk, None)
    assert opened(stopped, kind=Kind.PAYMENT)[0] == ("payment", 2025, 7)
    type(come.employee).everything.filter(pk=come.employee_id).update(missing_since=NOW)
    for follower in registry.followers("employees"):
        follower(stopped.pk, None)
    assert opened(stopped, kind=Kind.PAYMENT) == []


def test_seasons_have_their_pay_days_and_the_months_between_them_have_none(debtor):
    camping = make_company(debtor, "Camping B.V.", period=Period(2026, 10))
    for person, since, until in (("A", date(2026, 4, 1), date(2026, 10, 15)), ("B", date(2027, 2, 1), None)):
        make_employment(make_person(camping, person), since, until)
    fetched_everything(debtor)
    states.rewrite([camping.pk])
    paid = opened(camping, kind=Kind.PAYMENT, due__lt=date(2027, 4, 1))
    assert paid == [("payment", 2026, 10), ("payment", 2027, 2), ("payment", 2027, 3)]


# --- said to have ended ----------------------------------------------------------------------------------------------


def test_after_the_last_day_nothing_is_due_and_undone_it_is_again(stopped, boss):
    before = opened(stopped)
    assert len(before) > 6
    told = {"after": LAST, "reason": "The company was sold"}
    assert arranging.stop(boss, [stopped.pk], Ending.PAYROLL, **told) == arranging.Done(1)
    assert opened(stopped) == []
    assert not Deadline.objects.filter(company=stopped, year=2025, number__gte=6).exists()
    now = PeriodState.objects.get(company=stopped, back=0)
    assert (now.lapse, now.pay_due, now.return_due, now.next_due) == (Lapse.STOPPED, None, None, None)
    # What was done is kept.
    assert Deadline.objects.filter(company=stopped, year=2025, number=5, progress=2).count() == 2
    assert arranging.go_on(boss, [stopped.pk], Ending.PAYROLL) == arranging.Done(1)
    assert opened(stopped) == before
    # Undone twice it changes nothing and leaves no trace.
    assert arranging.go_on(boss, [stopped.pk], Ending.PAYROLL) == arranging.Done(0)
    entries = Entry.objects.filter(kind="settings_changed", company_id=stopped.pk).order_by("number")
    assert [entry.detail["what"] for entry in entries] == ["payroll_ended", "payroll_goes_on"]


def test_on_the_board_nothing_is_open_of_it(stopped, boss, as_user):
    assert "days late" in table(as_user(boss), "/")[0]["Next due"]
    arranging.stop(boss, [stopped.pk], Ending.PAYROLL, after=LAST, reason="Sold")
    (row,) = table(as_user(boss), "/")
    assert (row["Run"], row["Wage-tax return"], row["Next due"]) == ("payroll ended", "none", "nothing open")


def test_what_nmbrs_has_all_the_same_keeps_its_deadline(stopped, boss):
    make_run(stopped, 2025, 7)
    pension(stopped, 2025, 8)
    arranging.stop(boss, [stopped.pk], Ending.PAYROLL, after=LAST, reason="Sold")
    assert opened(stopped) == [("payment", 2025, 7), ("return", 2025, 7), ("pension", 2025, 8)]


def test_a_period_that_the_last_day_lies_in_is_paid_and_declared(debtor, boss):
    """Week 27 runs from 29 June to 5 July: it belongs to the return of July, though that begins after the last day."""
    week = make_company(debtor, "Week B.V.", period=Period(2026, 26), period_type=PeriodType.WEEK)
    four = make_company(debtor, "Vier B.V.", period=Period(2026, 13), period_type=PeriodType.FOUR_WEEKS,
                        return_period=ReturnPeriod.MONTH)  # fmt: skip
    fetched_everything(debtor)
    arranging.stop(boss, [week.pk], Ending.PAYROLL, after=date(2026, 6, 30), reason="Sold")
    assert opened(week) == [
        ("payment", 2026, 26),
        ("payment", 2026, 27),
        ("return", 2026, 6),
        ("return", 2026, 7),
    ]
    # No period ends in December; that the payroll ended in November it knows as well.
    arranging.stop(boss, [four.pk], Ending.PAYROLL, after=date(2026, 11, 29), reason="Sold")
    assert not Deadline.objects.filter(company=four, kind=Kind.RETURN, year=2026, number=12).exists()


def test_a_company_that_left_its_fund_has_no_pension_returns_after_it(company, boss):
    pension(company, 2026, 9, sent_at=NOW)
    make_run(company, 2026, 10, locked=True)
    states.rewrite([company.pk])
    assert opened(company, kind=Kind.PENSION)[:2] == [("pension", 2026, 10), ("pension", 2026, 11)]
    arranging.stop(boss, [company.pk], Ending.PENSION, after=date(2026, 10, 31), reason="Left the fund")
    assert opened(company, kind=Kind.PENSION) == [("pension", 2026, 10)]
    # Wages are paid as before.
    assert ("payment", 2026, 11) in opened(company)
    assert PeriodState.objects.get(company=company, back=0).pension is None


def test_nobody_ends_anything_of_a_company_whose_dates_they_do_not_set(stopped, accountant):
    stranger = accountant(email="stranger@test.example")
    assert arranging.stop(stranger, [stopped.pk], Ending.PAYROLL, after=LAST, reason="x") == arranging.Done(0)
    assert not Arrangement.objects.exists()
    Arrangement.objects.create(company=stopped, payroll_end=LAST)
    assert arranging.go_on(stranger, [stopped.pk], Ending.PAYROLL) == arranging.Done(0)
    assert Arrangement.objects.get().payroll_end == LAST


# --- pages -----------------------------------------------------------------------------------------------------------


def test_it_is_set_on_the_page_of_the_company_and_undone_there(stopped, boss, as_user):
    browser, stop = as_user(boss), reverse("deadlines:stop", args=[stopped.pk])
    posted = {"stop": "payroll", "stop_after": "2025-05-31", "stop_reason": "The company was sold"}
    said = text(browser.post(stop, posted, follow=True).content.decode())
    assert "No payroll after 31 May 2025 The company was sold" in said
    assert "Payroll goes on" in said
    assert Arrangement.objects.get().payroll_end == LAST
    assert "no payroll after 31 May 2025" in table(browser, "/deadlines/")[0]["Pay day"]
    said = text(browser.post(stop, {"stop": "payroll_goes_on"}, follow=True).content.decode())
    assert "No payroll after" not in said
    assert Arrangement.objects.get().payroll_end is None


@pytest.mark.parametrize(
    ("change", "said"),
    [({"stop_after": ""}, "Enter the last day."), ({"stop_after": "31-31-2025"}, "Enter a valid date"),
     ({"stop_after": "1925-05-31"}, "from 2000 on"), ({"stop_after": "2125-05-31"}, "at most a year ahead"),
     ({"stop_reason": " "}, "Say why it ended."), ({"stop": ""}, "Choose what has ended."),
     ({"stop": "x"}, "Select a valid choice")],
)  # fmt: skip
def test_an_end_without_sense_is_refused_with_words(stopped, boss, as_user, change, said):
    posted = {"stop": "pension", "stop_after": "2025-05-31", "stop_reason": "Left the fund", **change}
    page = as_user(boss).post(reverse("deadlines:stop", args=[stopped.pk]), posted, follow=True)
    assert said in text(page.content.decode())
    assert not Arrangement.objects.exists()


def test_people_of_a_client_neither_set_it_nor_read_why(stopped, debtor, boss, as_user):
    arranging.stop(boss, [stopped.pk], Ending.PAYROLL, after=LAST, reason="Quarrel with the owner")
    browser = as_user(client_of(debtor))
    page = browser.get(reverse("deadlines:company", args=[stopped.pk])).content.decode()
    assert "Quarrel" not in page
    assert browser.post(reverse("deadlines:stop", args=[stopped.pk]), {"stop": "payroll_goes_on"}).status_code == 403
    assert Arrangement.objects.get().payroll_end == LAST
    said = text(browser.get(f"/my/{debtor.pk}/").content.decode())
    assert "The payroll has ended: there is none of June 2025." in said
    assert "Nothing is open, as far as is known." in said


def test_it_is_set_for_several_and_undone_for_several(stopped, company, boss, as_user):
    browser = as_user(boss)
    posted = {"covers": "ticked", "company": [str(stopped.pk)], "stop": "payroll", "stop_after": "31-05-2025",
              "stop_reason": "Sold"}  # fmt: skip
    page = text(browser.post("/deadlines/", posted).content.decode())
    assert "No payroll after 31 May 2025 (Sold)" in page
    assert not Arrangement.objects.exists()
    assert "1 company was set" in text(agree(browser, posted))
    assert Arrangement.objects.get(company=stopped).payroll_end == LAST
    # Another change of several companies does not let it go on.
    agree(browser, {"covers": "all", "pay_rule": "after", "pay_number": "5", "stop": "keep"})
    assert Arrangement.objects.get(company=stopped).payroll_end == LAST
    assert "1 company was set" in text(agree(browser, {"covers": "all", "stop": "payroll_goes_on"}))
    assert Arrangement.objects.get(company=stopped).payroll_end is None


# --- short lists -----------------------------------------------------------------------------------------------------


def panel(browser, address, heading):
    found = browser.get(address).content.decode().split(f"{heading}</h2>")
    return text(found[1].split("</section>")[0])


def test_of_one_company_two_late_dates_are_told_and_how_many_more(stopped, company, debtor, boss, as_user):
    make_return(stopped, 2025, 6)
    states.rewrite([stopped.pk])
    more = len(opened(stopped, due__lt=date(2026, 11, 25))) - 2
    assert more > 4
    said = panel(as_user(boss), reverse("dashboards:debtor", args=[debtor.pk]), "What needs attention")
    assert said.count("days late") == 2
    assert f"wage-tax return 2025-07 M Gestopt B.V. and {more} more late dates" in said
    # What comes of the other company is there again.
    assert "pay day 2026-11 M Brood B.V. due 30 Nov 2026" in said
    said = panel(as_user(boss), reverse("companies:company", args=[stopped.pk]), "Deadlines")
    assert said.count("days late") == 2
    assert f"and {more} more late dates" in said
    said = panel(as_user(boss), "/calendar/", "Late from earlier months")
    assert said.count("days late") == 2
    assert f"and {more} more late dates" in said
    assert f"All {more + 2} from earlier months" in said
    said = panel(as_user(client_of(debtor)), f"/my/{debtor.pk}/", "Dates that concern you")
    assert said.count("days late") == 2
    assert f"and {more} more late dates" in said
    assert "Wages are paid November 2026 · Brood B.V." in said


def test_one_more_late_date_is_said_in_the_singular_and_two_say_nothing(debtor, boss, as_user):
    for name, months in (("Drie B.V.", (7, 8, 9)), ("Twee B.V.", (8, 9))):
        made = make_company(make_debtor(debtor.environment, name), name)
        for month in months:
            make_run(made, 2026, month, locked=True)
            make_return(made, 2026, month)
        fetched_everything(made.debtor)
        states.rewrite([made.pk])
        said = panel(as_user(boss), reverse("dashboards:debtor", args=[made.debtor_id]), "What needs attention")
        assert said.count("days late") == 2
        assert ("and 1 more late date" in said) == (len(months) > 2)
        assert "more late dates" not in said


def test_a_window_over_many_companies_costs_no_query_more(debtor, boss, as_user, django_assert_max_num_queries):
    made = [make_company(debtor, f"Filiaal {number}", period=Period(2025, 6)) for number in range(12)]
    fetched_everything(debtor)
    states.rewrite([one.pk for one in made])
    browser = as_user(boss)
    for address in (reverse("dashboards:debtor", args=[debtor.pk]), "/calendar/"):
        with django_assert_max_num_queries(25):
            assert browser.get(address).status_code == 200
    assert timedelta(days=500) < NOW.date() - LAST
