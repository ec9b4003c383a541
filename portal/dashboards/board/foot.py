"""The foot of the board: how many people work at the companies of the filter, and what the runs of their periods cost.

Each company counts in the period of its row. What is known of its cost follows the rule of one company's page
(portal.dashboards.sums.cost): a company that should have wage cost has a run over the period, and the journal of each.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Value
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.accounts.prepared import Prepared
from portal.accounts.roles import Capability
from portal.companies.freshness import PEOPLE_KINDS
from portal.companies.models import Basis, BookedCost, Company, Run, Snapshot
from portal.companies.results import awaits_journal
from portal.companies.status import covering
from portal.dashboards.board.looking import Look
from portal.dashboards.board.rows import at
from portal.dashboards.sums.cost import COST_KINDS
from portal.mirror.models import Freshness
from portal.ui import formats
from portal.ui.values import Missing

if TYPE_CHECKING:
    from portal.companies.freshness import Person

_COLUMNS = ("pk", "people", "kinds", "made", "cents", "elsewhere", "may_see", "awaits", "anew")


class Kept(NamedTuple):
    """What is known of a company in its period. `people` None: not known. `cents` None: nothing is booked on cost;
    `elsewhere`: a run over several periods is booked in another one. `may_see`: whether the reader sees its wages.
    `awaits`: the journal of a run is still to come. `anew`: what journals come to is being worked out anew."""

    people: int | None
    made: bool
    cents: int | None
    elsewhere: bool
    may_see: bool
    awaits: bool = False
    anew: bool = False

    @property
    def pays(self) -> bool:
        """Whether it should have wage cost, as far as anybody knows."""
        return self.made or self.people != 0

    @property
    def cost(self) -> int | None:
        """Its wage cost in cents; None: not known."""
        if not self.made or self.awaits or self.anew:
            return None
        return 0 if self.cents is None and self.elsewhere else self.cents


@dataclass(frozen=True)
class Foot:
    """People and wage cost in euros of so many companies, and of how many each is not known.

    People None: known of none. Cost None: known of none that should have it. `sees_wages` False: the reader may not see
    the wages of all of them. `recounting`: what the journals of some come to is being worked out anew.
    """

    companies: int
    people: int | None
    people_unknown: int
    cost: Decimal | None
    cost_unknown: int
    sees_wages: bool
    recounting: bool = False


def kinds_of(*, wages: bool) -> tuple[str, ...]:
    """The kinds that it is made of; `wages`: for a reader who may see any."""
    return (*PEOPLE_KINDS, *COST_KINDS) if wages else PEOPLE_KINDS


def foot_of(kept: Iterable[Kept]) -> Foot:
    """The sums over these companies."""
    rows = list(kept)
    people = [row.people for row in rows if row.people is not None]
    costs = [row.cost for row in rows if row.pays]
    known = [cents for cents in costs if cents is not None]
    return Foot(
        companies=len(rows),
        people=sum(people) if people else None,
        people_unknown=len(rows) - len(people),
        cost=Decimal(sum(known)) / 100 if known else None,
        cost_unknown=len(costs) - len(known),
        sees_wages=bool(rows) and all(row.may_see for row in rows),
        recounting=any(row.anew for row in rows),
    )


def told(foot: Foot) -> list[tuple[str, str]]:
    """Label and text of what a file says of it in its first lines."""
    people = Missing.UNKNOWN.label if foot.people is None else formats.number(foot.people)
    lines = [(_("Head count"), _with_unknown(people, foot.people_unknown))]
    if foot.sees_wages:
        cost = Missing.UNKNOWN.label if foot.cost is None else formats.money(foot.cost)
        lines.append((_("Wage cost"), _with_unknown(cost, foot.cost_unknown)))
    return lines


def _with_unknown(text: Any, unknown: int) -> str:
    if not unknown:
        return str(text)
    said = ngettext("not known of %(count)s company", "not known of %(count)s companies", unknown)
    return f"{text} ({said % {'count': formats.number(unknown)}})"


def kept_of(user: "Person", look: Look, *, wages: bool) -> Mapping[int, Kept]:
    """By key of each company that the person sees; `wages`: whether they may see any. One query."""
    answer = _kept(user, look=look, wages=wages)
    whole = len(PEOPLE_KINDS)
    return {
        company: Kept(
            people if kinds == whole else None,
            bool(made),
            int(cents) if may_see and cents is not None else None,
            bool(elsewhere),
            bool(may_see),
            bool(awaits),
            bool(anew),
        )
        for company, people, kinds, made, cents, elsewhere, may_see, awaits, anew in answer
    }


@Prepared
def _kept(user: "Person", *, look: Look, wages: bool) -> "QuerySet[Any, Any]":
    """What is looked up for each company is bound to its row: who may see it was asked of the companies once."""
    companies = at(Company.objects.visible_to(user), look).order_by()
    of_period = {"year": OuterRef("of_year"), "number": OuterRef("of_number")}
    snapshots = Snapshot.objects.filter(company=OuterRef("pk"), basis=Basis.PERIOD, **of_period)
    came_in = Freshness.objects.filter(company=OuterRef("pk"), resource__in=PEOPLE_KINDS, last_success__isnull=False)
    known = companies.annotate(of_year=F("state__year"), of_number=F("state__number")).annotate(
        people=Subquery(snapshots.values("head_count")[:1]),
        kinds=Subquery(came_in.order_by().values("company").annotate(kinds=Count("pk")).values("kinds")),
        made=Exists(_runs()),
    )
    if not wages:
        nothing = {name: Value(0) for name in ("awaits", "anew", "elsewhere", "may_see")}
        nothing["cents"] = Value(None, IntegerField())
        return known.annotate(**nothing).values_list(*_COLUMNS)
    booked = BookedCost.objects.filter(company=OuterRef("pk"), **of_period)
    seen = Company.objects.visible_to(user, Capability.VIEW_SALARIES).order_by().values("pk")
    return known.annotate(
        awaits=Exists(_runs().filter(awaits_journal())),
        anew=Q(environment__firm__cost_accounts__recounting=True),
        cents=Subquery(booked.values("cents")[:1]),
        elsewhere=Exists(_over_several()) & ~Exists(booked),
        may_see=Q(pk__in=seen),
    ).values_list(*_COLUMNS)


def _runs() -> "QuerySet[Run]":
    """The runs over the period of the row."""
    return covering(Run.objects.filter(company=OuterRef("pk")), OuterRef("of_year"), OuterRef("of_number"))


def _over_several() -> "QuerySet[Run]":
    """Those over other periods too, booked on cost in one of them: Nmbrs books such a run once."""
    booked = BookedCost.objects.filter(
        company=OuterRef("company"),
        year=OuterRef("year"),
        number__gte=OuterRef("period_start"),
        number__lte=OuterRef("period_end"),
        cents__isnull=False,
    )
    return _runs().filter(Exists(booked), period_end__gt=F("period_start"))
