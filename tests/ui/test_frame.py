"""The frame: the menu shows what the person may use, and the language is theirs."""

from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client, RequestFactory

from portal.accounts.models import Firm, User
from portal.accounts.roles import Capability
from portal.ui import menu
from portal.ui.menu import MenuEntry

pytestmark = pytest.mark.pages


@pytest.fixture(autouse=True)
def addresses(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The addresses of the specimen page and a menu of two entries."""
    settings.ROOT_URLCONF = "tests.ui.specimen"
    monkeypatch.setattr(menu, "_entries", {})
    menu.register(MenuEntry("Connections", "specimen-progress", "lock", Capability.MANAGE_CONNECTIONS, order=1))
    menu.register(MenuEntry("Clients", "specimen", "users", order=2, covers=("debtors",)))
    yield


def labels(user: Any) -> list[str]:
    request = RequestFactory().get("/specimen/")
    request.user = user
    return [str(entry.label) for entry in menu.shown_to(request)]


def test_the_menu_offers_what_the_person_may_use(administrator: Callable[..., User], accountant: Any) -> None:
    assert labels(administrator()) == ["Connections", "Clients"]
    assert labels(accountant()) == ["Clients"]


def test_the_page_marks_its_own_entry(client: Client, administrator: Callable[..., User]) -> None:
    client.force_login(administrator())
    shown = client.get("/specimen/").content.decode()
    assert shown.count('class="ui-rail-link"') == 2
    assert shown.split('class="ui-rail-link"')[2].split(">")[0].count("aria-current") == 1


@pytest.mark.parametrize(("namespace", "current"), [("debtors", True), ("companies", False)])
def test_an_entry_covers_the_pages_below_it(namespace: str, current: bool) -> None:
    request = RequestFactory().get("/")
    request.resolver_match = SimpleNamespace(view_name=f"{namespace}:page", namespace=namespace)
    assert MenuEntry("Clients", "specimen", "users", covers=("debtors",)).is_current(request) is current


def test_the_frame_names_the_firm_and_the_person(client: Client, firm: Firm, administrator: Any) -> None:
    client.force_login(administrator())
    shown = client.get("/specimen/").content.decode()
    assert firm.name in shown
    assert "Administrator" in shown


def test_the_language_of_somebody_signed_in_stays_with_their_account(client: Client, administrator: Any) -> None:
    user = administrator()
    client.force_login(user)
    answer = client.post("/language/", {"language": "en", "next": "/specimen/"})
    assert answer["Location"] == "/specimen/"
    user.refresh_from_db()
    assert user.language == "en"
    assert '<html lang="en"' in client.get("/specimen/").content.decode()


def test_before_sign_in_the_language_is_a_cookie(client: Client, db: None) -> None:
    client.post("/language/", {"language": "en", "next": "/sign-in/"})
    assert '<html lang="en"' in client.get("/sign-in/").content.decode()


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_the_language_switch_leads_nowhere_else(client: Client, db: None, target: str) -> None:
    answer = client.post("/language/", {"language": "en", "next": target})
    assert "evil" not in answer["Location"]
    assert "javascript" not in answer["Location"]


def test_an_unknown_language_changes_nothing(client: Client, administrator: Any) -> None:
    user = administrator()
    client.force_login(user)
    client.post("/language/", {"language": "xx", "next": "/specimen/"})
    user.refresh_from_db()
    assert user.language == "nl"


def test_the_language_is_not_changed_by_a_link(client: Client, db: None) -> None:
    assert client.get("/language/?language=en").status_code == 405
