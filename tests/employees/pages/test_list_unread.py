"""The list of people where something never came in of a company, because Nmbrs refuses it or was not asked yet."""

import io
from collections.abc import Callable
from datetime import date

import openpyxl
import pytest
from django.test import Client

from portal.accounts.models import Firm, User
from portal.companies.models import Company
from portal.mirror.models import State
from tests.dashboards.reading import queries_at_most, table, text
from tests.factories import (
    fetched,
    fetched_everything,
    make_company,
    make_debtor,
    make_employment,
    make_environment,
    make_person,
    make_salary,
    summed,
)

pytestmark = pytest.mark.pages

WAGE = "Contract wage a month (€)"


@pytest.fixture
def company(firm: Firm) -> Company:
    """A company that pays by the month."""
    return make_company(make_debtor(make_environment(firm)))


@pytest.fixture
def client(administrator: Callable[..., User], as_user: Callable[[User], Client]) -> Client:
    """The administrator's browser."""
    return as_user(administrator())


@pytest.mark.parametrize("kept", [False, True])
@pytest.mark.parametrize(("state", "words"), [(State.NOT_PERMITTED, "no access"), (State.NEVER, "not fetched yet")])
def test_wages_that_never_came_in_are_not_zero_and_say_why(
    company: Company, client: Client, state: State, words: str, kept: bool
) -> None:
    for name in ("A", "B"):
        make_employment(make_person(company, name), date(2025, 1, 1))
    fetched_everything(company.debtor)
    fetched(company, "salaries", state=state)
    if kept:
        summed(company)
    [first, _, total] = table(client, "/employees/?columns=display_name,since,salary_kind,amount,wage,department")
    assert (first["Kind of salary"], first["Amount (€)"], first[WAGE]) == (words, words, words)
    assert first["Department"] == "– unknown"
    assert total[WAGE] == words
    said = text(client.get("/employees/").content.decode())
    assert f"Contract wage a month: {words} ." in said
    assert "their salary is net or of an unknown kind" not in said
    answer = client.post("/files/", {"at": "/employees/?columns=display_name,wage", "format": "xlsx"})
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    assert [cell.value for cell in list(sheet.iter_rows())[-1]] == ["Total", words]


@pytest.mark.parametrize("kept", [False, True])
def test_a_total_counts_the_companies_of_which_the_wages_came_in_and_says_how_many_it_lacks(
    company: Company, client: Client, kept: bool
) -> None:
    refused, never = make_company(company.debtor, "Refused"), make_company(company.debtor, "Never")
    paid = make_person(company, "A")
    make_employment(paid, date(2025, 1, 1))
    make_salary(paid, "2000", date(2025, 1, 1))
    for place in (refused, never):
        make_employment(make_person(place, f"At {place.name}"), date(2025, 1, 1))
    fetched_everything(company.debtor)
    fetched(refused, "salaries", state=State.NOT_PERMITTED)
    never.freshness.all().delete()
    if kept:
        summed(company, refused, never)
    rows = {row["Name"]: row for row in table(client, "/employees/")}
    assert [rows[name][WAGE] for name in ("A", "At Refused", "At Never", "Total")] == [
        "2,000.00",
        "no access",
        "not fetched yet",
        "2,000.00",
    ]
    assert (rows["At Refused"]["Department"], rows["At Never"]["Department"]) == ("– unknown", "not fetched yet")
    said = text(client.get("/employees/").content.decode())
    assert "3 people of this list are in service on this day." in said
    assert "1 company is not in this figure: Nmbrs does not give what it is made of." in said
    assert "1 company is not in this figure: it was not fetched from Nmbrs yet." in said
    assert "of them is not in the total" not in said
    # Of people of such a company alone there is no total.
    assert table(client, "/employees/?q=At Refused")[-1][WAGE] == "no access"


def test_a_refused_list_of_people_is_not_called_not_fetched(company: Company, client: Client) -> None:
    fetched_everything(company.debtor)
    fetched(company, "employees", state=State.NOT_PERMITTED)
    for query in ("", "?q=x"):
        said = text(client.get(f"/employees/{query}").content.decode())
        assert "Nmbrs does not give this The API user in Nmbrs may not read this." in said
        assert "Not fetched from Nmbrs yet" not in said


def test_the_page_stays_within_its_queries_where_something_is_lacking(company: Company, client: Client) -> None:
    for number in range(12):
        place = make_company(company.debtor, f"Company {number}")
        make_employment(make_person(place), date(2025, 1, 1))
    fetched_everything(company.debtor)
    place.freshness.filter(resource__in=("salaries", "functions")).delete()
    with queries_at_most(25):
        client.get("/employees/")


def test_a_list_without_any_company_opens_and_says_whether_nmbrs_was_asked(
    firm: Firm, administrator: Callable[..., User], accountant: Callable[..., User], as_user: Callable[[User], Client]
) -> None:
    """Before the first sync, of a client without companies, and for somebody whose only client has none."""
    new = as_user(administrator()).get("/employees/")
    assert new.status_code == 200
    shown = text(new.content.decode())
    assert "Nmbrs was asked and has nothing to show here" not in shown
    assert "Contract wage a month: not fetched yet" in shown
    empty = make_debtor(make_environment(firm))
    fetched_everything(empty)
    browser = as_user(accountant(empty))
    for address in ("/employees/", f"/clients/{empty.pk}/employees/", "/employees/?export=csv"):
        answer = browser.get(address)
        assert answer.status_code == 200, address
    shown = text(browser.get("/employees/").content.decode())
    assert "Nmbrs was asked and has nothing to show here" in shown
    assert "Contract wage a month: €0.00" in shown
