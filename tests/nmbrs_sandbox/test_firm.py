"""The generated firm: the same for the same arguments, plausible, with the awkward cases in it."""

import os
import subprocess
import sys
import time
from collections import Counter
from datetime import date, timedelta

import pytest
from stdnum import iban
from stdnum.nl import bsn

from portal.nmbrs.sandbox.firm import EMPLOYEE_TYPES, EmployeeType, Firm, build_firm
from portal.periods import Period, PeriodType, bounds, containing, following, parse, preceding

TODAY = date(2026, 11, 22)
PROGRAM = (
    "from datetime import date; from portal.nmbrs.sandbox.firm import build_firm, advance;"
    "firm = build_firm(3, 12, 7, date(2026, 11, 22)); first = firm.digest(); advance(firm);"
    "print(first, firm.digest())"
)


@pytest.fixture(scope="module")
def firm() -> Firm:
    return build_firm(debtors=12, employees=40, seed=7, today=TODAY)


def test_the_same_arguments_give_the_same_firm_in_every_process() -> None:
    outputs = {
        subprocess.run(
            [sys.executable, "-c", PROGRAM],
            env=os.environ | {"PYTHONHASHSEED": hash_seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for hash_seed in ("1", "4711")
    }
    (output,) = outputs
    before, after = output.split()
    assert before != after
    assert before == build_firm(3, 12, 7, TODAY).digest()


def test_another_seed_is_another_firm() -> None:
    assert build_firm(2, 5, 7, TODAY).digest() != build_firm(2, 5, 8, TODAY).digest()


def test_debtors_have_one_to_four_companies_one_has_none_and_one_company_has_no_people(firm: Firm) -> None:
    counts = [len(debtor.companies) for debtor in firm.debtors]
    assert len(counts) == 12
    assert set(counts) == {0, 1, 2, 3, 4}
    assert counts.count(0) == 1
    assert Counter(len(company.people) for company in firm.companies()) == {40: sum(counts) - 1, 0: 1}


def test_a_number_of_companies_per_debtor_is_kept_exactly() -> None:
    exact = build_firm(debtors=3, employees=4, seed=7, today=TODAY, companies=5)
    assert [len(debtor.companies) for debtor in exact.debtors] == [5, 5, 5]
    assert all(len(company.people) == 4 for company in exact.companies())


def test_companies_are_monthly_four_weekly_and_weekly_and_spell_it_in_every_way(firm: Firm) -> None:
    assert {company.period_mark for company in firm.companies()} == {"M", "4W", "W4", "W", "W1", "1W"}
    for company in firm.companies():
        assert parse(company.current_text) == (company.current, company.period_type)
        now = containing(company.period_type, TODAY)
        assert company.current in {now, preceding(company.period_type, now)}


def test_every_company_with_people_has_every_employee_type(firm: Firm) -> None:
    for company in firm.companies():
        if company.people:
            assert {person.type for person in company.people} == set(EmployeeType) == set(EMPLOYEE_TYPES)


def test_bsns_are_of_the_test_range_and_valid_but_for_some_missing_and_some_wrong(firm: Firm) -> None:
    numbers = [person.personal_infos[0].bsn for person in firm.people()]
    present = [number for number in numbers if number]
    wrong = [number for number in present if not bsn.is_valid(number)]
    assert all(number.startswith("9999") and len(number) == 9 for number in present)
    assert 0.03 < numbers.count("") / len(numbers) < 0.1
    assert 0.02 < len(wrong) / len(numbers) < 0.08


def test_ibans_are_valid_and_different(firm: Firm) -> None:
    numbers = [person.iban for person in firm.people()]
    assert all(iban.is_valid(number) and number.startswith("NL") for number in numbers)
    assert len(set(numbers)) == len(numbers)


def test_names_have_prefixes_marks_and_hostile_text(firm: Firm) -> None:
    infos = [info for person in firm.people() for info in person.personal_infos]
    assert {"van der", "van 't", "d'"} <= {info.prefix for info in infos}
    assert any(not info.last_name.isascii() for info in infos)
    everything = " ".join(info.display_name for info in infos)
    for hostile in ("<script>", "=1+1", "\u202e", "DROP TABLE"):
        assert hostile in everything


def test_record_ids_are_unique_per_kind_except_that_contracts_share_theirs(firm: Firm) -> None:
    for kind in ("personal_infos", "addresses", "employments", "salaries", "schedules", "departments", "functions"):
        ids = [record.id for person in firm.people() for record in getattr(person, kind)]
        assert len(ids) == len(set(ids))
        assert max(ids) < 2**31
    shared = Counter(contract.id for person in firm.people() for contract in person.contracts)
    assert max(shared.values()) >= 2


def test_history_is_years_long_with_ties_and_rows_typed_in_late(firm: Firm) -> None:
    salaries = [(person.id, salary) for person in firm.people() for salary in person.salaries]
    assert {salary.type for _, salary in salaries} == {1, 2, 3, 4, 6, 9}
    assert min(salary.start for _, salary in salaries) < date(2020, 1, 1)
    ties = Counter((person, salary.start) for person, salary in salaries)
    assert max(ties.values()) == 2
    late = [salary for _, salary in salaries if salary.created.date() > salary.start + timedelta(days=9)]
    assert 0 < len(late) < len(salaries) / 4
    schedules = [schedule for person in firm.people() for schedule in person.schedules]
    assert any(schedule.week1 != schedule.week2 for schedule in schedules)


def test_every_company_has_joiners_leavers_a_rehired_person_and_a_contract_that_ends_soon(firm: Firm) -> None:
    for company in firm.companies():
        if not company.people:
            continue
        now = bounds(company.period_type, company.current)
        coming = bounds(company.period_type, following(company.period_type, company.current))
        spells = [employment for person in company.people for employment in person.employments]
        assert any(now.first <= spell.start <= now.last for spell in spells)
        assert any(coming.first <= spell.start <= coming.last for spell in spells)
        assert any(spell.end is not None and now.first <= spell.end <= now.last for spell in spells)
        assert any(len(person.employments) == 2 for person in company.people)
        assert any(
            contract.end is not None and TODAY <= contract.end <= TODAY + timedelta(days=60)
            for person in company.people
            for contract in person.contracts
        )


def test_who_left_is_former_and_who_is_on_payroll_has_not_left(firm: Firm) -> None:
    for company in firm.companies():
        first = bounds(company.period_type, company.current).first
        for person in company.people:
            last_spell = person.employments[-1] if person.employments else None
            if person.type is EmployeeType.FORMER_PAYROLL:
                assert last_spell is not None and last_spell.end is not None and last_spell.end < first
            elif person.type is EmployeeType.PAYROLL:
                assert last_spell is not None and (last_spell.end is None or last_spell.end >= first)


def test_every_period_since_two_years_back_was_run_and_locked_up_to_the_last(firm: Firm) -> None:
    for company in firm.companies():
        normal = [run for run in company.runs if run.description.startswith("Verloning")]
        period, made = Period(TODAY.year - 2, 1), [Period(run.year, run.first) for run in normal]
        for expected in made:
            assert expected == period
            period = following(company.period_type, period)
        assert period == company.current
        assert [run.number for run in company.runs] == list(range(1, len(company.runs) + 1))
        assert all(run.locked for run in company.runs[:-1])
    last_runs = [company.runs[-1].locked for company in firm.companies()]
    assert True in last_runs
    assert False in last_runs
    assert any(not run.description.startswith("Verloning") for company in firm.companies() for run in company.runs)


def test_wage_tax_returns_are_sent_up_to_the_last_one_made(firm: Firm) -> None:
    kinds = {"Month": PeriodType.MONTH, "Week4": PeriodType.FOUR_WEEKS}
    for company in firm.companies():
        *sent, last = company.returns
        assert all(made.status == "Verzonden" and made.sent_at is not None for made in sent)
        assert last.sent_at is None
        for made in company.returns:
            assert (made.first, made.last) == bounds(kinds[company.return_type], Period(made.year, made.period))
    assert {company.return_type for company in firm.companies()} == set(kinds)


def test_five_thousand_people_take_seconds_not_minutes() -> None:
    started = time.monotonic()
    firm = build_firm(debtors=10, employees=100, seed=7, today=TODAY, companies=5)
    assert sum(1 for _ in firm.people()) == 5000
    assert time.monotonic() - started < 20
