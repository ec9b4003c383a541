"""S8: nothing that can be sent makes the portal fail or think for long."""

import random
import time
from typing import Any
from urllib.parse import quote, urlencode

import pytest

from tests.access import matrix, sending
from tests.access.browser import Browser, undone
from tests.access.world import ACTORS, World

BAD = [
    "",
    " ",
    "0",
    "-1",
    "1.5",
    "1e9",
    "9" * 18,
    "9" * 19,
    "9" * 40,
    "9" * 5000,
    "-" + "9" * 30,
    "\u0661\u0662",
    "\u00b2",
    "1_000",
    "NaN",
    "Infinity",
    "null",
    "None",
    "true",
    "[]",
    "{}",
    "2026-13-45",
    "0000-00-00",
    "9999-12-31",
    "10000-01-01",
    "2026-00",
    "2026-99",
    "2026-02-30",
    "24:61",
    "\x00",
    "a\x00b",
    "\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"),
    "\u202e\u202d",
    "\ufeff",
    "'",
    '"',
    "' OR 1=1 --",
    "%",
    "%_%",
    "\\",
    "../../etc/passwd",
    "<script>alert(1)</script>",
    "{{7*7}}",
    "${7*7}",
    "%s%s%n",
    "a" * 300,
    "a" * 20_000,
    "(" * 200,
    "a,b,c",
    "@",
    "a@b",
    "a@b.example",
    "\r\nX: y",
    "\u0130\u0131",
    "\u1e9e",
    "\u0000\uffff",
    "employee__company__debtor__environment__firm",
    "-" * 50,
    "*",
    "?",
    "&=&",
    "#",
    ";",
    "|",
    "team-",
    "team-9" + "9" * 30,
    "user-\u0661",
    "company",
    "everything",
    "administrator",
    "view_salaries",
    "sNaN",
    "1e999999999",
    "-0",
    "2,5%",
    "team-" + "9" * 5000,
    "run-",
    "run-" + "9" * 18,
    "run-\u0661",
    "2026-54",
    "9999-12",
    "0001-01-01",
    "2199-12-31",
    "1900-01-01",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00",
    "2026-11-26T00:00:00+99:99",
    "2026-11-26 00:00",
    "-name,-name,name," * 50,
    "-",
    ",,,",
    "name,\x00,number",
    "/",
    "//evil.example/clients/",
    "/clients/",
    "/clients/?sort=\x00&columns=%00&view=x&page=-1",
    "/clients/?q=%00&data=%ff&per_page=\u0661",
    "/clients/999999999999999999999999999999/employees/",
    "/companies/1/records/" + "a" * 200 + "/",
    "/clients/?" + "q=a&" * 900,
    "/clients/?" + "q=" + "a" * 3900,
    "q=%00&person=9e9&period_type=\x00&page=x",
    "/\r\nX: y",
    "/files/",
    "/search/?q=\x00",
]
BAD_HEADERS = {
    "HTTP_ACCEPT_LANGUAGE": ["", "nl" * 500, "*;q=9", "xx-YY,zz;q=0.1", "../nl", "nl\t", "en-" + "a" * 200],
    "HTTP_HX_REQUEST": ["true", "false", "1", "\xff"],
    "HTTP_HX_CURRENT_URL": [
        "",
        "://",
        "http://[",
        "http://[::1",
        "javascript:x",
        "\xff\xfe",
        "/" + "a" * 5000,
        "http://h:99999/",
    ],
    "HTTP_HX_CURRENT_URL_URI_AUTOENCODED": ["true", "\xff"],
    "HTTP_HX_TRIGGERING_EVENT": ["{", "\xff"],
    "HTTP_HX_HISTORY_RESTORE_REQUEST": ["true", "x"],
    "HTTP_HX_TARGET": ["", "#", "panel-<x>", "a" * 3000],
    "HTTP_REFERER": ["", "http://[", "\xff", "//", "a" * 5000],
    "HTTP_USER_AGENT": ["", "\xff" * 100, "a" * 10_000, "<script>"],
    "HTTP_X_FORWARDED_FOR": ["", "x", "1.2.3.4, , ,", "999.1.1.1", "a" * 3000, "::1"],
    "HTTP_COOKIE": ["", "a", "=;=;", "portal-language=../x", "messages=x" + "a" * 200, "csrftoken=\xff"],
    "HTTP_HOST": ["", "evil.example", "testserver:99999", "testserver\\@x", "[", "a" * 300],
    "HTTP_IF_MODIFIED_SINCE": ["x", "Thu, 99 Foo 2026", "-1"],
    "HTTP_RANGE": ["bytes=9-1", "bytes=0-,0-,0-", "x"],
    "CONTENT_TYPE": [
        "",
        "application/json",
        "multipart/form-data",
        "multipart/form-data; boundary=",
        "text/plain; charset=x-unknown",
    ],
    "REMOTE_ADDR": ["", "unix", "::ffff:127.0.0.1"],
}
#: Of work: how busy the machine is otherwise does not count.
LONGEST_SECONDS = 5


def fuzz(world: World, count: int, seed: int) -> float:
    """Send `count` requests with bad parts; returns the longest time that one took, in seconds."""
    pick, slowest = random.Random(seed), 0.0
    sending.listen(world)
    rows, actors = list(matrix.table()["rows"]), ["administrator", "administrator", "accountant", *ACTORS]
    for _ in range(count):
        row, actor = pick.choice(rows), pick.choice(actors)
        live = [one for one in ("GET", "POST", "PUT") if one.lower() in matrix.table()["rows"][row]] or ["GET"]
        method = pick.choice(live) if pick.random() < 0.9 else pick.choice(matrix.METHODS)
        cell = matrix.Cell(row, actor, method, pick.choice(matrix.TARGETS[:2]), pick.choice(matrix.kinds(row)))
        path = matrix.address(world, cell)
        if pick.random() < 0.25:
            parts = path.split("/")
            parts[pick.randrange(1, max(2, len(parts) - 1))] = quote(pick.choice(BAD)[:2000], errors="replace")
            path = "/".join(parts)
        query = {name: pick.choice(BAD)[:2000] for name in sending.names(row, pick, pick.choice((0, 1, 4)))}
        form: dict[str, Any] = {
            **matrix.body(world, cell),
            **{name: pick.choice(BAD) for name in sending.names(row, pick, 4)},
        }
        headers = {
            name: pick.choice(values)
            for name, values in BAD_HEADERS.items()
            if pick.random() < (0.15 if method != "POST" or name != "CONTENT_TYPE" else 0.0)
        }
        if query:
            path += "?" + urlencode(query, errors="replace")
        began = time.process_time()
        with undone():
            answer = Browser(world.sessions.get(actor, "")).send(
                method, path, form if method == "POST" else None, **headers
            )
        slowest = max(slowest, time.process_time() - began)
        assert answer.status < 500, (
            f"{actor} {method} {ascii(path)[:600]} {ascii(form)[:600]} {headers}: {answer.error}"
        )
    return slowest


@pytest.mark.timeout(600)
def test_two_thousand_bad_requests_are_answered(world):
    assert fuzz(world, 2_000, seed=8) < LONGEST_SECONDS


@pytest.mark.long
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("part", range(10))
def test_twenty_thousand_bad_requests_are_answered(world, part):
    assert fuzz(world, 2_000, seed=100 + part) < LONGEST_SECONDS
