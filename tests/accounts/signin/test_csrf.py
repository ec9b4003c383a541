"""Threat 23: nothing is done for a page of somebody else."""

from collections.abc import Callable, Sequence

import pytest
from django.test import Client

from tests.house.test_public_pages import EVERY, address

pytestmark = pytest.mark.pages
UNSAFE = ("post", "put", "patch", "delete")


@pytest.mark.parametrize("signed_in", [True, False])
def test_every_unsafe_request_without_a_token_is_refused(administrator, signed_in):
    """A POST to every page, and one of the other methods in turn."""
    client = Client(enforce_csrf_checks=True)
    if signed_in:
        client.force_login(administrator())
    refused(client, lambda place: ["post", UNSAFE[1 + (place + signed_in) % 3]])


@pytest.mark.long
@pytest.mark.parametrize("signed_in", [True, False])
def test_every_unsafe_method_without_a_token_is_refused(administrator, signed_in):
    client = Client(enforce_csrf_checks=True)
    if signed_in:
        client.force_login(administrator())
    refused(client, lambda place: UNSAFE)


def refused(client: Client, methods: Callable[[int], Sequence[str]]) -> None:
    answers = {
        (name, method): getattr(client, method)(address(name)).status_code
        for place, name in enumerate(sorted(EVERY))
        for method in methods(place)
    }
    assert len(answers) >= 2 * len(EVERY)
    assert {where: status for where, status in answers.items() if status != 403} == {}


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://testserver.evil.example"])
def test_a_token_is_worth_nothing_on_another_page(administrator, origin):
    client = Client(enforce_csrf_checks=True)
    client.force_login(administrator())
    page = client.get("/account/").content.decode()
    token = page.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
    form = {"csrfmiddlewaretoken": token}
    assert client.post("/account/sessions/end-others/", form, headers={"Origin": origin}).status_code == 403
    assert (
        client.post("/account/sessions/end-others/", form, headers={"Origin": "http://testserver"}).status_code == 302
    )
