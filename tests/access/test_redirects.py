"""Threat 24: nobody is sent elsewhere, whatever `next` and the headers of htmx say."""

import re
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest

from tests.access import matrix
from tests.access.browser import Answer, Browser, undone
from tests.access.world import PASSWORD, World

ELSEWHERE = "evil.example"
_HEADS = [
    "http://{}",
    "https://{}/",
    "//{}",
    "///{}",
    "////{}/%2e%2e",
    "/\\{}",
    "\\/{}",
    "\\\\{}",
    "http:{}",
    "https:{}",
    "http:/{}",
    "https:\\\\{}",
    "HTTPS://{}",
    "hTTp://{}",
    " https://{}",
    "\thttps://{}",
    "\nhttps://{}",
    "%0d%0a//{}",
    "/%0d%0a//{}",
    "//{}%2f..",
    "http://testserver@{}",
    "http://testserver:80@{}/",
    "https://testserver.{}",
    "https://{}#testserver",
    "https://{}?testserver",
    "https://{}\\@testserver",
    "http://[::1].{}",
    "//testserver@{}",
    "/\t/{}",
    "/\n/{}",
    "/\r/{}",
    "\x00//{}",
    "/\x00/{}",
    "https:///{}",
    "https:////{}",
    "http:///{}/x",
    "ftp://{}",
    "ws://{}",
    "javascript:alert('{}')",
    "JaVaScRiPt:alert('{}')",
    "java\nscript:alert('{}')",
    "data:text/html,{}",
    "vbscript:{}",
    "file://{}/x",
    "mailto:a@{}",
    "//{}:443",
    "//{}\\",
    "//\u3002{}",
    "//{}\u3002",
    "\u2028//{}",
    "https://\uff45vil.example",
    "/%2f/{}",
    "/%5c{}",
    "%2f%2f{}",
    "//%65vil.example",
    "http://0x7f000001/{}",
    "//2130706433/{}",
    "x-{}://x",
    "../../{}//",
    "//{}/../testserver",
    ";//{}",
    "?//{}",
    "https://testserver%2e{}",
    "http://testserver%00.{}",
]
PAYLOADS = [head.format(ELSEWHERE) for head in _HEADS]


def leads_away(answer: Answer) -> str:
    """The address outside the portal that the answer sends a browser to; empty when there is none."""
    found = re.findall(
        r"^(?:Location|HX-Redirect|HX-Location|HX-Push-Url|Refresh): (.*)$", answer.headers, re.MULTILINE
    )
    for address in found:
        # As browsers read it: control characters and spaces at the ends go, backslashes are slashes.
        seen = re.sub(r"[\t\r\n]", "", address.strip("\x00\x01\x1f ")).replace("\\", "/")
        parts = urlsplit(seen)
        if parts.scheme not in ("", "http", "https") or (
            (parts.netloc or seen.startswith("//")) and parts.netloc != "testserver"
        ):
            return address
    return ""


def test_there_are_sixty_payloads():
    assert len(set(PAYLOADS)) >= 60


@pytest.mark.parametrize("payload", PAYLOADS, ids=lambda text: ascii(text)[:40])
def test_threat_24_nobody_is_sent_elsewhere(world, payload):
    stranger, known = Browser(), Browser(world.sessions["administrator"])
    asked = [
        stranger.send("POST", "/sign-in/", {"login": "nobody@people.example", "password": PASSWORD, "next": payload}),
        known.send("GET", "/sign-in/", {"next": payload}),
        known.send("POST", "/language/", {"language": "nl", "next": payload}),
        known.send("GET", "/account/confirm/", {"next": payload}),
        known.send("POST", "/sign-out/", {"next": payload}),
    ]
    with undone():
        wire = payload.encode("utf-8", "surrogateescape").decode("latin-1")
        for name in ("HTTP_HX_CURRENT_URL", "HTTP_REFERER"):
            asked.append(stranger.send("GET", "/sync/", HTTP_HX_REQUEST="true", **{name: wire}))
            asked.append(known.send("GET", "/", HTTP_HX_REQUEST="true", **{name: wire}))
    for answer in asked:
        assert answer.status < 500, answer.error
        assert leads_away(answer) == ""


def takes_next(world: World, payloads: Callable[[int], list[str]]) -> int:
    """Post to every address that sends on, also to those that have no `next` today; returns how often."""
    cells = [one for one in matrix.cells("administrator") if one.target == matrix.OWN]
    sending = [one for one in cells if one.method in ("GET", "POST") and matrix.expected(one) == 302]
    tried = 0
    for place, cell in enumerate(sending):
        for payload in payloads(place):
            form = {**matrix.body(world, cell), "next": payload, "redirect_to": payload, "return": payload}
            with undone():
                answer = Browser(world.sessions["administrator"]).send(cell.method, matrix.address(world, cell), form)
            assert leads_away(answer) == "", (cell, payload)
            tried += 1
    return tried


def test_threat_24_no_address_takes_next_from_anybody(world: World):
    """Two payloads an address, others at the next one."""
    some = PAYLOADS[::6]
    assert takes_next(world, lambda place: [some[(2 * place + turn) % len(some)] for turn in range(2)]) > 40


@pytest.mark.long
@pytest.mark.timeout(600)
def test_threat_24_no_address_takes_any_next_from_anybody(world: World):
    assert takes_next(world, lambda place: PAYLOADS) > 1_200


def test_a_redirect_elsewhere_would_be_seen():
    for address in ("https://evil.example/", "//evil.example", "/\\evil.example", "javascript:x", "\\\\evil.example"):
        assert leads_away(Answer(302, f"A: b\nLocation: {address}", b"")), address
    for address in ("/clients/1/", "http://testserver/", "?page=2"):
        assert not leads_away(Answer(302, f"Location: {address}", b"")), address
