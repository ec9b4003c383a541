"""The figures on top of a debtor's dashboard."""

from collections.abc import Sequence
from decimal import Decimal

from django.utils.translation import gettext as _

from portal.companies.freshness import PEOPLE_KINDS, WAGE_KINDS
from portal.companies.tiles import Tile, left_out_words, no_access, on
from portal.dashboards import months
from portal.dashboards.debtor import Known, Month
from portal.dashboards.tables import behind_words, lacking_words, reason_for
from portal.periods import Period
from portal.ui.charts import Figure
from portal.ui.values import Missing


def tiles(
    trend: Sequence[Month | None],
    month: Period,
    known: Known,
    behind: int,
    *,
    sees_wages: bool,
    cost: Tile,
    absence: Tile | None,
) -> list[Tile]:
    """Head count, wages, joiners and leavers of the last month of `trend`, with the months before it. `behind`: of so
    many companies there is nothing of that month; `absence` is only there for who may see it.
    """
    lacks = [behind_words(behind)] if behind else []
    last_day = on(months.last_day(month))
    in_month = _("In %(month)s.") % {"month": months.name(month)}
    return [
        _tile(_("Head count"), _points(trend, "head_count"), known, lacks, last_day, "head_count"),
        cost,
        _wage(trend, known, lacks, last_day) if sees_wages else no_access(_("Contract wage a month"), "contract_wage"),
        _tile(_("Joiners"), _points(trend, "joiners"), known, lacks, in_month, "joiner"),
        _tile(_("Leavers"), _points(trend, "leavers"), known, lacks, in_month, "leaver"),
        *([absence] if absence else []),
    ]


def _points(trend: Sequence[Month | None], name: str) -> list[Figure]:
    return [getattr(each, name) if each else None for each in trend]


def _tile(label: str, points: Sequence[Figure], known: Known, lacks: Sequence[str], note: str, term: str) -> Tile:
    value = _shown(points[-1], known, PEOPLE_KINDS)
    cautions = [*_cautions(points, known, PEOPLE_KINDS), *lacks]
    return Tile(label, value, note, points, cautions=cautions, term=term, resources=PEOPLE_KINDS)


def _wage(trend: Sequence[Month | None], known: Known, lacks: Sequence[str], note: str) -> Tile:
    never = known.never(WAGE_KINDS)
    points = [None if never or each is None else each.wage for each in trend]
    cautions = [*_cautions(points, known, WAGE_KINDS), *([] if never else lacks)]
    last = trend[-1]
    if points[-1] is not None and last is not None and last.wage_left_out:
        cautions.append(left_out_words(last.wage_left_out))
    value = _shown(points[-1], known, WAGE_KINDS)
    label = _("Contract wage a month")
    return Tile(label, value, note, points, unit="money", cautions=cautions, term="contract_wage", resources=WAGE_KINDS)


def _cautions(points: Sequence[Figure], known: Known, kinds: Sequence[str]) -> list[str]:
    lacking = known.lacking(kinds)
    return [lacking_words(lacking)] if lacking and points[-1] is not None else []


def _shown(value: Figure, known: Known, kinds: Sequence[str]) -> int | Decimal | Missing:
    if isinstance(value, int | Decimal):
        return value
    return reason_for(known.companies, known.lacking(kinds), known.refuses(kinds))
