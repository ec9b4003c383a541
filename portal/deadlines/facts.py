"""What is known of some companies, read once for all of them: the input of portal.deadlines.states.

For the engine's transactions and for tasks, which act for nobody: pages read the results through `visible_to`.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import F, Max

from portal.companies.models import Company, CurrentPeriod, PensionExport, PeriodSeen, Run, WageTaxReturn
from portal.deadlines.models import Arrangement, MovedDate
from portal.mirror.models import Freshness
from portal.periods import Period, PeriodType

#: The kinds of record that tell how far a period is.
TELLING = ("runs", "wage_tax_returns", "pension_exports")
#: Years before that of the current period that are read: a return may be of the year before.
YEARS_BACK = 2


@dataclass
class Facts:
    """One company: its settings, and its runs, returns and pension returns, the newest of a period first.

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
    fetched: set[str] = field(default_factory=set)

    @property
    def since(self) -> int:
        """See above."""
        return self.current.year - YEARS_BACK

    def knows(self, resource: str) -> bool:
        """Whether this kind ever came in. Rows tell so before the publish that brings them has ended."""
        rows = {"runs": self.runs, "wage_tax_returns": self.returns, "pension_exports": self.exports}
        return resource in self.fetched or bool(rows[resource])


def of_companies(pks: Sequence[int]) -> list[Facts]:
    """The facts of those of the companies whose current period was ever known. Nine queries, however many there are.

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
    fetched = Freshness.objects.filter(company__in=facts, resource__in=TELLING, last_success__isnull=False)
    for company, resource in fetched.values_list("company_id", "resource"):
        facts[company].fetched.add(resource)
    return list(facts.values())


def _furthest(companies: Iterable[int]) -> Iterator[tuple[int, int, int]]:
    """Company, year and number of the furthest period seen of each.

    Set back is at most over some years; a period further on than that was a mistake that Nmbrs took back.
    """
    near = PeriodSeen.objects.filter(company__in=companies, year__lte=F("company__current__year") + YEARS_BACK)
    rows: Any = near.order_by().values("company").annotate(furthest=Max(F("year") * 100 + F("number")))
    return ((company, *divmod(at, 100)) for company, at in rows.values_list("company", "furthest"))
