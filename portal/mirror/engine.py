"""The engine: one complete answer of one resource and scope becomes rows, in one short transaction.

The caller fetches (no transaction open), hands the answer over with a lease, and gets an Outcome. The engine knows
freshness and rows; it knows no sync run and no domain app.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from hashlib import blake2b
from typing import Any, NamedTuple, Protocol

from django.db import transaction

from portal import clock
from portal.mirror.freshness import remember_failure, remember_success
from portal.mirror.models import Freshness, State
from portal.mirror.prepare import Drafts, prepare
from portal.mirror.resource import Resource, registry
from portal.mirror.scope import MirrorScope
from portal.mirror.upsert import bulk_upsert
from portal.source import Fetched, Source, SourceError

#: Fewer active rows than before by more than this share, and by more than this number, is held for a person.
SHRINK_SHARE = 0.10
SHRINK_NUMBER = 5


class ParentsMissing(Exception):
    """A kind this one refers to, or the company's current period, was never read: nothing can be linked or dated."""

    kind = "parents_missing"


class Broken(Exception):
    """Our own code failed on this answer. `reference` finds the place in the log; no value is in either."""

    kind = "internal"


class Lease(Protocol):
    """The right to publish one resource of one scope."""

    def turn(self) -> None:
        """Before the publishing transaction: wait until other writers have had their turn."""

    def fence(self, outcome: "Outcome") -> None:
        """Inside the publishing transaction: record the outcome, or raise when the lease was lost."""


@dataclass
class Outcome:
    """What one attempt came to. `detail` names columns and counts, never values."""

    state: State
    calls: int = 0
    read: int = 0
    added: int = 0
    changed: int = 0
    missing: int = 0
    quarantined: int = 0
    unknown_values: int = 0
    unknown_elements: int = 0
    error_kind: str = ""
    error_code: int | None = None
    detail: str = ""


class Stored(NamedTuple):
    """What the diff needs to know of a row we have."""

    pk: int
    fingerprint: bytes
    present: bool
    start: date | None


@dataclass
class Difference:
    """What has to be written. `since`: the first day on which something may differ (None: any day)."""

    write: list[dict[str, Any]] = field(default_factory=list)
    added: int = 0
    absent: list[int] = field(default_factory=list)
    active_before: int = 0
    since: date | None = None
    dated: bool = False


def fetch(resource: Resource, scope: MirrorScope, source: Source, loops: Mapping[str, Sequence[str]]) -> Fetched:
    """Ask the source. Safe in a thread: touches no database. Raises SourceError."""
    return source.fetch(source.binding(resource.soap, resource.rest), scope.remote, loops)


def loop_values(resource: Resource, scope: MirrorScope) -> dict[str, Sequence[str]]:
    """The values this resource asks in this scope. Reads the database: call it before the thread starts."""
    return {name: loop.values(scope) for name, loop in resource.loops.items()}


def read_so_far(scopes: Iterable[MirrorScope]) -> set[tuple[str, str]]:
    """Which kinds were ever read in these scopes and the wider ones, as (scope key, resource). One query."""
    keys = {key for scope in scopes for key in scope.wider_keys}
    return set(
        Freshness.objects.filter(scope_key__in=keys, last_success__isnull=False).values_list("scope_key", "resource")
    )


def check_parents(resource: Resource, scope: MirrorScope, read: set[tuple[str, str]]) -> None:
    """Raise ParentsMissing when a kind that this one needs is not among those `read` so far."""
    if resource.dating.needs_period_type and scope.period_type is None:
        raise ParentsMissing("current_period")
    for link in resource.links.values():
        name = link.model.resource.name  # type: ignore[attr-defined]
        if not any((key, name) in read for key in scope.wider_keys):
            raise ParentsMissing(name)


def unchanged(
    resource: Resource,
    scope: MirrorScope,
    fetched: Fetched,
    source: Source,
    loops: Mapping[str, Sequence[str]],
    freshness: Freshness,
) -> bool:
    """Whether this is the answer that was last published in full: then there is nothing to read, date or write."""
    return bytes(freshness.digest) == _digest(resource, scope, fetched, source, loops)


def publish(
    resource: Resource,
    scope: MirrorScope,
    fetched: Fetched,
    source: Source,
    loops: Mapping[str, Sequence[str]],
    freshness: Freshness,
    lease: Lease,
) -> Outcome:
    """Bring the mirror to what `fetched` says, or hold it. `freshness` is the row of this kind and scope."""
    digest = _digest(resource, scope, fetched, source, loops)
    drafts = prepare(resource, scope, fetched.records())
    difference = _diff(resource, scope, drafts, loops)
    outcome = _outcome(fetched, drafts, difference)
    if _suspicious(difference, drafts) and bytes(freshness.accepted_digest) != digest:
        outcome.state = State.HELD
        outcome.error_kind = "held"
        outcome.detail = f"{len(difference.absent)}/{difference.active_before}"
        outcome.added = outcome.changed = outcome.missing = 0
        lease.turn()
        with transaction.atomic():
            lease.fence(outcome)
            remember_failure(freshness, State.HELD, kind="held", held_digest=digest)
        return outcome

    lease.turn()
    with transaction.atomic():
        lease.fence(outcome)
        if difference.write or difference.absent:
            _write(resource, scope, difference)
        # With quarantined rows the same answer must be read again next time, so its digest is not kept.
        remember_success(freshness, b"" if drafts.quarantined else digest, quarantined=drafts.quarantined)
        if difference.added:
            _make_dependents_read_again(resource, scope)
    return outcome


def record_error(error: SourceError | ParentsMissing | Broken, freshness: Freshness, lease: Lease) -> Outcome:
    """Keep what is there, remember why it was not renewed."""
    code = error.code if isinstance(error, SourceError) else None
    detail = error.detail if isinstance(error, SourceError) else str(error)
    state = State.NOT_PERMITTED if error.kind == "not_permitted" else State.FAILING
    outcome = Outcome(state, error_kind=error.kind, error_code=code, detail=detail[:255])
    lease.turn()
    with transaction.atomic():
        lease.fence(outcome)
        remember_failure(freshness, state, kind=error.kind, code=code)
    return outcome


def _digest(
    resource: Resource, scope: MirrorScope, fetched: Fetched, source: Source, loops: Mapping[str, Sequence[str]]
) -> bytes:
    version = resource.version(source.binding(resource.soap, resource.rest))
    dated_by = scope.period_type if resource.dating.needs_period_type else None
    asked = repr((dated_by, sorted((name, tuple(values)) for name, values in loops.items())))
    return blake2b(fetched.digest + version + asked.encode(), digest_size=16).digest()


def _diff(resource: Resource, scope: MirrorScope, drafts: Drafts, loops: Mapping[str, Sequence[str]]) -> Difference:
    dated = any(column.name == "valid_from" for column in resource.model._meta.concrete_fields)
    stored = _stored(resource, scope, loops, dated=dated)
    difference = Difference(dated=dated, active_before=sum(row.present for row in stored.values()))
    touched: list[date | None] = []
    now = clock.now()
    for key, values in drafts.rows.items():
        row = stored.get(key)
        if row is not None and row.present and row.fingerprint == values["fingerprint"]:
            continue
        if row is None:
            difference.added += 1
        touched += [values.get("valid_from"), row.start if row else None]
        difference.write.append(values | {"key": key, "first_seen": now, "last_changed": now, "missing_since": None})
    if not drafts.nameless:
        for key, row in stored.items():
            if row.present and key not in drafts.rows and key not in drafts.bad_keys:
                difference.absent.append(row.pk)
                touched.append(row.start)
    difference.since = min((day for day in touched if day is not None), default=None)
    return difference


def _stored(
    resource: Resource, scope: MirrorScope, loops: Mapping[str, Sequence[str]], *, dated: bool
) -> dict[str, Stored]:
    rows = resource.model.everything.filter(**scope.columns)
    for name, loop in resource.loops.items():
        if loop.window:
            rows = rows.filter(**{f"{loop.window}__in": loops[name]})
    start = ("valid_from",) if dated else ()
    return {
        key: Stored(pk, bytes(fingerprint), missing is None, first[0] if first else None)
        for key, pk, fingerprint, missing, *first in rows.values_list(
            "key", "pk", "fingerprint", "missing_since", *start
        )
    }


def _suspicious(difference: Difference, drafts: Drafts) -> bool:
    """The shrink guard (reliability.md 2.3): nothing where there was something, or far fewer than before."""
    if not difference.active_before:
        return False
    gone = len(difference.absent)
    if not drafts.rows and not drafts.bad_keys and gone:
        return True
    return gone > max(SHRINK_NUMBER, SHRINK_SHARE * difference.active_before)


def _outcome(fetched: Fetched, drafts: Drafts, difference: Difference) -> Outcome:
    elements = fetched.unknown_elements
    detail = [f"{column}: {count}" for column, count in sorted(drafts.bad.items())]
    detail += [f"+{name}: {count}" for name, count in sorted(elements.items())]
    return Outcome(
        State.FRESH,
        calls=fetched.calls,
        read=drafts.read,
        added=difference.added,
        changed=len(difference.write) - difference.added,
        missing=len(difference.absent),
        quarantined=drafts.quarantined,
        unknown_values=drafts.unknown_values,
        unknown_elements=elements.total(),
        detail=", ".join(detail)[:255],
    )


def _write(resource: Resource, scope: MirrorScope, difference: Difference) -> None:
    """Rows, absence and whatever follows from them; the company's row is locked first."""
    model = resource.model
    if scope.company_id is not None:
        registry.lock_company(scope.company_id)
    bulk_upsert(model, difference.write)
    for start in range(0, len(difference.absent), 500):
        model.everything.filter(pk__in=difference.absent[start : start + 500]).update(missing_since=clock.now())
    if scope.company_id is not None:
        for follower in registry.followers(resource.name):
            follower(scope.company_id, difference.since if difference.dated else None)


def _make_dependents_read_again(resource: Resource, scope: MirrorScope) -> None:
    """New parents: an equal answer may hold records that had no parent before."""
    names = registry.dependents(resource)
    if names:
        stale = Freshness.objects.filter(resource__in=names, environment_id=scope.environment_id)
        if scope.company_id is not None:
            stale = stale.filter(company_id=scope.company_id)
        stale.exclude(digest=b"").update(digest=b"")
