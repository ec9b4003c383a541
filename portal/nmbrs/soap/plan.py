"""A binding compiled against the contract: which element is known, which text goes to which column."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from portal.nmbrs.contract import (
    ContractError,
    Field,
    Level,
    Operation,
    Service,
    levels,
    operation,
    report_content,
    service,
)
from portal.source import Soap

#: Types inside types deeper than this are not looked into.
_DEEPEST = 8


@dataclass
class Node:
    """One element of the contract below a level of the rows path."""

    #: Columns that take the text of the element.
    columns: list[str] = field(default_factory=list)
    #: Elements that may stand in it, by local name; None: it holds text.
    children: dict[str, "Node"] | None = None
    #: The common case for speed: tag of a text element -> its one column, or empty when no column takes it.
    texts: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Plan:
    """How the rows of one binding are found and read."""

    operation: str
    #: Local name of the result element.
    result: str
    #: Local names from the outermost element that repeats (or holds the rows) to the record; empty: see `Soap.rows`.
    path: tuple[str, ...]
    #: The same as tags in the contract's namespace.
    tags: tuple[str, ...]
    #: One node per step of `path`, the last is the record; with an empty path the result itself.
    nodes: tuple[Node, ...]
    #: What may stand in the result element.
    in_result: frozenset[str]
    #: Columns whose element the contract says is in every record, with the name of that element.
    required: Mapping[str, str]
    #: Columns that take a parameter: column -> name of the loop, `company` or `debtor`.
    given: Mapping[str, str]
    #: The column of a single text value.
    text_column: str | None


class _Compiler:
    def __init__(self, binding: Soap) -> None:
        self._home: Service = service(binding.service)
        self._binding = binding
        self._steps: tuple[Level, ...] = levels(binding.service, binding.operation, binding.rows)
        # The result of a list only wraps; it is a level of its own when it is the record.
        below = self._steps if binding.rows in {"", "."} else self._steps[1:]
        self._levels = below
        self._nodes = [self._node(level.fields, 0) for level in below]
        self._required: dict[str, str] = {}

    def plan(self) -> Plan:
        binding, called = self._binding, operation(self._binding.service, self._binding.operation)
        given: dict[str, str] = {}
        text_column: str | None = None
        for column, path in binding.fields.items():
            if path.startswith("@"):
                given[column] = path[1:]
            elif binding.rows == "" and path == ".":
                text_column = column
            else:
                self._map(column, path)
        for node in self._nodes:
            self._sort_out_texts(node)
        steps = tuple(level.element for level in self._levels) if binding.rows not in {"", "."} else ()
        return Plan(
            operation=binding.operation,
            result=called.result_element,
            path=steps,
            tags=tuple(self._tag(name) for name in steps),
            nodes=tuple(self._nodes),
            in_result=frozenset(known.name for known in self._steps[0].fields),
            required=self._required,
            given=given,
            text_column=text_column,
        )

    def _map(self, column: str, path: str) -> None:
        names = path.split("/")
        for level, node in zip(reversed(self._levels), reversed(self._nodes), strict=True):
            fields = self._along(level.fields, names)
            if fields is None:
                continue
            for name in names:
                assert node.children is not None  # noqa: S101 (`_along` found every name)
                node = node.children[name]
            if node.children is not None:
                break
            node.columns.append(column)
            if all(known.required for known in fields):
                self._required[column] = path
            return
        raise ContractError(f"{self._binding.operation}: no text at {path} for {column}")

    def _along(self, fields: tuple[Field, ...], names: list[str]) -> list[Field] | None:
        found: list[Field] = []
        for name in names:
            match = next((known for known in fields if known.name == name), None)
            if match is None:
                return None
            found.append(match)
            fields = () if self._home.is_simple(match.type) else self._home.fields(match.type)
        return found

    def _node(self, fields: tuple[Field, ...], depth: int) -> Node:
        children: dict[str, Node] = {}
        for known in fields:
            simple = self._home.is_simple(known.type) or depth == _DEEPEST
            children[known.name] = Node() if simple else self._node(self._home.fields(known.type), depth + 1)
        return Node(children=children)

    def _sort_out_texts(self, node: Node) -> None:
        for name, child in (node.children or {}).items():
            if child.children is None and len(child.columns) <= 1:
                node.texts[self._tag(name)] = "".join(child.columns)
            self._sort_out_texts(child)

    def _tag(self, name: str) -> str:
        return f"{{{self._home.namespace}}}{name}"


def _plan_of_report(binding: Soap) -> Plan:
    """The plan of a report's content, which has no schema: a root, what repeats in it, and the records inside that."""
    rows, own, head = report_content(binding.operation)
    root, *steps = rows.split("/")
    if binding.rows != rows:
        raise ContractError(f"{binding.operation}: the content has its records at {rows}")
    nodes = [Node(children={}) for _ in steps]
    known = [(nodes[-1], own)]
    if len(steps) > 1:
        known.append((nodes[0], head))
    for node, fields in known:
        node.children = {field.name: Node() for field in fields}
    given: dict[str, str] = {}
    required: dict[str, str] = {}
    for column, path in binding.fields.items():
        if path.startswith("@"):
            given[column] = path[1:]
            continue
        place = next(((node, field) for node, fields in known for field in fields if field.name == path), None)
        if place is None or place[0].children is None:
            raise ContractError(f"{binding.operation}: no text at {path} for {column}")
        place[0].children[path].columns.append(column)
        if place[1].required:
            required[column] = path
    for node in nodes:
        node.texts = {name: "".join(child.columns) for name, child in (node.children or {}).items()}
    beside = {field.name for field in head} if len(steps) == 1 else set()
    return Plan(
        operation=binding.operation,
        result=root,
        path=tuple(steps),
        tags=tuple(steps),
        nodes=tuple(nodes),
        in_result=frozenset({steps[0], *beside}),
        required=required,
        given=given,
        text_column=None,
    )


def plan_of(binding: Soap) -> Plan:
    """The plan of a binding. Raises ContractError for an operation, a step or an element that the contract lacks."""
    if binding.report:
        return _plan_of_report(binding)
    key = (binding.service, binding.operation, binding.rows, tuple(sorted(binding.fields.items())))
    return _plan(key)


@lru_cache(maxsize=256)
def _plan(key: tuple[str, str, str, tuple[tuple[str, str], ...]]) -> Plan:
    service_name, operation_name, rows, fields = key
    return _Compiler(Soap(operation_name, service_name, rows, dict(fields))).plan()


def called_operation(binding: Soap) -> Operation:
    """The operation of a binding. Raises ContractError."""
    return operation(binding.service, binding.operation)
