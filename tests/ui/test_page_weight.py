"""How heavy the pages of a well filled office are: HTML under 150 KB as a list begins, and under 300 KB at most.

With the assets in the browser's memory a page costs its HTML and nothing else.
"""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from portal.accounts.models import Firm, User
from portal.companies import booked
from portal.companies.models import Company, JournalLine, Run, RunEmployee, RunWage
from portal.employees.models import Contract, Employee, Employment
from portal.ui.pieces import SHOWN
from portal.ui.state import PAGE_SIZES
from tests.benchmarks import filled
from tests.benchmarks import firm as bench_firm
from tests.conftest import NOON
from tests.dashboards.reading import text
from tests.factories import fetched_everything, make_company, make_debtor, make_environment, make_person, make_salary

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


#: Lists that grow with the people of a company.
OF_A_COMPANY = ("records/run_output/", "records/journal/", "records/run_people/", "variance/?level=employee")


@pytest.fixture
def large_client(firm: Firm, administrator: Callable[..., User], client: Client) -> Iterator[Company]:
    """A client of sixty companies. Three hundred people joined the first of them this month and leave it again; it has
    as many lines of run output in each of two periods, and as many of the journal."""
    with time_machine.travel(NOON, tick=True):
        environment = make_environment(firm)
        filled.fill(environment, debtors=1, companies=60, people=5)
        bench_firm.furnish(environment)
        company = Company.objects.order_by("pk")[0]
        fill_company(company, filled.row_maker(environment, start=1_000_000))
        fetched_everything(company.debtor)
        client.force_login(administrator(language="nl"))
        yield company


def fill_company(company: Company, row: Callable[..., dict[str, Any]]) -> None:
    numbers = range(1000, 1300)
    people = [row(company_id=company.pk, number=one, display_name=f"Van der Berg, Q. {one}") for one in numbers]
    filled.write(Employee, people)
    joined: dict[str, Any] = {
        "valid_from": date(2026, 11, 2),
        "valid_until": date(2026, 12, 1),
        "end_date": date(2026, 11, 30),
    }
    spells, contracts, wages, seen = [], [], [], []
    runs = {run.number: run.pk for run in Run.objects.filter(company=company, year=2026, number__in=(10, 11))}
    for pk in Employee.objects.filter(company=company, number__gte=1000).values_list("pk", flat=True):
        own = {"company_id": company.pk, "employee_id": pk}
        spells.append(row(**own, **joined))
        contracts.append(row(**own, **joined, employment_nature=1, sequence=1, indefinite=False))
        for number, run in runs.items():
            wage = {"run_id": run, "code": 1, "description": "Bruto salaris per periode", "amount": 3000 + number}
            wages.append(row(**own, **wage, year=2026, number=number))
        seen.append(row(**own, run_id=runs[11]))
    line = {"run_number": 11, "account": "4000", "component": "Bruto salaris", "debit": 3000, "credit": 0}
    of_period = {"company_id": company.pk, "year": 2026, "number": 11}
    journal = [row(**of_period, **line, department=f"Afdeling {one}") for one in range(300)]
    filled.write(Employment, spells)
    filled.write(Contract, contracts)
    filled.write(RunWage, wages)
    filled.write(RunEmployee, seen)
    filled.write(JournalLine, journal)
    booked.rewrite(company.pk)


def test_the_pages_of_a_large_client_are_not_heavy(large_client: Company, client: Client) -> None:
    """Their boxes show a piece of what they have, and lead to the other pieces."""
    of_client, of_company = f"/clients/{large_client.debtor_id}/", f"/companies/{large_client.pk}/"
    weights = {at: kilobytes(client, at) for at in (of_client, of_company)}
    assert {at: weight for at, weight in weights.items() if weight > USUAL} == {}
    # Of sixty companies, of those who came and went (one of the others among them), and of the contracts that end.
    page = client.get(of_client).content.decode()
    for box, count in (("standings", 60), ("moves", 601), ("ending", 300)):
        assert f"{SHOWN} van {count}" in text(page), box
        assert f'href="{of_client}?{box}=2#{box}"' in page, box
        assert f'id="{box}"' in page, box
    # Of three hundred departments that the journal names, and those of the people.
    assert f'href="{of_company}?departments=2#departments"' in client.get(of_company).content.decode()


def test_the_lists_of_a_large_company_are_not_heavy(large_client: Company, client: Client) -> None:
    weights, longest = {}, {}
    for at in (f"/companies/{large_client.pk}/{one}" for one in OF_A_COMPANY):
        weights[at] = kilobytes(client, at)
        address = f"{at}{'&' if '?' in at else '?'}per_page={MOST_ROWS}"
        longest[at] = kilobytes(client, address)
        rows = client.get(address).content.decode().split("<tbody>")[1].split("</tbody>")[0].count("<tr")
        assert rows == MOST_ROWS, at
    assert {at: weight for at, weight in weights.items() if weight > USUAL} == {}
    assert {at: weight for at, weight in longest.items() if weight > MOST} == {}
