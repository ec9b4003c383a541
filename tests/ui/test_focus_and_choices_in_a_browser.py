"""In a real browser: the focus stays while a page renews itself, nothing is sent while somebody types, a list that was
renewed says so, and the badge of the data's age unfolds under a pointer as well as by a press.
"""

from collections.abc import Callable
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import expect

from portal import clock
from portal.accounts.models import Firm, User
from portal.companies.models import Company
from portal.ui.models import Export, ExportFormat, ExportStatus
from tests.axe import violations
from tests.factories import (
    fetched_everything,
    make_company,
    make_debtor,
    make_employment,
    make_environment,
    make_person,
    summed,
)

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

#: Long enough for a pointer that rests, and for one that left.
RESTED, LEFT = 600, 500


@pytest.fixture
def boss(administrator: Callable[..., User]) -> User:
    return administrator(language="en")


@pytest.fixture
def company(firm: Firm) -> Company:
    debtor = make_debtor(make_environment(firm), "Bakkersgroep", number="1001")
    made = make_company(debtor, "Brood B.V.")
    make_employment(make_person(made, "A. Jansen"), date(2026, 8, 1))
    summed(made)
    make_debtor(debtor.environment, "Slagersgroep", number="1002")
    fetched_everything(debtor)
    return made


@pytest.fixture
def url(page: "Page", live_server: Any, boss: User, company: Company) -> str:
    """The address of the portal, with somebody signed in who has two clients."""
    client = Client()
    client.force_login(boss)
    name = settings.SESSION_COOKIE_NAME
    page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])
    return str(live_server.url)


def sent(page: "Page") -> list[str]:
    """The pages and pieces that are asked for from now on, as far as they are of a period."""
    found: list[str] = []
    page.on("request", lambda request: found.append(request.url) if "?" in request.url else None)
    return found


def said(page: "Page") -> "Locator":
    return page.locator("#announcer")


def test_the_focus_stays_while_a_file_is_made_and_goes_on_to_the_file(url: str, page: "Page", boss: User) -> None:
    row = Export.objects.create(
        user=boss, path="/clients/", format=ExportFormat.CSV, status=ExportStatus.RUNNING, direct=False, rows=9
    )
    page.goto(f"{url}/files/{row.pk}/")
    stop, back = page.get_by_role("button", name="Stop making it"), page.get_by_role("link", name="Back to the list")
    stop.focus()
    for done in (3, 6):
        Export.objects.filter(pk=row.pk).update(done=done)
        expect(page.locator(".ui-export")).to_contain_text(f"{done} / 9")
        expect(stop).to_be_focused()
    back.focus()
    Export.objects.filter(pk=row.pk).update(done=8)
    expect(page.locator(".ui-export")).to_contain_text("8 / 9")
    expect(back).to_be_focused()
    stop.focus()
    Export.objects.filter(pk=row.pk).update(
        status=ExportStatus.DONE, done=9, expires=clock.now() + timedelta(hours=1), finished=clock.now()
    )
    expect(page.get_by_role("link", name="Fetch the file")).to_be_focused()
    expect(stop).to_have_count(0)
    expect(said(page)).to_have_text(str(ExportStatus.DONE.label))

    # Where there is no file in the end, it goes on at what became of it.
    Export.objects.filter(pk=row.pk).update(status=ExportStatus.RUNNING)
    page.reload()
    stop.focus()
    Export.objects.filter(pk=row.pk).update(status=ExportStatus.FAILED)
    expect(page.locator("p#export-act")).to_be_focused()
    assert violations(page) == []


@pytest.mark.parametrize("where", ["/employees/?on=2026-03-15", "/calendar/?month=2026-03"])
def test_typing_a_day_or_month_sends_nothing_before_enter(url: str, page: "Page", where: str) -> None:
    page.goto(url + where)
    field = page.locator("input[data-submit-on-choice]")
    before = field.input_value()
    asked = sent(page)
    field.focus()
    # Each of these makes another whole value, of which the browser tells.
    for key in ("ArrowUp", "ArrowUp", "ArrowDown"):
        page.keyboard.press(key)
    page.wait_for_timeout(400)
    assert field.input_value() != before
    assert asked == []
    expect(field).to_be_focused()
    # Going on to the button sends nothing either; the button does, and Enter.
    typed = field.input_value()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**={typed}*")


def test_stepping_through_the_periods_by_keyboard_sends_nothing_before_enter(
    url: str, page: "Page", company: Company
) -> None:
    page.goto(f"{url}/companies/{company.pk}/")
    field = page.locator("select[data-submit-on-choice]")
    before, asked = field.input_value(), sent(page)
    field.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.wait_for_timeout(400)
    chosen = field.input_value()
    assert chosen != before
    assert asked == []
    page.keyboard.press("Enter")
    page.wait_for_url(f"**period={chosen}*")


def test_what_is_chosen_with_a_pointer_is_shown_at_once(url: str, page: "Page", company: Company) -> None:
    # The calendar and the list are the browser's own: what they choose comes as a change that no key went before.
    page.goto(f"{url}/employees/?on=2026-03-15")
    page.locator("#as-of-on").fill("2026-04-16")
    page.wait_for_url("**on=2026-04-16*")
    page.goto(f"{url}/companies/{company.pk}/")
    field = page.locator("select[data-submit-on-choice]")
    other = field.locator("option:not(:checked)").last.get_attribute("value")
    field.select_option(other)
    page.wait_for_url(f"**period={other}*")
    # Keys of before do not count once the pointer is back.
    page.keyboard.press("Tab")
    field.focus()
    page.keyboard.press("Shift")
    field.dispatch_event("pointerdown")
    again = field.locator("option:not(:checked)").first.get_attribute("value")
    field.select_option(again)
    page.wait_for_url(f"**period={again}*")


def test_a_list_says_how_many_rows_it_has_when_it_was_renewed(url: str, page: "Page") -> None:
    page.goto(f"{url}/clients/")
    search = page.locator("#filters-table input[name=q]")
    expect(said(page)).to_have_text("")
    search.fill("bakkers")
    expect(said(page)).to_have_text("1 client")
    # The same number again is told again.
    page.evaluate("document.getElementById('announcer').textContent = ''")
    search.fill("slagers")
    expect(said(page)).to_have_text("1 client")
    search.fill("nobody")
    expect(said(page)).to_have_text("Nothing matches this filter")
    search.fill("")
    expect(said(page)).to_have_text("2 clients")


def badge(page: "Page") -> "Locator":
    return page.locator("details.ui-fresh")


def test_the_badge_unfolds_under_a_pointer_and_can_be_read_and_dismissed(url: str, page: "Page") -> None:
    page.goto(f"{url}/clients/")
    body, heading = badge(page).locator(".ui-menu-body"), page.locator("h1")
    badge(page).hover()
    expect(body).to_be_visible()
    body.hover()
    page.wait_for_timeout(LEFT)
    expect(body).to_be_visible()
    assert violations(page) == []
    # Escape folds it, without moving the pointer, and it stays so until the pointer has left.
    page.keyboard.press("Escape")
    expect(body).to_be_hidden()
    page.wait_for_timeout(RESTED)
    expect(body).to_be_hidden()
    heading.hover()
    badge(page).hover()
    expect(body).to_be_visible()
    heading.hover()
    expect(body).to_be_hidden()
    # Who only passes unfolds nothing.
    badge(page).hover()
    heading.hover()
    page.wait_for_timeout(RESTED)
    expect(body).to_be_hidden()


def test_a_press_keeps_the_badge_unfolded_until_the_next(url: str, page: "Page") -> None:
    page.goto(f"{url}/clients/")
    body, heading, summary = badge(page).locator(".ui-menu-body"), page.locator("h1"), badge(page).locator("summary")
    # A press right after coming, and one after it was unfolded already.
    for rests in (0, RESTED):
        summary.hover()
        page.wait_for_timeout(rests)
        summary.click()
        expect(body).to_be_visible()
        heading.hover()
        page.wait_for_timeout(LEFT)
        expect(body).to_be_visible()
        summary.click()
        expect(body).to_be_hidden()
        page.wait_for_timeout(RESTED)
        expect(body).to_be_hidden()
        heading.hover()
    # By keyboard as it ever was.
    summary.focus()
    page.keyboard.press("Enter")
    expect(body).to_be_visible()
    page.keyboard.press("Escape")
    expect(body).to_be_hidden()
    expect(summary).to_be_focused()


def test_the_badge_folds_nothing_that_somebody_is_at(url: str, page: "Page") -> None:
    page.goto(f"{url}/clients/")
    page.locator(".ui-tools summary", has_text="View").click()
    badge(page).hover()
    page.wait_for_timeout(RESTED)
    expect(badge(page).locator(".ui-menu-body")).to_be_hidden()
    expect(page.get_by_label("Keep what is shown")).to_be_visible()
    # Under a resting pointer the keys of the table go on.
    page.keyboard.press("Escape")
    page.locator("h1").hover()
    page.locator("#table tbody th a").first.focus()
    badge(page).hover()
    expect(badge(page).locator(".ui-menu-body")).to_be_visible()
    page.keyboard.press("j")
    expect(page.locator("#table tbody th a").nth(1)).to_be_focused()


def test_a_finger_unfolds_the_badge_by_a_tap_alone(url: str, page: "Page", chromium: "Browser") -> None:
    phone = chromium.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    phone.add_cookies(page.context.cookies())  # type: ignore[arg-type]
    held = phone.new_page()
    held.goto(f"{url}/clients/")
    body = badge(held).locator(".ui-menu-body")
    for visible in (True, False):
        badge(held).locator("summary").tap()
        expect(body).to_be_visible(visible=visible)
        held.wait_for_timeout(RESTED)
        expect(body).to_be_visible(visible=visible)
    phone.close()
