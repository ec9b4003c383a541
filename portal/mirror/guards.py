"""What is not believed though it is in perfect order: answers about somebody else, and answers that take far too much.

The rules stand in reliability.md: 2.3 for what shrinks (R11), fault 25 for the wrong company.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from portal.mirror.asked import Answered, Asked
from portal.mirror.dating import Observed
from portal.mirror.difference import Difference, window_of
from portal.mirror.models import Freshness
from portal.mirror.prepare import Drafts
from portal.periods import Period
from portal.source import Level

if TYPE_CHECKING:
    from django.db.models import QuerySet

#: Fewer active rows than before by more than this share, and by more than this number, is held for a person.
SHRINK_SHARE = 0.10
SHRINK_NUMBER = 5
#: A total of a closed period that drops by more than this share is held.
DROP_SHARE = Decimal("0.30")
#: Two equal answers so far apart agree: for a small company that is enough, without a person.
AGREE_AFTER = timedelta(hours=1)
BATCH = 500


class WrongScope(Exception):
    """The answer is about another company or debtor than the one that was asked about. A security event."""

    kind = "wrong_scope"


@dataclass(frozen=True)
class Suspicion:
    """Why an answer is held: a short fact, and whether a second equal answer is enough to let it through."""

    detail: str
    may_agree: bool


@dataclass
class Totals:
    """What the guarded column came to in each closed period, before and after."""

    before: dict[Period, Decimal] = field(default_factory=dict)
    after: dict[Period, Decimal] = field(default_factory=dict)

    def add(self, other: "Totals") -> None:
        """Put another part of the same answer to it."""
        for mine, theirs in ((self.before, other.before), (self.after, other.after)):
            for period, amount in theirs.items():
                mine[period] = mine.get(period, Decimal()) + amount

    def fallen(self) -> tuple[Period, Decimal] | None:
        """The period that fell most, with the share it lost, where that is too much."""
        lost = {period: 1 - self.after.get(period, 0) / total for period, total in self.before.items() if total}
        worst = max(lost, key=lambda period: lost[period], default=None)
        return (worst, lost[worst]) if worst is not None and lost[worst] > DROP_SHARE else None


def suspicion(asked: Asked, drafts: Drafts, difference: Difference, rows: int, wages: Totals) -> Suspicion | None:
    """What the shrink guard says: nothing left where there was something, far fewer rows, or far less of a wage.

    `rows` came out of the answer. The detail is "gone/before" for rows and "year/period: percent" for a total.
    """
    if not difference.active_before:
        return None
    if fallen := wages.fallen():
        period, share = fallen
        return Suspicion(f"{period.year}/{period.number}: {int(share * 100)}%", may_agree=False)
    nothing_left = not rows and not drafts.bad_keys and difference.gone > 0
    far_fewer = difference.gone > max(SHRINK_NUMBER, SHRINK_SHARE * difference.active_before)
    if not nothing_left and not far_fewer:
        return None
    # Where the limit of five applies.
    small = SHRINK_SHARE * difference.active_before <= SHRINK_NUMBER
    detail = f"{difference.gone}/{difference.active_before}"
    return Suspicion(detail, may_agree=small and asked.scope.level is Level.COMPANY)


def agreed(freshness: Freshness, digest: bytes, now: datetime) -> bool:
    """Whether this is the answer that was held at least an hour ago, and that nobody has refused since."""
    same = digest != b"" and bytes(freshness.held_digest) == digest != bytes(freshness.rejected_digest)
    return same and freshness.held_at is not None and now - freshness.held_at >= AGREE_AFTER


def check_scope(answered: Answered, drafts: Drafts, difference: Difference) -> None:
    """Raise WrongScope when more of what the answer names belongs elsewhere than here.

    What Nmbrs moves belongs elsewhere too, until the list of its former owner was read; fewer than half are taken for
    that. Ids that nobody has are new, or of people who are not mirrored: they say nothing.
    """
    asked = answered.asked
    resource, scope = asked.resource, asked.scope
    if scope.level is Level.ENVIRONMENT:
        return
    for name, remote_ids in drafts.strangers.items():
        own = len(drafts.linked[name])
        if len(remote_ids) > own:
            ids = [int(text) for text in remote_ids if text.isascii() and text.isdigit() and len(text) < 18]
            _refuse_if_more(resource.links[name].model, asked, ids, own)
    if "remote_id" not in resource.key or not set(resource.key) <= {"remote_id", scope.level.value}:
        return
    # Ids that count only beside their owner may be the same everywhere; a first answer says nothing about that.
    judged = resource.key == ("remote_id",) or difference.active_before
    own = len(drafts.rows) - difference.added
    if judged and difference.added > own:
        fresh = [row["remote_id"] for row in difference.write if row["key"] not in difference.before]
        _refuse_if_more(resource.model, asked, fresh, own)


def _refuse_if_more(model: Any, asked: Asked, remote_ids: Sequence[int], own: int) -> None:
    """Raise WrongScope when more than `own` of these are present elsewhere in the environment, and not here."""
    scope = asked.scope
    owner = "company_id" if scope.level is Level.COMPANY else "debtor_id"
    names = {column.attname for column in model._meta.concrete_fields}
    if owner not in names:
        return
    rows: QuerySet[Any] = model.everything.filter(environment_id=scope.environment_id, missing_since__isnull=True)
    if isinstance(model.resource.dating, Observed):
        rows = rows.filter(valid_until__isnull=True)
    elsewhere = 0
    for start in range(0, len(remote_ids), BATCH):
        named = rows.filter(remote_id__in=remote_ids[start : start + BATCH])
        elsewhere += named.exclude(**{owner: getattr(scope, owner)}).values("remote_id").distinct().count()
    if elsewhere > own:
        raise WrongScope(f"{elsewhere} of {elsewhere + own}")


def totals(asked: Asked, drafts: Drafts, difference: Difference) -> Totals:
    """The totals of closed periods; none where nothing we have would change.

    Closed is what lies before the company's current period. The total is that of the amounts without their signs: a
    deduction that is gone is a loss as well.
    """
    column, current = asked.resource.guarded, asked.scope.current
    if not column or current is None or not (difference.before or difference.absent):
        return Totals()
    before: dict[Period, Decimal] = defaultdict(Decimal)
    after: dict[Period, Decimal] = defaultdict(Decimal)
    stored = window_of(asked).filter(missing_since__isnull=True)
    for key, year, number, amount in stored.values_list("key", "year", "number", column).iterator(BATCH):
        period = Period(year, number)
        if period < current:
            before[period] += abs(amount)
            if key in drafts.bad_keys or (drafts.nameless and key not in drafts.rows):
                # Its old row stays.
                after[period] += abs(amount)
    for values in drafts.rows.values():
        after[Period(values["year"], values["number"])] += abs(values[column])
    return Totals(before, after)
