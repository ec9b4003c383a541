"""Readers of panels about what a company has on file: its settings, and what there is of each kind. See panels_read."""

from typing import Any

from portal import clock
from portal.mirror.dating import Observed
from portal.nmbrs.sandbox.firm.model import Company
from portal.nmbrs.sandbox.firm.run_journal import JournalLine, journal_lines
from portal.nmbrs.sandbox.firm.run_output import wage_lines
from portal.nmbrs.sandbox.firm.run_people import people_of_run
from tests import reference
from tests.companies.test_records import KINDS, table_in
from tests.sync.panels_read import Asked, covering, text, words
from tests.sync.sums_read import number


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


def records(panel: Any, asked: Asked) -> int:
    """How many rows each list of the company has in the period; of what has no date, once it was seen.

    Of what Nmbrs is not asked for there is no figure, and no zero either.
    """
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


def counted(company: Company, asked: Asked) -> dict[str, int | None]:
    """The rows of every list of a company, by the kind of record."""
    period, made = asked.one_period, list(covering(company, asked))
    known = {person.id for person in reference.people(company)}
    found: dict[str, int | None] = {
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
            found[kind] = len(list(rows(company))) if asked.window[1] >= clock.today() else None
    if period != company.current:
        # A call a scale: asked of the current period alone.
        assert not found["company_salary_steps"]
        found["company_salary_steps"] = None
    return found


def booking(line: JournalLine) -> tuple[str, ...]:
    """What lines of the journal have in common that the portal adds up, over people."""
    return line.department, line.cost_center, line.cost_unit, line.account, line.component
