"""The lists of what Nmbrs has on file about a client, and the panel on its dashboard."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client

from portal.accounts.models import Firm, Membership, User
from portal.accounts.roles import CAPABILITIES, STAFF, Capability, Role
from portal.audit.models import Entry
from portal.debtors import models
from portal.debtors.models import Debtor
from portal.mirror.models import MirrorRow, State
from portal.mirror.resource import registry
from tests.dashboards.reading import tables, text
from tests.factories import fetched, fetched_everything, make_company, make_debtor, make_environment, mirrored

pytestmark = pytest.mark.pages

People = Callable[..., User]
SignIn = Callable[[User], Client]
IBAN = "NL02ABNA0123456789"
KINDS = [kind.name for kind in registry if kind.level == "debtor"]


@pytest.fixture
def debtor(firm: Firm) -> Debtor:
    """A client of the firm."""
    return make_debtor(make_environment(firm))


@pytest.fixture
def client(administrator: People, as_user: SignIn) -> Client:
    """The administrator's browser."""
    return as_user(administrator())


def make(model: type[Any], debtor: Debtor, since: date = date(2026, 11, 1), **fields: Any) -> MirrorRow:
    return mirrored(model, debtor.environment, debtor=debtor, valid_from=since, **fields)


def page(client: Client, debtor: Debtor, kind: str, query: str = "") -> str:
    answer = client.get(f"/clients/{debtor.pk}/records/{kind}/{query}")
    assert answer.status_code == 200
    return answer.content.decode()


def rows_of(html: str) -> list[dict[str, str]]:
    found: list[dict[str, str]] = next(iter(tables(html)), [])
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_its_page(debtor: Debtor, client: Client, kind: str) -> None:
    assert "Not fetched from Nmbrs yet" in page(client, debtor, kind)
    fetched_everything(debtor)
    assert "Nothing here" in page(client, debtor, kind)


def test_a_list_is_as_of_a_day(debtor: Debtor, client: Client) -> None:
    make(models.ServiceLevel, debtor, date(2026, 9, 1), level="Basis", valid_until=date(2026, 11, 10))
    make(models.ServiceLevel, debtor, date(2026, 11, 10), level="Compleet", start_year=2026, start_period=3)
    fetched_everything(debtor)
    (row,) = rows_of(page(client, debtor, "service_level"))
    assert (row["Service level"], row["Holds from period"], row["Known since"]) == (
        "Compleet",
        "2026-03",
        "10 Nov 2026",
    )
    (row,) = rows_of(page(client, debtor, "service_level", "?on=2026-10-01"))
    assert row["Service level"] == "Basis"
    assert "It is known here since 1 Sep 2026." in page(client, debtor, "service_level", "?on=2026-08-31")
    assert "is not a day" in page(client, debtor, "service_level", "?on=never")


def test_the_companies_of_a_client_are_a_list_too(debtor: Debtor, client: Client) -> None:
    make_company(debtor, "Holding B.V.")
    make_company(make_debtor(debtor.environment), "Elsewhere B.V.")
    fetched_everything(debtor)
    assert [row["Name"] for row in rows_of(page(client, debtor, "companies"))] == ["Holding B.V."]


def test_scope_and_capability(
    debtor: Debtor, accountant: People, as_user: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(models.DebtorBankAccount, debtor, iban=IBAN, holder="Bakkerij", account_type="Standaard")
    fetched_everything(debtor)
    other = make_debtor(make_environment(Firm.objects.create(name="Ander kantoor")))
    unassigned = make_debtor(debtor.environment)
    client = as_user(accountant(debtor))
    assert "NL •••• 6789" in page(client, debtor, "debtor_bank_account")
    for hidden in (other, unassigned):
        assert client.get(f"/clients/{hidden.pk}/records/debtor_tags/").status_code == 404
    assert client.get(f"/clients/{debtor.pk}/records/debtors/").status_code == 404
    assert client.get(f"/clients/{debtor.pk}/records/hour_codes/").status_code == 404
    monkeypatch.setitem(CAPABILITIES, Role.ACCOUNTANT, frozenset({Capability.VIEW}))
    assert client.get(f"/clients/{debtor.pk}/records/debtor_bank_account/").status_code == 403
    assert client.get(f"/clients/{debtor.pk}/records/debtor_contact/").status_code == 200
    dashboard = client.get(f"/clients/{debtor.pk}/").content.decode()
    assert "6789" not in dashboard
    assert "Bank account no access" in text(dashboard)


def test_the_dashboard_has_the_facts_and_the_way_to_the_lists(debtor: Debtor, client: Client) -> None:
    street = {"street": "Dorpsstraat", "house_number": "12", "postal_code": "1234 AB", "city": "Utrecht"}
    make(models.DebtorAddress, debtor, **street)
    make(models.DebtorContact, debtor, name="A. de Wit", email="a@wit.example", phone="030-1")
    make(models.DebtorBankAccount, debtor, iban=IBAN, holder="Bakkerij", account_type="Standaard")
    make(models.ServiceLevel, debtor, date(2026, 9, 1), level="Basis", valid_until=date(2026, 11, 10))
    make(models.ServiceLevel, debtor, date(2026, 11, 10), level="Compleet")
    make(models.DebtorTag, debtor, number=1, text="Spoed")
    make(models.DebtorTag, debtor, number=2, text="DGA")
    fetched_everything(debtor)
    html = client.get(f"/clients/{debtor.pk}/").content.decode()
    said = text(html)
    assert "Address Dorpsstraat 12, 1234 AB Utrecht" in said
    assert "Contact persons A. de Wit 030-1 a@wit.example" in said
    assert "Bank account NL •••• 6789 · Bakkerij" in said
    assert "Service level Compleet" in said
    assert "Tags Spoed DGA" in said
    assert "Accountants None." in said
    assert "0123456789" not in html
    listed = next(table for table in tables(html) if table and "Freshness" in table[0])
    counts = {row["Kind"]: row["Count"] for row in listed}
    assert (counts["Tags"], counts["Service level"], counts["Managers"]) == ("2", "1", "0")
    assert f'href="/clients/{debtor.pk}/records/debtor_tags/"' in html


@pytest.mark.parametrize("role", Role)
def test_tags_and_service_level_are_for_people_of_the_office(debtor: Debtor, as_user: SignIn, role: Role) -> None:
    """The office's own words about a client: its people do not even read that there are any."""
    make(models.ServiceLevel, debtor, level="Compleet")
    make(models.DebtorTag, debtor, number=1, text="Slechte betaler")
    fetched_everything(debtor)
    user = User.objects.create_user(f"{role}@test.example", "Somebody")
    of = {} if role == Role.ADMINISTRATOR else {"debtor": debtor}
    Membership.objects.create(user=user, firm=debtor.environment.firm, role=role, **of)
    browser = as_user(user)
    dashboard = text(browser.get(f"/clients/{debtor.pk}/").content.decode())
    of_office = role in STAFF
    for word in ("Slechte betaler", "Compleet", "Tags", "Service level"):
        assert (word in dashboard) == of_office, word
    for kind in ("debtor_tags", "service_level"):
        answer = browser.get(f"/clients/{debtor.pk}/records/{kind}/")
        assert answer.status_code == (200 if of_office else 403)
    assert not Entry.objects.filter(kind="list_read").exists()


def test_what_was_never_fetched_is_not_called_none(debtor: Debtor, client: Client) -> None:
    said = text(client.get(f"/clients/{debtor.pk}/").content.decode())
    assert "Address not fetched yet" in said
    fetched(debtor, "debtor_address", state=State.NOT_PERMITTED, error_kind="not_permitted")
    said = text(client.get(f"/clients/{debtor.pk}/").content.decode())
    assert "Address no access" in said


@pytest.mark.parametrize(
    ("iban", "shown"),
    [(IBAN, "NL •••• 6789"), ("nl02 abna 0123 4567 89", "NL •••• 6789"), ("12345678", "••••"), ("", "– unknown")],
)
def test_an_account_number_is_country_and_last_four(iban: str, shown: str) -> None:
    from portal.ui.markup import masked_iban

    assert text(f"<p>{masked_iban(iban)}</p>") == shown
