"""The board puts trouble among what needs attention, and finds companies by returns, by age of data and by changes."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.test.utils import CaptureQueriesContext

from portal.accounts.models import Membership, User
from portal.accounts.roles import Role
from portal.companies.models import Company, PensionExport
from portal.dashboards.changes.unseen import mark_seen
from portal.deadlines import states
from portal.deadlines.trouble import OF_COMPANY
from portal.mirror.models import Change, ChangeKind, Freshness, State
from portal.mirror.resource import registry
from portal.periods import Period
from portal.ui.freshness import STALE_AFTER, stale_after
from tests.accounts.office import somebody_new
from tests.dashboards.conftest import NOW
from tests.dashboards.reading import table, tables, text
from tests.deadlines.confirming import send
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

SignIn = Callable[[User], Client]
SENT = datetime(2026, 11, 20, 9, tzinfo=UTC)
NEXT = "Next due"


@pytest.fixture
def debtor(firm):
    return make_debtor(make_environment(firm), "Kantoor")


@pytest.fixture
def browser(debtor, administrator, as_user) -> Client:
    return as_user(administrator())


def company(debtor, name: str, **fields) -> Company:
    return make_company(debtor, f"{name} B.V.", **fields)


def make_pension_export(one: Company, year: int, number: int, **fields) -> None:
    """A pension return of a period; without `sent_at` it was made and not sent."""
    values = {"serial_number": number, "year": year, "number": number, **fields}
    mirrored(PensionExport, one.environment, company=one, **values)


def come_in(debtor) -> None:
    """Everything was fetched an hour ago."""
    fetched_everything(debtor, at=NOW - timedelta(hours=1))
    states.rewrite(list(states.CurrentPeriod.objects.values_list("company_id", flat=True)))


def rows(browser: Client, query: str = "") -> dict[str, dict[str, str]]:
    return {row["Company"].split(" B.V.")[0]: row for row in table(browser, f"/{query}")}


def names(browser: Client, query: str = "") -> list[str]:
    return list(rows(browser, query))


@pytest.fixture
def one_of_each(debtor) -> None:
    """One is late; of the others all is alike but how their data came in."""
    made = {name: company(debtor, name) for name in ("Goed", "Oud", "Faalt", "Wacht", "Dicht", "Nooit")}
    late = company(debtor, "Laat")
    make_run(late, 2026, 9, locked=True)
    make_return(late, 2026, 9)
    come_in(debtor)
    came = {"last_success": NOW - timedelta(hours=2)}
    fetched(made["Faalt"], "runs", state=State.FAILING, **came)
    fetched(made["Wacht"], "wage_tax_returns", "pension_exports", state=State.HELD, **came)
    fetched(made["Dicht"], "runs", state=State.NOT_PERMITTED, **came)
    Freshness.objects.filter(company=made["Oud"]).update(last_success=NOW - STALE_AFTER - timedelta(minutes=1))
    Freshness.objects.filter(company=made["Nooit"], resource="pension_exports").delete()
    company(debtor, "Leeg", period=None)


@pytest.mark.database
def test_trouble_comes_after_what_is_late_and_before_what_has_time(one_of_each, browser):
    found = rows(browser)
    order = list(found)
    assert order[0] == "Laat"
    assert set(order[1:5]) == {"Faalt", "Wacht", "Dicht", "Leeg"}
    assert order[5:] == ["Goed", "Nooit", "Oud"]
    # With the words why, beside what is due.
    assert found["Faalt"][NEXT].endswith("check failing: runs")
    assert found["Wacht"][NEXT].endswith("check held: wage-tax returns, pension returns")
    assert found["Dicht"][NEXT].endswith("check not permitted: runs")
    assert found["Leeg"][NEXT] == "not fetched yet"
    assert found["Goed"][NEXT].endswith("pay day 2026-11 M check")


def test_what_is_for_today_comes_before_trouble(debtor, browser, monkeypatch):
    fine, failing = company(debtor, "Vandaag"), company(debtor, "Faalt", period=Period(2026, 12))
    come_in(debtor)
    fetched(failing, "runs", state=State.FAILING)
    # The pay day of November is Monday the 30th.
    moment = datetime(2026, 11, 30, 8, tzinfo=UTC)
    for place in ("portal.clock", "portal.ui.freshness", "portal.ui.formats"):
        monkeypatch.setattr(f"{place}.now", lambda: moment)
    assert names(browser)[0] == fine.name.split(" B.V.")[0]


def test_a_period_that_is_held_or_refused_is_trouble_with_its_word(debtor, browser):
    company(debtor, "Goed")
    come_in(debtor)
    for name, state in (("Vast", State.HELD), ("Dicht", State.NOT_PERMITTED)):
        fetched(company(debtor, name, period=None), "current_period", state=state)
    found = rows(browser)
    assert list(found) == ["Dicht", "Vast", "Goed"]
    assert found["Vast"][NEXT] == "not fetched yet held: current periods"
    assert found["Dicht"][NEXT] == "no access not permitted: current periods"


@pytest.mark.database
def test_not_up_to_date_is_what_the_column_says(one_of_each, browser):
    found = rows(browser)
    behind = {name for name, row in found.items() if not row["Data"].startswith("up to date")}
    assert behind == {"Oud", "Faalt", "Wacht", "Dicht", "Nooit", "Leeg"}
    assert set(names(browser, "?data=attention")) == behind
    # The change of several means the same.
    page = text(send(browser, {"covers": "all", "filter": "data=attention", "responsible": "nobody"}).content.decode())
    assert f"This covers {len(behind)} companies" in page
    # None of these kinds is read person by person, which may take longer.
    assert {stale_after(kind) for kind in OF_COMPANY} == {STALE_AFTER}


@pytest.mark.database
def test_data_is_sorted_by_its_worst_state_then_by_age(one_of_each, browser):
    worst_first = names(browser, "?sort=data")
    assert worst_first[:2] == ["Dicht", "Wacht"]
    assert worst_first[2] == "Faalt"
    assert worst_first[3:5] == ["Nooit", "Leeg"]
    assert worst_first[5] == "Oud"
    assert names(browser, "?sort=-data")[-2:] == ["Wacht", "Dicht"]


@pytest.fixture
def filed(debtor) -> None:
    """A company for each way in which a return and a pension return can stand."""
    made = {name: company(debtor, name) for name in ("Open", "Gemaakt", "Verzonden")}
    for one in made.values():
        make_run(one, 2026, 11, locked=True)
        make_pension_export(one, 2026, 10, sent_at=SENT)
    make_return(made["Gemaakt"], 2026, 11)
    make_pension_export(made["Gemaakt"], 2026, 11, sent_at=None)
    make_return(made["Verzonden"], 2026, 11, sent_at=SENT)
    make_pension_export(made["Verzonden"], 2026, 11, sent_at=SENT)
    company(debtor, "Zonder", return_period="None")
    come_in(debtor)
    company(debtor, "Nieuw")
    states.rewrite(list(states.CurrentPeriod.objects.values_list("company_id", flat=True)))
    company(debtor, "Leeg", period=None)


@pytest.mark.database
@pytest.mark.parametrize(
    ("query", "found"),
    [("wage_tax=open", {"Open"}), ("wage_tax=made", {"Gemaakt"}), ("wage_tax=sent", {"Verzonden"}),
     ("wage_tax=none", set()), ("wage_tax=unknown", {"Zonder", "Nieuw", "Leeg"}),
     ("pension=open", {"Open"}), ("pension=made", {"Gemaakt"}), ("pension=sent", {"Verzonden"}),
     ("pension=none", {"Zonder"}), ("pension=unknown", {"Nieuw", "Leeg"}),
     ("wage_tax=sent&pension=sent", {"Verzonden"})],
)  # fmt: skip
def test_returns_are_filters_of_the_board_and_of_a_change_of_several(filed, browser, query, found):
    assert set(names(browser, f"?{query}")) == found
    listed = tables(browser.get(f"/deadlines/?{query}").content.decode())
    assert {row["Company"].split(" B.V.")[0] for row in (listed[0] if listed else [])} == found
    if found:
        assert f"?covers=all&amp;{query.replace('&', '&amp;')}#bulk" in browser.get(f"/?{query}").content.decode()
    # Of an earlier period another return is meant.
    assert "#bulk" not in browser.get(f"/?back=1&{query}").content.decode()


def test_of_a_period_gone_by_nothing_made_is_a_way_to_stand(filed, browser):
    assert "Open" in names(browser, "?back=2&wage_tax=none")
    assert names(browser, "?back=2&wage_tax=open") == []


@pytest.mark.database
def test_the_pension_return_sorts_by_its_date(debtor, browser):
    first, second = company(debtor, "Later", period=Period(2026, 12)), company(debtor, "Eerder")
    company(debtor, "Geen")
    for one in (first, second):
        make_pension_export(one, 2026, 10, sent_at=SENT)
    come_in(debtor)
    assert names(browser, "?sort=pension") == ["Eerder", "Later", "Geen"]
    assert names(browser, "?sort=-pension") == ["Later", "Eerder", "Geen"]


@pytest.fixture
def changes(debtor) -> dict[str, Company]:
    """Three with news, one without."""
    made = {name: company(debtor, name) for name in ("Een", "Drie", "Geen")}
    come_in(debtor)
    for name, number in (("Een", 1), ("Drie", 3)):
        for key in range(number):
            Change.objects.create(
                environment=debtor.environment, debtor=debtor, company=made[name], resource="runs", row_key=str(key),
                field="locked", kind=ChangeKind.CHANGED, old="False", new="True", learned_at=NOW - timedelta(hours=1),
            )  # fmt: skip
    assert registry["runs"].watched
    return made


@pytest.mark.database
def test_changes_that_one_has_not_seen_are_a_filter_and_an_order(changes, debtor, administrator, as_user):
    boss = administrator()
    browser = as_user(boss)
    assert set(names(browser, "?changes=unseen")) == {"Een", "Drie"}
    assert names(browser, "?sort=-changes") == ["Drie", "Een", "Geen"]
    assert names(browser, "?sort=changes") == ["Geen", "Een", "Drie"]
    # The first click brings those with the most.
    assert 'sort=-changes"' in browser.get("/").content.decode()
    # A change of several knows no such filter.
    assert "#bulk" not in browser.get("/?changes=unseen").content.decode()
    mark_seen(boss, [debtor.pk], NOW)
    assert names(browser, "?changes=unseen") == []
    assert len(names(browser, "?sort=-changes")) == 3


def test_who_reads_no_changes_is_offered_none(changes, firm, debtor, as_user, monkeypatch):
    from portal.accounts.roles import CAPABILITIES, Capability

    user = somebody_new("assistant")
    Membership.objects.create(user=user, firm=firm, role=Role.ASSISTANT, debtor=debtor)
    monkeypatch.setitem(CAPABILITIES, Role.ASSISTANT, CAPABILITIES[Role.ASSISTANT] - {Capability.VIEW_SYNC})
    browser = as_user(user)
    assert 'name="changes"' not in browser.get("/").content.decode()
    assert len(names(browser, "?changes=unseen")) == 3
    assert names(browser, "?sort=-changes") == names(browser)


@pytest.mark.database
def test_no_filter_or_order_of_the_board_asks_more_than_the_page_may(one_of_each, changes, browser):
    from django.db import connection

    for query in (
        "",
        "?data=attention",
        "?changes=unseen",
        "?wage_tax=open&pension=none",
        "?sort=data",
        "?sort=-changes",
    ):
        browser.get(f"/{query}")
        with CaptureQueriesContext(connection) as asked:
            browser.get(f"/{query}")
        assert len(asked) <= 25, query
