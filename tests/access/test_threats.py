"""docs/threats.md: every threat is there, and every test that it names exists."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "threats.md"
THREATS = 42
_LINE = re.compile(r"^\| (\d+) \| ([^|]+) \| (.+) \|$", re.MULTILINE)
_NAMED = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")


def lines() -> list[tuple[int, str]]:
    return [(int(number), tests) for number, _, tests in _LINE.findall(PAGE.read_text(encoding="utf-8"))]


def test_every_threat_is_there_once():
    assert [number for number, _ in lines()] == list(range(1, THREATS + 1))


def test_every_threat_has_a_test_or_says_what_it_waits_for():
    for number, tests in lines():
        assert _NAMED.search(tests) or re.search(r"waits? for issue \d", tests), number


def test_every_test_that_is_named_exists():
    named = _NAMED.findall(PAGE.read_text(encoding="utf-8"))
    assert len(named) > 70
    missing = [f"{path}::{name}" for path, name in named if name not in functions(path)]
    assert missing == []


def test_every_test_that_is_named_after_a_threat_is_there():
    for path in sorted((ROOT / "tests" / "access").glob("test_*.py")):
        for name in functions(str(path.relative_to(ROOT))):
            found = re.match(r"test_threat_(\d\d)_", name)
            if found:
                line = next(tests for number, tests in lines() if number == int(found.group(1)))
                assert f"{path.name}::" in line, f"{name} is not on the line of its threat"


def functions(path: str) -> set[str]:
    file = ROOT / path
    if not file.is_file():
        return set()
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return {one.name for one in ast.walk(tree) if isinstance(one, ast.FunctionDef)}
