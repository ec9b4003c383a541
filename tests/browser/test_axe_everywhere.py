"""Every page of the URL conf in Chromium: axe objects to nothing in either look, and nothing sticks out at 390 px.

Which pages there are, and who gets them, comes from the access matrix, and the records on them from its world. So a
new address is looked at as soon as it has its row, which it needs in any case. A page that the matrix knows as a
redirect or a refusal only is opened in the state in which it is a page; what is never a page is named with its reason.

The quick run looks at a part of the pages, always the same one; the long run at all of them, as everybody who may.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from zlib import crc32

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.conf import settings as django_settings
from django.test import Client
from django.urls import resolve, reverse

from portal.accounts.models import User
from portal.accounts.signin import second_factor
from tests.access import matrix
from tests.access.matrix import OWN, Cell
from tests.access.world import MISSING, PASSWORD, World, build
from tests.accounts.signin.world import ENGLISH, mailed_link, with_codes
from tests.axe import violations
from tests.conftest import NOON
from tests.house.test_public_pages import EVERY

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.timeout(400)]

#: Who looks at the pages of the office and at one's own; who at the pages of a client; who at those before signing in.
OFFICE, CLIENT, STRANGER = "administrator", "client_administrator", "anonymous"
#: The quick run looks at one in so many pages, and of lists of records at one for each right.
ONE_IN = 5
#: What unfolds in its place is unfolded; menus and dialogs lie over the page: `test_what_lies_over_a_page` opens them.
UNFOLD = "document.querySelectorAll('main details:not(.ui-menu)').forEach(one => { one.open = true; })"
WHAT_STICKS_OUT = """[...document.querySelectorAll('body *')].filter(one => !one.closest('.ui-scroll')
  && one.getBoundingClientRect().right > document.documentElement.clientWidth + 0.5).slice(0, 3)
  .map(one => one.outerHTML.slice(0, 160))"""
STICKS_OUT = "document.documentElement.scrollWidth > document.documentElement.clientWidth"

#: Addresses whose answer to a GET is never a page.
NOT_A_PAGE = {
    "a piece of a page": {"dashboards:changes_number", "search:options", "sync:progress", "ui:export_progress"},
    "a file": {
        "administration:export_review",
        "administration:trail_export",
        "deadlines:feed",
        "ui:brand_colours",
        "ui:brand_logo",
        "ui:export_file",
    },
    "sends everybody on": {
        "account_reauthenticate",
        "accounts:invitation_link",
        "mfa_index",
        "mfa_list_webauthn",
        "openid_connect_callback",
        "openid_connect_login",
    },
}
#: Pages that none of the matrix's people gets as they are: `test_pages_that_one_meets_on_the_way` opens them.
ON_THE_WAY = {
    "account_reset_password_from_key",
    "accounts:enrol",
    "accounts:invitation",
    "mfa_activate_totp",
    "mfa_authenticate",
    "mfa_view_recovery_codes",
    "ui:new_view",
}
#: Pages that say no: `test_pages_that_say_no` opens them, and those that say no at any address.
SAYS_NO = {"accounts:office_sign_in_failed"}


@dataclass(frozen=True)
class Visit:
    """Somebody at a page."""

    actor: str
    row: str
    kind: str

    @property
    def cell(self) -> Cell:
        """The request, as the matrix has it."""
        return Cell(self.row, self.actor, "GET", OWN, self.kind)

    @property
    def quick(self) -> bool:
        """Whether the quick run makes this visit."""
        return self.kind == matrix.kinds(self.row)[0] and crc32(self.row.encode()) % ONE_IN == 0


def answering() -> dict[str, str]:
    """The rows of the matrix that answer a GET, with the names of their addresses."""
    rows = matrix.table()["rows"]
    return {row: matrix.pattern_of(row) for row, methods in rows.items() if {"get", "any"} & methods.keys()}


def visits(*, everybody: bool) -> Iterator[Visit]:
    """Each page by the first of the people who gets it, or by all of them."""
    elsewhere = set.union(ON_THE_WAY, SAYS_NO, *NOT_A_PAGE.values())
    for row, pattern in answering().items():
        people = (CLIENT, OFFICE, STRANGER) if pattern.startswith("selfservice:") else (OFFICE, CLIENT, STRANGER)
        for kind in matrix.kinds(row) if pattern not in elsewhere else ():
            able = [who for who in people if matrix.expected(Cell(row, who, "GET", OWN, kind)) == 200]
            yield from (Visit(who, row, kind) for who in (able if everybody else able[:1]))


# --- looking ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def noon() -> Iterator[time_machine.Traveller]:
    """The clock, which goes on: pages wait for it."""
    with time_machine.travel(NOON, tick=True) as clock:
        yield clock


@pytest.fixture
def world(transactional_db: None, settings: Any, noon: time_machine.Traveller) -> World:
    """The people and records of the access matrix, where the server of the test can read them. In Dutch: the longer
    words."""
    settings.SIGN_ON_ISSUERS = ["http://127.0.0.1"]
    made = build()
    User.objects.update(language="nl")
    return made


@dataclass
class Eyes:
    """Looks at pages, one after another, and keeps what is wrong with them."""

    page: "Page"
    server: str
    clock: time_machine.Traveller
    wrong: list[str] = field(default_factory=list)
    seen: int = 0

    def be(self, session: str) -> None:
        """From here on as the person of this session; as nobody without one."""
        self.page.context.clear_cookies()
        if session:
            cookie = {"name": django_settings.SESSION_COOKIE_NAME, "value": session, "url": self.server}
            self.page.context.add_cookies([cookie])  # type: ignore[list-item]

    def open(self, address: str, status: int = 200) -> None:
        """Go there and look. What comes must be a whole page, and of this address."""
        # Nobody is signed in for so long that a sensitive page asks who they are.
        self.clock.move_to(NOON)
        answer = self.page.goto(self.server + address)
        assert answer
        assert (answer.status, urlsplit(self.page.url).path) == (status, urlsplit(address).path)
        assert self.page.evaluate("document.doctype !== null"), f"{address} is a piece of a page: say so in NOT_A_PAGE"
        self.look(address)

    def look(self, name: str) -> None:
        """At what is open now: in both looks without loading it anew, and at the width of a phone."""
        page = self.page
        page.evaluate(UNFOLD)
        for theme in ("light", "dark"):
            page.emulate_media(color_scheme=theme, reduced_motion="reduce")  # type: ignore[arg-type]
            page.locator(f"html[data-bs-theme={theme}]").wait_for(state="attached")
            self.wrong += [f"{name} ({theme}): {one}" for one in violations(page)]
        page.set_viewport_size({"width": 390, "height": 844})
        if page.evaluate(STICKS_OUT):
            self.wrong.append(f"{name} sticks out at 390 px: {page.evaluate(WHAT_STICKS_OUT)}")
        page.set_viewport_size({"width": 1440, "height": 900})
        self.seen += 1

    def walk(self, world: World, wanted: Iterable[Visit]) -> None:
        """Make these visits."""
        actor = ""
        for visit in wanted:
            if visit.actor != actor:
                actor = visit.actor
                self.be(world.sessions.get(actor, ""))
            self.open(matrix.address(world, visit.cell))


@pytest.fixture
def eyes(page: "Page", live_server: Any, world: World, noon: time_machine.Traveller) -> Iterator[Eyes]:
    """Fails the test with everything that was wrong, not with the first thing only."""
    looking = Eyes(page, str(live_server.url), noon)
    yield looking
    assert looking.wrong == [], "\n".join(looking.wrong)


# --- the tests -------------------------------------------------------------------------------------------------------


def test_every_address_that_answers_is_looked_at_or_is_no_page() -> None:
    looked_at = {matrix.pattern_of(visit.row) for visit in visits(everybody=False)}
    no_page = set.union(*NOT_A_PAGE.values())
    assert EVERY.keys() == {matrix.pattern_of(row) for row in matrix.table()["rows"]}
    assert looked_at | ON_THE_WAY | SAYS_NO | no_page == set(answering().values())


def test_axe_and_a_phone_at_some_pages(eyes: Eyes, world: World) -> None:
    eyes.walk(world, sorted((visit for visit in visits(everybody=False) if visit.quick), key=by_actor))
    assert eyes.seen > 10


def test_what_lies_over_a_page(eyes: Eyes, world: World) -> None:
    """Every menu of a list, the dialog of a resync and that of the search: each while it is open."""
    page = eyes.page
    eyes.be(world.sessions[OFFICE])
    page.goto(eyes.server + reverse("dashboards:clients"))
    menus = page.locator("details.ui-menu")
    # How old the data is, the person's own, View, Columns, Export.
    assert menus.count() == 5
    for menu in menus.all():
        menu.locator("> summary").click()
        assert menu.evaluate("one => one.open")
        eyes.look(f"the menu {menu.locator('> summary').inner_text()!r}")
        menu.evaluate("one => { one.open = false; }")
    page.goto(eyes.server + reverse("companies:company", kwargs={"pk": world.ids["company"]["a"]}))
    page.locator("[data-open-dialog^=resync-]").click()
    # What it costs is worked out when it opens.
    page.locator("dialog[open] [name=resource]").wait_for()
    eyes.look("the dialog of a resync")
    page.keyboard.press("Escape")
    page.keyboard.press("Control+k")
    page.locator("dialog[open]").wait_for()
    eyes.look("the dialog of the search")
    page.keyboard.press("Escape")
    assert page.locator("dialog[open]").count() == 0


@pytest.mark.long
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("actor", [OFFICE, CLIENT, STRANGER])
def test_axe_and_a_phone_at_every_page(eyes: Eyes, world: World, actor: str) -> None:
    eyes.walk(world, (visit for visit in visits(everybody=True) if visit.actor == actor))
    assert eyes.seen > {OFFICE: 100, CLIENT: 60, STRANGER: 6}[actor]


def session_without_a_factor(user: User) -> str:
    """That of somebody who signed in with a password, and has no second factor."""
    Authenticator.objects.filter(user=user).delete()
    client = Client()
    client.force_login(user)
    session = client.session
    del session[second_factor.KEY]
    session.save()
    return str(session.session_key)


def by_actor(visit: Visit) -> str:
    return visit.actor


def test_pages_that_one_meets_on_the_way(eyes: Eyes, world: World) -> None:
    met = set()

    def meet(name: str, address: str = "") -> None:
        """Where one is now, or after going to the address."""
        if address:
            eyes.page.goto(eyes.server + address)
        where = urlsplit(eyes.page.url).path
        assert resolve(where).view_name == name, where
        eyes.look(where)
        met.add(name)

    eyes.be("")
    meet("accounts:invitation", reverse("accounts:invitation_link", kwargs={"token": world.ids["token"]["a"]}))
    Client().post(reverse("account_reset_password"), {"email": world.users["assistant"].email}, headers=ENGLISH)
    meet("account_reset_password_from_key", mailed_link())
    eyes.page.goto(eyes.server + reverse("accounts:sign_in"))
    eyes.page.fill("#id_login", world.users["assistant"].email)
    eyes.page.fill("#id_password", PASSWORD)
    eyes.page.locator("form.card button[type=submit]").last.click()
    eyes.page.wait_for_url("**/sign-in/code/")
    meet("mfa_authenticate")
    eyes.be(world.sessions["accountant"])
    with_codes(world.users["accountant"])
    meet("mfa_view_recovery_codes", reverse("mfa_view_recovery_codes"))
    meet("ui:new_view", reverse("ui:new_view") + "?at=/clients/")
    eyes.be(session_without_a_factor(world.users["accountant"]))
    meet("accounts:enrol", reverse("accounts:enrol"))
    meet("mfa_activate_totp", reverse("mfa_activate_totp"))
    assert met == ON_THE_WAY


def test_pages_that_say_no(eyes: Eyes, world: World, chromium: "Browser") -> None:
    # Chromium itself writes an error for each of them, which the page of other tests does not put up with.
    context = chromium.new_context(viewport={"width": 1440, "height": 900}, locale="nl-NL")
    eyes.page = context.new_page()
    for name in SAYS_NO:
        eyes.open(reverse(name), 403)
    eyes.open(reverse("accounts:invitation"), 410)
    eyes.be(world.sessions[CLIENT])
    eyes.open(reverse("administration:teams"), 403)
    eyes.open(reverse("selfservice:client", kwargs={"pk": MISSING}), 404)
    eyes.open(reverse("ui:export_file", kwargs={"pk": world.ids["export"][CLIENT]}), 410)
    context.close()
