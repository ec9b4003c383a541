"""Every figure of every panel, in three periods of which two are past, equals one computed straight from Nmbrs' data.

A panel that somebody registers has to get a reader here, or a reason why it shows no figure of Nmbrs' data.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation
from lxml import html

from portal import clock
from portal.accounts.models import User
from portal.companies.models import Company
from portal.companies.periods import text
from portal.debtors.models import Debtor
from portal.employees.models import Employee
from portal.periods import PeriodType, bounds, containing, preceding
from portal.ui import panels
from tests import reference
from tests.conftest import Connected
from tests.employees.records.conftest import whole
from tests.sync import panels_of_people, panels_of_records, panels_of_runs, sums_read
from tests.sync import panels_read as read
from tests.sync.panels_read import Asked, Reader

__all__ = ["whole"]

pytestmark = [pytest.mark.pages, pytest.mark.django_db, pytest.mark.timeout(300)]

#: The current period, and two past ones: so many periods or months before it.
BACK = (0, 2, 9)
READERS: Mapping[str, Mapping[str, Reader]] = {
    "debtor": {
        "cost": read.cost,
        "wage": read.wage,
        "people": read.people,
        "absence": read.absence,
        "companies": panels_of_runs.companies,
        "movements": panels_of_people.movements,
        "ending": panels_of_people.ending,
        "departments": read.splits,
        "centers": read.splits,
    },
    "company": {
        "cost": read.cost,
        "people": read.people,
        "absence": read.absence,
        "runs": panels_of_runs.runs,
        "returns": panels_of_runs.returns,
        "pensions": panels_of_runs.pensions,
        "work_costs": panels_of_runs.work_costs,
        "settings": panels_of_records.settings,
        "movements": panels_of_people.movements,
        "ending": panels_of_people.ending,
        "departments": read.splits,
        "centers": read.splits,
        "records": panels_of_records.records,
    },
    "person": {"in_period": panels_of_people.in_period, "leave": panels_of_people.leave},
    "selfservice_client": {"movements": panels_of_people.movements},
    "selfservice_period": {"amounts": panels_of_runs.amounts, "movements": panels_of_people.movements},
}
WORDS_ONLY = "names, addresses and settings as Nmbrs has them; tests of the room compare them field by field"
DATES = "dates that the portal computes; tests/deadlines has them by hand"
#: Panels without a figure of Nmbrs' data.
NO_FIGURE: Mapping[str, Mapping[str, str]] = {
    "debtor": {
        "contacts": WORDS_ONLY,
        "client_data": WORDS_ONLY,
        "deadlines": DATES,
        "changes": "what syncs of the portal changed; tests/dashboards/test_changes.py",
    },
    "company": {
        "contacts": WORDS_ONLY,
        "particulars": WORDS_ONLY,
        "deadlines": DATES,
    },
    "selfservice_client": {"contacts": WORDS_ONLY, "dates": DATES},
    "selfservice_period": {
        "contacts": WORDS_ONLY,
        "dates": DATES,
        "standing": "how far the runs are, in words; tests/selfservice has them by hand",
    },
}


def test_every_panel_is_compared_or_has_no_figure() -> None:
    registered = {page: {panel.name for panel in panels.panels_of(page)} for page in panels.pages()}
    told = {page: READERS.get(page, {}).keys() | NO_FIGURE.get(page, {}).keys() for page in {*READERS, *NO_FIGURE}}
    assert registered == told
    for page, readers in READERS.items():
        assert not readers.keys() & NO_FIGURE.get(page, {}).keys()


@pytest.fixture
def office(whole: Connected, client: Client) -> Client:
    """An administrator of the firm, at the pages in English."""
    user = User.objects.create_user("administrator@test.example", "Administrator", "a-good-password", language="en")
    user.memberships.create(firm=whole.firm, role="administrator")
    client.force_login(user)
    return client


@pytest.mark.parametrize(
    ("page", "pages"),
    [
        ("debtor", lambda *given: months_of("dashboards:debtor", *given)),
        ("company", lambda *given: periods_of("companies:company", *given)),
        ("person", lambda *given: people_of("employees:person", *given)),
        ("selfservice_client", lambda *given: months_of("selfservice:client", *given)),
        ("selfservice_period", lambda *given: periods_of("selfservice:period", *given)),
    ],
    ids=READERS,
)
def test_every_figure_in_three_periods(
    whole: Connected, office: Client, page: str, pages: Callable[[Client, Connected], Iterator[Asked]]
) -> None:
    compared: Counter[str] = Counter()
    with translation.override("en"):
        titles = {panel.name: str(panel.title) for panel in panels.panels_of(page)}
    for asked in pages(office, whole):
        if page != "person":
            compared["tiles"] += read.tiles(asked)
        for name, reader in READERS[page].items():
            [panel] = asked.page.xpath(f"//section[header//h2[normalize-space()='{titles[name]}']]")
            compared[name] += reader(panel, asked)
    # A comparison of nothing with nothing would be none.
    assert {name for name in READERS[page] if not compared[name]} == set()


# --- the pages -------------------------------------------------------------------------------------------------------


def months_of(name: str, client: Client, connected: Connected) -> Iterator[Asked]:
    """A page about a client, for three months."""
    today = clock.today()
    for debtor in connected.sandbox.firm.debtors:
        address = reverse(name, args=[Debtor.objects.get(remote_id=debtor.id).pk])
        for back in BACK:
            year, month = divmod(today.year * 12 + today.month - 1 - back, 12)
            page = opened(client, address, month=f"{year}-{month + 1:02d}")
            windows = sums_read.months_of(year, month + 1)
            yield Asked(page, connected.sandbox.firm.seed, debtor, debtor.companies, windows)


def periods_of(name: str, client: Client, connected: Connected) -> Iterator[Asked]:
    """A page about a company, for three of its periods."""
    for debtor in connected.sandbox.firm.debtors:
        for company in debtor.companies:
            address = reverse(name, args=[Company.objects.get(remote_id=company.id).pk])
            for back in BACK:
                period = company.current
                for _ in range(back):
                    period = preceding(company.period_type, period)
                page = opened(client, address, period=text(period))
                windows = sums_read.periods_of(company, until=period)
                yield Asked(page, connected.sandbox.firm.seed, debtor, [company], windows, period)


def people_of(name: str, client: Client, connected: Connected) -> Iterator[Asked]:
    """The page of everybody who works now, on the last day of three periods."""
    for debtor in connected.sandbox.firm.debtors:
        for company in debtor.companies:
            for person in reference.people(company):
                if not reference.in_service(person, clock.today()):
                    continue
                address = reverse(name, args=[Employee.objects.get(remote_id=person.id).pk])
                for day in days_of(company.period_type):
                    period = company.current if day == clock.today() else containing(company.period_type, day)
                    page = opened(client, address, on=day.isoformat())
                    window = tuple(bounds(company.period_type, period))
                    # The leave is that of the year of the day, the rest that of the period.
                    yield Asked(page, connected.sandbox.firm.seed, debtor, [company], [window], period, person)


def days_of(kind: PeriodType) -> list[date]:
    """Today, and the last days of two periods that are over."""
    found, period = [clock.today()], containing(kind, clock.today())
    for back in range(1, max(BACK) + 1):
        period = preceding(kind, period)
        if back in BACK:
            found.append(bounds(kind, period).last)
    return found


def opened(client: Client, address: str, **query: str) -> Any:
    answer = client.get(address, query)
    assert answer.status_code == 200
    return html.fromstring(answer.content)
