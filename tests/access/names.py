"""The names under which pages read something out of an address or a form, found in the source of the portal.

Filters and forms say theirs. What is read by hand (`request.GET.get("back")`) is found by reading the source, also
where the name is a constant, one of a few, or handed on by a caller. What is none of these is `unclear`, and
tests/access/test_names.py has it explained. What packages read stands in OF_PACKAGES.
"""

import ast
import importlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import django_filters
from django.forms import BaseForm
from django.urls import get_resolver

from portal.mirror.resource import OptIn
from portal.privacy.keeping import ADJUSTABLE
from portal.ui.overtaken import NAME as OPENED_WITH
from portal.ui.state import COLUMNS, PAGE, PER_PAGE, SORT, VIEW

PORTAL = Path(__file__).resolve().parents[2] / "portal"
#: Rooms with no page of an office in them.
ELSEWHERE = ("nmbrs/sandbox", "demo")
#: Names that the packages for signing in read, and names under which a browser may send what nobody asked for.
OF_PACKAGES = frozenset(
    {"next", "login", "password", "remember", "code", "credential", "action", "process", "_redir", "id", "pk"}
)
#: Of every list: its tools, and what django-tables2 reads.
OF_LISTS = frozenset({COLUMNS, PAGE, PER_PAGE, SORT, VIEW})

#: The hidden field of forms that several people may have open at once.
OF_FORMS = frozenset({OPENED_WITH})


@cache
def known() -> tuple[str, ...]:
    """Every name, in order."""
    return tuple(sorted(of_filters() | of_forms() | OF_FORMS | OF_LISTS | OF_PACKAGES | by_hand().names))


def of_filters() -> frozenset[str]:
    """Those of every filter of a list."""
    get_resolver().url_patterns  # noqa: B018 - loads every view
    return frozenset(name for one in _below(django_filters.FilterSet) for name in one.base_filters)


def of_forms() -> frozenset[str]:
    """Those of every form, with the two that are made of a table."""
    get_resolver().url_patterns  # noqa: B018
    fields = {name for one in _below(BaseForm) for name in getattr(one, "base_fields", {})}
    opt_ins = {f"{kind.value}{end}" for kind in OptIn for end in ("", "_reason")}
    return frozenset(fields | opt_ins | {category.name for category in ADJUSTABLE})


def _below(base: type) -> Iterator[Any]:
    for one in base.__subclasses__():
        if one.__module__.startswith("portal."):
            yield one
        yield from _below(one)


# --- what is read by hand --------------------------------------------------------------------------------------------


@dataclass
class Read:
    """Names that were found, places whose name is not to be found, and arguments that are names."""

    names: set[str] = field(default_factory=set)
    unclear: set[str] = field(default_factory=set)
    #: Module, function, position and name of a parameter that is the name of what is read.
    handed: set[tuple[str, str, int, str]] = field(default_factory=set)


@cache
def by_hand() -> Read:
    """What the portal's own source reads."""
    sources = {}
    for path in sorted(PORTAL.rglob("*.py")):
        inside = path.relative_to(PORTAL).as_posix()
        if not inside.startswith(ELSEWHERE) and "/migrations/" not in inside:
            name = ".".join(("portal", *path.relative_to(PORTAL).with_suffix("").parts)).removesuffix(".__init__")
            sources[name] = path.read_text(encoding="utf-8")
    return found_in(sources)


def found_in(sources: dict[str, str]) -> Read:
    """What these modules read: their source by their name."""
    read, trees = Read(), _Trees(sources)
    for name in trees.holding("prefix="):
        read.names |= of_second_tables(trees[name])
    for name in trees.holding("GET", "POST", "QueryDict"):
        _Reader(name, read).visit(trees[name])
    done: set[tuple[str, str, int, str]] = set()
    while new := read.handed - done:
        done |= new
        # A call of a function writes its name.
        for name in trees.holding(*{function for _, function, _, _ in new}):
            _Callers(name, read, new).visit(trees[name])
    return read


class _Trees(dict[str, ast.Module]):
    """Modules as trees, each made when it is first asked for: most of them read nothing."""

    def __init__(self, sources: dict[str, str]) -> None:
        super().__init__()
        self._sources = sources

    def __missing__(self, name: str) -> ast.Module:
        self[name] = ast.parse(self._sources[name])
        return self[name]

    def holding(self, *words: str) -> list[str]:
        """The modules whose source holds one of these words."""
        return [name for name, source in self._sources.items() if any(word in source for word in words)]


def of_second_tables(tree: ast.AST) -> set[str]:
    """Order and page of tables that share a page with another one: each has something before its names."""
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("Table"))
    given = (word.value for call in calls for word in call.keywords if word.arg == "prefix")
    before = {str(value.value) for value in given if isinstance(value, ast.Constant)}
    return {f"{one}{name}" for one in before for name in (SORT, PAGE, PER_PAGE)}


class _Walk(ast.NodeVisitor):
    """Walks through a module and knows in which function it is, and what its loops go over."""

    def __init__(self, module: str, read: Read) -> None:
        self.module, self.read = module, read
        self.functions: list[ast.FunctionDef] = []
        self.loops: dict[str, list[ast.expr]] = {}
        self.queries: set[str] = set()

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self.functions.append(node)
        before = self.loops, self.queries
        self.loops, self.queries = dict(self.loops), set(self.queries)
        for inner in ast.walk(node):
            if isinstance(inner, ast.For | ast.comprehension) and isinstance(inner.target, ast.Name):
                self.loops[inner.target.id] = [*self.loops.get(inner.target.id, []), inner.iter]
        arguments = (*node.args.args, *node.args.kwonlyargs)
        self.queries |= {one.arg for one in arguments if "QueryDict" in ast.dump(one.annotation or ast.Pass())}
        for inner in ast.walk(node):
            if isinstance(inner, ast.Assign):
                self._assigned(inner)
        self.generic_visit(node)
        self.loops, self.queries = before
        self.functions.pop()

    def _assigned(self, node: ast.Assign) -> None:
        for target in node.targets:
            pairs = [(target, node.value)]
            if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
                pairs = list(zip(target.elts, node.value.elts, strict=False))
            for left, right in pairs:
                if isinstance(left, ast.Name) and self.is_query(right):
                    self.queries.add(left.id)

    def is_query(self, node: ast.expr) -> bool:
        """Whether it holds what somebody sent."""
        if isinstance(node, ast.Attribute):
            return node.attr in ("GET", "POST", "FILES")
        if isinstance(node, ast.Name):
            return node.id in self.queries
        if isinstance(node, ast.IfExp):
            return self.is_query(node.body) or self.is_query(node.orelse)
        if isinstance(node, ast.Call):
            made = isinstance(node.func, ast.Name) and node.func.id == "QueryDict"
            copied = isinstance(node.func, ast.Attribute) and node.func.attr == "copy"
            return made or (copied and self.is_query(node.func.value))  # type: ignore[attr-defined]
        return False

    def named(self, node: ast.expr) -> None:
        """A name is read here: say which, or who knows."""
        texts = self.texts(node)
        if texts is not None:
            self.read.names |= texts
            return
        function = self.functions[-1] if self.functions else None
        if function is not None and isinstance(node, ast.Name):
            for place, one in enumerate(function.args.args):
                if one.arg == node.id:
                    self._handed(function, place)
                    return
        inside = ".".join((self.module, *(one.name for one in self.functions)))
        self.read.unclear.add(f"{inside}: {ast.unparse(node)}")

    def _handed(self, function: ast.FunctionDef, place: int) -> None:
        arguments = function.args.args
        without_self = place - (arguments[0].arg in ("self", "cls"))
        self.read.handed.add((self.module, function.name, without_self, arguments[place].arg))
        usual = place - len(arguments) + len(function.args.defaults)
        if usual >= 0:
            self.read.names |= self.texts(function.args.defaults[usual]) or set()

    def texts(self, node: ast.expr) -> set[str] | None:
        """The texts that it can be; None: not to be found."""
        if isinstance(node, ast.Constant):
            return {node.value} if isinstance(node.value, str) else None
        if isinstance(node, ast.Tuple | ast.List | ast.Set):
            each = [self.texts(one) for one in node.elts]
            return None if None in each else set().union(*(one for one in each if one))
        if isinstance(node, ast.Name) and node.id in self.loops:
            each = [self.texts(one) for one in self.loops[node.id]]
            return None if None in each else set().union(*(one for one in each if one))
        if isinstance(node, ast.Name):
            value = getattr(self._imported(), node.id, None)
            if isinstance(value, str):
                return {value}
            if isinstance(value, tuple | frozenset | list) and all(isinstance(one, str) for one in value):
                return set(value)
        return None

    def _imported(self) -> ModuleType | None:
        return importlib.import_module(self.module) if self.module.startswith("portal.") else None


class _Reader(_Walk):
    """Finds what is read."""

    def visit_Call(self, node: ast.Call) -> None:
        self.generic_visit(node)
        called = node.func
        reads = isinstance(called, ast.Attribute) and called.attr in ("get", "getlist", "pop")
        if reads and node.args and self.is_query(called.value):  # type: ignore[attr-defined]
            self.named(node.args[0])

    def visit_Subscript(self, node: ast.Subscript) -> None:
        self.generic_visit(node)
        if isinstance(node.ctx, ast.Load) and self.is_query(node.value):
            self.named(node.slice)

    def visit_Compare(self, node: ast.Compare) -> None:
        self.generic_visit(node)
        if isinstance(node.ops[0], ast.In | ast.NotIn) and self.is_query(node.comparators[0]):
            self.named(node.left)


class _Callers(_Walk):
    """Finds the names that are handed to functions that read them: in their own module, or by the module's name."""

    def __init__(self, module: str, read: Read, handed: set[tuple[str, str, int, str]]) -> None:
        super().__init__(module, read)
        self.handed = handed

    def visit_Call(self, node: ast.Call) -> None:
        self.generic_visit(node)
        for module, function, place, name in self.handed:
            if self._is_call_of(node.func, module, function):
                given = [one.value for one in node.keywords if one.arg == name]
                given += [] if given else node.args[place : place + 1]
                for one in given:
                    self.named(one)

    def _is_call_of(self, called: ast.expr, module: str, function: str) -> bool:
        if isinstance(called, ast.Name):
            return called.id == function and (
                module == self.module or getattr(getattr(self._imported(), function, None), "__module__", "") == module
            )
        if not isinstance(called, ast.Attribute) or called.attr != function or not isinstance(called.value, ast.Name):
            return False
        own = called.value.id in ("self", "cls") and module == self.module
        return own or called.value.id == module.rpartition(".")[2]
