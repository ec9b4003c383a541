"""On a phone in a real browser: a client's pages without sideways scrolling, the board with folded filters."""

from collections.abc import Callable
from datetime import date

import pytest
from django.conf import settings
from django.test import Client as Browser
from playwright.sync_api import Page

from portal.accounts.models import Firm, User
from portal.accounts.roles import Role
from portal.deadlines import states
from tests.axe import violations
from tests.factories import (
    fetched_everything,
    make_company,
    make_debtor,
    make_department,
    make_employment,
    make_environment,
    make_function,
    make_person,
    make_run,
    summed,
)

pytestmark = pytest.mark.browser

FITS = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"


def test_client_pages_and_the_filters_of_the_board_on_a_phone(
    page: Page, live_server: object, firm: Firm, administrator: Callable[..., User]
) -> None:
    debtor = make_debtor(make_environment(firm), "Zaagmolen De Eenhoorn en Zonen te Westerwijtwerd")
    companies = [make_company(debtor, f"Zaagmolen De Eenhoorn Westerwijtwerd {name} B.V.") for name in ("I", "II")]
    for company in companies:
        make_run(company, 2026, 11, locked=True)
        person = make_person(company, "J. de Vries-van den Broek")
        make_employment(person, date(2026, 11, 2))
        make_department(person, "Buitendienst", date(2026, 11, 2))
        make_function(person, "Zager", date(2026, 1, 1))
    fetched_everything(debtor)
    summed(*companies)
    states.rewrite([company.pk for company in companies])
    url = str(live_server)

    def sign_in(user: User) -> None:
        client = Browser()
        client.force_login(user)
        value = client.cookies[settings.SESSION_COOKIE_NAME].value
        page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": url}])

    ingrid = User.objects.create_user("ingrid@client.example", "Ingrid", "a-good-password", language="nl")
    ingrid.memberships.create(firm=firm, role=Role.CLIENT_ADMINISTRATOR, debtor=debtor)
    sign_in(ingrid)
    page.set_viewport_size({"width": 390, "height": 844})
    own = (f"/my/{debtor.pk}/", f"/my/companies/{companies[0].pk}/", f"/employees/{person.pk}/?on=2026-06-30")
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
        for address in own:
            page.goto(url + address)
            assert page.evaluate(FITS), address
            assert violations(page) == [], address
    page.goto(url)
    assert page.locator("h1").inner_text() == debtor.name

    boss = administrator(language="nl")
    sign_in(boss)
    page.goto(f"{url}/?q=zaag")
    fold = page.locator(".ui-filters-fold > summary")
    assert "1" in fold.inner_text() and not page.locator("#id_q").is_visible()
    assert page.locator(".ui-table").bounding_box()["y"] < 844  # type: ignore[index]
    fold.click()
    page.locator("#id_q").fill("")
    page.locator("span[id^=filters-active]", has_text="0").wait_for()
    assert page.locator("#id_q").is_visible()
    page.set_viewport_size({"width": 1440, "height": 900})
    for language in ("nl", "en"):
        User.objects.filter(pk=boss.pk).update(language=language)
        page.goto(url)
        assert not fold.is_visible() and page.locator("#id_q").is_visible()
        assert page.evaluate("[...document.querySelectorAll('.ui-scroll')].every(e => e.scrollWidth <= e.clientWidth)")
