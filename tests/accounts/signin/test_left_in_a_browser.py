"""What is left in Chromium of a visit once somebody has signed out: nothing, whatever they press."""

import pytest
from django.urls import reverse
from playwright.sync_api import Page

from portal.employees.models import Employee
from tests.accounts.signin.test_in_a_browser import password_step
from tests.accounts.signin.world import code, with_app
from tests.factories import (
    fetched_everything,
    make_company,
    make_debtor,
    make_employee_type,
    make_environment,
    make_person,
)

pytestmark = [
    pytest.mark.pages,
    pytest.mark.browser,
    pytest.mark.timeout(400),
    pytest.mark.django_db(transaction=True),
]
MARK = "Kanarie"


def twenty_pages(person: Employee) -> list[str]:
    """Addresses of pages of every kind: lists, dashboards, a person, a client's records, access, the own account."""
    company, debtor = person.company, person.company.debtor
    return [
        *(reverse(f"dashboards:{name}") for name in ("board", "clients", "changes")),
        *(reverse(f"dashboards:{name}", args=[debtor.pk]) for name in ("debtor", "client_changes")),
        reverse("companies:company", args=[company.pk]),
        reverse("dashboards:variance", args=[company.pk]),
        reverse("employees:list"),
        reverse("employees:of_debtor", args=[debtor.pk]),
        reverse("employees:of_company", args=[company.pk]),
        reverse("employees:person", args=[person.pk]),
        reverse("deadlines:calendar"),
        reverse("sync:overview"),
        *(reverse(f"administration:{name}") for name in ("people", "teams", "reviews", "trail", "unassigned")),
        reverse("ui:exports"),
        "/account/",
    ]


def stored(page: Page) -> str:
    """Everything that scripts may keep in the browser."""
    kept: str = page.evaluate(
        """async () => JSON.stringify([
            {...localStorage}, {...sessionStorage}, await caches.keys(), await indexedDB.databases(),
            (await navigator.serviceWorker.getRegistrations()).length,
        ])"""
    )
    return kept


def test_threat_13_nothing_of_twenty_pages_is_left_after_signing_out(
    page: Page, live_server, firm, administrator
) -> None:
    address = str(live_server.url).replace("127.0.0.1", "localhost")
    environment = make_environment(firm)
    make_employee_type(environment)
    person = make_person(make_company(make_debtor(environment, f"{MARK} Groep"), f"{MARK} B.V."), f"{MARK}, P.")
    fetched_everything(person.company.debtor)
    user = administrator()
    user.name = MARK
    user.save()
    secret = with_app(user)
    password_step(page, address)
    page.fill("#id_code", code(secret))
    page.locator("form.card button[type=submit]").click()
    page.wait_for_url(f"{address}/")
    places = twenty_pages(person)
    assert len(set(places)) == 20
    for place in places:
        answer = page.goto(f"{address}{place}")
        assert answer is not None
        assert (answer.status, MARK in page.content()) == (200, True), place
        assert MARK not in stored(page), place

    page.locator(".ui-user summary").click()
    page.locator(".ui-user form.ui-menu-foot button").click()
    page.wait_for_url("**/sign-in/")
    assert MARK not in stored(page)
    for _ in places:
        page.go_back()
        page.wait_for_load_state()
        assert "/sign-in/" in page.url
        assert MARK not in page.content()
    assert MARK not in stored(page)
