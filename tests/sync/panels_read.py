"""Each panel with figures, read off its page as a person does, and held against Nmbrs' own data.

A reader gets the panel and what the page was asked for; it compares everything that stands there, and returns how
many figures that were. What is compared with is computed by tests/reference.py or straight from the generated firm.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from portal import clock
from portal.mirror.dating import Observed
from portal.nmbrs.sandbox.firm.model import Company, Debtor, Person
from portal.nmbrs.sandbox.firm.run_journal import JournalLine, journal_lines
from portal.nmbrs.sandbox.firm.run_output import wage_lines
from portal.nmbrs.sandbox.firm.run_people import people_of_run
from portal.periods import Period
from tests import reference
from tests.companies.test_records import KINDS, table_in
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
    return len(expected)


def wage(panel: Any, asked: Asked) -> int:
    cents = [sum(one.wage_cents for one in figures(asked, window)) for window in asked.windows]
    assert sums_read.column(panel, "wage", "Contract wage") == [reference.money(one) for one in cents]
    return len(cents)


def absence(panel: Any, asked: Asked) -> int:
    return sums_read.check_absence(asked.page, asked.companies, asked.windows)


def splits(panel: Any, asked: Asked) -> int:
    sums_read.check_splits(asked.page, asked.seed, asked.companies, asked.window)
    return len(panel.xpath(".//tbody/tr"))


def figures(asked: Asked, window: Window) -> list[reference.Figures]:
    return [reference.figures(company, *window) for company in asked.companies]


# --- people and contracts --------------------------------------------------------------------------------------------


def movements(panel: Any, asked: Asked) -> int:
    """In a table for the office, in a list for the client: the name, what happened, and the day."""
    first, last = asked.window
    expected = Counter(
        (words(person.display_name), came, day.isoformat())
        for company in asked.companies
        for person in reference.people(company)
        for spell in person.employments
        for came, day in ((True, spell.start), (False, spell.end))
        if day is not None and first <= day <= last
    )
    shown = Counter(
        (
            words(row.xpath("string(.//a)")),
            bool(re.search(r"\b(joined|came on)\b", row.text_content())),
            row.xpath("string(.//time/@datetime)")[:10],
        )
        for row in panel.xpath(".//tbody/tr | .//ul/li")
    )
    assert shown == expected
    return len(expected)


def ending(panel: Any, asked: Asked) -> int:
    """Of today, whatever the page was asked for."""
    today = clock.today()
    whose = {person.id: person for company in asked.companies for person in company.people}
    expected = sorted(
        (words(whose[who].display_name), last.isoformat())
        for who, last in reference.contracts_ending(asked.debtor, today, 60)
        if who in whose
    )
    shown = [
        (words(row.xpath("string(./th)")), row.xpath("string(.//time/@datetime)")[:10])
        for row in panel.xpath(".//tbody/tr")
    ]
    assert sorted(shown) == expected
    return len(expected)


# --- runs and returns ------------------------------------------------------------------------------------------------


def companies(panel: Any, asked: Asked) -> int:
    """The current period, the last run and the last return of each company: of now, whatever the month."""
    shown = {text(row, 0): row for row in panel.xpath(".//tbody/tr")}
    assert shown.keys() == {words(company.name) for company in asked.companies}
    for company in asked.companies:
        row, now = shown[words(company.name)], company.current
        assert number(text(row, 1)) == company.number
        assert {now.year, now.number} <= numbers(text(row, 2)), text(row, 2)
        newest = max(company.runs, key=lambda run: (run.year, run.last, run.number))
        assert {newest.year, newest.last} <= numbers(text(row, 4))
        declared = max(company.returns, key=lambda one: (one.year, one.period))
        assert text(row, 5).startswith(f"{declared.year}-{declared.period:02d}")
    return 5 * len(shown)


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


def settings(panel: Any, asked: Asked) -> int:
    """How many agreements there were, the salary table, the hours of the schedules and the two parts of the WGA, as far
    as known then."""
    records, period = asked.companies[0].records, asked.one_period
    group = {words(one.xpath("string(./h3)")): one for one in panel.xpath(".//div[h3]")}
    agreements = sum(one.start <= period for one in records.agreements)
    assert len(group["Labour agreements"].xpath(".//dt")) == agreements
    scales = salary_scales(group["Salary table"], asked)
    now = asked.window[1] >= clock.today()
    weeks = [{sum(week) for week in (one.week1, one.week2) if sum(week)} for one in records.schedules if now]
    shown = [
        {number(part) for part in dd.xpath("string(./text()[normalize-space()])").split("/")}
        for dd in group["Full-time schedules"].xpath(".//dd")
    ]
    assert shown == [one for one in weeks if one]
    insured = records.social_security
    parts = [number(one.text_content()) for one in group["Social security (SVW)"].xpath(".//dd")[3:5]]
    assert parts == ([insured.wga_employee, insured.wga_employer] if now and insured else [])
    return agreements + scales + len(shown) + len(parts)


def salary_scales(group: Any, asked: Asked) -> int:
    """The scales of the period and, where it is the current one, their steps."""
    [company] = asked.companies
    table = table_in(company, asked.one_period)
    scales = table.scales if table else []
    expected = [[(one.name, one.value, one.least, one.most) for one in scales]] if scales else []
    if scales and asked.one_period == company.current:
        expected.append([(scale.name, step.name, step.value) for scale in scales for step in scale.steps])
    places: tuple[tuple[int, ...], ...] = ((2, 3, 4), (3,))
    shown = [
        [(text(row, 0), *([text(row, 1)] if at == (3,) else []), *(number(text(row, n)) for n in at)) for row in rows]
        for rows, at in zip([one.xpath(".//tbody/tr") for one in group.xpath(".//table")], places, strict=False)
    ]
    assert shown == expected
    return sum(map(len, shown))


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


def records(panel: Any, asked: Asked) -> int:
    """How many rows each list of the company has in the period; of what has no date, once it was seen."""
    [company] = asked.companies
    shown = {
        row.xpath("string(.//a/@href)").split("?")[0].strip("/").split("/")[-1]: number(text(row, 1))
        for row in panel.xpath(".//tbody/tr")
    }
    expected = counted(company, asked)
    wrong = {kind: (shown.get(kind), expected.get(kind)) for kind in shown.keys() | expected.keys()}
    wrong = {kind: (there, wanted) for kind, (there, wanted) in wrong.items() if there != wanted}
    assert not wrong, wrong
    return len(shown)


def counted(company: Company, asked: Asked) -> dict[str, int]:
    """The rows of every list of a company, by the kind of record."""
    period, made = asked.one_period, list(covering(company, asked))
    known = {person.id for person in reference.people(company)}
    found = {
        "current_period": 1,
        "runs": len(made),
        "wage_tax_returns": sum((one.year, one.period) == (period.year, period.number) for one in company.returns),
        "run_output": sum(
            len({(one.person.id, one.code) for one in wage_lines(asked.seed, company, run)}) for run in made
        ),
        "journal": sum(len({booking(line) for line in journal_lines(asked.seed, company, run)}) for run in made),
        # Of the people, the company itself and its client.
        "company_guids": len(company.people) + 2,
        "run_people": sum(person.id in known for run in made for person in people_of_run(company, run)),
    }
    for kind, (model, columns, rows) in KINDS.items():
        if "year" in columns:
            at = columns.index("year")
            found[kind] = sum(row[at : at + 2] == (period.year, period.number) for row in rows(company))
        elif kind not in found:
            assert isinstance(model.resource.dating, Observed)
            found[kind] = len(list(rows(company))) if asked.window[1] >= clock.today() else 0
    return found


def booking(line: JournalLine) -> tuple[str, ...]:
    """What lines of the journal have in common that the portal adds up, over people."""
    return line.department, line.cost_center, line.cost_unit, line.account, line.component


def covering(company: Company, asked: Asked) -> Iterator[Any]:
    period = asked.one_period
    return (run for run in company.runs if run.year == period.year and run.first <= period.number <= run.last)


# --- one person ------------------------------------------------------------------------------------------------------


def in_period(panel: Any, asked: Asked) -> int:
    """The components, the shares of cost centres and the cars of the period of the day.

    Where the portal says that it did not fetch a table of a past period, none of its figures may be there.
    """
    assert asked.person
    records, period = asked.person.records, asked.one_period
    first, last = asked.window
    newest = max((share.start for share in records.cost_shares if share.start <= period), default=None)
    tables = (
        ("Fixed wage components", -1, [one.value for one in held(records.fixed_wages, period)]),
        ("Variable wage components", -1, [one.value for one in of(records.variable_wages, period)]),
        ("Fixed hours", -1, [one.value for one in held(records.fixed_hours, period)]),
        ("Variable hours", -1, [one.value for one in of(records.variable_hours, period)]),
        ("Cost centres", -1, [share.percentage for share in records.cost_shares if share.start == newest]),
        ("Lease cars", -2, [car.catalog_value for car in records.lease_cars if overlaps(car, first, last)]),
    )
    past = period < asked.companies[0].current
    return sum(
        listed(panel, title, place, [] if past and not_fetched(panel, title) else expected)
        for title, place, expected in tables
    )


def not_fetched(panel: Any, title: str) -> bool:
    return (
        "not fetched"
        in panel.xpath(
            f"string(.//h3[normalize-space()='{title}']/ancestor::div[not(contains(@class,'ui-term'))][1]/p)"
        ).lower()
    )


def overlaps(car: Any, first: date, last: date) -> bool:
    return bool(car.start <= last and (car.end is None or car.end >= first))


def leave(panel: Any, asked: Asked) -> int:
    """Hours of leave that begins in the year of the day."""
    assert asked.person
    year = asked.window[1].year
    return listed(panel, "Leave", -1, (row.hours for row in asked.person.records.leave if row.start.year == year))


def held(rows: Iterable[Any], period: Period) -> Iterator[Any]:
    return (row for row in rows if row.start <= period and (row.end is None or period <= row.end))


def of(rows: Iterable[Any], period: Period) -> Iterator[Any]:
    return (row for row in rows if row.period == period)


def listed(panel: Any, title: str, place: int, expected: Iterable[Decimal]) -> int:
    """A column of figures of one of the tables of a person."""
    rows = panel.xpath(
        f".//h3[normalize-space()='{title}']/ancestor::div[not(contains(@class,'ui-term'))][1]//tbody/tr"
    )
    shown = sorted(number(row.xpath("./td")[place].text_content()) or 0 for row in rows)
    assert shown == sorted(expected), title
    return len(shown)


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
        cents = reference.cost_of_companies(asked.seed, asked.companies, *asked.window)
        expected["Wage cost"] = None if cents is None else whole(cents)
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
