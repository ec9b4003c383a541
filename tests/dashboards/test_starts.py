"""Where people of a client begin, and people who were given companies by themselves: no empty list, no foreign name."""

import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from portal.accounts import rights
from portal.accounts.models import User
from portal.accounts.rights import SYSTEM, Place
from portal.accounts.roles import Capability, Role
from portal.companies.models import Company
from portal.debtors.models import Debtor
from portal.mirror.models import Freshness, State
from tests.accounts.office import somebody_new
from tests.dashboards.reading import table, text
from tests.factories import (
    fetched_everything,
    make_company,
    make_debtor,
    make_employee_type,
    make_employment,
    make_environment,
    make_person,
    make_salary,
    make_schedule,
)

pytestmark = pytest.mark.pages

SignIn = Callable[[User], Client]


@pytest.fixture
def bakery(firm) -> Debtor:
    """A client with two companies."""
    debtor = make_debtor(make_environment(firm, "office"), "Bakkersgroep")
    for name in ("Brood", "Koek"):
        make_company(debtor, name)
    fetched_everything(debtor)
    return debtor


@pytest.fixture
def butcher(bakery) -> Debtor:
    """Another client of the same office, with one company."""
    debtor = make_debtor(bakery.environment, "Slagersgroep")
    make_company(debtor, "Worst")
    fetched_everything(debtor)
    return debtor


def company(name: str) -> Company:
    return Company.objects.get(name=name)


def person(role: Role, *scopes: Debtor | Company) -> User:
    user = somebody_new(str(role))
    for scope in scopes:
        firm = scope.environment.firm_id
        place = Place(firm, role, scope.pk) if isinstance(scope, Debtor) else Place(firm, role, company=scope.pk)
        rights.give(SYSTEM, user, place)
    return user


def menu(html: str) -> list[tuple[str, bool]]:
    """The entries of the rail, and which is the current one."""
    found = re.findall(r'<a class="ui-rail-link"\s[^>]*?title="([^"]*)"([^>]*)>', html)
    return [(title, "aria-current" in rest) for title, rest in found]


def crumbs(html: str) -> list[tuple[str, bool]]:
    """The steps of the breadcrumb, and which have a link."""
    listed = re.search(r'<ol class="ui-crumbs">.*?</ol>', html, re.S)
    items = re.findall(r"<li>.*?</li>", listed.group(), re.S) if listed else []
    return [(text(item), "<a " in item) for item in items]


def places(html: str) -> list[tuple[str, bool]]:
    """The own organisations and companies to choose from, and which is shown."""
    nav = re.search(r'<nav class="ui-sections" aria-label="My organisations">.*?</nav>', html, re.S)
    found = re.findall(r"<a href=\"[^\"]+\"([^>]*)>([^<]+)</a>", nav.group()) if nav else []
    return [(name, "aria-current" in rest) for rest, name in found]


# --- companies by themselves -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [Role.ACCOUNTANT, Role.ASSISTANT, Role.AUDITOR, Role.CLIENT_USER])
def test_who_sees_one_company_begins_there_and_reads_nothing_of_its_client(bakery, butcher, as_user: SignIn, role):
    browser = as_user(person(role, company("Brood")))
    own = reverse("companies:company", args=[company("Brood").pk])
    start = reverse("selfservice:period", args=[company("Brood").pk]) if role is Role.CLIENT_USER else own
    assert browser.get("/").headers["Location"] == start
    for address in (own, start, reverse("employees:of_company", args=[company("Brood").pk])):
        page = browser.get(address).content.decode()
        assert "Bakkersgroep" not in page
        assert "Companies" not in [label for label, _ in crumbs(page)]
    assert crumbs(browser.get(own).content.decode()) == [("Brood", False)]


def test_who_sees_several_companies_begins_at_a_list_of_them(bakery, butcher, as_user: SignIn):
    browser = as_user(person(Role.ACCOUNTANT, company("Brood"), company("Koek")))
    answer = browser.get("/", follow=True)
    assert answer.request["PATH_INFO"] == reverse("dashboards:companies")
    rows = table(browser, reverse("dashboards:companies"))
    assert [row["Company"] for row in rows] == ["Brood", "Koek"]
    assert "Organisation" not in rows[0]
    page = browser.get(reverse("companies:company", args=[company("Koek").pk])).content.decode()
    assert crumbs(page) == [("Companies", True), ("Koek", False)]
    assert "Bakkersgroep" not in page and "Bakkersgroep" not in answer.content.decode()
    assert ("Companies", True) in menu(page) and "Clients" not in dict(menu(page))
    assert browser.get(reverse("dashboards:debtor", args=[bakery.pk])).status_code == 404


def test_who_sees_a_client_and_a_company_of_another_reaches_both(bakery, butcher, as_user: SignIn):
    browser = as_user(person(Role.ACCOUNTANT, bakery))
    place = Place(butcher.environment.firm_id, Role.ACCOUNTANT, company=company("Worst").pk)
    rights.give(SYSTEM, User.objects.get(), place)
    page = browser.get("/").content.decode()
    assert [label for label, _ in menu(page)][:3] == ["Start", "Clients", "Companies"]
    assert [row["Company"] for row in table(browser, reverse("dashboards:companies"))] == ["Worst"]
    own = browser.get(reverse("companies:company", args=[company("Brood").pk])).content.decode()
    assert crumbs(own) == [("Bakkersgroep", True), ("Brood", False)]
    assert [label for label, current in menu(own) if current] == ["Clients"]
    single = browser.get(reverse("companies:company", args=[company("Worst").pk])).content.decode()
    assert crumbs(single) == [("Companies", True), ("Worst", False)]
    assert [label for label, current in menu(single) if current] == ["Companies"]
    assert "Slagersgroep" not in single


def test_wages_of_one_company_show_no_column_over_two(bakery, as_user: SignIn):
    make_employee_type(bakery.environment)
    for name in ("Brood", "Koek"):
        worker = make_person(company(name), f"Person of {name}")
        since = worker.first_seen.date().replace(month=1, day=1)
        make_employment(worker, since)
        make_salary(worker, "3000", since)
        make_schedule(worker, since)
    user = person(Role.CLIENT_USER, company("Brood"), company("Koek"))
    one = user.memberships.get(company=company("Brood"))
    rights.switch(SYSTEM, one, Capability.VIEW_SALARIES, on=True)
    browser = as_user(user)
    everybody = table(browser, reverse("employees:list"))
    assert len(everybody) >= 2 and "Kind of salary" not in everybody[0]
    alone = table(browser, reverse("employees:of_company", args=[company("Brood").pk]))
    assert "Kind of salary" in alone[0]


# --- people of a client ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [Role.CLIENT_ADMINISTRATOR, Role.CLIENT_USER])
def test_people_of_a_client_begin_at_their_own_organisation(bakery, butcher, as_user: SignIn, role):
    browser = as_user(person(role, bakery))
    assert browser.get("/").headers["Location"] == reverse("selfservice:client", args=[bakery.pk])
    page = browser.get("/", follow=True).content.decode()
    assert "<h1>Bakkersgroep</h1>" in page
    assert crumbs(page) == [("Bakkersgroep", False)]
    assert ("My organisation", True) in menu(page) and "Clients" not in dict(menu(page))
    assert places(page) == []
    records = browser.get(reverse("debtors:records", args=[bakery.pk, "debtor_addresses"])).content.decode()
    assert "Clients" not in [label for label, _ in crumbs(records)]


def test_who_belongs_to_two_clients_goes_from_one_to_the_other_on_every_page(bakery, butcher, as_user: SignIn):
    browser = as_user(person(Role.CLIENT_ADMINISTRATOR, bakery, butcher))
    assert browser.get("/").headers["Location"] == reverse("selfservice:client", args=[bakery.pk])
    worker = make_person(company("Worst"))
    for address in (
        reverse("dashboards:debtor", args=[butcher.pk]),
        reverse("companies:company", args=[company("Worst").pk]),
        reverse("employees:of_debtor", args=[butcher.pk]),
        reverse("employees:person", args=[worker.pk]),
    ):
        page = browser.get(address).content.decode()
        assert places(page) == [("Bakkersgroep", False), ("Slagersgroep", True)], address


def test_a_client_user_of_several_companies_comes_to_the_clients_own_page_of_each(bakery, butcher, as_user: SignIn):
    browser = as_user(person(Role.CLIENT_USER, company("Brood"), company("Worst")))
    listed = browser.get("/", follow=True).content.decode()
    for name in ("Brood", "Worst"):
        own, figures = (reverse(page, args=[company(name).pk]) for page in ("selfservice:period", "companies:company"))
        # In the list they begin with, and in the choice that stands above every page.
        assert listed.count(f'<a href="{own}">{name}</a>') == 2
        assert f'"{figures}"' not in listed
        assert places(browser.get(own).content.decode()) == [("Brood", name == "Brood"), ("Worst", name == "Worst")]


def test_who_works_for_one_company_and_belongs_to_another_comes_to_the_page_that_fits(bakery, butcher, as_user: SignIn):
    browser = as_user(person(Role.ASSISTANT, company("Brood")))
    place = Place(butcher.environment.firm_id, Role.CLIENT_USER, company=company("Worst").pk)
    rights.give(SYSTEM, User.objects.get(), place)
    listed = browser.get(reverse("dashboards:companies")).content.decode()
    for page, name in (("companies:company", "Brood"), ("selfservice:period", "Worst")):
        assert f'<a href="{reverse(page, args=[company(name).pk])}">{name}</a>' in listed


def test_a_client_user_of_a_client_and_of_a_single_company_chooses_between_them(bakery, butcher, as_user: SignIn):
    browser = as_user(person(Role.CLIENT_USER, butcher, company("Koek")))
    page = browser.get(reverse("companies:company", args=[company("Koek").pk])).content.decode()
    assert places(page) == [("Slagersgroep", False), ("Koek", True)]
    assert "Bakkersgroep" not in page


def test_people_of_an_office_begin_at_the_period_board_and_have_no_such_choice(bakery, butcher, as_user: SignIn):
    browser = as_user(person(Role.ACCOUNTANT, bakery, butcher))
    page = browser.get("/").content.decode()
    assert "<h1>Start</h1>" in page and ("Start", True) in menu(page) and places(page) == []


def test_people_of_a_client_read_that_data_is_old_but_not_what_went_wrong_with_nmbrs(bakery, as_user: SignIn):
    Freshness.objects.filter(debtor=bakery).update(state=State.FAILING, error_kind="credentials")
    address = reverse("dashboards:debtor", args=[bakery.pk])
    assert "refused the user, the token" in as_user(person(Role.ACCOUNTANT, bakery)).get(address).content.decode()
    page = as_user(person(Role.CLIENT_ADMINISTRATOR, bakery)).get(address).content.decode()
    assert "refused the user, the token" not in page and "API token" not in page
    assert "Data from Nmbrs" in page


# --- clients of nobody -----------------------------------------------------------------------------------------------


def test_an_administrator_reads_on_the_list_of_clients_how_many_nobody_looks_after(
    bakery, butcher, administrator, accountant, as_user: SignIn
):
    boss = as_user(administrator())
    assert "2 clients are assigned to nobody" in boss.get("/").content.decode()
    clerk = as_user(accountant(bakery))
    page = boss.get("/").content.decode()
    assert "1 client is assigned to nobody" in page
    assert reverse("administration:unassigned") in page
    assert "1 client is assigned to nobody" in boss.get(reverse("dashboards:clients")).content.decode()
    assert "assigned to nobody" not in clerk.get("/").content.decode()
    accountant(butcher, email="second@test.example")
    assert "assigned to nobody" not in boss.get("/").content.decode()
