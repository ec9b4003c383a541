"""The removal of a client at the end of the relationship: everything the portal holds of it, but the audit trail."""

import time
from collections import Counter
from datetime import timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F, Q, QuerySet

from portal import clock
from portal.accounts.models import Invitation, Membership, User
from portal.accounts.rights.guards import SYSTEM, lock
from portal.accounts.rights.memberships import take
from portal.accounts.roles import Capability
from portal.audit.about import About
from portal.audit.kinds import Kind, Outcome
from portal.audit.recording import record
from portal.companies.models import Company
from portal.debtors.models import Debtor, DebtorGuid
from portal.employees.models import Employee
from portal.jobs.queue import enqueue
from portal.mirror import forgotten
from portal.mirror.resource import registry
from portal.privacy import keeping, owned
from portal.privacy.models import UNDER_WAY, Removal, RemovalState
from portal.search.index.keeping import forget_client
from portal.sync.models import OPEN, Status, SyncPlan, SyncRun

#: One task works so long at most and is then queued again.
SECONDS = 120
#: A worker that was silent so long is taken for dead.
SILENT = timedelta(minutes=3)
#: Kinds in which a removed client would come back.
KINDS = ("debtors", "debtor_guids")


def what_goes(debtor: Debtor) -> dict[str, int]:
    """Model label -> rows that the removal would take. Nothing is changed."""
    return owned.counted(Debtor, debtor.pk)


def ask(by: User, debtor: Debtor) -> Removal:
    """Begin the removal: from here on nobody sees the client, no sync reads it, and a worker removes its rows.

    Raises PermissionDenied for whoever may not, and Refused while the client is under a legal hold.
    """
    firm = debtor.environment.firm_id
    with transaction.atomic():
        lock(firm)
        if not _may(by, debtor.pk):
            raise PermissionDenied
        keeping.refuse_when_held(debtor)
        made, new = Removal.objects.get_or_create(
            environment_id=debtor.environment_id,
            key=debtor.key,
            state__in=UNDER_WAY,
            defaults={
                "debtor_pk": debtor.pk,
                "number": debtor.number,
                "name": debtor.name,
                "asked_by": by,
                "state": RemovalState.WAITING,
            },
        )
        if new:
            # What goes here already is of what the removal took.
            made.counts = _close(debtor)
            made.save(update_fields=["counts"])
            record(Kind.DEBTOR_REMOVED, debtor, detail={"state": "asked", "removal": made.pk})
        transaction.on_commit(lambda: enqueue("portal.privacy.tasks.remove", made.pk))
    return made


def work(pk: int, seconds: float = SECONDS) -> bool:
    """Remove a part of what is left. Returns whether something is left to do.

    Whether the person who asked still may is asked again. Two workers at once do no harm: the second finds it taken.
    """
    now = clock.now()
    free = Q(state=RemovalState.WAITING) | Q(state=RemovalState.RUNNING, beat__lt=now - SILENT)
    if not Removal.objects.filter(free, pk=pk).update(state=RemovalState.RUNNING, beat=now):
        return False
    row = Removal.objects.select_related("asked_by", "environment").get(pk=pk)
    if Debtor.everything.filter(pk=row.debtor_pk).exists() and not _may(row.asked_by, row.debtor_pk):
        _refuse(row)
        return False
    counts, until = Counter(row.counts), time.monotonic() + seconds
    for label, number in owned.removed(Debtor, [row.debtor_pk]):
        counts[label] += number
        Removal.objects.filter(pk=pk).update(counts=dict(counts), beat=clock.now())
        if time.monotonic() > until:
            Removal.objects.filter(pk=pk).update(state=RemovalState.WAITING)
            return True
    with transaction.atomic():
        Removal.objects.filter(pk=pk).update(state=RemovalState.DONE, finished=clock.now())
        record(Kind.DEBTOR_REMOVED, _about(row), detail={"state": "done", "removal": pk, "rows": sum(counts.values())})
    return False


def left_behind() -> list[int]:
    """Removals that no worker is at."""
    late = clock.now() - SILENT
    waiting = Q(state=RemovalState.WAITING) | Q(state=RemovalState.RUNNING, beat__lt=late)
    return list(Removal.objects.filter(waiting).values_list("pk", flat=True))


def lift(by: User, row: Removal) -> None:
    """Let the next sync bring the client back, where Nmbrs still has it. Raises PermissionDenied."""
    with transaction.atomic():
        lock(row.environment.firm_id)
        if not Removal.objects.visible_to(by, Capability.REMOVE_CLIENT).filter(pk=row.pk).exists():
            raise PermissionDenied
        kept = Removal.objects.select_for_update().get(pk=row.pk)
        if kept.state in UNDER_WAY or kept.lifted_at is not None:
            return
        kept.lifted_at, kept.lifted_by = clock.now(), by
        kept.save(update_fields=["lifted_at", "lifted_by"])
        forgotten.let_back([registry[name] for name in KINDS], kept.environment_id, [kept.key])
        record(Kind.DEBTOR_REMOVED, _about(kept), detail={"state": "lifted", "removal": kept.pk})


def _may(by: User | None, debtor_pk: int) -> bool:
    return Debtor.everything.visible_to(by, Capability.REMOVE_CLIENT).filter(pk=debtor_pk).exists()


def _close(debtor: Debtor) -> dict[str, int]:
    """Out of sight, out of every sync, out of everybody's rights. Returns the rows that went, by model label."""
    for name in KINDS:
        forgotten.forget(registry[name], debtor.environment_id, [debtor.key])
    if debtor.remote_id is not None:
        DebtorGuid.everything.filter(environment_id=debtor.environment_id, remote_id=debtor.remote_id).delete()
    now = clock.now()
    Debtor.everything.filter(pk=debtor.pk, missing_since=None).update(missing_since=now)
    Company.everything.filter(debtor=debtor, missing_since=None).update(missing_since=now)
    # By their addresses too: rows of theirs are opened through them.
    Employee.everything.filter(company__debtor=debtor, missing_since=None).update(missing_since=now)
    gone = forget_client(debtor.pk)
    _stop_syncs(debtor)
    for membership in _of_client(Membership.objects, debtor).select_related("user"):
        take(SYSTEM, membership)
    open_ones: Any = Invitation.objects.open()
    for invitation in _of_client(open_ones, debtor):
        invitation.withdrawn_at = now
        invitation.save(update_fields=["withdrawn_at"])
        about = About(
            firm_id=invitation.firm_id,
            object_type="invitation",
            object_id=invitation.pk,
            debtor_id=invitation.debtor_id,
            company_id=invitation.company_id,
        )
        record(Kind.INVITATION_WITHDRAWN, about, detail={"role": str(invitation.role)})
    return gone


def _of_client(rows: Any, debtor: Debtor) -> "QuerySet[Any]":
    found: QuerySet[Any] = rows.filter(Q(debtor=debtor) | Q(company__debtor=debtor))
    return found


def _stop_syncs(debtor: Debtor) -> None:
    """What waits is cancelled; what runs finds its lease gone when it wants to write."""
    now = clock.now()
    own = SyncRun.objects.filter(_own(debtor), status__in=OPEN)
    own.update(status=Status.CANCELLED, finished=now, lease_no=F("lease_no") + 1, lease_owner="", lease_until=None)
    SyncPlan.objects.filter(_own(debtor), finished=None).update(finished=now)
    # A list of clients that was read before this moment would bring it back.
    lists = SyncRun.objects.filter(environment_id=debtor.environment_id, resource__in=KINDS, status=Status.RUNNING)
    lists.update(status=Status.DUE, lease_no=F("lease_no") + 1, lease_owner="", lease_until=None)


def _own(debtor: Debtor) -> Q:
    return Q(debtor=debtor) | Q(company__debtor=debtor) | Q(employee__company__debtor=debtor)


def _refuse(row: Removal) -> None:
    """The client stays out of sight until an administrator decides: lifting brings it back by the next sync."""
    with transaction.atomic():
        Removal.objects.filter(pk=row.pk).update(state=RemovalState.REFUSED, finished=clock.now())
        record(
            Kind.DEBTOR_REMOVED, _about(row), detail={"state": "refused", "removal": row.pk}, outcome=Outcome.REFUSED
        )


def _about(row: Removal) -> About:
    return About(
        firm_id=row.environment.firm_id, object_type="debtor", object_id=row.debtor_pk, debtor_id=row.debtor_pk
    )
