"""Syncs of somebody who left: what they alone asked for and has not begun is taken back."""

from typing import Any

from django.db import transaction

from portal.accounts.models import User
from portal.accounts.rights.guards import has_place
from portal.audit.kinds import Kind
from portal.audit.recording import record
from portal.sync import plans
from portal.sync.models import SyncPlan, Trigger


def stop_for(user: User, firm: int) -> None:
    """Cancel the open syncs that the person alone asked for in the firm, and say so in the trail."""
    for plan in _open().filter(requested_by=user, environment__firm=firm):
        _stop(plan)


def stop_where_access_ended() -> None:
    """The same for everybody whose access ended by the clock, when nobody did anything that could have stopped it."""
    for plan in _open().select_related("requested_by"):
        user = plan.requested_by
        if not user.is_active or not has_place(user, firm=plan.environment.firm_id):
            _stop(plan)


def _open() -> Any:
    """Syncs that one person asked for; what others joined is nobody's alone (plans.start)."""
    return SyncPlan.objects.filter(
        trigger=Trigger.PERSON, finished__isnull=True, requested_by__isnull=False
    ).select_related("environment", "debtor", "company")


@transaction.atomic
def _stop(plan: SyncPlan) -> None:
    plans.cancel(plan)
    record(Kind.RESYNC_CANCELLED, plan)
