"""docs/threats.md: every threat that can occur has its test, named after it; the others say what they wait for."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "threats.md"
THREATS = 42
_LINE = re.compile(r"^\| (\d+) \| ([^|]+) \| (.+) \|$", re.MULTILINE)
_NAMED = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")
_WAITS = re.compile(r"waits for issue \d+: there is no `(portal/[\w/.]+)` yet")


def rows(text: str = "") -> dict[int, str]:
    """What the page says of each threat."""
    return {int(number): said for number, _, said in _LINE.findall(text or PAGE.read_text(encoding="utf-8"))}


def wrong(said: dict[int, str], after: dict[int, set[str]]) -> Iterator[str]:
    """What is not as it should be. `after`: of each threat the tests of its name, written as the page writes them."""
    for number in range(1, THREATS + 1):
        row, tests = said.get(number, ""), after.get(number, set())
        waits = _WAITS.fullmatch(row)
        if waits is None and not tests:
            yield f"threat {number} has no test of its name and does not say what it waits for"
        if waits is None and not any(f"`{test}`" in row for test in tests):
            yield f"threat {number}: none of the tests of its name is on its row"
        if waits is not None and (ROOT / waits[1]).exists():
            yield f"threat {number} waits for {waits[1]}, which is there"
        if waits is not None and tests:
            yield f"threat {number} waits and has tests"


def test_every_threat_is_there_once():
    found = [int(number) for number, _, _ in _LINE.findall(PAGE.read_text(encoding="utf-8"))]
    assert found == list(range(1, THREATS + 1))


def test_every_threat_has_a_test_that_is_named_after_it_or_waits_for_what_is_not_there():
    after = named_after()
    assert list(wrong(rows(), after)) == []
    assert sum(map(len, after.values())) > 60


def test_every_test_that_is_named_exists():
    named = _NAMED.findall(PAGE.read_text(encoding="utf-8"))
    assert len(named) > 100
    missing = [f"{path}::{name}" for path, name in named if name not in functions(path)]
    assert missing == []


def test_every_file_with_a_test_that_is_named_after_a_threat_is_on_its_row():
    said = rows()
    for number, tests in named_after().items():
        for test in tests:
            assert test.partition("::")[0] in said[number], f"{test} is not on the row of its threat"


@pytest.mark.parametrize(
    ("row", "tests"),
    [
        ("", set()),
        ("`tests/a.py::test_other`", set()),
        ("`tests/a.py::test_other`", {"tests/a.py::test_threat_07_x"}),
        ("waits for issue 5: nothing can be uploaded yet", set()),
        ("waits for issue 5: there is no `portal/deadlines/feed.py` yet", set()),
        ("waits for issue 5: there is no `portal/nowhere` yet", {"tests/a.py::test_threat_07_x"}),
    ],
    ids=["empty", "none of its name", "not on its row", "names nothing", "is there", "waits and is tested"],
)
def test_a_row_that_is_not_true_is_noticed(row, tests):
    others = {number: f"`tests/a.py::test_threat_{number:02}_x`" for number in range(1, THREATS + 1)}
    after = {number: {f"tests/a.py::test_threat_{number:02}_x"} for number in others}
    assert list(wrong(others, after)) == []
    assert [one for one in wrong({**others, 7: row}, {**after, 7: tests}) if "threat 7" in one]
    assert not list(wrong({**others, 7: "waits for issue 5: there is no `portal/nowhere` yet"}, {**after, 7: set()}))


@cache
def named_after() -> dict[int, set[str]]:
    """Of each threat the tests of its name, anywhere below tests."""
    found: dict[int, set[str]] = {}
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        place = str(path.relative_to(ROOT))
        for name in functions(place):
            if number := re.match(r"test_threat_(\d\d)_", name):
                found.setdefault(int(number[1]), set()).add(f"{place}::{name}")
    return found


@cache
def functions(path: str) -> frozenset[str]:
    """The names of the functions in a file; none where there is no such file."""
    file = ROOT / path
    if not file.is_file():
        return frozenset()
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return frozenset(one.name for one in ast.walk(tree) if isinstance(one, ast.FunctionDef))
