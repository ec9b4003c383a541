"""The foot of the board: people and wage cost of the companies of the filter, each in its period."""

from datetime import date, timedelta

import pytest

from portal import clock
from portal.accounts.models import Membership
from portal.accounts.roles import Role
from portal.dashboards.board.foot import Kept, foot_of
from portal.deadlines import states
from portal.mirror.models import Freshness
from portal.mirror.models import State as Stored
from portal.periods import Period, PeriodType
from portal.ui.freshness import State
from tests.accounts.office import somebody_new
from tests.dashboards.reading import queries_at_most, text
from tests.dashboards.test_board_files import file_of
from tests.factories import (
    SEEN,
    fetched,
    fetched_everything,
    make_booking,
    make_company,
    make_debtor,
    make_employment,
    make_environment,
    make_person,
    make_run,
    summed,
)

pytestmark = pytest.mark.database

CLIENTS = {"Bakkers": "1001", "Slagers": "2002"}


def booked(company, number, debit, account="4000", **fields):
    make_booking(company, 2026, number, account=account, debit=debit, **fields)


def company_of(debtor, name, people, **fields):
    made = make_company(debtor, name, **fields)
    for one in range(people):
        make_employment(make_person(made, f"{name} {one}"), date(2024, 1, 1))
    return made


@pytest.fixture
def office(firm):
    """Brood and Koek of the bakers, Worst (by four weeks) of the butchers; Koek waits for its run."""
    environment = make_environment(firm)
    bakers, butchers = (make_debtor(environment, name, number=number) for name, number in CLIENTS.items())
    made = {
        "Brood": company_of(bakers, "Brood", 3),
        "Koek": company_of(bakers, "Koek", 2),
        "Worst": company_of(butchers, "Worst", 4, period=Period(2026, 12), period_type=PeriodType.FOUR_WEEKS),
    }
    for name, number, cost in (("Brood", 11, "1000.10"), ("Brood", 10, "900.00"), ("Worst", 12, "2000.20")):
        make_run(made[name], 2026, number, locked=True)
        booked(made[name], number, cost)
        booked(made[name], number, "77", account="1600")
    make_run(made["Koek"], 2026, 10, locked=True)
    booked(made["Koek"], 10, "500.00")
    # What is gone from Nmbrs counts nowhere.
    booked(made["Brood"], 11, "5000", missing_since=clock.now())
    make_run(made["Koek"], 2026, 11, missing_since=clock.now())
    for debtor in (bakers, butchers):
        fetched_everything(debtor)
    summed(*made.values())
    states.rewrite([one.pk for one in made.values()])
    return {**made, "bakers": bakers, "butchers": butchers}


def foot(client, query=""):
    """What the foot says: figures and notes."""
    page = client.get(f"/{query}").content.decode()
    found = page.split('id="coverage">')[1].split("</div>")[0]
    return text(found).replace("Explanation: Head count ", "").replace("Explanation: Wage cost ", "")


def test_the_sums_are_those_of_the_filter_and_say_what_is_not_known(office, administrator, as_user):
    client = as_user(administrator())
    everything = foot(client)
    assert everything.startswith("Head count 9 · Wage cost €3,000.30")
    assert "Of 1 company the wage cost is not known; the total is that of the others." in everything
    assert "head count is not known" not in everything
    assert foot(client, "?q=brood").startswith("Head count 3 · Wage cost €1,000.10")
    assert "is not known" not in foot(client, "?q=brood")
    assert foot(client, "?q=koek").startswith("Head count 2 · Wage cost – unknown")
    assert foot(client, "?run=locked").startswith("Head count 7 · Wage cost €3,000.30")
    # A filter that leaves everything in says the same as none.
    assert foot(client, "?q=o").split(" Assign")[0] == everything.split(" Assign")[0]
    assert foot(client, "?q=nothing") == ""


def test_an_earlier_period_has_its_own_sums(office, administrator, as_user):
    client = as_user(administrator())
    assert foot(client, "?back=1&q=1001").startswith("Head count 5 · Wage cost €1,400.00")
    # The eleventh period of four weeks has no run.
    assert "Of 1 company the wage cost is not known" in foot(client, "?back=1")


def test_a_company_of_which_people_never_came_in_is_said(office, administrator, as_user):
    Freshness.objects.filter(company=office["Worst"], resource="employees").delete()
    make_company(office["butchers"], "Nieuw", period=None)
    found = foot(as_user(administrator()))
    assert found.startswith("Head count 5 · Wage cost €3,000.30")
    assert "Of 2 companies the head count is not known; the total is that of the others." in found


def test_wage_cost_is_for_who_may_see_the_wages_of_all_of_them(office, firm, administrator, as_user):
    """Somebody who works for one client of the office, and sees another one without its wages."""
    person = somebody_new("both")
    for debtor, role in ((office["bakers"], Role.ACCOUNTANT), (office["butchers"], Role.CLIENT_USER)):
        Membership.objects.create(user=person, firm=firm, role=role, debtor=debtor)
    client = as_user(person)
    assert foot(client).startswith("Head count 9 Of all companies")
    assert "Wage cost" not in foot(client)
    assert foot(client, "?q=1001").startswith("Head count 5 · Wage cost €1,000.10")
    assert "Wage cost" not in foot(client, "?q=2002")


def test_who_sees_one_client_gets_the_sums_of_it_alone(office, accountant, as_user):
    assert foot(as_user(accountant(office["butchers"]))).startswith("Head count 4 · Wage cost €2,000.20")


def test_a_file_says_the_same_of_the_rows_that_it_has(office, administrator, as_user):
    client = as_user(administrator())
    _rows, stamp = file_of(client, "/")
    assert "Head count: 9" in stamp
    assert "Wage cost: €3,000.30 (not known of 1 company)" in stamp
    _rows, stamp = file_of(client, "/?q=worst")
    assert "Wage cost: €2,000.20" in stamp


def test_the_age_of_what_the_sums_are_made_of_is_in_the_badge(office, administrator, as_user):
    client = as_user(administrator())
    for kind in ("journal", "employments"):
        Freshness.objects.update(state=Stored.FRESH)
        assert client.get("/").context_data["freshness"].state is not State.FAILING
        Freshness.objects.filter(resource=kind).update(state=Stored.FAILING)
        assert client.get("/").context_data["freshness"].state is State.FAILING, kind


def test_the_board_stays_within_its_questions(office, administrator, as_user):
    client = as_user(administrator())
    for query in ("/", "/?q=1001"):
        client.get(query)
        with queries_at_most(25):
            client.get(query)


@pytest.mark.parametrize(
    ("kept", "cost", "unknown"),
    [
        # Nobody works there and no run was made: no cost is expected.
        (Kept(0, made=False, cents=None, elsewhere=False, may_see=True), None, 0),
        # People and no run, a run without a journal, and nobody knows whether somebody works there.
        (Kept(2, made=False, cents=100, elsewhere=False, may_see=True), None, 1),
        (Kept(2, made=True, cents=None, elsewhere=False, may_see=True), None, 1),
        (Kept(None, made=False, cents=None, elsewhere=False, may_see=True), None, 1),
        # A run over several periods was booked in another one.
        (Kept(2, made=True, cents=None, elsewhere=True, may_see=True), 0, 0),
        (Kept(0, made=True, cents=-1250, elsewhere=False, may_see=True), -12.5, 0),
        # One of its runs is booked and the journal of another one is still to come.
        (Kept(2, made=True, cents=100, elsewhere=False, may_see=True, awaits=True), None, 1),
    ],
)
def test_what_is_known_of_one_company(kept, cost, unknown):
    found = foot_of([kept])
    assert (found.cost, found.cost_unknown) == (cost, unknown)


def test_a_run_over_two_periods_costs_once(office, administrator, as_user):
    """Nmbrs books it in the first of them: in the second there is nothing more, which is known."""
    make_run(office["Koek"], 2026, 10, 11, locked=True)
    found = foot(as_user(administrator()), "?q=koek")
    assert found.startswith("Head count 2 · Wage cost €0.00")
    assert "is not known" not in found


def test_a_run_that_came_in_after_the_journal_leaves_the_cost_unknown_until_it_is_booked(
    office, administrator, as_user
):
    client = as_user(administrator())
    make_run(office["Brood"], 2026, 11, number=93, locked=True, first_seen=SEEN + timedelta(hours=1))
    found = foot(client, "?q=brood")
    assert found.startswith("Head count 3 · Wage cost – unknown")
    # Koek has no run at all.
    assert foot(client).startswith("Head count 9 · Wage cost €2,000.20")
    assert "Of 2 companies the wage cost is not known" in foot(client)
    # The journal was read again: then what it does not hold is nothing.
    fetched(office["Brood"], "journal", at=SEEN + timedelta(hours=2))
    assert foot(client, "?q=brood").startswith("Head count 3 · Wage cost €1,000.10")


def test_a_run_whose_journal_is_here_is_known_whenever_it_was_first_seen(office, administrator, as_user):
    make_run(office["Brood"], 2026, 11, number=93, first_seen=SEEN + timedelta(hours=1))
    booked(office["Brood"], 11, "50.00", run_number=93)
    assert foot(as_user(administrator()), "?q=brood").startswith("Head count 3 · Wage cost €1,050.10")
