"""S2, threat 2: ids of others in path, query, form, htmx headers and fragments: no mark of theirs ever comes back."""

import gzip
import io
import random
import zipfile
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core import mail

from tests.access import matrix, sending
from tests.access.browser import Answer, Browser, undone
from tests.access.world import ACTORS, BUSINESS, World

SEEDS = 20261125


class Generator:
    """Requests in the name of one person, with ids of anybody."""

    def __init__(self, world: World, seed: int) -> None:
        self.world, self.random = world, random.Random(seed)
        self.rows = list(matrix.table()["rows"])

    def one(self, actor: str) -> tuple[str, str, dict[str, Any], dict[str, str]]:
        """Method, address with query, form and headers."""
        pick = self.random
        method = pick.choice(("GET", "GET", "GET", "GET", "POST", "POST", "HEAD", "PUT"))
        while True:
            row = pick.choice(self.rows)
            method_is_live = method.lower() in matrix.table()["rows"][row] or pick.random() < 0.1
            if method_is_live:
                break
        # Whoever has somebody's secret address may read it: only as a value is it of anybody.
        targets = [matrix.OWN] if row == "deadlines:feed" else matrix.TARGETS
        cell = matrix.Cell(row, actor, method, pick.choice(targets), pick.choice(matrix.kinds(row)))
        path = self._with_any_id(matrix.address(self.world, cell), cell)
        query = {name: self.value(name) for name in sending.names(row, pick, pick.choice((0, 1, 3)))}
        form = {**matrix.body(self.world, cell)}
        form |= {name: self.value(name) for name in sending.names(row, pick, pick.choice((0, 2, 5)))}
        if method == "GET":
            form = {}
        return method, f"{path}?{urlencode(query)}" if query else path, form, self._headers()

    def value(self, name: str = "") -> Any:
        """An id of anybody, or something that names one; for some names most often what they are made for."""
        pick, ids = self.random, self.world.ids
        if name in sending.ADDRESSES and pick.random() < 0.7:
            return self._list() if name != "filter" else self._list().partition("?")[2]
        if pick.random() < 0.6:
            kind = pick.choice([one for one in ids if one not in ("session", "passkey", "token")])
            return f"{pick.choice(sending.BEFORE_IDS)}{pick.choice(list(ids[kind].values()))}"
        if pick.random() < 0.5:
            return pick.choice(sorted(self.world.planted.texts))[: pick.choice((3, 5, 9))]
        return pick.choice(("", "1", "team-1", "user-3", "debtor", "company", "employee__company__debtor", "2026-11"))

    def _list(self) -> str:
        """The address of a list of anybody, with a view, columns and an order of anybody."""
        pick = self.random
        row = pick.choice([name for name, row in matrix.table()["rows"].items() if row.get("class", "")[-4:] == "list"])
        cell = matrix.Cell(row, "administrator", "GET", pick.choice(matrix.TARGETS[:3]), matrix.kinds(row)[0])
        query = {name: self.value() for name in pick.sample(("view", "columns", "sort", "q", "month", "on"), 2)}
        return f"{self._with_any_id(matrix.address(self.world, cell), cell)}?{urlencode(query)}"

    def _with_any_id(self, path: str, cell: matrix.Cell) -> str:
        """The same address for a record of any of the twelve clients, the crowd included."""
        row = matrix.table()["rows"][cell.row]
        kind = matrix.table()["records"].get(row.get("of", ""))
        if kind is None or row.get("body") or kind["scope"] in ("oneself", "nobody") or self.random.random() < 0.3:
            return path
        ids = self.world.ids[kind.get("stored", row["of"])]
        letters = sorted(letter for letter in ids if (letter in BUSINESS) == bool(kind.get("twin")))
        old = str(matrix.record(self.world, row["of"], cell))
        return path.replace(f"/{old}/", f"/{ids[self.random.choice(letters)]}/", 1)

    def _headers(self) -> dict[str, str]:
        if self.random.random() < 0.5:
            return {}
        row = self.random.choice(["client", "company", "employee", "plan"])
        elsewhere = self.random.choice(list(self.world.ids[row].values()))
        return {
            "HTTP_HX_REQUEST": "true",
            "HTTP_HX_BOOSTED": self.random.choice(("true", "false")),
            "HTTP_HX_CURRENT_URL": f"http://testserver/{row}/{elsewhere}/?debtor={elsewhere}",
            "HTTP_HX_TARGET": f"panel-{elsewhere}",
            "HTTP_HX_TRIGGER": str(self.value()),
            "HTTP_HX_PROMPT": str(self.value()),
        }


def attack(world: World, count: int, seed: int) -> dict[str, int]:
    """Send `count` requests; returns how many answers there were of each hundred."""
    generator = Generator(world, seed)
    sending.listen(world)
    actors = [name for name in ACTORS if name not in ("ended",)]
    hundreds: dict[str, int] = {}
    for _ in range(count):
        actor = generator.random.choice(actors)
        method, path, form, headers = generator.one(actor)
        mail.outbox.clear()
        with undone():
            answer = Browser(world.sessions.get(actor, "")).send(method, path, form, **headers)
            leaked = leaks(world, actor, answer, sent=f"{path} {urlencode(form)} {headers}")
        assert not leaked, f"{actor} {method} {path} {form} {headers}: marks of {sorted(leaked)}"
        assert answer.status < 500, f"{actor} {method} {path} {form} {headers}: {answer.error}"
        hundreds[f"{answer.status // 100}xx"] = hundreds.get(f"{answer.status // 100}xx", 0) + 1
    return hundreds


def leaks(world: World, actor: str, answer: Answer, sent: str) -> set[str]:
    """The clients whose marks came back, in the answer or in a mail; what was typed oneself is no leak."""
    content = answer.whole + b"".join(
        f"{one.to} {one.subject} {one.body} {getattr(one, 'alternatives', '')} {one.attachments}".encode()
        for one in mail.outbox
    )
    if not world.planted.found_in(content) - world.sees(actor):
        return set()
    return world.planted.found_in(content, but=sent) - world.sees(actor)


@pytest.mark.timeout(600)
def test_threat_02_a_thousand_generated_requests_bring_no_mark_of_anybody_else(crowd):
    hundreds = attack(crowd, 1_000, SEEDS)
    assert hundreds["2xx"] > 150
    assert hundreds["4xx"] > 150


@pytest.mark.long
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("part", range(10))
def test_threat_02_ten_thousand_generated_requests_bring_no_mark_of_anybody_else(crowd, part):
    attack(crowd, 1_000, SEEDS + 1 + part)


def test_the_world_of_these_tests_has_twelve_clients_in_two_offices(crowd):
    assert len(crowd.ids["client"]) == 12
    assert len(crowd.firms) == 2


def test_a_leak_would_be_found(crowd):
    mark = next(text for text in crowd.planted.texts if text.startswith("kanb"))
    assert leaks(crowd, "accountant", Answer(200, "", f"<b>{mark}</b>".encode()), sent="") == {"b"}
    assert leaks(crowd, "accountant", Answer(200, "", mark.encode().hex().encode() * 3), sent="") == {"b"}
    assert leaks(crowd, "both", Answer(200, "", mark.encode()), sent="") == set()
    # In a file too, of which an answer is told by its headers.
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("sheet.xml", f"<c>{mark}</c>")
    for body in (file.getvalue(), gzip.compress(mark.encode())):
        assert leaks(crowd, "accountant", Answer(200, "Content-Type: x", body), sent="") == {"b"}
    number = next(number for number, letter in crowd.planted.numbers.items() if letter == "x")
    assert leaks(crowd, "both", Answer(200, "", f"\u20ac {number:,},25".replace(",", ".").encode()), sent="") == {"x"}
    assert leaks(crowd, "anonymous", Answer(200, f"X-Name: {mark}", b""), sent="") == {"b"}
