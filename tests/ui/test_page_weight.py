"""How heavy the pages of a well filled office are: HTML under 150 KB as a list begins, and under 300 KB at most.

With the assets in the browser's memory a page costs its HTML and nothing else.
"""

from collections.abc import Callable, Iterator
from datetime import date, timedelta

import pytest
import time_machine
from django.test import Client

from portal.accounts.models import Firm, User
from portal.companies.models import Company
from portal.employees.models import Employee
from portal.ui.state import PAGE_SIZES
from tests.benchmarks import filled
from tests.benchmarks import firm as bench_firm
from tests.conftest import NOON
from tests.factories import make_company, make_debtor, make_environment, make_person, make_salary

pytestmark = [pytest.mark.pages, pytest.mark.timeout(300)]

#: Kilobytes of a page as it begins, and of the longest that somebody may ask for.
USUAL, MOST = 150, 300
MOST_ROWS = max(PAGE_SIZES)
#: The lists that an accountant works with, and pages of one client, company and person.
LISTS = ("/", "/clients/", "/employees/?service=all", "/changes/?learned=30", "/deadlines/", "/calendar/", "/sync/")


@pytest.fixture
def office(firm: Firm, administrator: Callable[..., User], client: Client) -> Iterator[Client]:
    """More clients, companies and people than the longest page has rows; the browser of an administrator."""
    with time_machine.travel(NOON, tick=True):
        environment = make_environment(firm)
        filled.fill(environment, debtors=MOST_ROWS + 10, companies=1, people=1)
        bench_firm.furnish(environment)
        client.force_login(administrator(language="nl"))
        yield client


def kilobytes(client: Client, address: str) -> float:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return len(answer.content) / 1024


def test_no_page_is_heavy(office: Client) -> None:
    company = Company.objects.order_by("pk")[0]
    person = Employee.objects.filter(company=company)[0]
    single = (
        f"/clients/{company.debtor_id}/",
        f"/companies/{company.pk}/",
        f"/companies/{company.pk}/records/runs/",
        f"/employees/{person.pk}/",
    )
    weights = {at: kilobytes(office, at) for at in (*LISTS, *single)}
    assert {at: weight for at, weight in weights.items() if weight > USUAL} == {}


def test_the_longest_page_of_a_list_is_not_heavy_either(office: Client) -> None:
    longest = {at: f"{at}{'&' if '?' in at else '?'}per_page={MOST_ROWS}" for at in LISTS}
    weights = {at: kilobytes(office, address) for at, address in longest.items()}
    rows = office.get(longest["/clients/"]).content.decode().split("<tbody>")[1].split("</tbody>")[0].count("<tr")
    assert rows == MOST_ROWS
    # The board has fuller rows, so its longest page is shorter, and says so where sizes are chosen.
    board = office.get(longest["/"]).content.decode()
    assert board.split("<tbody>")[1].split("</tbody>")[0].count("<tr") == 100
    assert '<option value="100" selected' in board
    assert '<option value="200"' not in board
    assert {at: weight for at, weight in weights.items() if weight > MOST} == {}


def test_the_page_of_somebody_with_a_long_history_is_not_heavy(
    firm: Firm, administrator: Callable[..., User], client: Client
) -> None:
    """Forty years of monthly changes; the newest are shown, and the older ones by asking for them."""
    client.force_login(administrator(language="nl"))
    person = make_person(make_company(make_debtor(make_environment(firm))))
    for number in range(480):
        since = date(1985 + number // 12, number % 12 + 1, 1)
        until = date(1985 + (number + 1) // 12, (number + 1) % 12 + 1, 1) - timedelta(days=1)
        make_salary(person, f"{2000 + number}", since, until)
    assert kilobytes(client, f"/employees/{person.pk}/") < USUAL
