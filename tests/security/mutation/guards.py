"""Finds the access guards of the portal in its source, and puts a switch into each."""

import ast
import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
PORTAL = ROOT / "portal"
SWITCH = "_switch"
REFUSALS = {"PermissionDenied", "NotAllowed"}
#: Statements that do nothing but refuse.
REQUIRING = {"require", "require_administrator", "require_known", "not_oneself", "raise_if_reauthentication_required"}
#: Functions that answer whether somebody may.
PREDICATE = re.compile(
    r"^_?(may_\w+|holds_over\w*|_?holds_over_firm|administers|is_known|is_fresh|host_allowed|issuer_allowed)$"
)
DECORATORS = {"fresh_sign_in_required", "fresh_sign_in_for_changes", "require_POST"}
MIXINS = {"FreshSignInMixin"}
#: Rooms without people: the embedded Nmbrs, the reader of Nmbrs, what is below the rooms.
NO_ACCESS = ("nmbrs", "locale", "settings")


_HANDS_ON = "it only hands on; process_view refuses"
_OF_ONE_FIRM = "of one firm, found among those that the reader administers: all of it is theirs to see"
_ASKED_BEFORE = "in the same request the reader was found to hold the same over what these belong to"
_NO_MORE_THAN_SEEING = "the kind takes no more than seeing whose it is, so without it the question is the same"
_OF_A_WHOLE_FIRM = "of a whole firm, which administrators and auditors alone see: both hold the capability"
_BOTH = "the companies and what is read of them are both asked through the door: one of the two is enough"
#: Guards that no test can miss, with the reason: another one stands before or behind each of them.
WITHOUT_A_TEST: dict[str, str] = {
    "portal.accounts.grants: _of_person counts what has ended (4)": (
        "chooses whether a second question is worth asking; that one compares the deputy's term itself"
    ),
    "portal.accounts.middleware: ReadOnlyMiddleware.__call__": _HANDS_ON,
    "portal.accounts.signin.middleware: SecondFactorMiddleware.__call__": _HANDS_ON,
    **{
        f"portal.{guard}{more}": _OF_ONE_FIRM
        for guard in (
            "administration.requests: approve sees everything",
            "administration.reviews: overview sees everything",
            "administration.reviews: overview sees everything (3)",
            "administration.teams: add_rule sees everything",
            "administration.teams: deputies sees everything",
            "administration.teams: unassigned sees everything",
            "administration.teams: unassigned sees everything (3)",
            "debtors.unassigned: _count sees everything",
            "dashboards.variance.setting: variance_bands sees everything",
            "dashboards.variance.setting: _keep sees everything",
        )
        for more in ("", ", its capability")
    },
    **{
        f"portal.{guard}{more}": _ASKED_BEFORE
        for guard in (
            "deadlines.several_views: _asked_again sees everything",
            "deadlines.views: move sees everything",
            "employees.known: records_known sees everything",
            "sync.actions: _decided sees everything (2)",
            "sync.quarantine: again sees everything (2)",
        )
        for more in ("", ", its capability")
    },
    "portal.sync.problems: holds sees everything (3)": _ASKED_BEFORE,
    "portal.sync.templatetags.sync: resync_button sees everything": _ASKED_BEFORE,
    **{
        f"portal.{guard}, its capability": _NO_MORE_THAN_SEEING
        for guard in (
            "companies.filed_tables: _returns sees everything",
            "dashboards.sums.reading: _people sees everything (2)",
            "employees.filters: PeopleFilter._departments sees everything",
            "employees.reading: _codes sees everything",
        )
    },
    "portal.employees.absence_types: unmapped sees everything, its capability": _OF_A_WHOLE_FIRM,
    "portal.sync.environments: cards sees everything (5), its capability": _OF_A_WHOLE_FIRM,
    **{
        f"portal.dashboards.{guard} sees everything": _BOTH
        for guard in (
            "sums.clients: _numbers",
            "sums.reading: _of_debtor",
            "sums.reading: _of_company",
        )
    },
    "portal.privacy.views: HandOutView.post refuses": "nobody who is not signed in finds a person to hand out",
    "portal.dashboards.changes.unseen: _own sees everything": "of nobody's marks none are taken in any case",
}


@dataclass(frozen=True)
class Guard:
    """One guard: where it stands and what it is."""

    name: str
    kind: str


def modules() -> dict[str, Path]:
    """Every module of the portal in which guards can stand, by dotted name."""
    found = {}
    for path in sorted(PORTAL.rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        if len(parts) > 1 and parts[1] not in NO_ACCESS and "migrations" not in parts:
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def refuses(node: ast.stmt) -> bool:
    """Whether the statement raises one of REFUSALS."""
    if not isinstance(node, ast.Raise) or node.exc is None:
        return False
    raised = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
    return getattr(raised, "attr", getattr(raised, "id", "")) in REFUSALS


def gives_nothing(node: ast.stmt) -> bool:
    """Whether the statement returns that there is nothing to see."""
    if not isinstance(node, ast.Return) or node.value is None:
        return False
    value = node.value
    if isinstance(value, ast.Call):
        return getattr(value.func, "attr", "") == "none" or (
            getattr(value.func, "id", "") == "frozenset" and not value.args
        )
    return getattr(value, "id", "") == "NOTHING"


class Switches(ast.NodeTransformer):
    """Rewrites one module; `guards` are those it found, `refusals` the lines of refusals that belong to one."""

    def __init__(self, module: str, middleware: frozenset[str] = frozenset()) -> None:
        self.module, self.middleware = module, middleware
        self.guards: list[Guard] = []
        self.refusals: set[int] = set()
        self.inside: list[str] = []

    def visit_Module(self, node: ast.Module) -> ast.AST:
        self.generic_visit(node)
        place = next(
            (
                number
                for number, one in enumerate(node.body)
                if not (isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant))
                and not (isinstance(one, ast.ImportFrom) and one.module == "__future__")
            ),
            len(node.body),
        )
        node.body[place:place] = ast.parse(f"import tests.security.mutation.switch as {SWITCH}").body
        return ast.fix_missing_locations(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        self.inside.append(node.name)
        node.bases = [
            self._call("mixin", self._new(base, f"{node.name} without {base.id}", "mixin"), base)
            if isinstance(base, ast.Name) and base.id in MIXINS
            else base
            for base in node.bases
        ]
        for one in node.body:
            value = getattr(one, "value", None)
            target = one.targets[0] if isinstance(one, ast.Assign) else getattr(one, "target", None)
            named = isinstance(target, ast.Name) and target.id == "capability" and isinstance(value, ast.Attribute)
            if named and getattr(value.value, "id", "") == "Capability" and value.attr != "VIEW":
                guard = self._new(one, f"{node.name} asks for {value.attr}", "capability of a page")
                one.value = self._call("Weakened", guard, value)
        if f"{self.module}.{node.name}" in self.middleware:
            for method in node.body:
                if isinstance(method, ast.FunctionDef) and method.name in {
                    "__call__",
                    "process_view",
                    "process_exception",
                }:
                    guard = self._new(method, f"{node.name}.{method.name}", "middleware")
                    passed = "self.get_response(request)" if method.name == "__call__" else "None"
                    self._first(method, guard, passed)
        self.generic_visit(node)
        self.inside.pop()
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        self.inside.append(node.name)
        node.decorator_list = [
            self._call("decorator", self._new(one, f"{node.name} without @{one.id}", "decorator"), one)
            if isinstance(one, ast.Name) and one.id in DECORATORS
            else one
            for one in node.decorator_list
        ]
        self.generic_visit(node)
        if PREDICATE.match(node.name) and node.name not in DECORATORS:
            self._first(node, self._new(node, f"{node.name}() says yes", "predicate"), "True")
        self.inside.pop()
        return node

    def visit_If(self, node: ast.If) -> ast.AST:
        refusing = [one for one in node.body if refuses(one)]
        nothing = len(node.body) == 1 and gives_nothing(node.body[0]) and ".accounts." in self.module
        if refusing or nothing:
            self.refusals |= {one.lineno for one in refusing}
            guard = self._new(node, f"{self._where()} refuses", "refusal" if refusing else "nothing to see")
            self.generic_visit(node)
            node.test = ast.BoolOp(ast.And(), [self._call("on", guard), node.test])
            return node
        self.generic_visit(node)
        return node

    def visit_Expr(self, node: ast.Expr) -> ast.AST:
        self.generic_visit(node)
        call = node.value
        if isinstance(call, ast.Call) and getattr(call.func, "attr", getattr(call.func, "id", "")) in REQUIRING:
            name = getattr(call.func, "attr", getattr(call.func, "id", ""))
            guard = self._new(node, f"{self._where()} without {name}()", "requirement")
            return ast.copy_location(ast.If(self._call("on", guard), [node], []), node)
        return node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        function = node.func
        if isinstance(function, ast.Attribute) and function.attr == "visible_to":
            guard = self._new(node, f"{self._where()} sees everything", "visible_to")
            if len(node.args) > 1 or node.keywords:
                self.guards.append(Guard(f"{guard}, its capability", "visible_to with a capability"))
            return self._call("door", guard, function.value, *node.args, keywords=node.keywords, at=node)
        if isinstance(function, ast.Attribute) and function.attr == "in_force":
            guard = self._new(node, f"{self._where()} counts what has ended", "term")
            return self._call("lasting", guard, function.value, *node.args, keywords=node.keywords, at=node)
        if isinstance(function, ast.Name) and function.id == "in_force":
            guard = self._new(node, f"{self._where()} counts what has ended", "term")
            return self._call("term", guard, function, *node.args, keywords=node.keywords, at=node)
        return node

    def _new(self, node: ast.AST, what: str, kind: str) -> str:
        number = 1 + sum(guard.name.startswith(f"{self.module}: {what}") for guard in self.guards)
        name = f"{self.module}: {what}" + (f" ({number})" if number > 1 else "")
        self.guards.append(Guard(name, kind))
        return name

    def _where(self) -> str:
        return ".".join(self.inside) or "module"

    def _call(
        self,
        name: str,
        guard: str,
        *more: ast.expr,
        keywords: list[ast.keyword] | None = None,
        at: ast.AST | None = None,
    ) -> ast.Call:
        function = ast.Attribute(ast.Name(SWITCH, ast.Load()), name, ast.Load())
        call = ast.Call(function, [ast.Constant(guard), *more], keywords or [])
        return ast.copy_location(call, at) if at is not None else call

    def _first(self, function: ast.FunctionDef, guard: str, instead: str) -> None:
        """Let the function answer `instead` at once when the guard is switched off."""
        start = 1 if ast.get_docstring(function) is not None else 0
        function.body[start:start] = ast.parse(f"if not {SWITCH}.on({guard!r}):\n    return {instead}").body


def middleware_of_the_portal() -> frozenset[str]:
    """The portal's own classes in MIDDLEWARE, read from the source of the settings: nothing is imported yet."""
    text = (PORTAL / "settings" / "__init__.py").read_text(encoding="utf-8")
    return frozenset(re.findall(r'"(portal\.[a-z_.]+\.[A-Za-z]+Middleware)"', text))


def switched(module: str, source: str) -> tuple[ast.Module, Switches]:
    """The module with a switch in each of its guards, and what was found."""
    switches = Switches(module, middleware_of_the_portal())
    tree = switches.visit(ast.parse(source))
    assert isinstance(tree, ast.Module)
    return tree, switches


def all_guards() -> list[Guard]:
    """Every guard of the portal."""
    found = (switched(name, path.read_text(encoding="utf-8"))[1] for name, path in modules().items())
    return [guard for one in found for guard in one.guards]
