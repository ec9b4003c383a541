"""Who steps back in time stays there on the next page: links carry month, period or day as the next page asks it."""

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from django.test import Client
from django.urls import get_resolver
from lxml import html

from portal.accounts.models import Firm, User
from portal.deadlines import states
from portal.periods import Period, PeriodType
from portal.ui.moment import Asks, Moment, _asks_of, _period_at, _translated, of_back
from tests.factories import (
    fetched_everything,
    make_company,
    make_debtor,
    make_employment,
    make_environment,
    make_person,
    make_run,
    summed,
)

pytestmark = pytest.mark.pages

People = Callable[..., User]
SignIn = Callable[[User], Client]
TEMPLATES = Path(__file__).resolve().parents[2] / "templates"


class Office:
    """A client with a company by the month and one by four weeks, and somebody who joined in August."""

    def __init__(self, firm: Firm, client: Client) -> None:
        self.client = client
        self.debtor = make_debtor(make_environment(firm))
        self.monthly = make_company(self.debtor, "Monthly")
        self.weekly = make_company(self.debtor, "Weekly", Period(2026, 12), PeriodType.FOUR_WEEKS)
        self.person = make_person(self.monthly, "Joined in August")
        make_employment(self.person, date(2026, 8, 3))
        make_run(self.monthly, 2026, 8)
        fetched_everything(self.debtor)
        summed(self.monthly, self.weekly)

    def links(self, address: str) -> set[str]:
        """Every address that the page at `address` leads to."""
        answer = self.client.get(address)
        assert answer.status_code == 200
        return {found.replace("&amp;", "&") for found in re.findall(r'href="([^"]+)"', answer.content.decode())}


@pytest.fixture
def office(firm: Firm, administrator: People, as_user: SignIn) -> Office:
    return Office(firm, as_user(administrator()))


def left_alone(page: str) -> str:
    """What of a person's page stays as it is when another day is swapped in."""
    tree = html.fromstring(page)
    (swapping,) = tree.xpath("//form[@hx-select-oob]")
    places = [swapping.get("hx-target"), *swapping.get("hx-select-oob").split(",")]
    changed = [one for place in places for one in tree.xpath(f"//*[@id='{place.removeprefix('#')}']")]
    # The fields were filled in by who swaps; a token is another one for every answer.
    own = tree.xpath(
        "//input[@id='on' or @name='csrfmiddlewaretoken'] | //time | //script | //*[@hx-headers]/@hx-headers/.."
    )
    for one in own:
        one.attrib.clear()
    for one in changed:
        one.drop_tree()
    return html.tostring(tree, encoding="unicode")


@pytest.mark.database
def test_a_month_goes_from_the_clients_to_a_client_its_companies_and_people(office: Office) -> None:
    debtor, monthly, weekly, person = office.debtor.pk, office.monthly.pk, office.weekly.pk, office.person.pk
    assert f"/clients/{debtor}/?month=2026-08" in office.links("/clients/?month=2026-08")
    found = office.links(f"/clients/{debtor}/?month=2026-08")
    assert f"/companies/{monthly}/?period=2026-08" in found
    # The last period that counts in August ends on the 9th.
    assert f"/companies/{weekly}/?period=2026-08" in found
    assert f"/companies/{monthly}/variance/?period=2026-08" in found
    assert f"/employees/{person}/?on=2026-08-31" in found
    assert f"/clients/{debtor}/employees/?on=2026-08-31" in found
    assert f"/clients/{debtor}/records/debtor_tags/?on=2026-08-31" in found
    # Up and aside: the breadcrumb and the menu.
    assert {"/clients/?month=2026-08", "/employees/?on=2026-08-31"} <= found


def test_a_period_and_a_day_go_down_and_up_again(office: Office) -> None:
    debtor, weekly, monthly, person = office.debtor.pk, office.weekly.pk, office.monthly.pk, office.person.pk
    company = office.links(f"/companies/{weekly}/?period=2026-09")
    # 10 August to 6 September: it counts in September.
    assert f"/clients/{debtor}/?month=2026-09" in company
    assert f"/companies/{weekly}/employees/?on=2026-09-06" in company
    records = office.links(f"/companies/{weekly}/records/runs/?period=2026-09")
    assert f"/companies/{weekly}/?period=2026-09" in records
    listed = office.links(f"/companies/{monthly}/employees/?on=2026-08-15")
    assert {f"/employees/{person}/?on=2026-08-15", f"/companies/{monthly}/?period=2026-08"} <= listed
    of_person = office.links(f"/employees/{person}/?on=2026-08-15")
    assert {f"/companies/{monthly}/?period=2026-08", f"/clients/{debtor}/?month=2026-08"} <= of_person
    compared = office.links(f"/companies/{monthly}/variance/?period=2026-08")
    assert {f"/companies/{monthly}/?period=2026-08", f"/clients/{debtor}/?month=2026-08"} <= compared


def test_the_months_of_the_calendar_go_along_and_come_back(office: Office) -> None:
    monthly, debtor = office.monthly.pk, office.debtor.pk
    states.rewrite([monthly, office.weekly.pk])
    assert "/calendar/?month=2026-09" in office.links("/clients/?month=2026-09")
    found = office.links("/calendar/?month=2026-09")
    assert {"/clients/?month=2026-09", "/employees/?on=2026-09-30", "/?on=2026-09-30"} <= found
    # A row leads to its company in that month.
    assert f"/companies/{monthly}/?period=2026-09" in found
    assert "/calendar/?month=2026-09" in office.links(f"/companies/{monthly}/?period=2026-09")
    assert "/calendar/?month=2026-09" in office.links(f"/clients/{debtor}/?month=2026-09")
    # What is late is of no month.
    assert {"/clients/", "/calendar/"} <= office.links("/calendar/?late=1&month=2026-09")


def test_how_far_the_board_looks_back_goes_along_and_comes_back(office: Office) -> None:
    monthly, weekly = office.monthly.pk, office.weekly.pk
    states.rewrite([monthly, weekly])
    found = office.links("/?back=2")
    # Each company by its own, and where there is no company the month.
    assert {f"/companies/{monthly}/?period=2026-09", f"/companies/{weekly}/?period=2026-10"} <= found
    assert {"/clients/?month=2026-09", "/calendar/?month=2026-09", "/employees/?on=2026-09-30"} <= found
    # The way to the board is by day: two periods of one company are not two of another.
    for page, day in (
        (f"/companies/{monthly}/?period=2026-09", "2026-09-30"),
        (f"/companies/{weekly}/?period=2026-10", "2026-10-04"),
        (f"/companies/{weekly}/records/runs/?period=2026-10", "2026-10-04"),
        ("/clients/?month=2026-09", "2026-09-30"),
        ("/employees/?on=2026-09-15", "2026-09-15"),
    ):
        assert f"/?on={day}" in office.links(page), page
    by_day = office.links("/?on=2026-10-04")
    assert {f"/companies/{monthly}/?period=2026-10", f"/companies/{weekly}/?period=2026-10"} <= by_day
    assert {"/clients/?month=2026-10", "/employees/?on=2026-10-04", "/?on=2026-09-30"} <= by_day


def test_the_board_is_of_now_where_it_does_not_look_that_far_or_ahead(office: Office) -> None:
    monthly, weekly = office.monthly.pk, office.weekly.pk
    ahead_and_long_ago = (
        "/clients/?month=2025-10",
        "/calendar/?month=2026-12",
        f"/companies/{monthly}/?period=2026-12",
        f"/companies/{monthly}/?period=2025-10",
        f"/companies/{weekly}/?period=2025-10",
        f"/companies/{weekly}/?period=2026-13",
    )
    for page in ahead_and_long_ago:
        found = office.links(page)
        assert "/" in found, page
        assert not {link for link in found if link.startswith(("/?back=", "/?on="))}, page


def test_a_page_that_knows_a_company_shows_it_as_many_of_its_own_periods_back() -> None:
    two_back = of_back(2)
    assert two_back is not None
    assert (two_back.first, two_back.last) == (date(2026, 9, 1), date(2026, 9, 30))
    for kind, current, period in (
        (PeriodType.MONTH, Period(2026, 11), Period(2026, 9)),
        (PeriodType.FOUR_WEEKS, Period(2026, 1), Period(2025, 12)),
        (PeriodType.WEEK, Period(2026, 47), Period(2026, 45)),
    ):
        assert _translated(two_back, Asks.PERIOD, (kind, current)) == f"{period.year}-{period.number:02d}"
    assert of_back(0) is None


@pytest.mark.parametrize("query", ["", "?month=2026-11&period=2026-11&on=2026-11-22", "?month=x&period=x&on=x"])
def test_from_a_page_of_now_addresses_stay_clean(office: Office, query: str) -> None:
    debtor, monthly, person = office.debtor.pk, office.monthly.pk, office.person.pk
    pages = (
        "/",
        "/calendar/",
        "/clients/",
        f"/clients/{debtor}/",
        f"/companies/{monthly}/",
        "/employees/",
        f"/employees/{person}/",
    )
    own = re.compile(r"/(clients|companies|employees)/(\d+/)?(employees/)?\?|/calendar/\?month|/\?(back|on)")
    for page in pages:
        # What stands on the page to step back from there, and the lists of a company, say their own time.
        kept = {found for found in office.links(page + query) if own.match(found) and not found.startswith(f"{page}?")}
        assert kept == set(), page


def test_a_month_that_the_page_refuses_is_not_carried(office: Office) -> None:
    assert f"/clients/{office.debtor.pk}/" in office.links("/clients/?month=2019-01")


def test_a_company_that_is_behind_does_not_take_its_reader_along(office: Office) -> None:
    behind = make_company(office.debtor, "Behind", Period(2026, 9))
    assert f"/clients/{office.debtor.pk}/" in office.links(f"/companies/{behind.pk}/")
    asked = office.links(f"/companies/{behind.pk}/?period=2026-09")
    assert f"/clients/{office.debtor.pk}/?month=2026-09" in asked
    # It is not the period of today, so going down from September keeps saying so.
    assert f"/companies/{behind.pk}/?period=2026-09" in office.links(f"/clients/{office.debtor.pk}/?month=2026-09")


@pytest.mark.parametrize(
    ("kind", "period"),
    [
        (PeriodType.MONTH, Period(2026, 8)),
        (PeriodType.FOUR_WEEKS, Period(2026, 8)),
        (PeriodType.WEEK, Period(2026, 35)),
        (PeriodType.QUARTER, Period(2026, 3)),
        (PeriodType.HALF_YEAR, Period(2026, 2)),
        (PeriodType.YEAR, Period(2026, 1)),
    ],
)
def test_a_month_becomes_the_last_period_that_counts_in_it(kind: PeriodType, period: Period) -> None:
    august = Moment(date(2026, 8, 1), date(2026, 8, 31), PeriodType.MONTH, Period(2026, 8))
    assert _period_at(august, kind) == period


def test_templates_leave_the_time_of_a_dated_page_to_the_tag() -> None:
    """`{% url %}` adds what the page asks for: a parameter after it would be a second one."""
    dated = {name for name in names() if _asks_of(names()[name])}
    assert dated >= {"dashboards:debtor", "companies:company", "employees:person", "dashboards:variance"}
    written = [
        (path.name, name)
        for path in TEMPLATES.rglob("*.html")
        for name, after in re.findall(r'\{% url "([a-z_:]+)"[^%]*%\}(\?|\{% if [^%]*%\}\?)', path.read_text("utf-8"))
        if name in dated
    ]
    assert written == []


def test_every_page_with_a_time_in_its_address_says_so() -> None:
    """A view that reads month, period, day or how far back is one that links are told of."""
    wanted = {
        **dict.fromkeys(("dashboards:clients", "dashboards:debtor", "dashboards:business"), Asks.MONTH),
        **dict.fromkeys(("companies:company", "companies:records", "dashboards:variance"), Asks.PERIOD),
        **dict.fromkeys(("employees:list", "employees:of_debtor", "employees:of_company"), Asks.DAY),
        **dict.fromkeys(("employees:person", "employees:of_business", "debtors:records"), Asks.DAY),
        "debtors:business_records": Asks.DAY,
        "selfservice:client": Asks.MONTH,
        "selfservice:period": Asks.PERIOD,
        "deadlines:calendar": Asks.MONTH,
        "dashboards:board": Asks.BACK,
    }
    assert {name: asks for name, view in names().items() if (asks := _asks_of(view))} == wanted


def names() -> dict[str, Callable[..., object]]:
    """The views of the portal by the names of their addresses."""
    found: dict[str, Callable[..., object]] = {}
    for one in get_resolver().url_patterns:
        space = getattr(one, "namespace", None)
        for pattern in getattr(one, "url_patterns", ()):
            if space and getattr(pattern, "callback", None):
                found[f"{space}:{pattern.name}"] = pattern.callback
    return found


def test_whatever_says_the_day_is_swapped_when_a_person_is_asked_for_another(office: Office) -> None:
    """A link outside of what is swapped would lead to the day before."""
    address = f"/employees/{office.person.pk}/"
    then, now = (office.client.get(f"{address}{query}").content.decode() for query in ("?on=2026-08-31", ""))
    assert "/clients/?month=2026-08" in then
    assert left_alone(then).splitlines() == left_alone(now).splitlines()
