"""What a sync came to, for the command line: a table by kind of record, and why something was not renewed."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from rich.console import Console
from rich.table import Table

from portal.mirror.models import Freshness
from portal.mirror.resource import registry
from portal.sync import messages
from portal.sync.figures import NOT_RENEWED, Figures, aggregates
from portal.sync.models import OPEN, Status, SyncPlan, SyncRun
from portal.sync.tolerated import tolerated

#: So many companies are named for one reason.
NAMED = 5


def table(plans: Sequence[SyncPlan], *, width: int | None) -> str:
    """Counts by kind, in the order in which kinds are read. `width` None: as wide as the terminal."""
    drawn = Table(box=None, pad_edge=False)
    drawn.add_column("Kind")
    for name in ("Parts", "New", "Changed", "Gone", "Left out", "Held", "Failed", "Calls"):
        drawn.add_column(name, justify="right")
    counted = by_kind(plans)
    for name in [resource.name for resource in registry if resource.name in counted]:
        row = counted[name]
        cells = (
            f"{row.done}/{row.total}",
            row.added,
            row.changed,
            row.missing,
            row.quarantined,
            row.held,
            row.not_renewed - row.held + row.tolerated,
            row.calls,
        )
        drawn.add_row(name, *map(str, cells))
    console = Console(width=width, color_system=None, highlight=False, markup=False)
    with console.capture() as captured:
        console.print(drawn)
    return "\n".join(line.rstrip() for line in captured.get().splitlines())


def by_kind(plans: Sequence[SyncPlan]) -> dict[str, Figures]:
    """Figures by resource over all runs of the plans."""
    runs = SyncRun.objects.filter(pk__in=SyncPlan.runs.through.objects.filter(syncplan__in=plans).values("syncrun"))
    rows: Any = runs.order_by().values("resource").annotate(**aggregates())
    return {row.pop("resource"): Figures(**row) for row in rows}


def reasons(plans: Sequence[SyncPlan]) -> list[str]:
    """Why something was not renewed, one text a kind and cause with the first companies it concerns."""
    wanted = Q(status__in=[*NOT_RENEWED, Status.CANCELLED, *OPEN]) & ~tolerated()
    return _reasons(SyncRun.objects.filter(wanted, plans__in=plans))


def not_given(plans: Sequence[SyncPlan]) -> list[str]:
    """The same of what Nmbrs may not have at all."""
    return _reasons(SyncRun.objects.filter(tolerated(), plans__in=plans))


def _reasons(wanted: "QuerySet[SyncRun]") -> list[str]:
    runs = wanted.select_related("environment", "debtor", "company").order_by("stage", "resource", "pk").distinct()
    groups: dict[tuple[str, str, int | None, str], list[SyncRun]] = defaultdict(list)
    for run in runs:
        groups[(run.resource, run.error_kind or run.status, run.error_code, run.error_detail)].append(run)
    return [_reason(resource, kind, code, detail, found) for (resource, kind, code, detail), found in groups.items()]


def left_out(plans: Sequence[SyncPlan]) -> int:
    """How many records were left out because they could not be read."""
    return sum(row.quarantined for row in by_kind(plans).values())


def _reason(resource: str, kind: str, code: int | None, detail: str, runs: list[SyncRun]) -> str:
    owners = [str(run.company or run.debtor or run.environment) for run in runs]
    more = f" and {len(owners) - NAMED} more" if len(owners) > NAMED else ""
    heading = f"{resource}: {', '.join(owners[:NAMED])}{more}"
    if kind in OPEN:
        return f"{heading}\n  Another worker is still at it. Run this command again to follow it."
    oldest = _oldest(resource, runs)
    words = messages.of_error(kind, resource, code=code, detail=detail, last_success=oldest)
    return f"{heading}\n  {words.happened}\n  {words.means}\n  {words.to_do}"


def _oldest(resource: str, runs: list[SyncRun]) -> datetime | None:
    """When the oldest data of these runs was last right; None when one of them never came in."""
    keys = {run.scope_key for run in runs}
    found = Freshness.objects.filter(resource=resource, scope_key__in=keys, last_success__isnull=False)
    known = list(found.values_list("last_success", flat=True))
    return min((moment for moment in known if moment), default=None) if len(known) == len(keys) else None
