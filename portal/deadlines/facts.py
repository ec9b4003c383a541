"""What is known of some companies, read once for all of them: the input of portal.deadlines.states.

For the engine's transactions and for tasks, which act for nobody: pages read the results through `visible_to`.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import F, Max, Q

from portal.companies.models import Company, CurrentPeriod, PensionExport, PeriodSeen, Run, WageTaxReturn
from portal.deadlines.models import Arrangement, MovedDate
from portal.employees.models import Employment
from portal.mirror.models import Freshness
from portal.periods import Bounds, Period, PeriodType, bounds

#: The kinds of record that tell how far a period is.
TELLING = ("runs", "wage_tax_returns", "pension_exports")
#: Years before that of the current period that are read: a return may be of the year before.
YEARS_BACK = 2

#: From a day on until before another one; None: for good.
Service = tuple[date, date | None]


@dataclass
class Facts:
    """One company: its settings, its runs, returns and pension returns, the newest of a period first, and its people.

    `latest`: the furthest period that it ever worked on; later than `current` while Nmbrs has set that back. `since`:
    the first year of which runs and returns are read; of earlier ones nothing is known here.
    """

    company: Company
    kind: PeriodType
    current: Period
    latest: Period
    arrangement: Arrangement | None = None
    moved: dict[tuple[str, str, Period], date] = field(default_factory=dict)
    runs: list[Run] = field(default_factory=list)
    returns: list[WageTaxReturn] = field(default_factory=list)
    exports: list[PensionExport] = field(default_factory=list)
    #: From which day on, and until before which one (None: for good), somebody is in service, from the period in hand
    #: on; None: no employment is known at all, which is no reason to say that nobody is there.
    service: list[Service] | None = None
    fetched: set[str] = field(default_factory=set)

    @property
    def since(self) -> int:
        """See above."""
        return self.current.year - YEARS_BACK

    def knows(self, resource: str) -> bool:
        """Whether this kind ever came in. Rows tell so before the publish that brings them has ended."""
        rows = {"runs": self.runs, "wage_tax_returns": self.returns, "pension_exports": self.exports}
        return resource in self.fetched or bool(rows[resource])

    @property
    def in_hand(self) -> date:
        """The first day of the period that it works on."""
        return bounds(self.kind, self.current).first

    def nobody_in(self, days: Bounds) -> bool:
        """Whether it is known that nobody is in service on any of these days, of the period in hand or a later one."""
        if self.service is None:
            return False
        return not any(since <= days.last and (until is None or until > days.first) for since, until in self.service)


def of_companies(pks: Sequence[int]) -> list[Facts]:
    """The facts of those of the companies whose current period was ever known. Ten queries at most, however many there
    are.

    Where Nmbrs does not give it any more the last one counts: what is due in it, and late, is still to be done.
    """
    current = CurrentPeriod.everything.filter(company__in=pks, company__missing_since__isnull=True)
    facts = {
        row.company_id: Facts(row.company, PeriodType(row.period_type), row.period, row.period)
        for row in current.select_related("company")
    }
    if not facts:
        return []
    since = min(one.since for one in facts.values())
    for company, year, number in _furthest(facts):
        facts[company].latest = max(facts[company].current, Period(year, number))
    for arrangement in Arrangement.objects.filter(company__in=facts):
        facts[arrangement.company_id].arrangement = arrangement
    for moved in MovedDate.objects.filter(company__in=facts, year__gte=since):
        facts[moved.company_id].moved[moved.kind, moved.period_type, moved.period] = moved.due
    for run in Run.objects.filter(company__in=facts, year__gte=since):
        if run.year >= facts[run.company_id].since:
            facts[run.company_id].runs.append(run)
    for declaration in WageTaxReturn.objects.filter(company__in=facts, year__gte=since):
        if declaration.year >= facts[declaration.company_id].since:
            facts[declaration.company_id].returns.append(declaration)
    for export in PensionExport.objects.filter(company__in=facts, year__gte=since):
        if export.year >= facts[export.company_id].since:
            facts[export.company_id].exports.append(export)
    for company, spans in _service(facts).items():
        facts[company].service = spans
    fetched = Freshness.objects.filter(company__in=facts, resource__in=TELLING, last_success__isnull=False)
    for company, resource in fetched.values_list("company_id", "resource"):
        facts[company].fetched.add(resource)
    return list(facts.values())


def _service(facts: Mapping[int, Facts]) -> dict[int, list[Service]]:
    """When anybody is in service with each company, from the first day on that is in hand anywhere."""
    goes_on = Q(valid_until__isnull=True) | Q(valid_until__gt=min(one.in_hand for one in facts.values()))
    rows = Employment.objects.filter(goes_on, company__in=facts, employee__missing_since__isnull=True)
    found: dict[int, list[Service]] = {}
    # A thousand people who began on one day are one row.
    spells = rows.order_by("company_id", "valid_from").values_list("company_id", "valid_from", "valid_until")
    for company, since, until in spells.distinct():
        spans = found.setdefault(company, [])
        last = spans[-1] if spans else None
        if last is None or (last[1] is not None and last[1] < since):
            spans.append((since, until))
        elif last[1] is not None:
            spans[-1] = (last[0], None if until is None else max(last[1], until))
    without = [company for company in facts if company not in found]
    if without:
        left = Employment.objects.filter(company__in=without, employee__missing_since__isnull=True)
        found |= {company: [] for company in left.order_by().values_list("company_id", flat=True).distinct()}
    return found


def _furthest(companies: Iterable[int]) -> Iterator[tuple[int, int, int]]:
    """Company, year and number of the furthest period seen of each.

    Set back is at most over some years; a period further on than that was a mistake that Nmbrs took back.
    """
    near = PeriodSeen.objects.filter(company__in=companies, year__lte=F("company__current__year") + YEARS_BACK)
    rows: Any = near.order_by().values("company").annotate(furthest=Max(F("year") * 100 + F("number")))
    return ((company, *divmod(at, 100)) for company, at in rows.values_list("company", "furthest"))
