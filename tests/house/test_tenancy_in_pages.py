"""Code of pages reaches rows of tenants through `visible_to` only."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps

PORTAL = Path(__file__).resolve().parents[2] / "portal"
PAGE_CODE = ("views", "tables", "panels", "filters", "forms", "columns", "context", "menu", "search", "exports")
MANAGERS = {"objects", "everything", "_default_manager", "_base_manager"}
#: Models without a tenant: signing in and the question "what may I do" start from them.
FREE = {"Firm", "User", "Membership"}


def page_modules() -> list[Path]:
    """Modules and packages of these names, template tags, whatever builds on `portal.ui`, and the composed pages."""
    found = {path for name in PAGE_CODE for path in PORTAL.rglob(f"{name}.py")}
    found |= {path for name in PAGE_CODE for path in PORTAL.rglob(f"{name}/*.py")}
    found |= set(PORTAL.rglob("templatetags/*.py"))
    found |= set((PORTAL / "dashboards").rglob("*.py"))
    found |= {path for path in PORTAL.rglob("*.py") if "from portal.ui" in path.read_text(encoding="utf-8")}
    return sorted(path for path in found if "sandbox" not in path.parts)


def unguarded(source: str) -> Iterator[int]:
    """Lines where a manager is used without `visible_to` straight after it.

    A subquery that is filtered by OuterRef at once is bound to the rows of the query around it and cannot stand alone.
    """
    tree = ast.parse(source)
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)]
    guarded = {id(call.func.value) for call in calls if call.func.attr == "visible_to" or binds_to_outer_row(call)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in MANAGERS and id(node) not in guarded:
            owner = node.value
            if not (isinstance(owner, ast.Name) and owner.id in FREE):
                yield node.lineno


def binds_to_outer_row(call: ast.Call) -> bool:
    """Whether the call is `filter(name=OuterRef(...), ...)`."""
    return call.func.attr == "filter" and any(
        isinstance(keyword.value, ast.Call) and getattr(keyword.value.func, "id", "") == "OuterRef"
        for keyword in call.keywords
    )


def test_no_page_code_touches_a_manager_except_through_visible_to():
    modules = page_modules()
    assert len(modules) >= 100
    found = {str(path.relative_to(PORTAL)): list(unguarded(path.read_text(encoding="utf-8"))) for path in modules}
    assert {name: lines for name, lines in found.items() if lines} == {}


@pytest.mark.parametrize(
    ("code", "lines"),
    [
        ("Debtor.objects.visible_to(user).filter(name='x')", []),
        ("Firm.objects.filter(name='x')", []),
        ("Debtor.objects.filter(name='x').visible_to(user)", [1]),
        ("Debtor.everything.all()", [1]),
        ("self.model.objects.get(pk=1)", [1]),
        ("rows = Debtor.objects\nrows.visible_to(user)", [1]),
        ("type(row)._default_manager.visible_to(user)", []),
        ("Run.objects.filter(company=OuterRef('pk'), locked=True)", []),
        ("Run.objects.filter(locked=True).filter(company=OuterRef('pk'))", [1]),
    ],
)
def test_the_rule_knows_a_guarded_use_from_an_unguarded_one(code: str, lines: list[int]):
    assert list(unguarded(code)) == lines


def test_models_that_are_free_hold_nothing_of_a_tenant():
    for model in apps.get_models():
        if model.__name__ in FREE and model.__module__.startswith("portal."):
            assert not hasattr(model, "scope_paths")
