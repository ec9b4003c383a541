"""Who was given a company by itself reads nothing of its client on the board, the calendar, their files and feed."""

import io
from collections.abc import Callable

import openpyxl
import pytest
from django.test import Client

from portal.accounts import rights
from portal.accounts.models import User
from portal.accounts.rights import SYSTEM, Place
from portal.accounts.roles import Role
from portal.companies.models import Company
from portal.deadlines import feeds, states
from portal.debtors.models import Debtor
from tests.accounts.office import somebody_new
from tests.factories import fetched_everything, make_company, make_debtor

pytestmark = pytest.mark.pages

SignIn = Callable[[User], Client]


@pytest.fixture
def single(debtor: Debtor) -> Company:
    """The company of another client of the office."""
    other = make_debtor(debtor.environment, "Slagersgroep", number="2002")
    made = make_company(other, "Worst B.V.")
    fetched_everything(other)
    states.rewrite([made.pk])
    return made


@pytest.fixture
def both(company: Company, single: Company) -> User:
    """Somebody who sees the bakery as a whole, and of the butcher one company."""
    user = alone(single)
    rights.give(SYSTEM, user, Place(company.environment.firm_id, Role.ACCOUNTANT, company.debtor_id))
    return user


def alone(single: Company) -> User:
    user = somebody_new("single")
    rights.give(SYSTEM, user, Place(single.environment.firm_id, Role.ACCOUNTANT, company=single.pk))
    return user


def file_of(browser: Client, at: str) -> list[dict[str, object]]:
    answer = browser.post("/files/", {"at": at, "format": "xlsx"})
    assert answer.status_code == 200
    page = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    lines = [list(row) for row in page.iter_rows(values_only=True)]
    top = next(number for number, line in enumerate(lines) if line[0] is None)
    return [dict(zip(lines[top + 1], line, strict=True)) for line in lines[top + 2 :]]


@pytest.mark.parametrize("address", ["/", "/calendar/", "/deadlines/"])
def test_of_a_company_by_itself_the_page_names_no_client(both: User, as_user: SignIn, address: str) -> None:
    browser = as_user(both)
    page = browser.get(address).content.decode()
    assert "Worst B.V." in page
    assert "Bakkersgroep" in page
    assert "Slagersgroep" not in page


@pytest.mark.database
@pytest.mark.parametrize("address", ["/", "/calendar/", "/deadlines/"])
@pytest.mark.parametrize("asked", ["Slagers", "200"])
def test_nor_is_it_found_by_its_clients_name_or_number(
    both: User, as_user: SignIn, administrator: Callable[[], User], address: str, asked: str
) -> None:
    def found(user: User, text: str) -> set[str]:
        page = as_user(user).get(f"{address}?q={text}").content.decode()
        return {name for name in ("Brood B.V.", "Worst B.V.") if name in page}

    assert found(both, asked) == set()
    assert found(administrator(), asked) == {"Worst B.V."}
    # What the reader sees as a whole is found by either, and a company by itself by its own name.
    assert found(both, "Bakkers") == found(both, "100") == {"Brood B.V."}
    assert found(both, "Worst") == {"Worst B.V."}


@pytest.mark.parametrize("address", ["/", "/calendar/"])
def test_a_file_has_the_names_of_the_clients_that_its_reader_sees(both: User, as_user: SignIn, address: str) -> None:
    clients = {str(row["Company"]): row["Client"] for row in file_of(as_user(both), address)}
    assert clients == {"Brood B.V.": "Bakkersgroep", "Worst B.V.": "no access"}


def test_a_file_of_companies_alone_has_no_column_for_their_clients(single: Company, as_user: SignIn) -> None:
    browser = as_user(alone(single))
    assert "Slagersgroep" not in browser.get("/calendar/").content.decode()
    rows = file_of(browser, "/calendar/")
    assert {row["Company"] for row in rows} == {"Worst B.V."}
    assert not {"Client", "Organisation"} & set(rows[0])


def test_the_feed_names_no_client_to_them(both: User, client: Client) -> None:
    made = feeds.make(both, own_only=False)
    body = client.get(f"/calendar/feed/{made.token}.ics").content.decode()
    assert "Worst B.V." in body
    assert "Slagersgroep" not in body
    # Also the title, when the client was chosen while they still saw it.
    debtor = Debtor.objects.get(name="Slagersgroep")
    made = feeds.make(both, own_only=False, debtor=debtor)
    assert "Slagersgroep" not in client.get(f"/calendar/feed/{made.token}.ics").content.decode()
