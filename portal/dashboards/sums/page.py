"""What the pages of a client and of a company are about, read once for each: their panels and figures share it."""

from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.accounts.roles import Capability
from portal.companies.freshness import lacks
from portal.companies.in_period import lacks_period
from portal.companies.models import Company
from portal.companies.periods import Chosen, chosen
from portal.dashboards import months, panels
from portal.dashboards.sums.numbers import Sums
from portal.dashboards.sums.reading import May, read
from portal.dashboards.sums.windows import of_months, of_periods
from portal.debtors.models import Debtor
from portal.ui.charts import Chart, Series
from portal.ui.permissions import holds_over
from portal.ui.values import Missing


@dataclass(frozen=True)
class Page:
    """What one of the two pages is about: its row, the numbers, and what ever came in."""

    row: Debtor | Company
    sums: Sums
    sees_wages: bool
    never: Callable[[Sequence[str]], Missing | None]
    #: The companies that have all of some kinds, and how many have not.
    having: Callable[[Sequence[str]], Container[int]]
    lacking: Callable[[Sequence[str]], int]

    @property
    def when(self) -> str:
        """The shown month or period, as people read it."""
        return self.sums.windows.shown.label

    def note(self, kinds: Sequence[str], others: int = 0) -> str:
        """How many companies are left out of what is made of these kinds, with `others`; empty where none is."""
        count = self.lacking(kinds) + others
        text = ngettext("%(count)s company is not counted here.", "%(count)s companies are not counted here.", count)
        return text % {"count": count} if count else ""


def page_of(request: HttpRequest, row: Debtor | Company) -> Page | None:
    """The numbers of the page, read once for it; None while the company's current period is not known."""
    if "_sums" not in row.__dict__:
        row.__dict__["_sums"] = _page(request, row)
    found: Page | None = row.__dict__["_sums"]
    return found


def lacks_page(request: HttpRequest, row: Debtor | Company) -> Missing:
    """Why there are no numbers: only the page of a company without a period has none."""
    return lacks_period(request, row) if isinstance(row, Company) else Missing.NEVER_FETCHED


def lacks_of(request: HttpRequest, row: Debtor | Company, page: Page | None, kinds: Sequence[str]) -> Missing | None:
    """Why nothing can be said that is made of these kinds."""
    return lacks_page(request, row) if page is None else page.never(kinds)


def _page(request: HttpRequest, row: Debtor | Company) -> Page | None:
    user = request.user
    may = May(
        wages=holds_over(request, row, Capability.VIEW_SALARIES),
        absence=holds_over(request, row, Capability.VIEW_SICKNESS),
    )
    if isinstance(row, Debtor):
        windows = of_months(months.asked_month(request), _("Month"))
        known = panels.known_of(row, user)
        sums = read(user, row, windows, may)
        return Page(row, sums, may.wages, known.lacks, known.having, known.lacking)
    choice: Chosen | None = chosen(request, row)
    if choice is None:
        return None
    sums = read(user, row, of_periods(choice, _("Period")), may)
    return Page(row, sums, may.wages, lambda kinds: lacks(user, row, *kinds), lambda kinds: {row.pk}, lambda kinds: 0)


def chart_of(page: Page, key: str, title: str, series: Sequence[Series], *, money: bool = False) -> Chart:
    """A chart with a place for each of the windows."""
    windows = page.sums.windows
    return Chart(
        key=key,
        title=title,
        labels=[window.label for window in windows.all],
        series=series,
        unit="money" if money else "number",
        places=2 if money else 0,
        label_heading=windows.heading,
    )
