"""Signing in as a person does, in Chromium: app, recovery code, passkey, and what is left behind afterwards."""

import pytest
from playwright.sync_api import Page, Route, expect

from portal.accounts.models import User
from portal.connections.models import Environment
from tests.accounts.signin.world import EMAIL, PASSWORD, code, factors, with_app, with_codes

pytestmark = [pytest.mark.pages, pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def address(live_server, firm) -> str:
    """Passkeys need the name localhost; an address of the same machine will not do."""
    # Without a connection an administrator begins with making one.
    Environment.objects.create(firm=firm, domain="demo")
    return str(live_server.url).replace("127.0.0.1", "localhost")


def password_step(page: Page, address: str) -> None:
    page.goto(f"{address}/sign-in/")
    page.fill("#id_login", EMAIL)
    page.fill("#id_password", PASSWORD)
    page.locator("form.card button[type=submit]").last.click()


def test_enrolling_an_app_and_signing_in_with_it(page: Page, address: str, administrator) -> None:
    person: User = administrator()
    password_step(page, address)
    page.wait_for_url("**/account/enrol/")
    page.locator('a[href="/account/app/"]').click()
    assert page.locator("img.ui-qr").evaluate("image => image.complete && image.naturalWidth > 0")
    page.locator("details.ui-secret summary").click()
    secret = page.locator("details.ui-secret code").inner_text()
    page.fill("#id_code", code(secret))
    page.locator("form.card button[type=submit]").click()
    page.wait_for_url("**/account/recovery-codes/")
    codes = page.locator(".ui-codes code").all_inner_texts()
    assert len(codes) == 10
    page.locator(".card a.btn-primary").click()
    page.wait_for_url(f"{address}/")
    assert factors(person) == ["recovery_codes", "totp"]

    page.locator(".ui-user summary").click()
    page.locator(".ui-user form.ui-menu-foot button").click()
    page.wait_for_url("**/sign-in/")
    password_step(page, address)
    page.wait_for_url("**/sign-in/code/")
    page.fill("#id_code", code(secret, 1))
    page.locator("form.card button[type=submit]").click()
    page.wait_for_url(f"{address}/")


def test_a_recovery_code_when_the_phone_is_lost(page: Page, address: str, administrator) -> None:
    person = administrator()
    with_app(person)
    first, *_ = with_codes(person)
    password_step(page, address)
    page.wait_for_url("**/sign-in/code/")
    page.fill("#id_code", first)
    page.locator("form.card button[type=submit]").click()
    page.wait_for_url(f"{address}/")


def with_authenticator(page: Page) -> None:
    """A device with a passkey chip whose owner says yes at once."""
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    device.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )


def test_a_passkey_is_added_and_signs_in(page: Page, address: str, administrator) -> None:
    person = administrator()
    with_authenticator(page)
    password_step(page, address)
    page.wait_for_url("**/account/enrol/")
    page.locator('a[href="/account/passkeys/add/"]').click()
    page.fill("#id_name", "Laptop")
    page.click("#passkey-add")
    page.wait_for_url("**/account/recovery-codes/")
    assert factors(person) == ["recovery_codes", "webauthn"]

    page.goto(f"{address}/account/")
    assert "Laptop" in page.locator("main").inner_text()
    page.locator(".ui-user summary").click()
    page.locator(".ui-user form.ui-menu-foot button").click()
    page.wait_for_url("**/sign-in/")
    password_step(page, address)
    page.wait_for_url("**/sign-in/code/")
    page.click("#passkey-use")
    page.wait_for_url(f"{address}/")


def test_the_button_of_a_passkey_cannot_be_pressed_before_it_does_something(
    page: Page, address: str, administrator
) -> None:
    """On a slow line the page is there before its script."""
    administrator()
    password_step(page, address)
    page.wait_for_url("**/account/enrol/")
    held: list[Route] = []
    page.route("**/portal/passkeys*.js", lambda asked: held.append(asked))
    page.goto(f"{address}/account/passkeys/add/", wait_until="commit")
    button = page.locator("#passkey-add")
    button.wait_for()
    assert button.is_disabled()
    while not held:
        page.wait_for_timeout(50)
    held.pop().continue_()
    expect(button).to_be_enabled()


def test_a_passkey_that_the_device_refuses_is_said_on_the_page(page: Page, address: str, administrator) -> None:
    person = administrator()
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    password_step(page, address)
    page.wait_for_url("**/account/enrol/")
    page.goto(f"{address}/account/passkeys/add/")
    page.evaluate(
        "() => { navigator.credentials.create = () => Promise.reject(new DOMException('no', 'NotAllowedError')) }"
    )
    page.click("#passkey-add")
    page.wait_for_selector("[data-passkey-refused]", state="visible")
    assert factors(person) == []


def test_nothing_of_a_page_is_left_in_the_browser_after_signing_out(page: Page, address: str, administrator) -> None:
    """Threat 13."""
    person = administrator()
    person.name = "Kanarie"
    person.save()
    secret = with_app(person)
    password_step(page, address)
    page.fill("#id_code", code(secret))
    page.locator("form.card button[type=submit]").click()
    page.wait_for_url(f"{address}/")
    page.evaluate("localStorage.setItem('left', 'kan-left')")
    page.locator(".ui-user summary").click()
    page.locator(".ui-user form.ui-menu-foot button").click()
    page.wait_for_url("**/sign-in/")
    kept = page.evaluate("JSON.stringify(localStorage) + JSON.stringify(sessionStorage)")
    assert "kan" not in kept.lower()
    page.go_back()
    page.wait_for_load_state()
    assert "Kanarie" not in page.content()
