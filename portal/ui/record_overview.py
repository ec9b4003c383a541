"""How many records of each kind an owner has, as of now: the overview in a panel of the owner's page."""

from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import BooleanField, CharField, Count, Model, QuerySet, Value
from django.http import HttpRequest

from portal.accounts.prepared import Prepared
from portal.accounts.roles import UNMENTIONED
from portal.mirror.dating import Observed
from portal.mirror.resource import Resource, registry
from portal.ui.freshness import FreshnessSummary, State
from portal.ui.permissions import holds_over
from portal.ui.records import RecordTable, When, kinds_of, table_of
from portal.ui.values import Missing

if TYPE_CHECKING:
    from portal.ui.records import Person


@dataclass(frozen=True)
class Listed:
    """One kind in the overview of an owner: how many records there are as of now, or why that is not known."""

    kind: str
    label: str
    url: str
    count: int | Missing
    freshness: FreshnessSummary | None = None


def overview(
    request: HttpRequest,
    owner: Model,
    owner_column: str,
    when: When,
    url: Callable[[str], str],
    freshness: Callable[[Sequence[str]], FreshnessSummary],
    asked: Callable[[Resource], bool] = lambda kind: True,
) -> list[Listed]:
    """Every kind of the owner by name. `url` makes the address of its list, `freshness` the lines of the kinds given;
    `asked` says whether Nmbrs is asked for that of `when`, where the kind came in. What is observed is known of a day
    on or after that on which anything of it was first seen.

    Costs one query for all counts together, and one more for a table that looks at its rows first.
    """
    kinds = kinds_of(owner_column)
    permitted = [kind for kind in kinds if holds_over(request, owner, kind.capability)]
    lines = {line.label: line for line in freshness([kind.name for kind in permitted]).lines}
    by_themselves = ((kind.name, _table(kind.name).count) for kind in permitted)
    counts = {name: count(request.user, owner.pk, when) for name, count in by_themselves if count is not None}
    seen: set[str] = set()
    if together := tuple(kind.name for kind in permitted if kind.name not in counts):
        past = tuple(kind.name for kind in permitted if isinstance(kind.dating, Observed) and not asked(kind))
        answer = list(_counts(request.user, owner.pk, column=owner_column, kinds=together, past=past, when=when))
        counts |= {name: rows for name, rows, in_force in answer if in_force}
        seen = {name for name, rows, in_force in answer if rows and not in_force}
    listed = []
    for kind in kinds:
        label = _table(kind.name).title()
        if kind not in permitted and kind.capability in UNMENTIONED:
            continue
        if kind not in permitted:
            listed.append(Listed(kind.name, label, "", Missing.NOT_PERMITTED))
            continue
        summary = FreshnessSummary((lines[kind.label],))
        known: int | Missing = counts.get(kind.name, 0)
        if not summary.ever:
            known = Missing.NOT_PERMITTED if summary.state is State.NOT_PERMITTED else Missing.NEVER_FETCHED
        elif not known and not asked(kind):
            known = _unless_seen(kind, seen)
        listed.append(Listed(kind.name, label, url(kind.name), known, summary))
    return sorted(listed, key=lambda row: row.label.casefold())


def _unless_seen(kind: Resource, seen: Container[str]) -> int | Missing:
    """How many records there are where none are here and Nmbrs was not asked."""
    if not isinstance(kind.dating, Observed):
        return Missing.NEVER_FETCHED
    return 0 if kind.name in seen else Missing.UNKNOWN


@Prepared
def _counts(
    user: "Person", owner: int, *, column: str, kinds: Sequence[str], past: Sequence[str], when: When
) -> "QuerySet[Any, Any]":
    """Kind, how many records of it the owner has, and True; of the `past` kinds, which are observed, also how many had
    been seen by then, and False.
    """
    queries: list[QuerySet[Any, Any]] = []
    for name in kinds:
        kind = registry[name]
        visible = kind.model.objects.visible_to(user, kind.capability)
        own = visible.filter(**{column: owner})
        arms = [(_table(name).at(own, when), True)]
        if name in past:
            arms.append((own.filter(valid_from__lte=when.day), False))
        for rows, in_force in arms:
            told = {"kind": Value(name, CharField()), "in_force": Value(in_force, BooleanField())}
            named = rows.order_by().annotate(**told).values("kind", "in_force")
            queries.append(named.annotate(rows=Count("pk")).values_list("kind", "rows", "in_force"))
    first, *others = queries
    return first.union(*others, all=True)


def _table(kind: str) -> type[RecordTable]:
    found = table_of(kind)
    assert found is not None  # noqa: S101 - `kinds_of` gives those that have one
    return found
