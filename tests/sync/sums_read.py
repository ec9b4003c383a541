"""The panels of sums, read off a page of a client or a company and held against Nmbrs' own data."""

import re
from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from math import floor
from typing import Any

from portal import clock
from portal.nmbrs.sandbox.firm.model import Company
from portal.periods import Period, PeriodType, bounds, containing, count, periods_touching, preceding
from tests import reference

Window = tuple[date, date]


def check_cost(page: Any, seed: int, companies: Sequence[Company], windows: Sequence[Window]) -> int:
    """Wage cost of thirteen windows, a year earlier behind it, and the contract wage where it is not known.

    Returns how many are known.
    """
    shown = column(page, "cost", "Wage cost")
    agree(shown, seed, companies, windows)
    due = [any(reference.pays(seed, company, *window) for company in companies) for window in windows]
    none_due = [
        not any_due and any(reference.figures(company, *window).head_count for company in companies)
        for any_due, window in zip(due, windows, strict=True)
    ]
    if any(cents is None and not none for cents, none in zip(shown, none_due, strict=True)):
        [heading] = [one for one in headings(page, "cost") if one.endswith("(cost not known)")]
        instead = column(page, "cost", heading)
        assert are_months(windows) or heading == "Contract wage a period (cost not known)"
        wages = [sum(contract_wage(company, window, windows) for company in companies) for window in windows]
        assert instead == [
            reference.money(wage) if cents is None and not none else None
            for cents, wage, none in zip(shown, wages, none_due, strict=True)
        ]
    earlier = year_before(companies, windows)
    if "A year earlier" in headings(page, "cost"):
        agree(column(page, "cost", "A year earlier"), seed, companies, earlier)
    else:
        agree([None] * len(earlier), seed, companies, earlier)
    return len(shown) - shown.count(None)


def agree(
    shown: Sequence[Decimal | None], seed: int, companies: Sequence[Company], windows: Sequence[Window | None]
) -> None:
    """The cost of each window is Nmbrs' own. Of what lies before the months that a client's page shows, journals need
    not be here."""
    assert len(shown) == len(windows)
    for cents, window in zip(shown, windows, strict=True):
        expected = None if window is None else reference.cost_of_companies(seed, companies, *window)
        if cents is not None or (window is not None and window[0] >= promised(companies)):
            assert cents == (None if expected is None else reference.money(expected)), window


def promised(companies: Sequence[Company]) -> date:
    """From when on the journals of all of the companies are read: twelve months before this one, or before the one in
    which a company that is behind has its current period."""
    last = min([clock.today(), *(bounds(company.period_type, company.current).last for company in companies)])
    return last.replace(year=last.year - 1, day=1)


def last_known_cost(seed: int, companies: Sequence[Company], windows: Sequence[Window]) -> tuple[int | None, int]:
    """Cents of the last of these months, and its place. Of one that is not over they are those of one of the three
    months before it, where its own are not known yet.
    """
    last = len(windows) - 1
    for place in range(last, last - 4 if windows[last][1] >= clock.today() else last - 1, -1):
        cents = reference.cost_of_companies(seed, companies, *windows[place])
        if cents is not None:
            return cents, place
    return None, last


def figure(cell: Any) -> str:
    """What a cell says, without the small print below it."""
    return "".join(cell.xpath(".//text()[not(ancestor::*[contains(@class, 'ui-below')])]"))


def contract_wage(company: Company, window: Window, windows: Sequence[Window]) -> int:
    """Cents of the people in service on the last day: a month's, or as much of it as a period of the company has."""
    cents = reference.figures(company, *window).wage_cents
    factor = Fraction(1) if are_months(windows) else reference.FACTOR[company.period_type]
    return floor(cents / factor + Fraction(1, 2))


def are_months(windows: Sequence[Window]) -> bool:
    """Whether these are the calendar months of a client's page; periods of a company may be months, too."""
    return all(first.day == 1 and (last + timedelta(days=1)).day == 1 for first, last in windows)


def year_before(companies: Sequence[Company], windows: Sequence[Window]) -> list[Window | None]:
    """The same months, or periods of one company, a year earlier; None where that year has no week 53."""
    kind = PeriodType.MONTH if are_months(windows) else companies[0].period_type
    found: list[Window | None] = []
    for _, until in windows:
        period = containing(kind, until)
        there = period.number <= count(kind, period.year - 1)
        found.append(tuple(bounds(kind, Period(period.year - 1, period.number))) if there else None)  # type: ignore[arg-type]
    return found


def is_kept(company: Company, month: Window) -> bool:
    """Whether figures are kept of a month: of twenty-four before the last one, and of that one.

    The last one is that of today, or of the end of the company's current period where that is later.
    """
    last = max(clock.today(), bounds(company.period_type, company.current).last)
    until = month[1]
    return 0 <= (last.year - until.year) * 12 + last.month - until.month <= 24


def check_splits(page: Any, seed: int, companies: Sequence[Company], window: Window) -> None:
    """Head count and wage cost by department and by cost centre, and that both come to the wage cost of the window."""
    first, last = window
    totals = [
        number(page.xpath(f"string(//table[thead//th[1][normalize-space()='{heading}']]/tfoot//td[2])"))
        for heading in ("Department", "Cost centre")
    ]
    agree(totals, seed, companies, [window] * 2)
    known = totals[0] is not None
    assert known == (totals[1] is not None)
    people: Counter[str] = sum((reference.by_department(company, last) for company in companies), Counter())
    heads = {name: Decimal(head) for name, head in people.items()}
    assert split(page, "Department") == with_cost(heads, costs(seed, companies, window, "department"), known=known)

    shares: Counter[str] = Counter()
    for company in companies:
        kind = company.period_type
        ends = [one for one in periods_touching(kind, first, last) if first <= bounds(kind, one).last <= last]
        shares += reference.by_center(company, ends[-1], last)
    cent = Decimal("0.01")
    parts = {code or "no cost centre": Decimal(share).quantize(cent, ROUND_HALF_UP) for code, share in shares.items()}
    by_center = {
        code or "no cost centre": cents for code, cents in costs(seed, companies, window, "cost_center").items()
    }
    assert split(page, "Cost centre") == with_cost(parts, by_center, known=known)


def check_absence(page: Any, companies: Sequence[Company], windows: Sequence[Window]) -> int:
    """How many people were absent, and of how many; nothing of fewer than five. Returns the sum."""
    heads = [sum(reference.figures(company, *window).head_count for company in companies) for window in windows]
    expected = [
        reference.absent(companies, last) if head >= 5 else None for head, (_, last) in zip(heads, windows, strict=True)
    ]
    if set(expected) != {None}:
        assert column(page, "absence", "Absent") == expected
    assert told_absence(page) == (None if expected[-1] is None else share(expected[-1], heads[-1]))
    return sum(absent or 0 for absent in expected)


def told_absence(page: Any) -> tuple[int, int, Decimal] | None:
    """The sentence above the chart: absent, people, per cent."""
    found = re.search(r"(\d+) of (\d+) (?:person|people) (?:is|are) absent \(([\d.]+)%\)", page.text_content())
    return (int(found[1]), int(found[2]), Decimal(found[3])) if found else None


def share(absent: int, people: int) -> tuple[int, int, Decimal]:
    """What the sentence should say."""
    tenths = floor(Fraction(1000 * absent, people) + Fraction(1, 2))
    return absent, people, Decimal(tenths) / 10


def costs(seed: int, companies: Sequence[Company], window: Window, name: str) -> Counter[str]:
    """Cents by a column of the journal."""
    return sum((reference.booked(seed, company, *window, name) for company in companies), Counter())


def with_cost(people: dict[str, Decimal], cents: Counter[str] | dict[str, int], *, known: bool) -> dict[str, Any]:
    """People and euros by name, as the table should have them."""
    names = {*people, *(cents if known else ())}
    return {
        name: (people.get(name, Decimal(0)), reference.money(cents.get(name, 0)) if known else None) for name in names
    }


def split(page: Any, heading: str) -> dict[str, Any]:
    """The rows of a split by name; of a cost centre by its code. The total must be that of the rows."""
    [table] = page.xpath(f"//table[thead//th[1][normalize-space()='{heading}']]")
    found = {}
    for row in table.xpath("./tbody/tr"):
        name = " ".join(row.xpath("string(./th)").split()).partition(" · ")[0]
        found[name] = (number(row.xpath("string(./td[1])")), number(row.xpath("string(./td[2])")))
    total = number(table.xpath("string(./tfoot//td[1])"))
    people = sum((head or 0 for head, _ in found.values()), Decimal(0))
    assert total is None or abs(total - people) < Decimal("0.01") * len(found)
    return found


def column(page: Any, key: str, heading: str) -> list[Decimal | None]:
    """A series of a chart, from the table folded below it."""
    [table] = page.xpath(f"//figure[.//canvas[@id='chart-{key}']]//table")
    place = headings(page, key).index(heading)
    return [number(row.xpath("./th|./td")[place].text_content()) for row in table.xpath(".//tbody/tr")]


def headings(page: Any, key: str) -> list[str]:
    """What the series of a chart are called."""
    return [cell.text_content().strip() for cell in page.xpath(f"//figure[.//canvas[@id='chart-{key}']]//thead//th")]


def number(text: str) -> Decimal | None:
    """A figure; None for the dash of what is not known."""
    plain = re.sub(r"[^\d.−-]", "", text.replace("–", "")).replace("−", "-")
    return Decimal(plain) if plain else None


def periods_of(company: Company, length: int = 13, until: Period | None = None) -> list[Window]:
    """The windows of a company's page: its current period, or another one, and those before it."""
    found = [until or company.current]
    while len(found) < length:
        found.insert(0, preceding(company.period_type, found[0]))
    return [tuple(bounds(company.period_type, one)) for one in found]  # type: ignore[misc]


def months_of(year: int, month: int, length: int = 13) -> list[Window]:
    """The windows of a client's page."""
    index = year * 12 + month - 1
    return [
        tuple(bounds(PeriodType.MONTH, Period(one // 12, one % 12 + 1)))  # type: ignore[misc]
        for one in range(index - length + 1, index + 1)
    ]
