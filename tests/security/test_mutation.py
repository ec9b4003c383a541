"""S5: the mutator knows every guard there is, its switches work, and (long) each guard has a test that misses it."""

import ast
import json
import os
import subprocess
import sys
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest

from tests.security.mutation import switch
from tests.security.mutation.excused import WITHOUT_A_TEST
from tests.security.mutation.guards import (
    BY_WHAT_IS_HELD,
    DECORATORS,
    HELD,
    MIXINS,
    PORTAL,
    _name,
    all_guards,
    middleware_of_the_portal,
    modules,
    refuses,
    switched,
)

GUARDS = all_guards()
#: Decorators that refuse nobody: they narrow methods, mark, or belong to classes and tests.
OTHER_DECORATORS = {
    "require_safe",
    "require_http_methods",
    "never_while_looking",
    "login_not_required",
    "method_decorator",
    "receiver",
    "wraps",
    "never_cache",
    "sensitive_post_parameters",
    "vary_on_headers",
}


def sources() -> list[tuple[str, str]]:
    return [(name, path.read_text(encoding="utf-8")) for name, path in modules().items()]


def test_every_refusal_belongs_to_a_guard_that_can_be_switched_off() -> None:
    """A new way to refuse that the mutator does not know is a failure here."""
    for name, source in sources():
        _, switches = switched(name, source)
        raised = {
            node.lineno for node in ast.walk(ast.parse(source)) if isinstance(node, ast.stmt) and refuses(node, name)
        }
        assert raised - switches.refusals == set(), name


def test_every_door_is_switched() -> None:
    doors = sum(
        isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "visible_to"
        for _, source in sources()
        for node in ast.walk(ast.parse(source))
    )
    assert doors == sum(guard.kind == "visible_to" for guard in GUARDS)
    assert doors > 80


def test_every_decorator_of_a_view_is_known() -> None:
    found = set()
    for name, source in sources():
        if "HttpRequest" not in source or ".jobs" in name:
            continue
        for node in ast.walk(ast.parse(source)):
            takes_request = isinstance(node, ast.FunctionDef) and [one.arg for one in node.args.args[:1]] == ["request"]
            if takes_request:
                called = [one.func if isinstance(one, ast.Call) else one for one in node.decorator_list]
                found |= {getattr(one, "attr", getattr(one, "id", "")) for one in called}
    assert found <= DECORATORS | OTHER_DECORATORS
    assert found >= {"require_POST", "fresh_sign_in_required"}


def test_every_mixin_that_guards_is_known() -> None:
    guarding = {
        node.name
        for _, source in sources()
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.ClassDef)
        and node.name.endswith("Mixin")
        and any(isinstance(one, ast.FunctionDef) and one.name == "dispatch" for one in node.body)
    }
    assert guarding == MIXINS


def test_every_middleware_of_the_portal_is_switched() -> None:
    from django.conf import settings

    assert middleware_of_the_portal() == {one for one in settings.MIDDLEWARE if one.startswith("portal.")}
    switches = {guard.name for guard in GUARDS if guard.kind == "middleware"}
    for path in middleware_of_the_portal():
        module, _, name = path.rpartition(".")
        assert [one for one in switches if one.startswith(f"{module}: {name}.")], path


def test_names_of_guards_are_unique_and_every_kind_is_there() -> None:
    names = [guard.name for guard in GUARDS]
    assert len(set(names)) == len(names)
    assert {guard.kind for guard in GUARDS} == {
        "visible_to",
        "visible_to with a capability",
        "decorator",
        "mixin",
        "requirement",
        "refusal",
        "nothing to see",
        "predicate",
        "capability of a page",
        "capability of a panel or kind",
        "what is held",
        "sight",
        "rule of a field",
        "middleware",
        "term",
    }
    assert set(WITHOUT_A_TEST) <= set(names)


def test_what_is_found_by_name_is_still_called_so() -> None:
    text = "".join(source for _, source in sources())
    for name in (*DECORATORS, *MIXINS):
        assert name in text
    assert PORTAL.is_dir()


CODE = '''
"""A module."""
from __future__ import annotations

def may_do(x):
    """Whether."""
    return x == 1

def view(request):
    require(request)
    if request != 1:
        raise PermissionDenied
    return rows.visible_to(request), rows.visible_to(request, "edit")
'''


class Rows:
    def all(self) -> str:
        return "every row"

    def visible_to(self, user: int, capability: str = "view") -> str:
        return f"what {user} may {capability}"


@pytest.mark.parametrize(
    ("off", "request_", "expected"),
    [
        ("", 1, ("what 1 may view", "what 1 may edit")),
        ("m: view sees everything", 1, ("every row", "what 1 may edit")),
        ("m: view sees everything (2)", 1, ("what 1 may view", "every row")),
        ("m: view sees everything (2), its capability", 1, ("what 1 may view", "what 1 may view")),
        ("m: view refuses", 2, ("what 2 may view", "what 2 may edit")),
        ("m: view without require()", 3, PermissionError),
        ("m: view without require()", 1, ("what 1 may view", "what 1 may edit")),
        ("", 2, PermissionError),
        ("", 3, ValueError),
    ],
)
def test_a_guard_that_is_switched_off_does_nothing_and_the_others_do(
    off: str, request_: int, expected: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    def require(request: int) -> None:
        if request == 3:
            raise ValueError

    tree, _ = switched("m", CODE)
    world: dict[str, object] = {"rows": Rows(), "require": require, "PermissionDenied": PermissionError}
    exec(compile(tree, "m", "exec"), world)  # noqa: S102 - a text of this test
    monkeypatch.setattr(switch, "active", off)
    view = world["view"]
    if isinstance(expected, type):
        with pytest.raises(expected):
            view(request_)  # type: ignore[operator]
    else:
        assert view(request_) == expected  # type: ignore[operator]


MADE = """
from dataclasses import dataclass

PANEL = Panel("wage", capability=Capability.WAGES)
RULES: dict = {("person", "iban"): "masked", ("person", "bsn"): "never"}

def readable(kind, held):
    return kind in held, RULES.get(("person", "iban")), RULES.get(("person", "bsn"))
"""


@pytest.mark.parametrize(
    ("off", "capability", "read"),
    [
        ("", "wages", (False, "masked", "never")),
        ("portal.ui.fields: wage asks for WAGES", "view", (False, "masked", "never")),
        ("portal.ui.fields: readable asks what is held", "wages", (True, "masked", "never")),
        ("portal.ui.fields: the rule of iban in person", "wages", (False, None, "never")),
    ],
)
def test_what_a_panel_asks_for_what_is_held_and_the_rule_of_a_field_are_switched_off_one_by_one(
    off: str, capability: str, read: tuple[object, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Capability(StrEnum):
        VIEW = "view"
        WAGES = "wages"

    @dataclass(frozen=True)
    class Panel:
        name: str
        capability: Capability

    tree, _ = switched("portal.ui.fields", MADE)
    world: dict[str, Any] = {"Panel": Panel, "Capability": Capability}
    exec(compile(tree, "m", "exec"), world)  # noqa: S102 - a text of this test
    monkeypatch.setattr(switch, "active", off)
    assert (world["PANEL"].capability, replace(world["PANEL"], name="x").capability) == (capability, capability)
    assert world["readable"]("wages", {"view"}) == read


@pytest.mark.long
@pytest.mark.database
@pytest.mark.timeout(7200)
def test_each_guard_that_is_switched_off_makes_a_test_fail(tmp_path: Path) -> None:
    result = tmp_path / "result.json"
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "TEST_FOLDER"))}
    subprocess.run(
        [sys.executable, "-m", "tests.security.mutation"],
        env={**environment, "MUTATION_RESULT": str(result)},
        check=False,
        stdout=subprocess.DEVNULL,
    )
    found = json.loads(result.read_text(encoding="utf-8"))
    assert found["red"] == []
    assert {name for name, killer in found["killed"].items() if not killer} == set(WITHOUT_A_TEST)


#: Modules where what somebody holds decides what is offered or where they are led, never what they get: the act or page
#: behind asks itself.
OFFERED: dict[str, str] = {
    "portal.accounts.roles": "which roles hold a right, for the printed table",
    "portal.administration.acts": "the tabs of the page",
    "portal.administration.privacy_parts": "the tabs of the page",
    "portal.administration.processing": "the way to the page and its tabs",
    "portal.administration.retention": "legal holds, which are no rights",
    "portal.companies.rights": "holds_everywhere, a guard of its own",
    "portal.dashboards.board.filters": "whether a filter is offered; its changes are asked for by their own right",
    "portal.dashboards.board.views": "buttons; each figure of a wage asks for its company",
    "portal.dashboards.changes.filters": "the choices of a filter over rows that are narrowed anyway",
    "portal.dashboards.changes.views": "whether there is such a client is told before the refusal",
    "portal.dashboards.start": "where somebody without data is sent to",
    "portal.dashboards.variance.views": "a button",
    "portal.deadlines.calendar_views": "a button",
    "portal.deadlines.filters": "whether a filter is offered; its rows are those of the own office",
    "portal.privacy.activity": "what a kind takes to be seen, which is a right of nobody yet",
    "portal.privacy.views": "which kinds a file will lack, said before it is made",
    "portal.search.pages": "names of pages",
    "portal.sync.trial": "marks of a record, which are no rights",
    "portal.sync.views": "buttons",
    "portal.ui.menu": "entries of the menu",
    "portal.ui.permissions": "holds_over, a guard of its own",
    "portal.ui.tools": "a button",
}


def asked_of_what_is_held(name: str, source: str) -> int:
    """Questions whether something is held that do not stand in front of a refusal."""
    tree = ast.parse(source)
    before_refusal = {
        part
        for statement in ast.walk(tree)
        if isinstance(statement, ast.If) and any(refuses(one, name) for one in statement.body)
        for part in ast.walk(statement.test)
    }
    return sum(
        isinstance(node, ast.Compare)
        and isinstance(node.ops[0], ast.In | ast.NotIn)
        and _name(node.comparators[0]) in HELD
        and node not in before_refusal
        for node in ast.walk(tree)
    )


def test_every_question_about_what_is_held_is_a_guard_or_decides_only_what_is_offered() -> None:
    asking = {name for name, source in sources() if asked_of_what_is_held(name, source)}
    assert asking - set(BY_WHAT_IS_HELD) == set(OFFERED)
    assert set(BY_WHAT_IS_HELD) <= asking
