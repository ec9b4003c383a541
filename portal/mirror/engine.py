"""The engine: one complete answer of one resource and scope becomes rows, in one short transaction.

The caller fetches (no transaction open), hands the answer over with a lease, and gets an Outcome. The engine knows
freshness and rows; it knows no sync run and no domain app.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import islice
from typing import Any, Protocol

from django.db import transaction

from portal import clock
from portal.mirror.asked import Answered, Asked
from portal.mirror.changes import name_owners
from portal.mirror.difference import Difference
from portal.mirror.forgotten import people_are_back
from portal.mirror.freshness import remember_failure, remember_progress, remember_success
from portal.mirror.guards import WrongScope, agreed, suspicion
from portal.mirror.models import Change, Freshness, State
from portal.mirror.people import People, remember_people
from portal.mirror.prepare import prepare
from portal.mirror.quarantine import set_aside
from portal.mirror.reading import Reading, look_at, read
from portal.mirror.resource import Resource, registry
from portal.mirror.scope import MirrorScope
from portal.mirror.upsert import bulk_upsert
from portal.source import LoopValue, Record, SourceError

#: So many of the rows that a held answer would take away are shown to the person who decides.
HELD_ROWS = 50


class ParentsMissing(Exception):
    """A kind this one refers to, or the company's current period, was never read: nothing can be linked or dated."""

    kind = "parents_missing"


class Broken(Exception):
    """Our own code failed on this answer. `reference` finds the place in the log; no value is in either."""

    kind = "internal"


class DiskFull(Exception):
    """The answer was good, but the disk had no room for it."""

    kind = "disk_full"


#: Why a run failed that is not the doing of Nmbrs.
OwnError = ParentsMissing | Broken | DiskFull


class Lease(Protocol):
    """The right to publish one resource of one scope."""

    def turn(self) -> None:
        """Before the publishing transaction: wait until other writers have had their turn."""

    def beat(self) -> None:
        """Between two parts of a big answer, outside any transaction: say that the work goes on."""

    def fence(self, outcome: "Outcome") -> None:
        """Inside the publishing transaction: record the outcome, or raise when the lease was lost."""


class Trial(Protocol):
    """How an answer is read of which a record killed workers, so that the death of this one tells which it was."""

    @property
    def left_out(self) -> Sequence[tuple[Record, bytes]]:
        """Records that are not touched, with their marks. Complete when all the others were read."""

    def records(self, read: Callable[[], Iterable[Record]], answer: bytes) -> Iterator[Record]:
        """The others. `read` gives the records of the answer from the beginning, however often; `answer` names it."""


@dataclass
class Outcome:
    """What one attempt came to. `detail` names columns and counts, never values.

    `whole`: nothing is left to do in this scope; else the run goes on with the people not read yet.
    """

    state: State
    whole: bool = True
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


def loop_values(resource: Resource, scope: MirrorScope, freshness: Freshness) -> dict[str, Sequence[LoopValue]]:
    """The values this resource asks in this scope. Reads the database: call it before the thread starts.

    After failures, and as long as a record is in quarantine, everything is asked as at first: what was missed may
    stand outside the usual window.
    """
    return {name: values(scope) for name, values in loops_of(resource, freshness).items()}


def loops_of(resource: Resource, freshness: Freshness) -> dict[str, Callable[[MirrorScope], Sequence[LoopValue]]]:
    """What says which values are asked, by the name of the loop; see `loop_values`."""
    failed = freshness.state in (State.FAILING, State.NOT_PERMITTED)
    first = freshness.last_success is None or failed or freshness.quarantined > 0
    return {name: loop.at_first if first and loop.at_first else loop.values for name, loop in resource.loops.items()}


def read_so_far(scopes: Iterable[MirrorScope]) -> set[tuple[str, str]]:
    """Which kinds were ever read in these scopes and the wider ones, as (scope key, resource). One query."""
    keys = {key for scope in scopes for key in scope.wider_keys}
    return set(
        Freshness.objects.filter(scope_key__in=keys, last_success__isnull=False).values_list("scope_key", "resource")
    )


def check_parents(resource: Resource, scope: MirrorScope, read: set[tuple[str, str]]) -> None:
    """Raise ParentsMissing when a kind that this one needs is not among those `read` so far."""
    if resource.needs_period and scope.current is None:
        raise ParentsMissing("current_period")
    linked = (link.model.resource.name for link in resource.links.values())  # type: ignore[attr-defined]
    for name in (*linked, *resource.after):
        if not any((key, name) in read for key in scope.wider_keys):
            raise ParentsMissing(name)


def unchanged(answered: Answered, freshness: Freshness) -> bool:
    """Whether this is the answer that was last published in full: then there is nothing to read, date or write."""
    return bytes(freshness.digest) == answered.digest


def publish(
    answered: Answered,
    freshness: Freshness,
    lease: Lease,
    people: People | None = None,
    trial: Trial | None = None,
) -> Outcome:
    """Bring the mirror to what was answered, or hold it. `freshness` is the row of this kind and scope.

    With `people` only those are read whose answers differ from their last ones; the digest of each is kept. Raises
    WrongScope for an answer about another company or debtor; nothing is written then.
    """
    asked = answered.asked
    # Of people who were never read all is new to us, and nothing has to be compared.
    news = bool(people.digests) if people is not None else freshness.last_success is not None
    if people is None and trial is None:
        found = read(answered, news=news, beat=lease.beat)
    else:
        asked, found = _read_apart(answered, people, trial, news=news)
    drafts, difference = found.drafts, found.difference
    log = people.known_before(found.log) if people is not None else found.log
    outcome = _outcome(answered, found)
    digest = answered.digest if people is None else b""
    doubt = suspicion(asked, drafts, difference, found.count, found.totals) if people is None else None
    if doubt and doubt.may_agree and agreed(freshness, digest, clock.now()):
        doubt = None
    if doubt and bytes(freshness.accepted_digest) != digest:
        outcome.state = State.HELD
        outcome.error_kind = "held"
        outcome.detail = doubt.detail
        outcome.added = outcome.changed = outcome.missing = 0
        lease.turn()
        with transaction.atomic():
            lease.fence(outcome)
            gone = [*difference.absent, *difference.closed][:HELD_ROWS]
            remember_failure(freshness, State.HELD, kind="held", held_digest=digest, held_rows=gone)
        return outcome

    lease.turn()
    with transaction.atomic():
        lease.fence(outcome)
        # A record that does not go on in a new period is told, though no row changes.
        if len(difference.write) or difference.absent or difference.closed or difference.moved or log:
            _write(asked, difference, log)
        # What says the same is no news to anything that follows from it.
        bulk_upsert(asked.resource.model, difference.rekeyed)
        set_aside(asked, drafts)
        if drafts.revived:
            people_are_back(asked.scope.environment_id, drafts.revived)
        registry.report_unmapped(asked.resource.name, asked.scope.environment_id, drafts.unmapped)
        if people is not None:
            remember_people(people, answered, drafts)
        if people is not None and (not outcome.whole or people.unread):
            remember_progress(freshness)
        elif people is not None:
            left_out = drafts.quarantined + people.left_alone
            remember_success(freshness, b"", quarantined=left_out, at=people.oldest)
        else:
            # With quarantined rows the same answer must be read again next time, so its digest is not kept.
            remember_success(freshness, b"" if drafts.quarantined else digest, quarantined=drafts.quarantined)
        if difference.added or difference.returned:
            _make_dependents_read_again(asked.resource, asked.scope)
    return outcome


def _read_apart(answered: Answered, people: People | None, trial: Trial | None, *, news: bool) -> tuple[Asked, Reading]:
    """Read only the people whose answers are news, or record by record what killed workers."""
    asked, fetched, skip = answered.asked, answered.fetched, frozenset[int]()
    if people is not None:
        asked, skip = people.differing(answered)
    if trial is None:
        drafts = prepare(asked.resource, asked.scope, fetched.records(skip))
    else:
        name = blake2b(answered.digest + repr(sorted(skip)).encode(), digest_size=16).digest()
        records = trial.records(lambda: fetched.records(skip), name)
        drafts = prepare(asked.resource, asked.scope, records, trial.left_out)
    return asked, look_at(answered, asked, drafts, news=news)


def record_error(error: SourceError | OwnError | WrongScope, freshness: Freshness, lease: Lease) -> Outcome:
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


def _outcome(answered: Answered, found: Reading) -> Outcome:
    drafts, difference, elements = found.drafts, found.difference, found.elements
    detail = [f"{column}: {count}" for column, count in sorted(drafts.bad.items())]
    detail += [f"+{name}: {count}" for name, count in sorted(elements.items())]
    return Outcome(
        State.FRESH,
        whole=answered.asked.whole,
        calls=answered.fetched.calls,
        read=drafts.read,
        added=difference.added,
        changed=len(difference.write) - difference.added,
        missing=difference.gone,
        quarantined=drafts.quarantined,
        unknown_values=drafts.unknown_values,
        unknown_elements=elements.total(),
        detail=", ".join(detail)[:255],
    )


def _write(asked: Asked, difference: Difference, log: Sequence[Change]) -> None:
    """Rows, absence, changes and whatever follows from them; the company's row is locked first."""
    resource, scope = asked.resource, asked.scope
    model = resource.model
    if scope.company_id is not None:
        registry.lock_company(scope.company_id)
    # What is over is closed first: one chain has one open row.
    if difference.added:
        _make_former_owners_read_again(asked, difference)
    _update(model, difference.closed, valid_until=difference.over, last_changed=clock.now())
    bulk_upsert(model, difference.write)
    _update(model, difference.absent, missing_since=clock.now())
    for row in difference.moved:
        # Its record, once it can be read, is written anew: what the fingerprint stands for is not in the row any more.
        _update(model, [row.pk], valid_until=row.until, fingerprint=b"", last_changed=clock.now())
    name_owners(asked, log)
    # We learn of them when others can read them: who looks before that must find them new afterwards.
    learned = clock.now()
    for change in log:
        change.learned_at = learned
    Change.objects.bulk_create(log, batch_size=500)
    for follower in registry.followers(resource.name):
        follower(scope.owner_id, difference.since if difference.dated else None)


def _update(model: Any, pks: Sequence[int], **values: Any) -> None:
    for start in range(0, len(pks), 500):
        model.everything.filter(pk__in=pks[start : start + 500]).update(**values)


def _make_former_owners_read_again(asked: Asked, difference: Difference) -> None:
    """Whoever moves to another company is taken from the old one, whose answer may be an old one when they return."""
    scope = asked.scope
    if scope.company_id is None:
        return
    known = set(difference.before)
    fresh = (row["key"] for row in difference.write if row["key"] not in known)
    former: set[int] = set()
    while keys := list(islice(fresh, 500)):
        rows = asked.resource.model.everything.filter(environment_id=scope.environment_id, key__in=keys)
        former |= set(rows.exclude(company_id=scope.company_id).values_list("company_id", flat=True))
    if former:
        names = [asked.resource.name, *registry.dependents(asked.resource)]
        Freshness.objects.filter(company_id__in=former, resource__in=names).update(digest=b"")


def _make_dependents_read_again(resource: Resource, scope: MirrorScope) -> None:
    """New parents: an equal answer may hold records that had no parent before."""
    names = registry.dependents(resource)
    if names:
        stale = Freshness.objects.filter(resource__in=names, environment_id=scope.environment_id)
        if scope.company_id is not None:
            stale = stale.filter(company_id=scope.company_id)
        stale.exclude(digest=b"").update(digest=b"")
