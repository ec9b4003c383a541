"""Each panel with figures, read off its page as a person does, and held against Nmbrs' own data.

A reader gets the panel and what the page was asked for; it compares everything that stands there, and returns how
many figures that were. What is compared with is computed by tests/reference.py or straight from the generated firm.

Here are the readers of what is shown over time and of the figures above the panels; the others stand in
panels_of_people, panels_of_runs and panels_of_records.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from portal.nmbrs.sandbox.firm.model import Company, Debtor, Person
from portal.periods import Period
from tests import reference
from tests.sync import sums_read
from tests.sync.sums_read import Window, number

#: A figure of a table; a name or a word beside it.
Cell = Decimal | str | None


@dataclass(frozen=True)
class Asked:
    """What a page shows: of whom, and for which period. `windows`: thirteen months or periods, the shown one last."""

    page: Any
    seed: int
    debtor: Debtor
    companies: Sequence[Company]
    windows: Sequence[Window]
    #: The period of a page of one company or one person.
    period: Period | None = None
    person: Person | None = None

    @property
    def window(self) -> Window:
        """First and last day of what is shown."""
        return self.windows[-1]

    @property
    def one_period(self) -> Period:
        """That of a company's page."""
        assert self.period
        return self.period


Reader = Callable[[Any, Asked], int]


# --- over thirteen months or periods ---------------------------------------------------------------------------------


def cost(panel: Any, asked: Asked) -> int:
    return sums_read.check_cost(asked.page, asked.seed, asked.companies, asked.windows)


def people(panel: Any, asked: Asked) -> int:
    expected = [sum(one.head_count for one in figures(asked, window)) for window in asked.windows]
    assert sums_read.column(panel, "people", "Head count") == expected
    return len(expected) + year_earlier(panel, asked, "people", lambda one: Decimal(one.head_count))


def wage(panel: Any, asked: Asked) -> int:
    cents = [sum(one.wage_cents for one in figures(asked, window)) for window in asked.windows]
    assert sums_read.column(panel, "wage", "Contract wage") == [reference.money(one) for one in cents]
    return len(cents) + year_earlier(panel, asked, "wage", lambda one: reference.money(one.wage_cents))


def year_earlier(panel: Any, asked: Asked, key: str, told: Callable[[reference.Figures], Decimal]) -> int:
    """The grey series of a client's chart: the same months a year earlier, as far back as figures are kept."""
    if asked.period is not None:
        assert "A year earlier" not in sums_read.headings(panel, key)
        return 0
    expected: list[Decimal | None] = []
    for window in sums_read.year_before(asked.companies, asked.windows):
        assert window
        kept = [company for company in asked.companies if sums_read.is_kept(company, window)]
        expected.append(sum((told(reference.figures(one, *window)) for one in kept), Decimal(0)) if kept else None)
    known = len(expected) - expected.count(None)
    if known:
        assert sums_read.column(panel, key, "A year earlier") == expected
    else:
        assert "A year earlier" not in sums_read.headings(panel, key)
    return known


def absence(panel: Any, asked: Asked) -> int:
    return sums_read.check_absence(asked.page, asked.companies, asked.windows)


def splits(panel: Any, asked: Asked) -> int:
    sums_read.check_splits(asked.page, asked.seed, asked.companies, asked.window)
    return len(panel.xpath(".//tbody/tr"))


def figures(asked: Asked, window: Window) -> list[reference.Figures]:
    return [reference.figures(company, *window) for company in asked.companies]


# --- the figures above the panels ------------------------------------------------------------------------------------


def tiles(asked: Asked) -> int:
    """Head count, wages, joiners and leavers of what is shown, and who is absent; in whole euros."""
    total = sum(figures(asked, asked.window), reference.Figures())
    expected: dict[str, Decimal | None] = {
        "Head count": Decimal(total.head_count),
        "Contract wage a month": whole(total.wage_cents),
        "Joiners": Decimal(total.joiners),
        "Leavers": Decimal(total.leavers),
    }
    shown = {
        words(tile.xpath("string(.//*[contains(@class, 'ui-figure-label')])")): number(
            tile.xpath("string(.//*[contains(@class, 'ui-figure-value')])")
        )
        for tile in asked.page.xpath("//*[contains(concat(' ', @class, ' '), ' ui-figure ')]")
    }
    if "Wage cost" in shown:
        if asked.period is None:
            cents, _ = sums_read.last_known_cost(asked.seed, asked.companies, asked.windows)
        else:
            cents = reference.cost_of_companies(asked.seed, asked.companies, *asked.window)
        read = asked.window[0] >= sums_read.promised(asked.companies) or shown["Wage cost"] is not None
        expected["Wage cost"] = whole(cents) if read and cents is not None else None
    if "Contract wage a month" not in shown:
        # The client's page of a period has one of the two.
        del expected["Contract wage a month"]
    if "Absent" in shown:
        few = total.head_count < 5
        expected["Absent"] = None if few else Decimal(reference.absent(asked.companies, asked.window[1]))
    assert ("Absent" in shown) == (asked.period is None)
    assert shown == expected
    return len(shown)


def whole(cents: int) -> Decimal:
    return reference.money(cents).quantize(Decimal(1), ROUND_HALF_UP)


# --- reading ---------------------------------------------------------------------------------------------------------


def words(given: str) -> str:
    return " ".join(given.split())


def text(row: Any, place: int) -> str:
    return words(row.xpath("./th|./td")[place].text_content())


def numbers(given: str) -> set[int]:
    return {int(found) for found in re.findall(r"\d+", given)}


def covering(company: Company, asked: Asked) -> Iterator[Any]:
    period = asked.one_period
    return (run for run in company.runs if run.year == period.year and run.first <= period.number <= run.last)
