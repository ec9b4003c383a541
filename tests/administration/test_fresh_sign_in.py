"""What is sensitive in the administration asks for a fresh sign-in, and changes nothing before it has one."""

import pytest
from django.test import Client as Browser

from portal.accounts.signin.sessions import SIGNED_IN
from tests.administration.two_firms import address, kept, names, posted

pytestmark = pytest.mark.pages

ALL = sorted(name for name, _numbered in names())
#: These give nobody more rights, take none away and remove nothing.
UNASKED = {
    "administration:mine",
    "administration:decline",
    "administration:take_back",
    "administration:start_review",
    "administration:sign_trail",
    "administration:finish_review",
    "administration:agreement",
    "administration:branding",
    # Like an agreement: what the office says of itself, without anything of a person.
    "administration:sub_processors",
    "administration:sub_processor",
    "administration:remove_sub_processor",
    "administration:privacy_contact",
    "first_start:clients",
    "first_start:sync",
    "first_start:colleagues",
}
#: These change a session, or need an Nmbrs that answers (test_first_start.py).
UNSEEN = {"administration:look", "first_start:connection", "first_start:keep"}


def signed_in_ago(browser: Browser, seconds: int) -> None:
    session = browser.session
    session[SIGNED_IN] -= seconds
    session.save()


@pytest.mark.parametrize("name", [name for name in ALL if name not in UNASKED])
def test_what_is_sensitive_asks_for_a_fresh_sign_in_first(world, browser, name):
    before, there = kept(), address(name, world.own)
    signed_in_ago(browser, 301)
    answer = browser.post(there, posted(name, world.own))
    if answer.status_code == 405:
        # A page to read: nothing can be posted to it.
        return
    assert answer.headers.get("Location", "").startswith("/account/confirm/?next="), answer.status_code
    assert kept() == before
    # What was posted was right: somebody who confirms who they are gets it done.
    signed_in_ago(browser, -300)
    answer = browser.post(there, posted(name, world.own))
    assert "/account/confirm/" not in answer.headers.get("Location", "")
    assert kept() != before or name in UNSEEN


def test_a_hold_is_not_placed_by_following_a_link(world, browser):
    before = kept()
    assert browser.get(address("administration:place_hold", world.own)).status_code == 405
    assert kept() == before
