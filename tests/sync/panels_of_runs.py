"""Readers of panels about payroll runs and what is filed: how far they are, and what they came to. See panels_read."""

import re
from collections import Counter
from collections.abc import Iterable
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from portal.nmbrs.sandbox.firm.run_output import wage_lines
from tests.sync.panels_read import Asked, covering, numbers, text, words
from tests.sync.sums_read import number


def companies(panel: Any, asked: Asked) -> int:
    """The current period and how far its run is, the last run and the last return of each company, with their days: of
    now, whatever the month.
    """
    shown = {text(row, 0): row for row in panel.xpath(".//tbody/tr")}
    assert shown.keys() == {words(company.name) for company in asked.companies}
    for company in asked.companies:
        row, now = shown[words(company.name)], company.current
        assert number(text(row, 1)) == company.number
        assert {now.year, now.number} <= numbers(text(row, 2)), text(row, 2)
        assert text(row, 3) == progress(one for one in company.runs if now.year == one.year and covers(one, now.number))
        newest = max(company.runs, key=lambda run: (run.year, run.last, run.number))
        assert {newest.year, newest.last} <= numbers(text(row, 4))
        assert progress([newest]) in text(row, 4)
        assert day_in(row, 4) == newest.run_at.date().isoformat()
        declared = max(company.returns, key=lambda one: (one.year, one.period))
        assert text(row, 5).startswith(f"{declared.year}-{declared.period:02d} {sent(declared)}")
        assert day_in(row, 5) == (declared.sent_at.date().isoformat() if declared.sent_at else "")
    return 9 * len(shown)


def progress(made: Iterable[Any]) -> str:
    """How far a period is of which these are the runs."""
    locked = [run.locked for run in made]
    return "locked" if any(locked) else "run made, not locked" if locked else "open"


def covers(run: Any, number: int) -> bool:
    return bool(run.first <= number <= run.last)


def sent(declaration: Any) -> str:
    return "sent" if declaration.sent_at else "made, not sent"


def day_in(row: Any, place: int) -> str:
    """The day that stands in a cell of a row; empty where there is none."""
    return str(row.xpath("./th|./td")[place].xpath("string(.//time/@datetime)"))[:10]


def runs(panel: Any, asked: Asked) -> int:
    expected = {
        run.number: (run.description, run.run_at.date(), run.locked) for run in covering(asked.companies[0], asked)
    }
    shown = {
        int(text(row, 0)): (
            text(row, 2),
            date.fromisoformat(row.xpath("string(.//time/@datetime)")[:10]),
            "locked" in text(row, 4).lower(),
        )
        for row in panel.xpath(".//tbody/tr")
    }
    assert shown == expected
    return len(shown)


def returns(panel: Any, asked: Asked) -> int:
    first, last = asked.window
    expected = Counter(
        (f"{one.year}-{one.period:02d}", one.total, one.sent_at.date().isoformat() if one.sent_at else "")
        for one in asked.companies[0].returns
        if one.first <= last and one.last >= first
    )
    shown = Counter(
        (text(row, 0), number(text(row, 2)), row.xpath("string(./td[4]//time/@datetime)")[:10])
        for row in panel.xpath(".//tbody/tr")
    )
    assert shown == expected
    return len(shown)


def pensions(panel: Any, asked: Asked) -> int:
    expected = Counter(
        (
            f"{one.period.year}-{one.period.number:02d}",
            one.serial,
            one.sent_at.date().isoformat() if one.sent_at else "",
        )
        for one in asked.companies[0].records.pension_exports
        if one.period == asked.one_period
    )
    shown = Counter(
        (text(row, 0), int(text(row, 1)), row.xpath("string(./td[3]//time/@datetime)")[:10])
        for row in panel.xpath(".//tbody/tr")
    )
    assert shown == expected
    return len(shown)


def work_costs(panel: Any, asked: Asked) -> int:
    """Of the period and of the year up to it, in the order of the panel."""
    rows = [
        one
        for one in asked.companies[0].records.work_costs
        if one.period.year == asked.one_period.year and one.period <= asked.one_period
    ]
    now = [one for one in rows if one.period == asked.one_period]
    expected = [
        (sum(getattr(one, name) for one in now) if now else None, sum(getattr(one, name) for one in rows))
        for name in (("payroll", "financial", "base", "space", "to_pay") if rows else ())
    ]
    shown = [(number(text(row, 1)), number(text(row, 2))) for row in panel.xpath(".//tbody/tr")]
    assert shown == expected
    costs, space = (sum(getattr(one, name) for one in rows) for name in ("base", "space"))
    share = re.search(r"([\d.,]+)% of the free space", panel.text_content())
    assert (number(share[1]) if share else None) == (
        (costs * 100 / space).quantize(Decimal("0.1"), ROUND_HALF_UP) if space else None
    )
    return 2 * len(shown)


def amounts(panel: Any, asked: Asked) -> int:
    """What the runs of the period came to, by wage component: how many people, and euros."""
    [company] = asked.companies
    euros: Counter[str] = Counter()
    paid: dict[str, set[int]] = {}
    for run in covering(company, asked):
        for line in wage_lines(asked.seed, company, run):
            # A code without a value is kept as nothing.
            euros[line.description] += line.value or Decimal(0)  # type: ignore[assignment]
            paid.setdefault(line.description, set()).update([line.person.id] if line.value else [])
    expected = {words(name): (Decimal(len(paid[name])), Decimal(euros[name])) for name in euros}
    shown = {text(row, 0): (number(text(row, 1)), number(text(row, 2))) for row in panel.xpath(".//tbody/tr")}
    assert shown == expected
    return 2 * len(shown)
