"""What somebody who reviews the audit trail looks at first: counts of a stretch of it, each with the way there."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import ExtractHour, ExtractIsoWeekDay
from django.urls import reverse
from django.utils.translation import gettext as _

from portal.accounts.models import User
from portal.accounts.roles import Capability
from portal.accounts.trail import TrailEntry
from portal.audit.kinds import Kind, Outcome
from portal.clock import AMSTERDAM

if TYPE_CHECKING:
    from portal.accounts.models import Firm

#: Looks at people, and what takes their data out.
LOOKS = (
    Kind.PERSON_READ,
    Kind.LIST_READ,
    Kind.DOCUMENT_READ,
    Kind.REVEALED,
    Kind.EXPORTED,
    Kind.SUBJECT_EXPORTED,
)
#: Hours of the day, Dutch time, and days of the week in which an office works.
FIRST_HOUR, LAST_HOUR, LAST_DAY = 7, 20, 5


@dataclass(frozen=True)
class Sign:
    """One count of entries since the last review; `href`: the entries themselves, or those nearest to them."""

    label: str
    count: int
    href: str
    whose: str = ""


def signs(by: User, firm: "Firm", since: datetime) -> list[Sign]:
    """Refusals, values shown, files, looks outside office hours, and the most looks by one person, from `since`."""
    rows = TrailEntry.objects.visible_to(by, Capability.VIEW_AUDIT).filter(firm_id=firm.pk, at__gte=since)
    return list(_signs(rows, {"firm": str(firm.pk), "first": f"{since.astimezone(AMSTERDAM):%Y-%m-%d}"}))


def _signs(rows: "QuerySet[TrailEntry]", stretch: dict[str, str]) -> Iterator[Sign]:
    def way(**more: str) -> str:
        return f"{reverse('administration:trail')}?{urlencode({**stretch, **more})}"

    done = Q(outcome=Outcome.DONE)
    counted = rows.order_by().aggregate(
        refused=Count("pk", filter=Q(outcome=Outcome.REFUSED)),
        revealed=Count("pk", filter=done & Q(kind=Kind.REVEALED)),
        exported=Count("pk", filter=done & Q(kind=Kind.EXPORTED)),
        handed_out=Count("pk", filter=done & Q(kind=Kind.SUBJECT_EXPORTED)),
    )
    # Hours are worked out of looks alone: SQLite asks Python for each.
    hours = {"hour": ExtractHour("at", tzinfo=AMSTERDAM), "weekday": ExtractIsoWeekDay("at", tzinfo=AMSTERDAM)}
    early_or_late = Q(hour__lt=FIRST_HOUR) | Q(hour__gte=LAST_HOUR) | Q(weekday__gt=LAST_DAY)
    strange = rows.order_by().filter(kind__in=LOOKS).annotate(**hours).filter(early_or_late).count()
    yield Sign(_("Refused"), counted["refused"], way(outcome=Outcome.REFUSED))
    yield Sign(_("Hidden values shown"), counted["revealed"], way(kind=Kind.REVEALED, outcome=Outcome.DONE))
    yield Sign(_("Files taken out"), counted["exported"], way(kind=Kind.EXPORTED, outcome=Outcome.DONE))
    yield Sign(
        _("Files of one person's data"), counted["handed_out"], way(kind=Kind.SUBJECT_EXPORTED, outcome=Outcome.DONE)
    )
    yield Sign(_("Looks before 7, after 20 or in a weekend"), strange, way())
    looked = rows.order_by().filter(kind__in=LOOKS, actor_id__isnull=False)
    most = looked.values("actor_id").annotate(count=Count("pk")).order_by("-count", "actor_id").first()
    if most and (actor := most["actor_id"]) is not None:
        name = User.objects.filter(pk=actor).values_list("name", flat=True).first() or ""
        yield Sign(_("Most looks by one person"), most["count"], way(**({"who": name} if name else {})), name)
