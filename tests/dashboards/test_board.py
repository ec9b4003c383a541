"""The period board: every company in its period, what needs attention first."""

import re
from datetime import UTC, datetime

import pytest

from portal.accounts.models import TagRule, Team, TeamDebtor, TeamMember
from portal.accounts.roles import Role
from portal.deadlines import arranging, states
from portal.debtors.models import DebtorTag
from portal.mirror.models import State
from portal.periods import Period, PeriodType
from tests.dashboards.reading import table, text
from tests.factories import (
    fetched,
    fetched_everything,
    make_company,
    make_debtor,
    make_environment,
    make_return,
    make_run,
    mirrored,
)

pytestmark = pytest.mark.pages

SENT = datetime(2026, 11, 20, 9, tzinfo=UTC)


@pytest.fixture
def office(firm):
    return make_environment(firm)


@pytest.fixture
def four(office):
    """Open and due next week; four weeks with a return two days late; locked and sent; never fetched."""
    bakery, carrier = make_debtor(office, "Bakkerij", number="1001"), make_debtor(office, "Vervoer", number="2002")
    open_one = make_company(bakery, "Bakkerij B.V.")
    done = make_company(bakery, "Klaar B.V.")
    late = make_company(carrier, "Vervoer B.V.", period=Period(2026, 12), period_type=PeriodType.FOUR_WEEKS,
                        return_period="Week4")  # fmt: skip
    for debtor in (bakery, carrier):
        fetched_everything(debtor)
    new = make_company(carrier, "Nieuw B.V.", period=None)
    make_run(done, 2026, 11, locked=True)
    make_return(done, 2026, 11, sent_at=SENT)
    make_run(late, 2026, 12, locked=True)
    make_run(late, 2026, 10, locked=True)
    make_return(late, 2026, 10)
    make_return(late, 2026, 11, sent_at=SENT)
    rewrite()
    return {"open": open_one, "done": done, "late": late, "new": new}


def rewrite():
    states.rewrite(list(states.CurrentPeriod.objects.values_list("company_id", flat=True)))


def names(client, query="") -> list[str]:
    return [row["Company"].split(" B.V.")[0] for row in table(client, f"/{query}")]


@pytest.mark.database
def test_what_needs_attention_comes_first(four, administrator, as_user):
    client = as_user(administrator())
    rows = {row["Company"].split(" B.V.")[0]: row for row in table(client, "/")}
    # Period 10 of four weeks ended on 4 October: its return was due on 4 November, and Nmbrs has it unsent.
    # Of the new one nothing is known, so nobody knows what of it is due.
    assert names(client) == ["Vervoer", "Nieuw", "Bakkerij", "Klaar"]
    assert rows["Vervoer"]["Next due"] == "18 days late wage-tax return 2026-10 4W check"
    assert rows["Vervoer"]["Period"] == "2026-12 4W"
    assert rows["Bakkerij"]["Run"] == "not made pay day 30 Nov check"
    assert rows["Bakkerij"]["Wage-tax return"] == "due 31 Dec check"
    assert rows["Bakkerij"]["Next due"] == "due 30 Nov pay day 2026-11 M check"
    assert rows["Klaar"]["Run"].startswith("locked")
    assert rows["Klaar"]["Wage-tax return"] == "sent 20 Nov"
    assert rows["Klaar"]["Pension return"] == "none"
    assert rows["Klaar"]["Next due"] == "nothing open"
    assert rows["Nieuw"]["Run"] == rows["Nieuw"]["Wage-tax return"] == "not fetched yet"
    assert rows["Klaar"]["Responsible"] == "nobody"


@pytest.mark.database
def test_the_parts_above_the_list_count_and_lead_to_it(four, administrator, as_user):
    client = as_user(administrator())
    page = text(client.get("/").content.decode())
    assert "Overdue 1 Today 0 This week 0 Not made 1 Made, not locked 0 Locked 2 All 4" in page
    assert names(client, "?due=overdue") == ["Vervoer"]
    assert names(client, "?run=locked") == ["Vervoer", "Klaar"]
    assert names(client, "?due=later") == ["Bakkerij"]
    assert "Nothing matches this filter" in client.get("/?due=today").content.decode()


@pytest.mark.database
def test_filters_by_person_team_tag_and_type(four, office, firm, administrator, accountant, as_user):
    boss = administrator()
    clerk = accountant(four["open"].debtor, four["late"].debtor)
    arranging.assign(boss, [four["open"].pk], clerk)
    team = Team.objects.create(firm=firm, name="Noord")
    TeamDebtor.objects.create(team=team, debtor=four["late"].debtor)
    TagRule.objects.create(team=team, tag="bakkers")
    mirrored(DebtorTag, office, debtor=four["open"].debtor, number=1, text="bakkers", valid_from=SENT.date())
    client = as_user(boss)
    assert names(client, f"?person={clerk.pk}") == ["Bakkerij"]
    assert names(as_user(clerk), "?person=me") == ["Bakkerij"]
    assert "Bakkerij" not in names(client, "?person=nobody")
    assert len(names(client, f"?team={team.pk}")) == 4
    assert names(client, "?tag=bakkers") == ["Bakkerij", "Klaar"]
    assert names(client, "?period_type=4-weeks") == ["Vervoer"]
    assert names(client, "?q=200") == ["Vervoer", "Nieuw"]
    # Somebody of the team can name it; others have no team to choose.
    assert 'name="team"' not in as_user(clerk).get("/").content.decode()
    TeamMember.objects.create(team=team, user=clerk, role=Role.ASSISTANT)
    assert 'name="team"' in as_user(clerk).get("/").content.decode()


def test_it_steps_back_period_by_period(four, administrator, as_user):
    make_run(four["open"], 2026, 10, locked=True)
    make_return(four["open"], 2026, 10, sent_at=SENT)
    rewrite()
    client = as_user(administrator())
    rows = {row["Company"].split(" B.V.")[0]: row for row in table(client, "/?back=1")}
    assert rows["Bakkerij"]["Period"] == "2026-10 M"
    assert rows["Bakkerij"]["Wage-tax return"] == "sent 20 Nov"
    assert rows["Vervoer"]["Period"] == "2026-11 4W"
    assert rows["Vervoer"]["Run"].startswith("no run found")
    html = client.get("/?back=1&due=overdue").content.decode()
    assert "?back=2&amp;due=overdue" in html
    assert "back=13" not in client.get("/?back=12").content.decode()


def test_where_runs_are_refused_nothing_is_called_late(office, administrator, as_user):
    company = make_company(make_debtor(office), period=Period(2026, 3))
    fetched(company, "runs", "wage_tax_returns", state=State.NOT_PERMITTED)
    rewrite()
    (row,) = table(as_user(administrator()), "/")
    # Refused is not the same as not fetched yet: that would come by itself.
    assert (row["Run"], row["Wage-tax return"]) == ("no access", "no access")
    assert row["Next due"] == "no access not permitted: runs, wage-tax returns"
    assert row["Pension return"] == "not fetched yet"
    assert "not permitted" in row["Data"]


def test_where_one_kind_is_not_known_nobody_says_that_nothing_is_open(office, administrator, as_user):
    debtor = make_debtor(office)
    done, unset = make_company(debtor, "Klaar B.V."), make_company(debtor, "Lengte B.V.", return_period="None")
    fetched_everything(debtor)
    for company in (done, unset):
        make_run(company, 2026, 11, locked=True)
    make_return(done, 2026, 11, sent_at=SENT)
    fetched(done, "pension_exports", state=State.NOT_PERMITTED)
    rewrite()
    rows = {row["Company"].split(" B.V.")[0]: row["Next due"] for row in table(as_user(administrator()), "/")}
    assert rows == {"Klaar": "no access not permitted: pension returns", "Lengte": "– unknown"}


def test_stepped_back_a_return_that_nobody_waits_for_is_not_late(four, administrator, as_user):
    client = as_user(administrator())
    rows = {row["Company"].split(" B.V.")[0]: row for row in table(client, "/?back=2")}
    # September had neither run nor return at Bakkerij. Period 10 of Vervoer has both, the return unsent.
    assert rows["Bakkerij"]["Wage-tax return"] == "none"
    assert rows["Vervoer"]["Wage-tax return"] == "made, not sent 18 days late check"
    assert "late" not in rows["Bakkerij"]["Pension return"]


def test_on_the_last_working_day_before_a_sunday_the_board_says_today(office, administrator, as_user, monkeypatch):
    debtor = make_debtor(office)
    company = make_company(debtor, period=Period(2026, 12))
    fetched_everything(debtor)
    make_run(company, 2026, 12, locked=True)
    rewrite()
    client = as_user(administrator())
    # The return of December is due on Sunday 31 January; the 29th is a Friday.
    for day, return_said, next_said in (
        (28, "due 31 Jan check", "due 31 Jan wage-tax return 2026-12 M · act by 29 Jan check"),
        (29, "today check", "today wage-tax return 2026-12 M · act by 29 Jan check"),
    ):
        moment = datetime(2027, 1, day, 8, tzinfo=UTC)
        for place in ("portal.clock", "portal.ui.freshness", "portal.ui.formats"):
            monkeypatch.setattr(f"{place}.now", lambda moment=moment: moment)
        (row,) = table(client, "/")
        assert (row["Wage-tax return"], row["Next due"]) == (return_said, next_said)


def test_by_day_each_company_stands_at_its_period_of_that_day(office, administrator, as_user):
    debtor = make_debtor(office)
    make_company(debtor, "Maand B.V.")
    make_company(debtor, "Week B.V.", period=Period(2026, 47), period_type=PeriodType.WEEK)
    fetched_everything(debtor)
    rewrite()
    client = as_user(administrator())

    def shown(query):
        return {row["Company"].split(" B.V.")[0]: row["Period"] for row in table(client, f"/{query}")}

    assert shown("?on=2026-09-13") == {"Maand": "2026-09 M", "Week": "2026-37 W"}
    html = client.get("/?on=2026-09-13").content.decode()
    assert "Period of 13 Sep 2026" in html
    assert {"/?on=2026-08-31", "/?on=2026-10-31"} <= set(re.findall(r'href="([^"]+)"', html))
    assert "?period=2026-37" in html
    # The days at the edges, and what is beyond them.
    assert shown("?on=2025-11-01")["Maand"] == "2025-11 M"
    now = {"Maand": "2026-11 M", "Week": "2026-47 W"}
    for query in ("?on=2025-10-31", "?on=2026-12-01", "?on=x", "?on=2026-11-22"):
        assert shown(query) == now
    assert "from 1 Nov 2025 on that are past" in client.get("/?on=2025-10-31").content.decode()
    assert "One month back" in html
    assert "One month back" not in client.get("/?on=2025-11-30").content.decode()


def test_everybody_sees_their_own_clients(four, accountant, administrator, as_user, firm):
    clerk = as_user(accountant(four["open"].debtor))
    assert names(clerk) == ["Bakkerij", "Klaar"]
    assert "All 2" in text(clerk.get("/").content.decode())
    assert "You have no access to this" in as_user(accountant(email="new@test.example")).get("/").content.decode()


def test_an_office_without_anything_says_that_it_was_not_fetched(administrator, as_user, firm):
    make_environment(firm)
    assert "Not fetched from Nmbrs yet" in as_user(administrator()).get("/").content.decode()


@pytest.mark.parametrize(
    "query",
    ["back=99", "back=-1", "back=x", "back=%00", "back=²", "due=x&run=y&person=z", "team=999999999999999999999&tag=x",
     "sort=,,--state&page=abc", "q=%27%25%00", "period_type=month%27", "person=99999999999999999999",
     "wage_tax=x&pension=y&data=z&changes=%00"],
)  # fmt: skip
def test_nonsense_in_the_address_gives_the_default(four, administrator, as_user, query):
    answer = as_user(administrator()).get(f"/?{query}")
    assert answer.status_code == 200
    assert "Bakkerij" in answer.content.decode() or "Nothing matches" in answer.content.decode()


@pytest.mark.parametrize(
    ("column", "rising", "falling"),
    [("company", ["Bakkerij", "Klaar", "Nieuw", "Vervoer"], ["Vervoer", "Nieuw", "Klaar", "Bakkerij"]),
     # Vervoer's twelfth period of four weeks ends on 29 November.
     ("period", ["Vervoer", "Bakkerij", "Klaar", "Nieuw"], ["Bakkerij", "Klaar", "Vervoer", "Nieuw"]),
     ("run", ["Bakkerij", "Klaar", "Vervoer", "Nieuw"], ["Klaar", "Vervoer", "Bakkerij", "Nieuw"]),
     ("wage_tax", ["Vervoer", "Bakkerij", "Klaar", "Nieuw"], ["Bakkerij", "Klaar", "Vervoer", "Nieuw"]),
     ("next_due", ["Vervoer", "Bakkerij", "Klaar", "Nieuw"], ["Bakkerij", "Vervoer", "Klaar", "Nieuw"]),
     ("data", ["Nieuw", "Bakkerij", "Klaar", "Vervoer"], ["Bakkerij", "Klaar", "Vervoer", "Nieuw"]),
     ("responsible", ["Klaar", "Bakkerij", "Vervoer", "Nieuw"], ["Bakkerij", "Klaar", "Vervoer", "Nieuw"])],
)  # fmt: skip
def test_every_column_that_offers_it_sorts_both_ways(four, accountant, administrator, as_user, column, rising, falling):
    """What is not known comes last, whichever way."""
    boss = administrator()
    for company, name in ((four["open"], "Wouter"), (four["done"], "Anna")):
        person = accountant(company.debtor, email=f"{name.lower()}@test.example")
        type(person).objects.filter(pk=person.pk).update(name=name)
        arranging.assign(boss, [company.pk], person)
    client = as_user(boss)
    assert names(client, f"?sort={column}") == rising
    assert names(client, f"?sort=-{column}") == falling


def test_the_number_of_queries_does_not_grow_with_the_companies(office, administrator, as_user):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = as_user(administrator())
    counts = []
    for number in (2, 40):
        debtor = make_debtor(office, f"Klant {number}")
        for one in range(number):
            make_company(debtor, f"Bedrijf {number} {one}")
        fetched_everything(debtor)
        rewrite()
        client.get("/?per_page=200")
        with CaptureQueriesContext(
            connection,
        ) as asked:
            client.get("/?per_page=200")
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 25
