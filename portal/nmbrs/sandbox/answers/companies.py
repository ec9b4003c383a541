"""Answers of the company service."""

from collections.abc import Iterable

from portal.nmbrs.sandbox.answers.periods import period_for_company
from portal.nmbrs.sandbox.answers.registry import Row, answers, company_of, debtor_of
from portal.nmbrs.sandbox.envelope import Call, nmbrs_fault
from portal.nmbrs.sandbox.firm import Company, Firm
from portal.nmbrs.sandbox.firm.company_records import CompanySalaryTable
from portal.nmbrs.sandbox.firm.run_people import people_of_run
from portal.nmbrs.sandbox.firm.workflow import workflow_of
from portal.nmbrs.sandbox.rows import business
from portal.nmbrs.sandbox.rows import companies as rows


@answers("CompanyService", "List_GetAll")
def _companies(firm: Firm, call: Call) -> Iterable[Row]:
    return map(rows.company, firm.companies())


@answers("CompanyService", "List_GetByDebtor")
def _companies_of_debtor(firm: Firm, call: Call) -> Iterable[Row]:
    return map(rows.company, debtor_of(firm, call.number("DebtorId")).companies)


@answers("CompanyService", "Company_GetCurrentPeriod")
def _current_period(firm: Firm, call: Call) -> str:
    return company_of(firm, call.number("CompanyId")).current_text


@answers("CompanyService", "Run_GetList")
def _runs(firm: Firm, call: Call) -> Iterable[Row]:
    company, year = company_of(firm, call.number("CompanyId")), call.number("Year")
    return [rows.run(run) for run in company.runs if run.year == year]


@answers("CompanyService", "WageTax_GetList")
def _returns(firm: Firm, call: Call) -> Iterable[Row]:
    company, year = company_of(firm, call.number("CompanyId")), call.number("intYear")
    return [rows.wage_tax(made) for made in company.returns if made.year == year]


def _company(firm: Firm, call: Call) -> Company:
    return company_of(firm, call.number("CompanyId"))


@answers("CompanyService", "Address_GetCurrent")
def _address(firm: Firm, call: Call) -> Row | None:
    address = _company(firm, call).records.address
    return business.address(address) if address else None


@answers("CompanyService", "ContactPerson_Get")
def _contact(firm: Firm, call: Call) -> Row | None:
    contact = _company(firm, call).records.contact
    return rows.contact(contact) if contact else None


@answers("CompanyService", "BankAccount_GetCurrent")
def _bank_account(firm: Firm, call: Call) -> Row | None:
    account = _company(firm, call).records.bank_account
    return business.bank_account(account) if account else None


@answers("CompanyService", "Schedule_GetCurrent")
def _schedules(firm: Firm, call: Call) -> Row:
    return rows.schedules(_company(firm, call).records.schedules)


@answers("CompanyService", "CostCenter_GetList")
def _cost_centers(firm: Firm, call: Call) -> Iterable[Row]:
    return map(rows.cost_code, _company(firm, call).records.cost_centers)


@answers("CompanyService", "CostUnit_GetList")
def _cost_units(firm: Firm, call: Call) -> Iterable[Row]:
    return map(rows.cost_code, _company(firm, call).records.cost_units)


@answers("CompanyService", "HourModel2_GetHourCodes")
def _hour_codes(firm: Firm, call: Call) -> Iterable[Row]:
    return map(rows.coded, _company(firm, call).records.hour_codes)


@answers("CompanyService", "WageModel2_GetWageCodes")
def _wage_codes(firm: Firm, call: Call) -> Iterable[Row]:
    return map(rows.coded, _company(firm, call).records.wage_codes)


@answers("CompanyService", "LabourAgreements_Get")
def _agreements(firm: Firm, call: Call) -> Iterable[Row]:
    company = _company(firm, call)
    period = period_for_company(company, call)
    return [rows.agreement(one) for one in company.records.agreements if one.start <= period]


@answers("CompanyService", "SalaryTable2_Get")
def _salary_table(firm: Firm, call: Call) -> Row | None:
    table = _table(firm, call)
    return rows.salary_table(table) if table else None


@answers("CompanyService", "SalaryTable2_GetScales")
def _salary_scales(firm: Firm, call: Call) -> Iterable[Row]:
    table = _table(firm, call)
    return map(rows.salary_scale, table.scales if table else ())


@answers("CompanyService", "SalaryTable2_GetSteps")
def _salary_steps(firm: Firm, call: Call) -> Iterable[Row]:
    table, wanted = _table(firm, call), call.parameters.get("Scale/Scale", "").strip()
    scales = table.scales if table else ()
    return [rows.salary_step(step) for scale in scales if scale.name == wanted for step in scale.steps]


def _table(firm: Firm, call: Call) -> CompanySalaryTable | None:
    """The salary table of the company in the period that the call asks for."""
    company = _company(firm, call)
    period = period_for_company(company, call)
    begun = [table for table in company.records.salary_tables if table.start <= period]
    return begun[-1] if begun else None


@answers("CompanyService", "SVW_GetCurrent")
def _social_security(firm: Firm, call: Call) -> Row | None:
    settings = _company(firm, call).records.social_security
    return rows.social_security(settings) if settings else None


@answers("CompanyService", "Run_GetEmployeesByRunCompany")
def _people_of_run(firm: Firm, call: Call) -> Iterable[Row]:
    company, number, year = _company(firm, call), call.number("RunId"), call.number("Year")
    for run in company.runs:
        if (run.id, run.year) == (number, year):
            return map(rows.employee_number, people_of_run(company, run))
    raise nmbrs_fault(2046, "Run not found")


@answers("CompanyService", "RunRequest_GetList")
def _run_requests(firm: Firm, call: Call) -> Iterable[Row]:
    company, year = _company(firm, call), call.number("Year")
    return [rows.run_request(one) for one in company.records.run_requests if one.period.year == year]


@answers("CompanyService", "PayrollWorkflow_Get")
def _workflow(firm: Firm, call: Call) -> Iterable[Row]:
    company = _company(firm, call)
    return map(rows.workflow_track, workflow_of(company, period_for_company(company, call)))


@answers("CompanyService", "PensionExport_GetList")
def _pension_exports(firm: Firm, call: Call) -> Iterable[Row]:
    company, year = _company(firm, call), call.number("intYear")
    return [rows.pension_export(one) for one in company.records.pension_exports if one.period.year == year]


@answers("CompanyService", "WorkCost_GetList")
def _work_costs(firm: Firm, call: Call) -> Iterable[Row]:
    company, year = _company(firm, call), call.number("Year")
    return [rows.work_cost(one) for one in company.records.work_costs if one.period.year == year]


@answers("CompanyService", "WageComponentFixed_Get")
def _fixed_components(firm: Firm, call: Call) -> Iterable[Row]:
    company = _company(firm, call)
    period = period_for_company(company, call)
    return [
        rows.component(one)
        for one in company.records.fixed_components
        if one.start <= period and (one.end is None or period <= one.end)
    ]


@answers("CompanyService", "WageComponentVar_Get")
def _variable_components(firm: Firm, call: Call) -> Iterable[Row]:
    company = _company(firm, call)
    period = period_for_company(company, call)
    return [rows.component(one) for one in company.records.variable_components if one.period == period]


@answers("CompanyService", "Converter_GetByCompany_IntToGuid")
def _guids(firm: Firm, call: Call) -> Row:
    company, kind = _company(firm, call), call.parameters.get("Entity", "").strip()
    known = {"Debtor": [company.debtor_id], "Company": [company.id], "Employee": [one.id for one in company.people]}
    return business.converter(kind, known.get(kind, ()))
