"""The access matrix: what `matrix.yaml` says somebody gets for one request."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.urls import reverse

from portal.ui.records import kinds_of
from tests.access.world import MISSING, TWIN, World

FILE = Path(__file__).with_name("matrix.yaml")
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})
#: Whose record is asked for: of client a, of client b of the same office, of client x of another one, of nobody.
OWN, OTHER_CLIENT, OTHER_OFFICE, NOBODY = "a", "b", "x", "missing"
TARGETS = (OWN, OTHER_CLIENT, OTHER_OFFICE, NOBODY)
ANSWERS = {"get": 200, "post": 302}
STRANGERS = frozenset({"anonymous", "ended"})


@dataclass(frozen=True)
class Cell:
    """One request of the matrix."""

    row: str
    actor: str
    method: str
    target: str
    kind: str = ""

    def __str__(self) -> str:
        kind = f" {self.kind}" if self.kind else ""
        return f"{self.row}{kind}: {self.method} {self.target} by {self.actor}"


@cache
def table() -> dict[str, Any]:
    """The file, with what classes of rows have in common filled in."""
    read: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    for name, row in read["rows"].items():
        read["rows"][name] = {**read["classes"].get(row.get("class", ""), {}), **row}
    return read


def pattern_of(row: str) -> str:
    """The name of the address that a row is about: a second word only tells two rows of one address apart."""
    return row.split(" ")[0]


@cache
def kinds(row: str) -> list[str]:
    """The kinds of record that a row is about; one empty name for rows about something else."""
    wanted = table()["rows"][row].get("kinds")
    if wanted is None:
        return [""]
    level = "company" if pattern_of(row).startswith("companies") else "debtor"
    return [one.name for one in kinds_of(level) if one.capability == wanted]


def cells(of: str = "") -> Iterator[Cell]:
    """Every request of the matrix, or those of one person."""
    for name, row in table()["rows"].items():
        for kind in kinds(name):
            for actor in [of] if of else table()["people"]:
                for method in METHODS:
                    for target in TARGETS if row.get("of") else (OWN,):
                        yield Cell(name, actor, method, target, kind)


# --- what is asked ---------------------------------------------------------------------------------------------------


def address(world: World, cell: Cell) -> str:
    """The address of the request."""
    row = table()["rows"][cell.row]
    values = dict(row.get("with", {}))
    if cell.kind:
        values["kind"] = cell.kind
    if row.get("of") and not in_body(row):
        of = table()["records"][row["of"]]
        values[of.get("name", "pk")] = record(world, row["of"], cell)
    return reverse(pattern_of(cell.row), kwargs=values)


def body(world: World, cell: Cell) -> dict[str, Any]:
    """What is posted; `@kind`, also within an address, stands for the record that is asked for."""
    row = table()["rows"][cell.row]
    return {name: _filled(world, cell, str(value)) for name, value in row.get("body", {}).items()}


def _filled(world: World, cell: Cell, value: str) -> Any:
    named = re.search(r"@(\w+)", value)
    if named is None:
        return value
    of = table()["rows"][cell.row]["of"]
    found = record(world, of if of in world.ids else named[1], cell, named[1])
    return found if named[0] == value else value.replace(named[0], str(found))


def in_body(row: dict[str, Any]) -> bool:
    """Whether the record that a row is about is named in what is posted, and not in the address."""
    if not row.get("of"):
        return False
    word = f"@{table()['records'][row['of']].get('stored', row['of'])}"
    return any(word in str(value) for value in row.get("body", {}).values())


def record(world: World, of: str, cell: Cell, stored: str = "") -> Any:
    """The number (or word) of the record of kind `of` that the request names."""
    kind = table()["records"][of]
    if cell.target == NOBODY:
        return kind.get("missing", MISSING)
    ids = world.ids[stored or kind.get("stored", of)]
    if kind["scope"] == "oneself":
        return ids.get(owner(cell), kind.get("missing", MISSING))
    return ids[TWIN[cell.target] if kind.get("twin") else cell.target]


def owner(cell: Cell) -> str:
    """Whose row a request names, of those that are a person's own."""
    kind = table()["records"][table()["rows"][cell.row]["of"]]
    others = {OTHER_CLIENT: "newcomer", OTHER_OFFICE: "other_administrator", **kind.get("others", {})}
    found = str({OWN: cell.actor, **others}[cell.target])
    return "client_user" if cell.target != OWN and found == cell.actor else found


def reader(cell: Cell) -> str:
    """Whose rights say what may come back: those of who asks, but of a secret address those of its owner."""
    kind = table()["records"].get(table()["rows"][cell.row].get("of"), {})
    return owner(cell) if kind.get("read_as") == "owner" and cell.target != NOBODY else cell.actor


# --- what is expected ------------------------------------------------------------------------------------------------


def expected(cell: Cell, *, htmx: bool = False) -> int:
    """The status of the answer."""
    row = table()["rows"][cell.row]
    method = "get" if cell.method == "HEAD" and not row.get("no_head") else cell.method.lower()
    # A public address that is not about signing in refuses auditors what changes something, like any other.
    refuses = row.get("own_account") is False and cell.actor == "auditor" and cell.method in UNSAFE
    if row.get("public") and not refuses:
        return _public(row, cell, method)
    if cell.actor in STRANGERS:
        return 401 if htmx else 302
    if cell.actor == "auditor" and cell.method in UNSAFE and not row.get("own_account"):
        return 403
    for group, status in row.get("instead", {}).items():
        if cell.actor in table()["groups"][group]:
            return int(status)
    known, right = _known(row, cell), _right(row, cell, method)
    steps = {"method": _method(row, method), "scope": None if known else 404, "right": right}
    order = {
        "method": ("method", "scope", "right"),
        "right": ("right", "method", "scope"),
        "scope": ("scope", "right", "method"),
    }[row["order"]]
    if row.get("first") == "right":
        order = ("method", "right", "scope")
    if method == "options" and row.get("options"):
        order = order[: order.index("method")]
        answer = int(row["options"])
    else:
        answer = _answer(row, cell, method)
        if htmx and method == "post":
            answer = int(row.get("fragment", answer))
    return next((status for step in order if (status := steps[step]) is not None), answer)


def _public(row: dict[str, Any], cell: Cell, method: str) -> int:
    who = "stranger" if cell.actor in STRANGERS else "signed_in"
    if row.get("of") and method in row:
        kind = table()["records"][row["of"]]
        if cell.target == NOBODY or (kind["scope"] == "oneself" and owner(cell) in kind.get("nothing_of", ())):
            return 404
    value = row.get(method, row.get("any", row.get("options", 405) if method == "options" else 405))
    return int(value[who] if isinstance(value, dict) else value)


def _method(row: dict[str, Any], method: str) -> int | None:
    return None if method in row or "any" in row else 405


def _known(row: dict[str, Any], cell: Cell) -> bool:
    if not row.get("of") or (in_body(row) and cell.method != "POST"):
        return True
    scope = table()["scopes"][table()["records"][row["of"]]["scope"]]
    return cell.target in scope.get(cell.actor, [])


def _right(row: dict[str, Any], cell: Cell, method: str) -> int | None:
    value = row.get(method) if method != "options" else None
    if value is None:
        # What is looked at before the method is the right to the page itself.
        value = row.get("others", row.get("get", row.get("any", "everybody")))
    if isinstance(value, int):
        return None
    return None if cell.actor in table()["groups"][str(value).split(" ")[0]] else 403


def _answer(row: dict[str, Any], cell: Cell, method: str) -> int:
    value = row.get(method, row.get("any", 200))
    if isinstance(value, int):
        return value
    _, _, number = str(value).partition(" ")
    return int(number or ANSWERS[method])
