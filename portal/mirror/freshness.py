"""Writing freshness: the only place that says when something was last right."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from portal import clock
from portal.mirror.models import Freshness, State
from portal.mirror.resource import Resource
from portal.mirror.scope import MirrorScope

Key = tuple[str, str]


def load(wanted: Iterable[tuple[Resource, MirrorScope]]) -> dict[Key, Freshness]:
    """The rows of these kinds and scopes by (scope key, resource); new, unsaved ones where never tried. One query."""
    pairs = {(scope.key, resource.name): (resource, scope) for resource, scope in wanted}
    found = Freshness.objects.filter(
        scope_key__in={scope_key for scope_key, _ in pairs}, resource__in={name for _, name in pairs}
    )
    rows = {(row.scope_key, row.resource): row for row in found}
    return {key: rows.get(key) or _new(*pair) for key, pair in pairs.items()}


def _new(resource: Resource, scope: MirrorScope) -> Freshness:
    return Freshness(
        environment_id=scope.environment_id,
        debtor_id=scope.debtor_id,
        company_id=scope.company_id,
        scope_key=scope.key,
        resource=resource.name,
    )


def remember_unchanged(rows: Iterable[Freshness]) -> None:
    """Answers equal to the last ones published in full: right as of now, and nothing else differs. One statement."""
    now = clock.now()
    Freshness.objects.filter(pk__in=[row.pk for row in rows]).update(
        state=State.FRESH, last_success=now, last_attempt=now, error_kind="", error_code=None, quarantined=0
    )


def remember_success(row: Freshness, digest: bytes, *, quarantined: int, at: datetime | None = None) -> None:
    """A complete answer was published. A hold and its acceptance are over.

    `at`: as of when it is right, where a part of it was read earlier (people read in rotation).
    """
    _remember(
        row,
        state=State.FRESH,
        last_success=at or clock.now(),
        error_kind="",
        error_code=None,
        digest=digest,
        held_digest=b"",
        accepted_digest=b"",
        rejected_digest=b"",
        held_at=None,
        held_rows=[],
        quarantined=quarantined,
    )


def remember_progress(row: Freshness) -> None:
    """A part was published and the run goes on: tried now, and not yet right as of now."""
    _remember(row)


def remember_failure(
    row: Freshness,
    state: State,
    *,
    kind: str,
    code: int | None = None,
    held_digest: bytes = b"",
    held_rows: Sequence[int] = (),
) -> None:
    """The old rows and the time of the last success stay. After a hold an equal answer is never skipped."""
    if state == State.HELD:
        _remember(
            row,
            state=state,
            error_kind=kind,
            error_code=code,
            digest=b"",
            held_digest=held_digest,
            held_at=row.held_at if bytes(row.held_digest) == held_digest and row.held_at else clock.now(),
            held_rows=list(held_rows),
        )
    elif row.state == State.HELD:
        # What waits for a person goes on waiting: a failure after it decides nothing.
        _remember(row)
    else:
        _remember(row, state=state, error_kind=kind, error_code=code)


def _remember(row: Freshness, **values: Any) -> None:
    """Write these columns and no others: a person may accept a held answer at the same moment."""
    values["last_attempt"] = clock.now()
    for name, value in values.items():
        setattr(row, name, value)
    if row.pk is None:
        row.save()
    else:
        Freshness.objects.filter(pk=row.pk).update(**values)
