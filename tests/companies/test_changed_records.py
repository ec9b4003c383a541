"""What changes at a company in Nmbrs: observed rows end and begin, facts are added, filings go into the change log."""

from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine

from portal.companies import models
from portal.companies.models import Company as OurCompany
from portal.companies.models import RunWage
from portal.mirror.models import Change, ChangeKind, Freshness, State
from portal.nmbrs.sandbox.firm.company_records import CostCode
from portal.nmbrs.sandbox.firm.filings import HANDLED, PENDING
from portal.nmbrs.sandbox.firm.run_people import people_of_run
from portal.periods import Period, preceding
from portal.sync.service import sync_now
from tests import reference
from tests.conftest import NOON, Connected

pytestmark = [pytest.mark.pages, pytest.mark.django_db, pytest.mark.timeout(300)]


def test_another_value_closes_the_row_and_opens_one(mirrored: Connected) -> None:
    company = next(iter(mirrored.sandbox.firm.companies()))
    settings, centers = company.records.social_security, company.records.cost_centers
    assert settings is not None
    before = settings.wga_employer
    settings.wga_employer = before + Decimal("0.25")
    gone = centers.pop()
    centers.append(CostCode(gone.id + 500, "999", "Nieuw"))
    week_before = models.CompanySchedule.objects.get(company__remote_id=company.id).week_1
    company.records.schedules[0].week1 = tuple(map(Decimal, ("7.5", "8", "8", "8", "4.25", "0", "0")))
    later = NOON + timedelta(days=1)
    with time_machine.travel(later, tick=True):
        resync(mirrored, "company_social_security,company_cost_centers,company_schedules")
    day = later.date()
    rows = models.CompanySocialSecurity.objects.filter(company__remote_id=company.id).order_by("valid_from")
    assert list(rows.values_list("wga_employer", "valid_from", "valid_until")) == [
        (before, NOON.date(), day),
        (settings.wga_employer, day, None),
    ]
    cost = models.CompanyCostCenter.objects.filter(company__remote_id=company.id)
    assert cost.get(code=gone.code).valid_until == day
    assert cost.get(code="999").valid_from == day
    schedule = models.CompanySchedule.objects.get(company__remote_id=company.id, valid_until=None)
    assert schedule.week_1 == "7.5 8 8 8 4.25 0 0"
    assert sum(schedule.hours(1)[:7]) == Decimal("35.75")
    log = {(one.field, one.old, one.new) for one in Change.objects.filter(company__remote_id=company.id)}
    assert ("wga_employer", f"{before.normalize():f}", f"{settings.wga_employer.normalize():f}") in log
    assert ("week_1", week_before, "7.5 8 8 8 4.25 0 0") in log


def test_the_next_night_asks_two_periods_one_older_and_their_runs_and_keeps_the_others(mirrored: Connected) -> None:
    company = next(iter(mirrored.sandbox.firm.companies()))
    ours = OurCompany.objects.get(remote_id=company.id)
    models_asked = (models.CompanyWageFixed, models.WorkflowAction, models.RunEmployee)
    kept = [set(model.objects.filter(company=ours).values_list("key", flat=True)) for model in models_asked]
    mirrored.sandbox.forget_requests()
    resync(mirrored, "company_wage_fixed,payroll_workflow,run_people")
    asked = [call for call in mirrored.sandbox.requests if call.operation == "WageComponentFixed_Get"]
    assert len(asked) == 3 * OurCompany.objects.count()
    runs = {
        int(call.parameters["RunId"])
        for call in mirrored.sandbox.requests
        if call.operation == "Run_GetEmployeesByRunCompany"
    }
    recent, older = set(), {}
    for each in mirrored.sandbox.firm.companies():
        for run in each.runs:
            if not run.locked or Period(run.year, run.last) >= preceding(each.period_type, each.current):
                recent.add(run.id)
            else:
                older[run.id] = (run.year * 100 + run.last) % 12
    assert recent <= runs <= recent | older.keys()
    # Of the older ones those have their turn whose periods are twelve apart.
    assert len({older[run] for run in runs - recent}) == 1
    assert [set(model.objects.filter(company=ours).values_list("key", flat=True)) for model in models_asked] == kept


def test_the_steps_of_a_scale_that_changed_are_asked_the_next_night(mirrored: Connected) -> None:
    company = next(one for one in mirrored.sandbox.firm.companies() if one.records.salary_tables)
    scale = company.records.salary_tables[-1].scales[2]
    scale.value += 100
    scale.steps[-1].value += 100
    count = models.CompanySalaryStep.objects.count()
    scales = len(set(models.CompanySalaryStep.objects.values_list("company", "scale")))
    mirrored.sandbox.forget_requests()
    resync(mirrored, "company_salary_scales,company_salary_steps")
    asked = [call.parameters for call in mirrored.sandbox.requests if call.operation == "SalaryTable2_GetSteps"]
    named = [
        (int(one["CompanyId"]), one["Scale/Scale"], one["Scale/SchaalDescription"], Decimal(one["Scale/ScaleValue"]))
        for one in asked
    ]
    assert (company.id, scale.name, scale.description, scale.value) in named
    # Of the others those whose turn it is.
    assert len(asked) < scales / 2
    steps = models.CompanySalaryStep.objects.filter(company__remote_id=company.id, scale=scale.name)
    assert list(steps.values_list("step", "value")) == [(step.name, step.value) for step in scale.steps]
    assert models.CompanySalaryStep.objects.count() == count


def test_all_steps_are_asked_when_the_current_period_is_another_one(mirrored: Connected) -> None:
    mirrored.sandbox.advance()
    resync(mirrored, "current_period,company_salary_scales,company_salary_steps")
    for company in mirrored.sandbox.firm.companies():
        tables = [table for table in company.records.salary_tables if table.start <= company.current]
        rows = models.CompanySalaryStep.objects.filter(company__remote_id=company.id).in_period(company.current)
        assert rows.count() == sum(len(scale.steps) for table in tables[-1:] for scale in table.scales)


def test_a_new_period_adds_its_facts_and_what_was_filed_is_in_the_change_log(mirrored: Connected) -> None:
    company = next(one for one in mirrored.sandbox.firm.companies() if one.records.pension_exports)
    ours = OurCompany.objects.get(remote_id=company.id)
    open_export = company.records.pension_exports[-1].id
    assert models.PensionExport.objects.get(remote_id=open_export).sent_at is None
    mirrored.sandbox.advance()
    resync(mirrored, "current_period,employees,runs,company_labour_agreements,pension_exports,run_people")
    rows = models.CompanyLabourAgreement.objects.filter(company=ours).in_period(company.current)
    assert rows.count() == len(company.records.agreements)
    assert models.PensionExport.objects.get(remote_id=open_export).sent_at is not None
    sent = Change.objects.filter(resource="pension_exports", company=ours, kind=ChangeKind.CHANGED, field="sent_at")
    assert sent.exists()
    latest = company.runs[-1]
    people = models.RunEmployee.objects.filter(run__remote_id=latest.id)
    known = {person.id for person in reference.people(company)}
    assert set(people.values_list("employee__remote_id", flat=True)) == {
        person.id for person in people_of_run(company, latest) if person.id in known
    }


def test_a_request_that_is_handled_takes_the_place_of_the_one_that_waited(mirrored: Connected) -> None:
    company = next(
        one
        for one in mirrored.sandbox.firm.companies()
        if any(request.status == PENDING for request in one.records.run_requests)
    )
    request = next(request for request in company.records.run_requests if request.status == PENDING)
    request.status, request.handled = HANDLED, NOON.date()
    resync(mirrored, "run_requests")
    rows = models.RunRequest.objects.filter(company__remote_id=company.id).in_period(request.period)
    assert list(rows.values_list("status", "handled_on")) == [(HANDLED, NOON.date())]


def resync(mirrored: Connected, kinds: str) -> None:
    mirrored.sandbox.forget_answers()
    plan = sync_now(mirrored.environment, resource=kinds)
    assert set(plan.runs.values_list("status", flat=True)) == {"succeeded"}


def test_a_report_that_nmbrs_cannot_make_fails_its_kind_and_keeps_the_rows(mirrored: Connected) -> None:
    before = RunWage.objects.count()
    mirrored.sandbox.faults.add("task_error", operation="Reports_GetWageCodesByRunCompany_v2_Background")
    company = OurCompany.objects.order_by("pk").first()
    assert company is not None
    plan = sync_now(company, resource="run_output")
    assert set(plan.runs.values_list("status", "error_kind")) == {("failed", "report")}
    assert RunWage.objects.count() == before
    assert Freshness.objects.get(company=company, resource="run_output").state == State.FAILING


def test_a_client_and_a_company_that_are_called_otherwise_leave_a_trace(mirrored: Connected) -> None:
    client = mirrored.sandbox.firm.debtors[0]
    company = client.companies[0]
    before = (client.name, client.number, company.name, str(company.number), company.kvk)
    client.name, client.number = "Nieuwe Naam BV", "9876"
    company.name, company.number, company.kvk = "Nieuwe Winkel BV", 4321, "87654321"
    with time_machine.travel(NOON + timedelta(days=1), tick=True):
        resync(mirrored, "debtors,companies")
    ours = OurCompany.objects.get(remote_id=company.id)
    told = Change.objects.filter(debtor=ours.debtor, learned_at__gte=NOON + timedelta(days=1))
    assert {(one.resource, one.company_id, one.kind, one.field, one.old, one.new, one.effective) for one in told} == {
        ("debtors", None, ChangeKind.CHANGED, "name", before[0], "Nieuwe Naam BV", None),
        ("debtors", None, ChangeKind.CHANGED, "number", before[1], "9876", None),
        ("companies", ours.pk, ChangeKind.CHANGED, "name", before[2], "Nieuwe Winkel BV", None),
        ("companies", ours.pk, ChangeKind.CHANGED, "number", before[3], "4321", None),
        ("companies", ours.pk, ChangeKind.CHANGED, "kvk_number", before[4], "87654321", None),
    }


def test_another_return_period_leaves_a_trace(mirrored: Connected) -> None:
    company = OurCompany.objects.order_by("pk")[0]
    now = company.return_period
    # As if another one had been read before.
    OurCompany.objects.filter(pk=company.pk).update(return_period="Jaar", fingerprint=b"")
    Freshness.objects.filter(resource="companies").update(digest=b"")
    resync(mirrored, "companies")
    change = Change.objects.get(company=company, field="return_period")
    assert (change.old, change.new, change.debtor_id) == ("Jaar", now, company.debtor_id)
