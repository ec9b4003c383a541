"""What runs and their journals come to, and how background reports write it."""

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from itertools import groupby

import pytest
from lxml import etree

from portal.nmbrs.contract import report_content
from portal.nmbrs.sandbox import Sandbox
from portal.nmbrs.sandbox.firm import Company, Person, Run, advance, build_firm
from portal.nmbrs.sandbox.firm.run_journal import GROSS_ACCOUNT, journal_lines
from portal.nmbrs.sandbox.firm.run_output import (
    BONUS,
    GROSS_CODES,
    HOLIDAY_RESERVE,
    NET,
    OVERTIME,
    WAGE_TAX,
    gross_total,
    wage_lines,
    wage_of_period,
)
from portal.nmbrs.sandbox.firm.run_people import people_of_run
from portal.nmbrs.sandbox.firm.wage_codes import WAGE_CODES
from portal.periods import Period, PeriodType, bounds
from tests.nmbrs_sandbox.reports import JOURNALS, TODAY, WAGES, amount, content_of, document, wage_rows


@pytest.fixture(scope="module")
def shared() -> Iterator[Sandbox]:
    """No test moves it on or changes how long a report takes."""
    with Sandbox(debtors=3, employees=40, seed=7, today=TODAY) as running:
        yield running


# --- wage codes ------------------------------------------------------------------------------------------------------


def test_wage_codes_of_a_run_are_those_of_the_firm(shared: Sandbox) -> None:
    _, fields, head = report_content(WAGES)
    for company in shared.firm.companies():
        run = company.runs[-1]
        found = wage_rows(shared.url, company, run)
        assert all([part.tag for part in line] == [field.name for field in fields] for line in found)
        assert [(whose(line), int(line.findtext("code", "")), amount(line.findtext("value"))) for line in found] == [
            (line.person.id, line.code, line.value) for line in wage_lines(shared.firm.seed, company, run)
        ]
        for line in found:
            assert (int(line.findtext("code", "")), line.findtext("description")) in WAGE_CODES
        for report in {line.getparent().getparent() for line in found}:
            assert [part.tag for part in report] == [*(field.name for field in head), "lines"]
            numbers = tuple(int(report.findtext(name, "")) for name in ("period", "year", "runnumber"))
            assert numbers == (run.first, run.year, run.number)


def whose(line: etree._Element) -> int:
    """A line stands in the lines of a person's report."""
    return int(line.getparent().getparent().findtext("employeeid", ""))


def test_everybody_in_service_has_one_gross_wage_and_what_comes_of_it(shared: Sandbox) -> None:
    seen: Counter[int] = Counter()
    for company in shared.firm.companies():
        for run in company.runs[-12:]:
            lines = list(wage_lines(shared.firm.seed, company, run))
            assert {line.person.id for line in lines} == {person.id for person in people_of_run(company, run)}
            for _, found in groupby(lines, key=lambda line: line.person.id):
                values = {line.code: line.value for line in found}
                (gross,) = [values[code] for code in values if code in GROSS_CODES]
                seen.update(values.keys())
                if gross is None:
                    assert len(values) == 1
                    continue
                paid = gross + (values.get(OVERTIME) or 0) + (values.get(BONUS) or 0)
                assert (values[WAGE_TAX] or 0) + (values[NET] or 0) == paid
                assert values[HOLIDAY_RESERVE] == (gross * 8 / 100).quantize(Decimal("0.01"))
    assert min(seen[OVERTIME], seen[BONUS]) > 10


def test_the_gross_wage_is_that_of_salary_and_schedule(shared: Sandbox) -> None:
    checked = set()
    for company in shared.firm.companies():
        period = Period(company.runs[-1].year, company.runs[-1].first)
        for person in steady(company, period):
            salary, hours = person.salaries[-1], person.schedules[-1]
            weeks = {PeriodType.MONTH: Decimal(52) / 12, PeriodType.FOUR_WEEKS: 4, PeriodType.WEEK: 1}
            expected = {
                1: salary.value * hours.part_time / 100,
                2: salary.value,
                3: salary.value * hours.hours_per_week * weeks[company.period_type],
            }
            if salary.type in expected:
                _, gross, _ = wage_of_period(company, person, period)
                assert gross == expected[salary.type].quantize(Decimal("0.01"))
                checked.add(salary.type)
    assert checked == {1, 2, 3}


def steady(company: Company, period: Period) -> Iterator[Person]:
    """Who was in service all through a period and had the last salary and schedule then."""
    first, last = bounds(company.period_type, period)
    for person in company.people:
        if len(person.employments) != 1 or person.employments[0].start > first:
            continue
        ends = person.employments[0].end
        latest = max(person.salaries, key=lambda row: (row.start, row.created))
        begun = max(latest.start, person.schedules[-1].start) <= last
        if (ends is None or ends > last) and latest is person.salaries[-1] and begun:
            yield person


def test_an_advance_and_the_run_after_it_pay_the_wage_once(shared: Sandbox) -> None:
    company, run = next(
        (company, run)
        for company in shared.firm.companies()
        for run in company.runs
        if company.people and run.description.startswith("Voorloop")
    )
    after = next(other for other in company.runs if other.number == run.number + 1)
    lines = [*wage_lines(shared.firm.seed, company, run), *wage_lines(shared.firm.seed, company, after)]
    period = Period(run.year, run.first)
    wages = [wage_of_period(company, person, period)[1] or Decimal(0) for person in people_of_run(company, run)]
    assert gross_total(lines) == sum(wages) > 0


def test_amounts_are_written_with_a_point_a_comma_or_a_dash(shared: Sandbox) -> None:
    texts = [
        line.findtext("value", "")
        for company in shared.firm.companies()
        for run in company.runs[-3:]
        for line in wage_rows(shared.url, company, run)
    ]
    assert all(text == "-" or text[-3] in ".," for text in texts)
    assert min(texts.count("-"), sum("," in text for text in texts), sum("." in text for text in texts)) > 0


# --- journals --------------------------------------------------------------------------------------------------------


def test_journals_of_a_range_are_those_of_its_runs(shared: Sandbox) -> None:
    rows, fields, _ = report_content(JOURNALS)
    names = [field.name for field in fields]
    for company in shared.firm.companies():
        last = company.runs[-1].last
        asked = {"companyId": company.id, "startPeriod": last - 1, "endPeriod": last, "year": 2026}
        root = document(content_of(shared.url, JOURNALS, **asked))
        assert [root.findtext(name) for name in ("CompanyId", "StartPeriod", "EndPeriod", "Year")] == [
            str(value) for value in asked.values()
        ]
        items = root.findall(rows)
        runs = [run for run in company.runs if run.year == 2026 and run.first in {last - 1, last}]
        expected = [line for run in runs for line in journal_lines(shared.firm.seed, company, run)]
        assert [
            (item.findtext("EmployeeName"), amount(item.findtext("Debit")), amount(item.findtext("Credit")))
            for item in items
        ] == [(line.employee, line.debit, line.credit) for line in expected]
        for item in items:
            tags = [part.tag for part in item]
            assert tags == [name for name in names if name in tags]


def test_a_journal_is_balanced_and_its_gross_wages_are_those_of_the_run(shared: Sandbox) -> None:
    for company in shared.firm.companies():
        for run in company.runs[-12:]:
            lines = list(journal_lines(shared.firm.seed, company, run))
            assert sum(line.debit or 0 for line in lines) == sum(line.credit or 0 for line in lines)
            gross = sum((line.debit or Decimal(0) for line in lines if line.account == GROSS_ACCOUNT), Decimal(0))
            assert gross == gross_total(wage_lines(shared.firm.seed, company, run))
            assert all((line.debit is None) != (line.credit is None) for line in lines)


def test_costs_go_to_the_cost_centers_of_the_person(shared: Sandbox) -> None:
    split = False
    for company in shared.firm.companies():
        centers = {center.code for center in company.records.cost_centers}
        lines = list(journal_lines(shared.firm.seed, company, company.runs[-1]))
        assert {line.cost_center for line in lines} <= centers | {""}
        wages = [line for line in lines if line.account == GROSS_ACCOUNT]
        for _, parts in groupby(wages, key=lambda line: line.employee):
            assert sum(part.percentage for part in parts) % 100 == 0
        split = split or any(line.percentage < 100 for line in wages)
    assert split


def test_a_run_stays_the_same_when_the_firm_moves_on_and_in_every_process() -> None:
    firm = build_firm(2, 12, 7, TODAY)
    before = [(company, run, output(7, company, run)) for company in firm.companies() for run in company.runs[-9:]]
    for _ in range(4):
        advance(firm)
    assert all(output(7, company, run) == was for company, run, was in before)
    fresh = next(build_firm(2, 12, 7, TODAY).companies())
    company, _, was = before[0]
    assert output(7, fresh, fresh.runs[-9]) == was
    assert output(8, fresh, fresh.runs[-9]) != was
    assert gross_total(wage_lines(7, company, company.runs[-1])) > 0


def output(seed: int, company: Company, run: Run) -> tuple[object, ...]:
    values = [(line.person.id, line.code, line.value) for line in wage_lines(seed, company, run)]
    return values, list(journal_lines(seed, company, run))
