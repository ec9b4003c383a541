"""Of which companies of a list a kind never came in: what is not known of their people is neither none nor zero."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db.models import Case, FilteredRelation, IntegerField, Q, Sum, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import ngettext

from portal.companies.models import Company
from portal.connections.wording import of_client
from portal.mirror.models import State
from portal.ui.values import Missing

if TYPE_CHECKING:
    from django.db.models import QuerySet


@dataclass(frozen=True)
class Lacking:
    """By key of a company the kinds that never came in, each with why: Nmbrs refuses it, or it was never fetched."""

    reasons: Mapping[int, Mapping[str, Missing]] = field(default_factory=dict)

    def of(self, company: int, kinds: Iterable[str]) -> Missing | None:
        """Why something that is made of these kinds is not known in the company; None where all of them came in."""
        own = self.reasons.get(company, {})
        return _worst(own[kind] for kind in kinds if kind in own)

    def companies(self, kinds: Sequence[str]) -> dict[int, Missing]:
        """The companies that lack one of the kinds, with why."""
        found = {company: self.of(company, kinds) for company in self.reasons}
        return {company: reason for company, reason in found.items() if reason}


def lacking(companies: "QuerySet[Company]", kinds: Sequence[str]) -> Lacking:
    """What these companies, which have been through `visible_to`, lack of the kinds. One row for each that does."""
    rows = (
        companies.order_by()
        .values("pk")
        .alias(read=FilteredRelation("freshness", condition=Q(freshness__resource__in=kinds)))
        .annotate(
            came=_bits(kinds, read__last_success__isnull=False),
            refused=_bits(kinds, read__last_success__isnull=True, read__state=State.NOT_PERMITTED),
        )
        .filter(came__lt=(1 << len(kinds)) - 1)
        .values_list("pk", "came", "refused")
    )
    return Lacking(
        {
            company: {
                kind: Missing.NOT_PERMITTED if refused >> place & 1 else Missing.NEVER_FETCHED
                for place, kind in enumerate(kinds)
                if not came >> place & 1
            }
            for company, came, refused in rows
        }
    )


def total_lacks(reasons: Iterable[Missing]) -> Missing:
    """Why there is no total where no company counts in it."""
    return _worst(reasons) or Missing.NEVER_FETCHED


def not_counted(reasons: Iterable[Missing]) -> list[str]:
    """How many companies a total lacks, a sentence for each reason."""
    found = list(reasons)
    if of_client():
        text = ngettext(
            "%(count)s company is not in this figure: it is not known here.",
            "%(count)s companies are not in this figure: they are not known here.",
            len(found),
        )
        return [text % {"count": len(found)}] if found else []
    refused = found.count(Missing.NOT_PERMITTED)
    never = len(found) - refused
    of_refused = ngettext(
        "%(count)s company is not in this figure: Nmbrs does not give what it is made of.",
        "%(count)s companies are not in this figure: Nmbrs does not give what it is made of.",
        refused,
    )
    of_never = ngettext(
        "%(count)s company is not in this figure: it was not fetched from Nmbrs yet.",
        "%(count)s companies are not in this figure: they were not fetched from Nmbrs yet.",
        never,
    )
    return [text % {"count": count} for count, text in ((refused, of_refused), (never, of_never)) if count]


def _bits(kinds: Sequence[str], **told: Any) -> Coalesce:
    """A bit for each of the kinds of which this is told; a company has one row of each."""
    places = (When(read__resource=kind, then=Value(1 << place), **told) for place, kind in enumerate(kinds))
    return Coalesce(Sum(Case(*places, default=Value(0), output_field=IntegerField())), Value(0))


def _worst(reasons: Iterable[Missing]) -> Missing | None:
    found = set(reasons)
    return Missing.NOT_PERMITTED if Missing.NOT_PERMITTED in found else next(iter(found), None)
