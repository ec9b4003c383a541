"""How old the data behind a page is, told by its oldest needed kind."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from django.db.models import Case, CharField, F, Q, Value, When
from django.utils.translation import gettext_lazy as _

from portal.clock import now
from portal.mirror.models import Freshness
from portal.mirror.models import State as StoredState
from portal.mirror.resource import Lane, registry
from portal.ui.faults import Fault, explain
from portal.ui.values import Level, Status

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

#: Syncs run every night; older than this means that a night was missed.
STALE_AFTER = timedelta(hours=28)
#: People are read one by one in rotation; a round may take a week.
STALE_AFTER_ROUND = timedelta(days=8)


class State(StrEnum):
    """The state of a kind as pages show it, worst first: the badge shows the worst one."""

    NOT_PERMITTED = "not_permitted"
    HELD = "held"
    FAILING = "failing"
    NEVER = "never"
    STALE = "stale"
    FRESH = "fresh"

    @property
    def status(self) -> Status:
        """Word, icon and colour."""
        return STATUSES[self]


STATUSES = {
    State.NOT_PERMITTED: Status(Level.LATE, _("not permitted"), "ban"),
    State.HELD: Status(Level.SOON, _("held"), "hand-stop"),
    State.FAILING: Status(Level.LATE, _("failing"), "alert-triangle"),
    State.NEVER: Status(Level.NEUTRAL, _("never synced"), "circle-dashed"),
    State.STALE: Status(Level.SOON, _("stale"), "clock-exclamation"),
    State.FRESH: Status(Level.FINE, _("up to date"), "circle-check"),
}
_IN_PART = Status(Level.NEUTRAL, _("not all synced yet"), "circle-dashed")
_ORDER = {state: position for position, state in enumerate(State)}


@dataclass(frozen=True)
class FreshnessLine:
    """One kind of record: its state, when it was last right, and why it is not now."""

    label: "str | _StrPromise"
    state: State
    last_success: datetime | None = None
    last_attempt: datetime | None = None
    error_kind: str = ""

    @property
    def status(self) -> Status:
        """Word, icon and colour of the state."""
        return self.state.status

    @property
    def fault(self) -> Fault | None:
        """What went wrong at the last attempt, in plain words; None when it went well."""
        return explain(self.error_kind) if self.error_kind else None


@dataclass(frozen=True)
class FreshnessSummary:
    """All kinds that a page needs."""

    lines: tuple[FreshnessLine, ...]

    @property
    def state(self) -> State:
        """The worst state; of a page that needs no kind: never synced."""
        return min((line.state for line in self.lines), key=_ORDER.__getitem__, default=State.NEVER)

    @property
    def status(self) -> Status:
        """Word, icon and colour of the worst state. Where some of it came in, the age beside it is of this part."""
        return _IN_PART if self.state is State.NEVER and self.ever else self.state.status

    @property
    def oldest(self) -> datetime | None:
        """The oldest last success. Kinds that never succeeded have none and are told by the state."""
        return min((line.last_success for line in self.lines if line.last_success), default=None)

    @property
    def behind(self) -> "list[tuple[Status, list[str | _StrPromise]]]":
        """The kinds that are not up to date, by state; none where all are in the same state, which one word tells."""
        if len({line.state for line in self.lines}) < 2:
            return []
        found = {state: [line.label for line in self.lines if line.state is state] for state in State}
        return [(state.status, labels) for state, labels in found.items() if labels and state is not State.FRESH]

    @property
    def ever(self) -> bool:
        """Whether any kind was ever fetched."""
        return self.oldest is not None


def why(internal: Q, path: str = "") -> Case:
    """The kind of error of rows of Freshness (`path` leads to them), of those alone that are `internal` to the reader.

    What went wrong between portal and Nmbrs is the office's to know; of other rows people read the state and the age.
    """
    kept = When(internal, then=F(f"{path}error_kind"))
    return Case(kept, default=Value(""), output_field=CharField())


def stale_after(resource: str) -> timedelta:
    """How old a kind may be before a sync was missed."""
    slow = resource in registry and registry[resource].lane is Lane.SLOW
    return STALE_AFTER_ROUND if slow else STALE_AFTER


def summarise(
    rows: Iterable[Freshness],
    needed: Iterable[str] = (),
    label: "Callable[[str], str | _StrPromise]" = str,
    at: datetime | None = None,
) -> FreshnessSummary:
    """The summary of Freshness rows of any scopes, one line per resource.

    `needed` limits and orders the resources; one without a row counts as never fetched. Of several scopes the
    worst state and the oldest success count. `label` turns a resource's name into words.
    """
    moment = at or now()
    names = tuple(needed)
    found: dict[str, FreshnessLine] = {}
    for row in rows:
        if names and row.resource not in names:
            continue
        line = _line(row, label(row.resource), moment)
        found[row.resource] = _worse(found[row.resource], line) if row.resource in found else line
    for name in names:
        found.setdefault(name, FreshnessLine(label(name), State.NEVER))
    return FreshnessSummary(tuple(found[name] for name in names or sorted(found)))


def _line(row: Freshness, label: "str | _StrPromise", at: datetime) -> FreshnessLine:
    state = State(row.state)
    if (
        row.state == StoredState.FRESH
        and row.last_success is not None
        and at - row.last_success > stale_after(row.resource)
    ):
        state = State.STALE
    return FreshnessLine(label, state, row.last_success, row.last_attempt, row.error_kind)


def _worse(one: FreshnessLine, other: FreshnessLine) -> FreshnessLine:
    """The line with the worse state, told with the oldest success of both."""
    worst = min(one, other, key=lambda line: _ORDER[line.state])
    successes = [line.last_success for line in (one, other) if line.last_success is not None]
    return replace(worst, last_success=min(successes, default=None))
