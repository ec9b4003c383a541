"""S13: what the source must not say. tests/house/test_tenancy_in_pages.py holds the rule about managers in pages."""

import ast
import inspect
import re
import textwrap
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from types import FunctionType
from typing import Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from portal.ui.views import ScopedView

ROOT = Path(__file__).resolve().parents[2]
PORTAL = ROOT / "portal"
#: The embedded Nmbrs is no page and has no database.
SOURCES = sorted(
    path for path in PORTAL.rglob("*.py") if "sandbox" not in path.parts and "migrations" not in path.parts
)
TEMPLATES = sorted((ROOT / "templates").rglob("*.*"))

#: Names that nobody may use: markup from text, a page without its token, SQL that Django does not write.
FORBIDDEN = {"mark_safe", "csrf_exempt", "RawSQL", "SafeText", "html_safe"}
#: What a visitor sends.
FROM_OUTSIDE = {"request", "GET", "POST", "query_params", "headers", "META", "COOKIES", "cleaned_data"}
#: Methods that take names of columns.
TAKE_COLUMNS = {"order_by", "values", "values_list", "annotate", "alias", "only", "defer", "distinct", "select_related"}

#: What decides in a page: the door, a capability over a row or anywhere, the firms that somebody manages, and the
#: service of rights, which asks before it changes anything.
GUARDS = {
    "visible_to",
    "holds_over",
    "capabilities_of",
    "capabilities_over",
    "firms_managed_by",
    "require",
    "rights",
    "administers",
    "Grants",
}
#: Pages that ask for no capability, and why.
WITHOUT = {
    "accounts": "signing in and out, and one's own account",
    "accounts.signin": "signing in and out, and one's own account",
    "ui.language": "the language of the page",
    "ui.brand": "colours and logo of the one firm that one belongs to; the address names none",
    "ui.saved.views": "saved views: one's own, and those one was given; each list asks again when it is opened",
    "deadlines.address_views": "the address of one's own calendar, which shows what its owner may see",
    "demo.views": "the door of the demo, which is there in the demo only",
}


#: Places that break a rule, and why they may.
EXCUSED = {
    (
        "search/index/engines.py",
        "extra() is not used",
    ): "the table of FTS5 is no model; names are constants, texts parameters",
    ("accounts/grants.py", "RawSQL is not used"): "what Django made of a queryset, kept; parameters stay parameters",
}


def wrong_calls(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Line and rule of everything in a module that breaks one."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute | ast.Name):
            name = node.attr if isinstance(node, ast.Attribute) else node.id
            if name in FORBIDDEN:
                yield node.lineno, f"{name} is not used"
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        arguments = [*node.args, *(keyword.value for keyword in node.keywords)]
        if name in {"raw", "extra"} and isinstance(node.func, ast.Attribute):
            yield node.lineno, f"{name}() is not used"
        if name == "SafeString" and not (len(node.args) == 1 and isinstance(node.args[0], ast.Constant)):
            yield node.lineno, "SafeString() holds a constant"
        if name == "format_html" and not (node.args and isinstance(node.args[0], ast.Constant | ast.Name)):
            yield node.lineno, "format_html() has a constant format"
        if name in TAKE_COLUMNS and any(from_outside(argument) for argument in arguments):
            yield node.lineno, f"{name}() takes no names from a visitor"
        if name in {"filter", "exclude", "get", "update", "create"} and isinstance(node.func, ast.Attribute):
            spread = [keyword.value for keyword in node.keywords if keyword.arg is None]
            if any(from_outside(one) for one in spread):
                yield node.lineno, f"{name}(**...) takes no names from a visitor"


def from_outside(node: ast.AST) -> bool:
    """Whether an expression reads what a visitor sent. The person who is signed in is no text of theirs."""
    for part in ast.walk(node):
        if isinstance(part, ast.Attribute) and part.attr == "user" and getattr(part.value, "id", "") == "request":
            part.value = ast.Name("person")
    names = {part.attr if isinstance(part, ast.Attribute) else getattr(part, "id", "") for part in ast.walk(node)}
    return bool(names & FROM_OUTSIDE)


def test_the_source_keeps_to_the_rules() -> None:
    assert len(SOURCES) > 300
    wrong = [
        (name, *found)
        for name, path in ((str(path.relative_to(PORTAL)), path) for path in SOURCES)
        for found in wrong_calls(ast.parse(path.read_text(encoding="utf-8")))
        if (name, found[1]) not in EXCUSED
    ]
    assert wrong == []


@pytest.mark.parametrize(
    "code",
    [
        "rows.order_by(request.GET['sort'])",
        "rows.order_by(self.request.GET.get('sort'))",
        "rows.values(*form.cleaned_data['columns'])",
        "rows.annotate(x=F(request.POST['x']))",
        "rows.filter(**request.GET.dict())",
        "Debtor.objects.create(**form.cleaned_data)",
        "mark_safe(text)",
        "safestring.mark_safe(text)",
        "SafeString(text)",
        "SafeString(f'<b>{text}</b>')",
        "format_html(f'<b>{name}</b>')",
        "format_html('<b>' + name + '</b>')",
        "rows.extra(where=['1=1'])",
        "rows.raw(f'SELECT {x}')",
        "RawSQL('1', ())",
        "@csrf_exempt\ndef view(request): ...",
        "@method_decorator(csrf_exempt)\nclass View: ...",
    ],
)
def test_the_rules_find_what_they_are_for(code: str) -> None:
    assert list(wrong_calls(ast.parse(code)))


@pytest.mark.parametrize(
    "code",
    [
        "rows.order_by('name', *DEFAULT)",
        "rows.annotate(mine=Exists(seen.visible_to(request.user)))",
        "rows.filter(name=form.cleaned_data['name'])",
        "SafeString('')",
        "format_html('<b>{}</b>', name)",
        "row.raw = text",
        "headers.get('extra')",
    ],
)
def test_the_rules_let_pass_what_is_meant(code: str) -> None:
    assert list(wrong_calls(ast.parse(code))) == []


UNSAFE_IN_TEMPLATE = re.compile(
    r"\|\s*(safe|safeseq)\b|\{%\s*autoescape\s+off|\bhx-on\b|\son[a-z]+=|<script(?![^>]*\bsrc=)"
)


def test_no_template_trusts_a_text() -> None:
    # A mail is text, not markup; what stands in it is not escaped.
    markup = [path for path in TEMPLATES if path.suffix != ".txt"]
    assert len(markup) > 100
    found = {
        str(path.relative_to(ROOT)): UNSAFE_IN_TEMPLATE.findall(path.read_text(encoding="utf-8")) for path in markup
    }
    assert {name: hits for name, hits in found.items() if hits} == {}


@pytest.mark.parametrize(
    "text",
    [
        "{{ x|safe }}",
        "{{ x | safeseq }}",
        "{% autoescape off %}",
        '<a onclick="x">',
        '<p hx-on:click="x">',
        "<script>x",
    ],
)
def test_the_rule_about_templates_finds_what_it_is_for(text: str) -> None:
    assert UNSAFE_IN_TEMPLATE.search(text)


# --- no view without a capability ------------------------------------------------------------------------------------


def patterns(resolver: URLResolver) -> Iterator[URLPattern]:
    """Every address of the portal."""
    for one in resolver.url_patterns:
        yield from patterns(one) if isinstance(one, URLResolver) else [one]


def unwrapped(callback: Any) -> Any:
    """The class or function behind a view."""
    found = getattr(callback, "view_class", None) or inspect.unwrap(callback)
    # `CompanyRecordsView.page` chooses a class and calls its view.
    return getattr(found, "__self__", found)


@cache
def decides(function: Callable[..., Any], depth: int = 4) -> bool:
    """Whether the function, or one of the portal's that it calls, asks one of GUARDS."""
    function = inspect.unwrap(function)
    if not isinstance(function, FunctionType) or not function.__module__.startswith("portal.") or not depth:
        return False
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    names = {part.attr for part in ast.walk(tree) if isinstance(part, ast.Attribute)}
    names |= {part.id for part in ast.walk(tree) if isinstance(part, ast.Name)}
    if names & GUARDS:
        return True
    called = [function.__globals__.get(name) for name in sorted(names)]
    return any(decides(one, depth - 1) for one in called if isinstance(one, FunctionType) and one is not function)


def asks_for_a_capability(view: Any) -> bool:
    """By its base class, which does not start without one, or in its own code."""
    if inspect.isclass(view):
        members = [member for kind in view.__mro__ for member in vars(kind).values()]
        # A property's function hangs on it under one of these names.
        functions = [getattr(one, "func", None) or getattr(one, "fget", None) or one for one in members]
        own = [one for one in functions if isinstance(one, FunctionType)]
        return issubclass(view, ScopedView) or any(decides(member) for member in own)
    return decides(view)


EVERY = {unwrapped(one.callback) for one in patterns(get_resolver())}
OURS = sorted(
    (view for view in EVERY if view.__module__.startswith("portal.")),
    key=lambda view: (view.__module__, view.__qualname__),
)


def free(view: Any) -> bool:
    """Whether the view stands in WITHOUT."""
    module = view.__module__.removeprefix("portal.")
    return any(module == name or module.rpartition(".")[0] == name for name in WITHOUT)


def test_every_page_asks_for_a_capability() -> None:
    assert [f"{view.__module__}.{view.__qualname__}" for view in OURS if not free(view)]
    asks_for_none = [view for view in OURS if not free(view) and not asks_for_a_capability(view)]
    assert asks_for_none == []


def test_views_of_others_are_those_of_signing_in() -> None:
    others = {view.__module__ for view in EVERY if view not in OURS}
    assert {name.partition(".")[0] for name in others} <= {"allauth", "django"}
    assert {name for name in others if name.startswith("django")} <= {"django.views.generic.base"}


def test_the_search_for_a_capability_can_fail() -> None:
    def page(request: Any) -> Any:
        return request

    page.__module__ = "portal.nowhere"
    assert len(OURS) > 50
    assert not decides(page)
    assert [view for view in OURS if free(view)]
