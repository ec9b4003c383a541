"""A Business environment has no clients: its companies stand at the top, and nobody there reads of clients."""

import re
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from portal.accounts.models import Firm, User
from portal.companies.models import Company
from portal.connections.models import Connection, Environment, EnvironmentKind
from portal.debtors import models
from portal.debtors.models import Debtor
from portal.mirror.resource import registry
from tests.dashboards.reading import text
from tests.factories import fetched_everything, make_company, make_debtor, make_environment, make_person, mirrored

pytestmark = pytest.mark.pages

People = Callable[..., User]
SignIn = Callable[[User], Client]
CLIENT = re.compile(r"\bclients?\b", re.IGNORECASE)


@pytest.fixture
def business(firm: Firm) -> Environment:
    """The environment of one employer."""
    return Environment.objects.create(firm=firm, domain="employer", kind=EnvironmentKind.BUSINESS)


@pytest.fixture
def employer(business: Environment) -> Debtor:
    """Its one debtor, with two companies."""
    debtor = make_debtor(business, "Bouwgroep")
    make_company(debtor, "Bouw Noord")
    make_company(debtor, "Bouw Zuid")
    fetched_everything(debtor)
    return debtor


@pytest.fixture
def office(firm: Firm) -> Debtor:
    """A client of an office, with a company."""
    debtor = make_debtor(make_environment(firm, "office"), "Bakker Klant")
    make_company(debtor, "Bakkerij")
    fetched_everything(debtor)
    return debtor


def menu(html: str) -> list[tuple[str, bool]]:
    """The entries of the rail, and which is the current one."""
    found = re.findall(r'<a class="ui-rail-link"\s[^>]*?title="([^"]*)"([^>]*)>', html)
    return [(title, "aria-current" in rest) for title, rest in found]


def crumbs(html: str) -> list[str]:
    listed = re.search(r'<ol class="ui-crumbs">.*?</ol>', html, re.S)
    return [text(one) for one in re.findall(r"<li>(.*?)</li>", listed[0], re.S)] if listed else []


def seen(client: Client, address: str) -> str:
    answer = client.get(address, follow=True)
    assert answer.status_code == 200
    html = answer.content.decode()
    # What is read, and what screen readers and tooltips say; addresses of pages are not words.
    words = " ".join([text(html), *re.findall(r'(?:title|aria-label|placeholder)="([^"]*)"', html)])
    assert not CLIENT.search(words), CLIENT.findall(words)
    return html


def test_the_first_page_is_the_list_of_companies(employer: Debtor, accountant: People, as_user: SignIn) -> None:
    client = as_user(accountant(employer))
    answer = client.get("/", follow=True)
    assert answer.redirect_chain[-1][0] == f"/business/{employer.pk}/"
    html = answer.content.decode()
    assert ("Companies", True) in menu(html)
    assert "Clients" not in dict(menu(html))
    assert crumbs(html) == ["Companies"]
    said = text(html)
    assert said.index("Bouw Noord") < said.index("Euros a month")
    assert "Bouwgroep" in said


def test_with_one_company_the_first_page_is_that_company(
    business: Environment, accountant: People, as_user: SignIn
) -> None:
    debtor = make_debtor(business, "Alleen")
    company = make_company(debtor, "Alleen BV")
    client = as_user(accountant(debtor))
    answer = client.get("/", follow=True)
    assert answer.redirect_chain == [(f"/companies/{company.pk}/", 302)]
    html = answer.content.decode()
    assert crumbs(html) == ["Companies", "Alleen BV"]
    assert ("Companies", True) in menu(html)
    # What Nmbrs keeps at the debtor is one step away.
    assert f'href="/business/{debtor.pk}/"' in html


def test_before_the_first_sync_nothing_speaks_of_clients(
    business: Environment, administrator: People, as_user: SignIn
) -> None:
    html = seen(as_user(administrator()), "/")
    assert "Not fetched from Nmbrs yet" in html


@pytest.mark.parametrize("role", ["accountant", "administrator"])
def test_no_page_of_a_business_environment_speaks_of_clients(
    employer: Debtor, accountant: People, administrator: People, as_user: SignIn, role: str
) -> None:
    client = as_user(accountant(employer) if role == "accountant" else administrator())
    company = Company.objects.filter(debtor=employer).first()
    assert company is not None
    person = make_person(company)
    mirrored(models.DebtorTag, employer.environment, debtor=employer, number=1, text="x", valid_from="2026-01-01")
    own = [kind.name for kind in registry if kind.level == "debtor"]
    for address in (
        "/",
        "/companies/",
        f"/business/{employer.pk}/",
        f"/companies/{company.pk}/",
        f"/companies/{company.pk}/employees/",
        f"/companies/{company.pk}/records/company_guids/",
        f"/business/{employer.pk}/employees/",
        "/employees/",
        f"/employees/{person.pk}/",
        "/sync/",
        reverse("sync:quarantine"),
        *(f"/business/{employer.pk}/records/{kind}/" for kind in own),
    ):
        seen(client, address)
    if role == "administrator":
        Connection.objects.create(environment=employer.environment, host="http://127.0.0.1:1", user="u", token="t")
        for step in ("overview", "clients", "sync", "colleagues"):
            seen(client, reverse(f"first_start:{step}"))
    nowhere = client.get("/companies/999999/")
    assert nowhere.status_code == 404
    assert not CLIENT.search(text(nowhere.content.decode()))


def test_addresses_of_a_client_lead_to_what_takes_its_place(
    employer: Debtor, office: Debtor, administrator: People, as_user: SignIn
) -> None:
    client = as_user(administrator())
    for page in ("", "employees/", "records/debtor_tags/"):
        assert client.get(f"/clients/{employer.pk}/{page}?on=2026-01-01").url == (
            f"/business/{employer.pk}/{page}?on=2026-01-01"
        )
        assert client.get(f"/business/{office.pk}/{page}").url == f"/clients/{office.pk}/{page}"


def test_outside_the_scope_there_is_nothing(
    employer: Debtor, office: Debtor, accountant: People, as_user: SignIn
) -> None:
    client = as_user(accountant(office))
    for page in ("", "employees/", "records/debtor_tags/"):
        for level in ("business", "clients"):
            assert client.get(f"/{level}/{employer.pk}/{page}").status_code == 404
    assert "Bouw" not in client.get("/companies/", follow=True).content.decode()


def test_somebody_with_both_kinds_has_clients_and_companies_apart(
    employer: Debtor, office: Debtor, accountant: People, as_user: SignIn
) -> None:
    client = as_user(accountant(employer, office))
    html = client.get("/clients/").content.decode()
    assert [entry for entry in menu(html) if entry[0] in {"Clients", "Companies"}] == [
        ("Clients", True),
        ("Companies", False),
    ]
    said = text(html)
    assert "Bakker Klant" in said
    assert "Bouwgroep" not in said
    for debtor, current, way in ((employer, "Companies", "Companies"), (office, "Clients", "Bakker Klant")):
        company = Company.objects.filter(debtor=debtor).first()
        assert company is not None
        page = client.get(f"/companies/{company.pk}/").content.decode()
        assert crumbs(page) == [way, str(company)]
        assert [name for name, here in menu(page) if here] == [current]
        own = client.get(f"/clients/{debtor.pk}/", follow=True).content.decode()
        assert [name for name, here in menu(own) if here] == [current]


def test_several_organisations_make_one_list_of_companies(
    employer: Debtor, firm: Firm, accountant: People, as_user: SignIn
) -> None:
    second = Environment.objects.create(firm=firm, domain="second", kind=EnvironmentKind.BUSINESS)
    other = make_debtor(second, "Zorggroep")
    make_company(other, "Zorg West")
    client = as_user(accountant(employer, other))
    html = seen(client, "/")
    said = text(html)
    assert all(name in said for name in ("Bouw Noord", "Bouw Zuid", "Zorg West", "Zorggroep"))
    assert ("Companies", True) in menu(html)
    assert crumbs(seen(client, f"/business/{other.pk}/")) == ["Companies"]


def test_everything_of_the_environment_is_resynced_in_words_without_clients(
    employer: Debtor, administrator: People, as_user: SignIn
) -> None:
    html = seen(as_user(administrator()), f"/business/{employer.pk}/")
    assert "Resync everything" in text(html)


def test_only_a_firm_with_both_kinds_pays_a_query_for_telling_them_apart(
    office: Debtor, firm: Firm, accountant: People, as_user: SignIn
) -> None:
    client = as_user(accountant(office))

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            client.get("/sync/")
        return len(captured)

    client.get("/sync/")
    alone = queries()
    Environment.objects.create(firm=firm, domain="employer", kind=EnvironmentKind.BUSINESS)
    assert queries() == alone + 1
