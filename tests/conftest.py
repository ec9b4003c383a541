"""Fixtures that several rooms share: people of a firm, an embedded Nmbrs with a connection to it, a browser."""

import gc
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from pytest_django.fixtures import Settings

if TYPE_CHECKING:
    from django.test import Client
    from playwright.sync_api import Browser, ConsoleMessage, Error, Page

    from portal.accounts.models import Firm, User
    from portal.connections.models import Connection, Environment
    from portal.debtors.models import Debtor
    from portal.nmbrs.sandbox import Sandbox


# Reading the tests makes a million objects that stay: looking through them for garbage meanwhile finds none.
gc.disable()

#: Seconds that a test may take which is worth beginning early.
HEAVY = 300
#: A lane for one marker reads only files that name it: reading all of them takes a process longer than many tests.
MARKER = os.environ.get("TEST_MARKER", "")


@cache
def names(path: Path, marker: str) -> bool:
    """Whether the file names the marker."""
    return marker in path.read_text()


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """Leave out a file of tests that never names the marker of this lane."""
    if MARKER and collection_path.name.startswith("test_") and not names(collection_path, MARKER):
        return True
    return None


def pytest_itemcollected(item: pytest.Item) -> None:
    """Refuse a marker that the file does not name, where a lane would miss the test."""
    for marker in ("browser", "database"):
        if item.get_closest_marker(marker) and not names(item.path, marker):
            raise pytest.UsageError(f"{item.nodeid} is marked {marker}, but its file does not name that marker.")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes minutes: at the end, one process would still be at it while the others have nothing to do.

    Each process of pytest-xdist gets a piece of the list at first, so each piece begins with its share. The pieces are
    those of what is left when the lane has chosen, so this comes last.
    """
    processes = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    if processes < 2:
        return
    heavy = [
        item for item in items if any(mark.name == "timeout" and mark.args[0] >= HEAVY for mark in item.own_markers)
    ]
    early = set(heavy)
    light = [item for item in items if item not in early]
    size = -(-len(light) // processes)
    items[:] = [
        item
        for piece in range(processes)
        for item in (*heavy[piece::processes], *light[piece * size : (piece + 1) * size])
    ]


def pytest_collection_finish() -> None:
    """Leave the tests and the program out of all later looks for garbage, as a process that serves pages does."""
    from portal.ui.settled_memory import OLDER, YOUNG

    gc.freeze()
    gc.set_threshold(YOUNG, OLDER, OLDER)
    gc.enable()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """The database of this process, copied where a migrated one is at hand. See tests/template.py."""
    from django.db import connection

    if (template := os.environ.get("TEST_TEMPLATE")) and connection.vendor == "sqlite":
        shutil.copyfile(template, connection.settings_dict["TEST"]["NAME"])


@pytest.fixture(scope="session")
def django_db_keepdb(request: pytest.FixtureRequest) -> bool:
    """A copied file is used as it is; PostgreSQL copies while it makes the database."""
    from django.db import connection

    copied = bool(os.environ.get("TEST_TEMPLATE")) and connection.vendor == "sqlite"
    return copied or bool(request.config.getvalue("reuse_db"))


@pytest.fixture(autouse=True)
def own_folder(settings: Settings, tmp_path: Path) -> Path:
    """Every test has its own var folder: call budgets and cached WSDLs of one test do not reach another."""
    settings.VAR_DIR = tmp_path / "var"
    settings.VAR_DIR.mkdir()
    folder: Path = settings.VAR_DIR
    return folder


@pytest.fixture(autouse=True)
def no_language_of_another_test() -> None:
    """Texts that no request asked for are English here: a request leaves its own language in the thread."""
    from django.utils import translation

    translation.activate("en")


@pytest.fixture(autouse=True)
def no_secret_in_the_log(request: pytest.FixtureRequest) -> Iterator[None]:
    """No logger is given a token, a BSN or a bank account. Tests that do so on purpose are marked `logs_secrets`."""
    from tests.security.leak_log import watched

    with watched() as log:
        yield
    assert log.found == [] or request.node.get_closest_marker("logs_secrets")


@pytest.fixture(autouse=True)
def forced_sign_in_is_whole() -> Iterator[None]:
    """`client.force_login(user)` stands for a whole sign-in, the second factor included.

    Its request has no path, so that a sign-in through any page of the portal still has to show the factor.
    """
    from django.contrib.auth.signals import user_logged_in

    def mark(request: Any, user: Any, **_: Any) -> None:
        from portal.accounts.signin import second_factor

        if request.path == "":
            second_factor.mark(request, user)

    user_logged_in.connect(mark)
    yield
    user_logged_in.disconnect(mark)


# --- people ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def firm(db: None) -> "Firm":
    """The firm that the people and connections of a test belong to."""
    from portal.accounts.models import Firm

    return Firm.objects.create(name="Kantoor Test")


@pytest.fixture
def administrator(firm: "Firm") -> "Callable[..., User]":
    """`administrator()`: somebody who sees the whole firm; `administrator(of=firm)` for another firm."""
    from portal.accounts.models import Firm, Membership, User
    from portal.accounts.roles import Role

    def make(email: str = "administrator@test.example", of: Firm = firm, **fields: Any) -> User:
        user = User.objects.create_user(email, "Administrator", "a-good-password", **fields)
        Membership.objects.create(user=user, firm=of, role=Role.ADMINISTRATOR)
        return user

    return make


@pytest.fixture
def accountant(firm: "Firm") -> "Callable[..., User]":
    """`accountant(debtor, ...)`: somebody who sees these debtors; without debtors somebody who sees nothing."""
    from portal.accounts.models import Membership, User
    from portal.accounts.roles import Role

    def make(*debtors: "Debtor", email: str = "accountant@test.example", **fields: Any) -> User:
        user = User.objects.create_user(email, "Accountant", "a-good-password", **fields)
        for debtor in debtors:
            Membership.objects.create(user=user, firm=debtor.environment.firm, role=Role.ACCOUNTANT, debtor=debtor)
        return user

    return make


#: The day on which the embedded Nmbrs of the tests lives; the clock of a test that uses it starts there.
NOON = datetime(2026, 11, 22, 12, tzinfo=ZoneInfo("Europe/Amsterdam"))


@pytest.fixture
def as_user(db: None) -> "Callable[[User], Client]":
    """`as_user(person)`: a browser in which they are signed in, in English."""
    from django.test import Client

    def sign_in(user: "User") -> Client:
        user.language = "en"
        user.save(update_fields=["language"])
        client = Client()
        client.force_login(user)
        return client

    return sign_in


@pytest.fixture
def stranger(db: None) -> "User":
    """The administrator of another office, whose only client is x."""
    from tests.accounts.office import make_office

    return make_office("two", "x").administrator


# --- an embedded Nmbrs -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Connected:
    """A firm whose environment is connected to a running embedded Nmbrs."""

    sandbox: "Sandbox"
    firm: "Firm"
    environment: "Environment"
    connection: "Connection"


@pytest.fixture
def sandbox(settings: Settings) -> "Iterator[Sandbox]":
    """A small embedded Nmbrs on a real socket, the only address that the settings allow."""
    from portal.nmbrs.sandbox import Sandbox

    with time_machine.travel(NOON, tick=True), Sandbox(debtors=4, employees=8, seed=7, today=NOON.date()) as running:
        settings.NMBRS_HOSTS = [running.url]
        yield running


@pytest.fixture
def connected(sandbox: "Sandbox", firm: "Firm") -> Connected:
    """The firm with an environment and a working connection to `sandbox`."""
    from portal.connections.models import Connection, Environment

    environment = Environment.objects.create(firm=firm, domain="demo")
    connection = Connection.objects.create(
        environment=environment, host=sandbox.url, user="api@demo.example", token="demo-token", ceiling=145
    )
    return Connected(sandbox, firm, environment, connection)


# --- a browser -------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def chromium() -> "Iterator[Browser]":
    """One Chromium for the whole run."""
    from playwright.sync_api import expect, sync_playwright

    from tests.chromium import FLAGS, find_or_install

    # Playwright's sync API keeps an event loop running in this thread; Django would refuse the database there.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    # Before Playwright starts: installing may run Playwright of its own.
    path = os.environ.get("TEST_CHROMIUM") or find_or_install()
    # Whether something comes is asked, not how soon: other programs may keep the machine busy.
    expect.set_options(timeout=20_000)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: "Browser") -> "Iterator[Page]":
    """A page in Dutch at 1440 x 900; console errors, script errors and reports of the CSP fail the test."""
    context = chromium.new_context(
        viewport={"width": 1440, "height": 900}, locale="nl-NL", timezone_id="Europe/Amsterdam"
    )
    opened = context.new_page()
    problems: list[str] = []

    def on_console(message: "ConsoleMessage") -> None:
        # htmx says both when a page is left while it still asks; what failed says htmx:sendError or responseError too.
        left = message.text.startswith(("htmx:afterRequest,", "htmx:sendAbort,"))
        if message.type == "error" and not left:
            problems.append(f"console: {message.text} ({message.location.get('url', '')})")

    def on_error(error: "Error") -> None:
        problems.append(f"script: {error.message}")

    opened.on("console", on_console)
    opened.on("pageerror", on_error)
    # Reports of violations reach the page as events even where the console keeps silent.
    opened.add_init_script(
        "document.addEventListener('securitypolicyviolation',"
        " event => console.error('CSP ' + event.violatedDirective + ' ' + event.blockedURI))"
    )
    yield opened
    context.close()
    assert problems == []
