"""What hangs on a company is mirrored field by field."""

from collections.abc import Callable, Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from portal.clock import AMSTERDAM
from portal.companies import models
from portal.companies.loops import PERIODS_BACK_AT_FIRST
from portal.mirror.convert import BadValue
from portal.mirror.dating import Observed
from portal.mirror.resource import registry
from portal.nmbrs.sandbox.firm import Company
from portal.nmbrs.sandbox.firm.company_records import CompanySalaryTable
from portal.nmbrs.sandbox.firm.run_people import people_of_run
from portal.nmbrs.sandbox.firm.workflow import workflow_of
from portal.periods import Period, preceding
from tests import reference
from tests.conftest import NOON, Connected
from tests.stored import values_of

pytestmark = [pytest.mark.database, pytest.mark.django_db, pytest.mark.timeout(300)]

Rows = Iterable[tuple[Any, ...]]
Case = tuple[type[Any], tuple[str, ...], Callable[[Company], Rows]]

PERIOD = ("year", "number")
MODELS = {
    "schedule_model": "schedule_model",
    "wage_model": "wage_model",
    "hours_model": "hours_model",
    "industry": "industry",
    "leave_model": "leave_model",
    "reservation_model": "reservation_model",
    "salary_table": "salary_table",
    "cao": "cao",
}


def moment(value: datetime | None) -> datetime | None:
    return value.replace(tzinfo=AMSTERDAM) if value else None


def periods(company: Company) -> list[Period]:
    """The current one and those before it that a first sync asks for."""
    found = [company.current]
    for _ in range(PERIODS_BACK_AT_FIRST):
        found.append(preceding(company.period_type, found[-1]))
    return found


def address(company: Company) -> Rows:
    one = company.records.address
    return [(one.id, one.street, one.number, one.addition, one.postcode, one.city, "", one.country)] if one else []


def account(company: Company) -> Rows:
    one = company.records.bank_account
    return [(one.id, one.iban, one.bic, one.name, one.city, one.description, one.type)] if one else []


def contact(company: Company) -> Rows:
    one = company.records.contact
    fields = (one.number, one.name, one.email, one.phone, one.mobile, one.department, one.function) if one else ()
    return [fields] if one else []


def week(hours: tuple[Decimal, ...]) -> str:
    return " ".join(f"{value.normalize():f}" for value in hours)


def schedules(company: Company) -> Rows:
    parts = [(one.method, week(one.week1), week(one.week2)) for one in company.records.schedules]
    return [tuple(value for part in parts for value in part)]


def social_security(company: Company) -> Rows:
    one = company.records.social_security
    assert one is not None
    groups = (one.cao, one.sector, one.risk_group)
    coded = [value for group in groups for value in (group.code, group.description)]
    return [(*coded, one.wga_employee, one.wga_employer, one.carries_wga, False, one.carries_sickness)]


def agreements(company: Company) -> Rows:
    for period in periods(company):
        for one in company.records.agreements:
            if one.start <= period:
                codes = [getattr(one, name) for name in MODELS.values()]
                yield (
                    *(period.year, period.number, one.id, one.guid, one.number, one.description, one.default),
                    one.provisional,
                    *(value for code in codes for value in ((code.code, code.description) if code else (None, ""))),
                )


def salary_tables(company: Company) -> Rows:
    for period in periods(company):
        begun = [table for table in company.records.salary_tables if table.start <= period]
        if begun:
            yield (period.year, period.number, begun[-1].guid, begun[-1].code, begun[-1].description)


def table_in(company: Company, period: Period) -> CompanySalaryTable | None:
    return next((table for table in company.records.salary_tables[::-1] if table.start <= period), None)


def salary_scales(company: Company) -> Rows:
    for period in periods(company):
        table = table_in(company, period)
        for one in table.scales if table else ():
            yield (period.year, period.number, one.guid, one.name, one.description, one.value, one.least, one.most)


def salary_steps(company: Company) -> Rows:
    """Those of the current period alone."""
    now, table = company.current, table_in(company, company.current)
    for scale in table.scales if table else ():
        for one in scale.steps:
            yield (now.year, now.number, scale.name, one.guid, one.name, one.description, one.value)


def fixed(company: Company) -> Rows:
    for period in periods(company):
        for one in company.records.fixed_components:
            if one.start <= period and (one.end is None or period <= one.end):
                yield (period.year, period.number, one.id, one.code, one.value)


def variable(company: Company) -> Rows:
    for one in company.records.variable_components:
        if one.period in periods(company):
            yield (one.period.year, one.period.number, one.id, one.code, one.value)


def workflow(company: Company) -> Rows:
    for period in periods(company):
        for track in workflow_of(company, period):
            for action in track.actions:
                yield (
                    *(period.year, period.number, track.name, track.status.text),
                    *(action.id, action.name, action.status.id, action.status.text, moment(action.run_at)),
                )


def people_in_runs(company: Company) -> Rows:
    first = periods(company)[-1]
    known = {person.id for person in reference.people(company)}
    for run in company.runs:
        if Period(run.year, run.last) >= first:
            for person in people_of_run(company, run):
                if person.id in known:
                    yield (run.id, person.id)


def codes(name: str) -> Callable[[Company], Rows]:
    return lambda company: [(one.code, one.description) for one in getattr(company.records, name)]


def cost_codes(name: str) -> Callable[[Company], Rows]:
    return lambda company: [(one.id, one.code, one.description) for one in getattr(company.records, name)]


KINDS: dict[str, Case] = {
    "company_address": (
        models.CompanyAddress,
        ("remote_id", "street", "house_number", "addition", "postal_code", "city", "region", "country"),
        address,
    ),
    "company_bank_account": (
        models.CompanyBankAccount,
        ("remote_id", "iban", "bic", "holder", "city", "description", "account_type"),
        account,
    ),
    "company_contact": (
        models.CompanyContact,
        ("number", "name", "email", "phone", "mobile", "department", "function"),
        contact,
    ),
    "company_schedules": (
        models.CompanySchedule,
        tuple(f"{name}_{number}" for number in range(1, 5) for name in ("method", "week", "other_week")),
        schedules,
    ),
    "company_social_security": (
        models.CompanySocialSecurity,
        (
            *("cao_code", "cao", "sector_code", "sector", "risk_group_code", "risk_group"),
            *("wga_employee", "wga_employer", "carries_wga", "carries_wao", "carries_sickness"),
        ),
        social_security,
    ),
    "company_cost_centers": (
        models.CompanyCostCenter,
        ("remote_id", "code", "description"),
        cost_codes("cost_centers"),
    ),
    "company_cost_units": (models.CompanyCostUnit, ("remote_id", "code", "description"), cost_codes("cost_units")),
    "hour_codes": (models.HourCode, ("code", "description"), codes("hour_codes")),
    "wage_codes": (models.WageCode, ("code", "description"), codes("wage_codes")),
    "company_labour_agreements": (
        models.CompanyLabourAgreement,
        (
            *(*PERIOD, "remote_id", "remote_guid", "agreement_number", "description", "default", "provisional"),
            *(column for name in MODELS for column in (f"{name}_code", name)),
        ),
        agreements,
    ),
    "company_salary_tables": (
        models.CompanySalaryTable,
        (*PERIOD, "remote_guid", "code", "description"),
        salary_tables,
    ),
    "company_salary_scales": (
        models.CompanySalaryScale,
        (*PERIOD, "remote_guid", "scale", "description", "value", "percentage_min", "percentage_max"),
        salary_scales,
    ),
    "company_salary_steps": (
        models.CompanySalaryStep,
        (*PERIOD, "scale", "remote_guid", "step", "description", "value"),
        salary_steps,
    ),
    "company_wage_fixed": (models.CompanyWageFixed, (*PERIOD, "remote_id", "code", "value"), fixed),
    "company_wage_variable": (models.CompanyWageVariable, (*PERIOD, "remote_id", "code", "value"), variable),
    "run_people": (models.RunEmployee, ("run__remote_id", "employee__remote_id"), people_in_runs),
    "run_requests": (
        models.RunRequest,
        (*PERIOD, "status", "handled_on"),
        lambda company: [
            (one.period.year, one.period.number, one.status, one.handled) for one in company.records.run_requests
        ],
    ),
    "payroll_workflow": (
        models.WorkflowAction,
        (*PERIOD, "track", "track_status", "action_id", "name", "status_id", "status", "run_at"),
        workflow,
    ),
    "pension_exports": (
        models.PensionExport,
        (
            *("remote_id", "serial_number", *PERIOD, "status", "sent_at"),
            *("correction_first_day", "correction_last_day"),
        ),
        lambda company: [
            (
                *(one.id, one.serial, one.period.year, one.period.number, one.status, moment(one.sent_at)),
                *(one.correction_first, one.correction_last),
            )
            for one in company.records.pension_exports
        ],
    ),
    "work_costs": (
        models.WorkCost,
        (
            *(*PERIOD, "payroll", "financial", "fiscal_wage", "available_space"),
            *("base", "to_pay", "estimated", "paid"),
        ),
        lambda company: [
            (
                *(one.period.year, one.period.number, one.payroll, one.financial, one.fiscal_wage, one.space),
                *(one.base, one.to_pay, one.estimated, one.paid),
            )
            for one in company.records.work_costs
        ],
    ),
}
#: Tested where the sync is, in tests/sync/test_mirror.py.
ELSEWHERE = {"current_period", "runs", "wage_tax_returns", "run_output", "journal"}


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_is_mirrored_field_by_field(filled: Connected, kind: str) -> None:
    model, columns, expected = KINDS[kind]
    assert model.resource.name == kind
    found = [
        (owner, *(str(value) if name == "remote_guid" else value for name, value in zip(columns, values, strict=True)))
        for owner, *values in values_of(model, "company__remote_id", *columns)
    ]
    wanted = [(company.id, *row) for company in filled.sandbox.firm.companies() for row in expected(company)]
    assert wanted
    assert len(found) == len(wanted)
    assert set(found) == set(wanted)
    if isinstance(model.resource.dating, Observed):
        assert set(model.objects.values_list("valid_from", "valid_until")) == {(NOON.date(), None)}


def test_every_kind_of_a_company_has_its_case() -> None:
    own = {kind.name for kind in registry if kind.model._meta.app_label == "companies" and kind.level == "company"}
    assert own == set(KINDS) | ELSEWHERE


def test_only_what_may_change_between_two_nights_is_read_every_hour() -> None:
    own = {kind.name for kind in registry if kind.hourly and kind.model._meta.app_label in {"companies", "debtors"}}
    assert own == {"current_period", "runs", "wage_tax_returns", "run_requests"}


@pytest.mark.parametrize("hours", ["-1", "25", "x", "NaN"])
def test_hours_that_no_day_has_are_refused(hours: str) -> None:
    from portal.companies.resources.particulars import join_weeks

    with pytest.raises(BadValue) as refused:
        join_weeks({"week_1_monday": hours})
    assert refused.value.column == "week_1"


def test_a_schedule_that_nmbrs_does_not_have_stays_empty() -> None:
    from portal.companies.resources.particulars import join_weeks

    joined = join_weeks({"week_1_monday": "8.00", "week_2_monday": None})
    assert joined == {"week_1": "8 0 0 0 0 0 0"}
