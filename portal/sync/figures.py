"""Counts over the runs of plans: how far, how long, how many calls, what changed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Max, Min, Q, Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from portal.sync.messages import RUN_STATUSES, counts
from portal.sync.models import OPEN, Status, SyncPlan, SyncRun
from portal.sync.tolerated import tolerated
from portal.ui import formats
from portal.ui.values import Level
from portal.ui.values import Status as Shown

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from portal.accounts.models import User

    Person = User | AnonymousUser

NOT_RENEWED = (Status.FAILED, Status.HELD, Status.NOT_PERMITTED, Status.PARKED)
SUMS = ("calls", "read", "added", "changed", "missing", "quarantined", "unknown_values", "unknown_elements")


def aggregates() -> dict[str, Any]:
    """What is counted over runs, by name."""
    return {
        "total": Count("pk"),
        "done": Count("pk", filter=~Q(status__in=OPEN)),
        "running": Count("pk", filter=Q(status=Status.RUNNING)),
        "not_renewed": Count("pk", filter=Q(status__in=NOT_RENEWED) & ~tolerated()),
        "tolerated": Count("pk", filter=tolerated()),
        "held": Count("pk", filter=Q(status=Status.HELD)),
        "cancelled": Count("pk", filter=Q(status=Status.CANCELLED)),
        "began": Min("started"),
        "ended": Max("finished"),
        **{name: Sum(name, default=0) for name in SUMS},
    }


@dataclass(frozen=True)
class Figures:
    """Runs by how they ended, and sums over them. `tolerated`: what Nmbrs may not have and did not give."""

    total: int = 0
    done: int = 0
    running: int = 0
    not_renewed: int = 0
    tolerated: int = 0
    held: int = 0
    cancelled: int = 0
    calls: int = 0
    read: int = 0
    added: int = 0
    changed: int = 0
    missing: int = 0
    quarantined: int = 0
    unknown_values: int = 0
    unknown_elements: int = 0
    began: datetime | None = None
    ended: datetime | None = None

    @property
    def written(self) -> int:
        """Rows that are different now."""
        return self.added + self.changed + self.missing

    @property
    def counts(self) -> str:
        """What was written, in words."""
        return counts(added=self.added, changed=self.changed, missing=self.missing, quarantined=self.quarantined)


NONE_YET = Figures()
LEFT_OUT = Shown(Level.SOON, gettext_lazy("done, records left out"), "circle-minus")
DONE = Shown(Level.FINE, gettext_lazy("done"))


def of_plans(user: "Person", plans: Iterable[int]) -> dict[int, Figures]:
    """Figures by plan, over the runs the person may see. One query."""
    wanted = list(plans)
    rows: Any = (
        SyncRun.objects.visible_to(user).filter(plans__in=wanted).order_by().values("plans").annotate(**aggregates())
    )
    return {row.pop("plans"): Figures(**row) for row in rows}


def of_resources(user: "Person", plan: SyncPlan) -> dict[str, Figures]:
    """Figures of one plan by resource. One query."""
    rows: Any = (
        SyncRun.objects.visible_to(user).filter(plans=plan).order_by().values("resource").annotate(**aggregates())
    )
    return {row.pop("resource"): Figures(**row) for row in rows}


def standing(plan: SyncPlan, figures: Figures) -> Shown:
    """How far a plan is, or how it ended."""
    if plan.finished is None:
        return RUN_STATUSES[Status.RUNNING if figures.running or figures.done else Status.DUE]
    if figures.cancelled:
        return RUN_STATUSES[Status.CANCELLED]
    if figures.not_renewed:
        text = ngettext("%(count)s part not renewed", "%(count)s parts not renewed", figures.not_renewed)
        return Shown(Level.LATE, text % {"count": formats.number(figures.not_renewed)})
    if figures.quarantined:
        return LEFT_OUT
    return DONE


def length(plan: SyncPlan, figures: Figures) -> timedelta | None:
    """How long the work took; None while it has not begun or is not over."""
    if plan.finished is None or figures.began is None:
        return None
    return max(plan.finished, figures.ended or plan.finished) - figures.began


def length_words(time: timedelta | None) -> str:
    """A length of time in seconds or, from two minutes on, in minutes; empty: not known."""
    if time is None:
        return ""
    seconds = time.total_seconds()
    if seconds < 10:
        return _("%(count)s s") % {"count": formats.number(seconds, 1)}
    if seconds < 120:
        return _("%(count)s s") % {"count": formats.number(seconds)}
    return _("%(count)s min") % {"count": formats.number(seconds / 60)}
