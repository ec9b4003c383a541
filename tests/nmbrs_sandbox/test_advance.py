"""Moving the firm to the next period."""

from portal.nmbrs.sandbox import Sandbox
from portal.nmbrs.sandbox.firm import EmployeeType
from portal.periods import bounds, following
from tests.nmbrs_sandbox.wire import call


def test_every_company_goes_one_period_on_with_a_run_of_the_period_just_closed(sandbox: Sandbox) -> None:
    before = {company.id: (company.current, len(company.runs)) for company in sandbox.firm.companies()}
    sandbox.advance()
    for company in sandbox.firm.companies():
        closed, runs = before[company.id]
        assert company.current == following(company.period_type, closed)
        assert len(company.runs) == runs + 1
        assert (company.runs[-1].year, company.runs[-1].first) == (closed.year, closed.number)
        assert not company.runs[-1].locked
        assert all(run.locked for run in company.runs[:-1])
        answer = call(sandbox.url, "CompanyService", "Company_GetCurrentPeriod", {"CompanyId": company.id})
        assert answer.texts("Company_GetCurrentPeriodResult") == [company.current_text]


def test_every_company_with_people_gets_a_joiner_a_leaver_a_raise_and_a_move(sandbox: Sandbox) -> None:
    sandbox.advance()
    for company in sandbox.firm.companies():
        if not company.people:
            continue
        first, last = bounds(company.period_type, company.current)
        assert len(company.people) == 41
        assert company.people[-1].employments[0].start == first
        assert sum(1 for p in company.people if p.employments and p.employments[-1].end == last) == 1
        assert any(salary.start == first for person in company.people[:40] for salary in person.salaries)
        assert any(move.start == company.current for person in company.people[:40] for move in person.departments)


def test_who_was_to_start_is_on_payroll_then_and_who_left_is_former(sandbox: Sandbox) -> None:
    company = next(sandbox.firm.companies())
    new = next(person for person in company.people if person.type is EmployeeType.NEW_HIRE)
    leaving = next(
        person for person in company.people if person.type is EmployeeType.PAYROLL and person.employments[-1].end
    )
    sandbox.advance()
    assert (new.type, leaving.type) == (EmployeeType.PAYROLL, EmployeeType.FORMER_PAYROLL)


def test_returns_that_fell_due_are_made_and_the_one_before_is_sent(sandbox: Sandbox) -> None:
    company = next(sandbox.firm.companies())
    last = company.returns[-1]
    assert last.sent_at is None
    sandbox.advance()
    assert company.returns[-2] is last
    assert last.sent_at is not None
    assert company.returns[-1].sent_at is None


def test_answers_change_only_where_data_changed(sandbox: Sandbox) -> None:
    empty = next(company for company in sandbox.firm.companies() if not company.people)
    full = next(sandbox.firm.companies())
    asked = [
        ("EmployeeService", "Salary_GetAll_AllEmployeesByCompany", {"CompanyID": full.id}),
        ("EmployeeService", "Salary_GetAll_AllEmployeesByCompany", {"CompanyID": empty.id}),
        ("DebtorService", "List_GetAll", {}),
        ("CompanyService", "Run_GetList", {"CompanyId": full.id, "Year": 2025}),
    ]
    before = [call(sandbox.url, *one).body for one in asked]
    sandbox.advance()
    after = [call(sandbox.url, *one).body for one in asked]
    assert [was == now for was, now in zip(before, after, strict=True)] == [False, True, True, True]


def test_it_can_go_on_for_more_than_a_year_and_keeps_ids_apart(sandbox: Sandbox) -> None:
    expected = {company.id: company.current for company in sandbox.firm.companies()}
    for _ in range(14):
        sandbox.advance()
        for company in sandbox.firm.companies():
            expected[company.id] = following(company.period_type, expected[company.id])
    assert {company.id: company.current for company in sandbox.firm.companies()} == expected
    assert {company.current.year for company in sandbox.firm.companies()} == {2027, 2028}
    ids = [salary.id for person in sandbox.firm.people() for salary in person.salaries]
    assert len(ids) == len(set(ids))
    people = [person.id for person in sandbox.firm.people()]
    assert len(people) == len(set(people))
