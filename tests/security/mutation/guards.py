"""Finds the access guards of the portal in its source, and puts a switch into each."""

import ast
import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
PORTAL = ROOT / "portal"
SWITCH = "_switch"
REFUSALS = {"PermissionDenied", "NotAllowed"}
#: Where `Refused` says that somebody may not; in other rooms it says what is wrong with what was filled in.
REFUSED = "portal.ui.exports."
#: Statements that do nothing but refuse.
REQUIRING = {
    "require",
    "require_administrator",
    "require_known",
    "require_present",
    "require_of_client",
    "not_oneself",
    "raise_if_reauthentication_required",
}
#: Functions that answer whether somebody may.
PREDICATE = re.compile(
    r"^_?(may_\w+|holds_over\w*|_?holds_over_firm|administers|is_known|is_present|is_elsewhere|is_of_client|is_fresh|still_has|host_allowed|issuer_allowed)$"
)
DECORATORS = {"fresh_sign_in_required", "fresh_sign_in_for_changes", "require_POST"}
MIXINS = {"FreshSignInMixin"}
#: What a page or a kind of record is made by, when it says by keyword what somebody must hold. An entry of the menu is
#: none of these: it only leads to a page, which asks itself.
NOT_MADE = {"MenuEntry"}
#: Where what somebody holds decides which values they get, without a refusal.
BY_WHAT_IS_HELD = (
    "portal.dashboards.changes.unseen",
    "portal.privacy.subject",
    "portal.sync.administration",
    "portal.sync.offers",
    "portal.ui.fields",
)
HELD = {"held", "_held", "capabilities", "capabilities_of", "capabilities_over"}
#: Rooms without people: the embedded Nmbrs, the reader of Nmbrs, what is below the rooms.
NO_ACCESS = ("nmbrs", "locale", "settings")


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


def refuses(node: ast.stmt, module: str = "") -> bool:
    """Whether the statement raises one of REFUSALS, or in the rooms of REFUSED a `Refused` of its own."""
    if not isinstance(node, ast.Raise) or node.exc is None:
        return False
    raised = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
    name = _name(raised)
    return name in REFUSALS or (name == "Refused" and node.cause is None and module.startswith(REFUSED))


def _name(node: ast.AST) -> str:
    """The last word of a name: of `a.b.c` it is c, of a call that of what is called."""
    if isinstance(node, ast.Call):
        node = node.func
    found: str = getattr(node, "attr", getattr(node, "id", ""))
    return found


def named_capability(node: ast.AST) -> str:
    """The capability that is written there, other than the weakest; empty where there is none."""
    if isinstance(node, ast.Attribute) and _name(node.value) == "Capability" and node.attr != "VIEW":
        return node.attr
    return ""


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
        self.refusing = False

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
        refusing = [one for one in node.body if refuses(one, self.module)]
        nothing = len(node.body) == 1 and gives_nothing(node.body[0]) and ".accounts." in self.module
        if refusing or nothing:
            self.refusals |= {one.lineno for one in refusing}
            guard = self._new(node, f"{self._where()} refuses", "refusal" if refusing else "nothing to see")
            # What is asked there is switched off with the refusal.
            self.refusing = True
            node.test = self.visit(node.test)
            self.refusing = False
            node.body, node.orelse = self._each(node.body), self._each(node.orelse)
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
        if isinstance(function, ast.Name) and function.id == "sight":
            guard = self._new(node, f"{self._where()} shows all of a field", "sight")
            return self._call("sight", guard, function, *node.args, keywords=node.keywords, at=node)
        return self._made(node)

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        self.generic_visit(node)
        asked, among = node.ops[0], _name(node.comparators[0])
        held = self.module in BY_WHAT_IS_HELD and among in HELD and not self.refusing
        if held and isinstance(asked, ast.In | ast.NotIn):
            guard = self._call("on", self._new(node, f"{self._where()} asks what is held", "what is held"))
            if isinstance(asked, ast.NotIn):
                return ast.BoolOp(ast.And(), [guard, node])
            return ast.BoolOp(ast.Or(), [ast.UnaryOp(ast.Not(), guard), node])
        if among == "FIRM_SWITCHES" and self.module.startswith("portal.accounts."):
            guard = self._call("on", self._new(node, f"{self._where()} keeps what is the firm's", "what is held"))
            return ast.BoolOp(ast.And(), [guard, node])
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        self.generic_visit(node)
        if self.module == "portal.ui.fields" and _name(node.target) == "RULES" and isinstance(node.value, ast.Dict):
            guards = []
            for key in node.value.keys:
                assert isinstance(key, ast.Tuple)
                kind, field = ast.literal_eval(key)
                guards.append(self._new(node, f"the rule of {field} in {kind}", "rule of a field"))
            named: ast.expr = ast.List([ast.Constant(guard) for guard in guards], ast.Load())
            node.value = self._call("Rules", guards[0], named, node.value)
            del node.value.args[0]
        return node

    def _made(self, node: ast.Call) -> ast.AST:
        """A panel or a kind of record that says by keyword what somebody must hold."""
        needed = next((named_capability(one.value) for one in node.keywords if one.arg == "capability"), "")
        if not needed or _name(node.func) in NOT_MADE:
            return node
        texts = [one.value for one in node.keywords if one.arg == "name"] + node.args[:1]
        name = next((str(one.value) for one in texts if isinstance(one, ast.Constant)), self._where())
        guard = self._new(node, f"{name} asks for {needed}", "capability of a panel or kind")
        return self._call("made", guard, node.func, *node.args, keywords=node.keywords, at=node)

    def _each(self, body: list[ast.stmt]) -> list[ast.stmt]:
        return [self.visit(one) for one in body]

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
