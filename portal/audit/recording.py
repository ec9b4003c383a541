"""Writing entries: `record` in the transaction of the act itself, `record_at_once` for looks and refusals.

The head is locked until the transaction around it ends. So an act is recorded last in a short transaction: then
writers wait for each other briefly, and nobody holds the head while waiting for something else.
"""

from collections.abc import Iterable

from django.db import models, transaction

from portal import clock
from portal.audit import actors
from portal.audit.about import About, about
from portal.audit.actors import Actor
from portal.audit.chain import current_key_id, entry_mac
from portal.audit.details import Detail, checked
from portal.audit.kinds import Kind, Outcome
from portal.audit.models import Entry, Head


def record(
    kind: Kind,
    row: models.Model | About | None = None,
    *,
    detail: Detail | None = None,
    outcome: Outcome = Outcome.DONE,
    actor: Actor | None = None,
) -> list[Entry]:
    """Write down that `actor` (default: who acts now) did `kind` to `row`.

    In a transaction the entry stands or falls with the act. When it cannot be written this raises, so that the act
    does not happen either. An act that no row ties to a firm is written once for each firm of the actor, because firms
    do not see each other's entries; without a firm once for the installation. `detail` holds names and counts, no
    values: see portal.audit.details.
    """
    actor = actor or actors.current()
    what = row if isinstance(row, About) else about(row) if row is not None else About()
    firms: Iterable[int | None] = [what.firm_id] if what.firm_id is not None else actor.firms or [None]
    kept = checked(detail or {})
    with transaction.atomic():
        return _append([_entry(kind, what, firm, kept, outcome, actor) for firm in firms])


def record_at_once(
    kind: Kind,
    row: models.Model | About | None = None,
    *,
    detail: Detail | None = None,
    outcome: Outcome = Outcome.DONE,
    actor: Actor | None = None,
) -> list[Entry]:
    """As `record`, for what has no transaction of its own: the entry is safe when this returns.

    Raises RuntimeError inside a transaction, where it could still be rolled back.
    """
    with transaction.atomic(durable=True):
        return record(kind, row, detail=detail, outcome=outcome, actor=actor)


def record_looks_at_once(kind: Kind, looks: Iterable[tuple[About, Detail]]) -> list[Entry]:
    """As `record_at_once` for a page that shows data of several: an entry for each, by as many statements as for one.

    Each of `looks` says whose data, with its firm, and what of it.
    """
    actor = actors.current()
    found = [_entry(kind, what, what.firm_id, checked(detail), Outcome.DONE, actor) for what, detail in looks]
    if not found:
        return []
    with transaction.atomic(durable=True):
        return _append(found)


def _entry(
    kind: Kind, what: About, firm_id: int | None, detail: dict[str, object], outcome: Outcome, actor: Actor
) -> Entry:
    return Entry(
        firm_id=firm_id,
        kind=str(kind),
        outcome=str(outcome),
        actor_id=actor.id,
        actor_label=actor.label,
        look_as_id=actor.look_as,
        object_type=what.object_type,
        object_id=what.object_id,
        debtor_id=what.debtor_id,
        company_id=what.company_id,
        employee_id=what.employee_id,
        detail=detail,
        address=actor.address,
        key_id=current_key_id(),
    )


def _append(entries: list[Entry]) -> list[Entry]:
    """Hang the entries at the end of the chain, in their order."""
    head = locked_head()
    for entry in entries:
        entry.number, entry.at = head.number + 1, clock.now()
        entry.mac = entry_mac(entry, head.mac)
        head.number, head.mac = entry.number, entry.mac
    Entry.objects.bulk_create(entries)
    Head.objects.filter(pk=head.pk).update(number=head.number, mac=head.mac)
    return entries


def locked_head() -> Head:
    """The head, which no other transaction reads or moves before this one ends.

    SQLite locks the whole database for a transaction that writes (BEGIN IMMEDIATE in the settings).
    """
    rows = Head.objects.select_for_update()
    head = rows.first()
    if head is None:
        Head.objects.bulk_create([Head()], ignore_conflicts=True)
        head = rows.get()
    return head
