"""Rows of the company service."""

from typing import Any

from portal.nmbrs.sandbox.firm import Company, Person, Run, WageTaxReturn
from portal.nmbrs.sandbox.firm.company_records import (
    Coded,
    CompanyContact,
    CompanySalaryTable,
    CostCode,
    FixedComponent,
    FullTimeSchedule,
    LabourAgreement,
    PensionExport,
    RunRequest,
    SalaryScale,
    SalaryStep,
    SocialSecurity,
    VariableComponent,
    WorkCost,
)
from portal.nmbrs.sandbox.firm.workflow import WorkflowTrack

Row = dict[str, Any]
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def company(company: Company) -> Row:
    """Company; it does not say whose it is."""
    return {
        "ID": company.id,
        "Number": company.number,
        "Name": company.name,
        "PhoneNumber": company.phone,
        "Email": company.email,
        "Website": company.website,
        "LoonaangifteTijdvak": company.return_type,
        "KvkNr": company.kvk,
    }


def run(run: Run) -> Row:
    """RunInfo."""
    return {
        "ID": run.id,
        "Number": run.number,
        "Year": run.year,
        "PeriodStart": run.first,
        "PeriodEnd": run.last,
        "Description": run.description,
        "RunAt": run.run_at,
        "IsLocked": run.locked,
    }


def wage_tax(made: WageTaxReturn) -> Row:
    """WageTax."""
    return {
        "LoonaangifteID": made.id,
        "SerialNumber": made.serial,
        "PaymentReference": made.payment_reference,
        "TotalGeneral": made.total,
        "Period": made.period,
        "Year": made.year,
        "Status": made.status,
        "SentAt": made.sent_at,
        "TijdvakStart": made.first,
        "TijdvakEnd": made.last,
        "CorrectionTijdvakStart": made.correction_first,
        "CorrectionTijdvakEnd": made.correction_last,
    }


def contact(person: CompanyContact) -> Row:
    """ContactPerson."""
    return {
        "Email": person.email,
        "Name": person.name,
        "Phone": person.phone,
        "Gender": person.gender,
        "MobilePhone": person.mobile,
        "Function": person.function,
        "Department": person.department,
        "Number": person.number,
    }


def schedules(made: list[FullTimeSchedule]) -> Row:
    """BedrijfFulltimeSchedule."""
    names = ("One", "Two", "Three", "Four")
    return {f"FulltimeSchedule{name}": _schedule(one) for name, one in zip(names, made, strict=True)}


def _schedule(made: FullTimeSchedule) -> Row:
    return (
        {"ScheduleCalcMethod": made.method}
        | {f"Hours{day}": hours for day, hours in zip(_DAYS, made.week1, strict=True)}
        | {f"Hours{day}2": hours for day, hours in zip(_DAYS, made.week2, strict=True)}
    )


def cost_code(code: CostCode) -> Row:
    """CostCenter and CostUnit, which have the same fields."""
    return {"Id": code.id, "Code": code.code, "Description": code.description}


def coded(value: Coded) -> Row:
    """Every type of a code with its description."""
    return {"Code": value.code, "Description": value.description}


def agreement(agreement: LabourAgreement) -> Row:
    """LabourAgreement; of the models that Nmbrs has twice only the second is in use."""
    return {
        "Id": agreement.id,
        "Guid": agreement.guid,
        "Number": agreement.number,
        "Description": agreement.description,
        "Default": agreement.default,
        "ScheduleModel": coded(agreement.schedule_model),
        "WageModel2": coded(agreement.wage_model),
        "HoursModel2": coded(agreement.hours_model),
        "Industry": coded(agreement.industry),
        "LeaveModel": coded(agreement.leave_model),
        "ReservationModel": coded(agreement.reservation_model),
        "SalaryTable": coded(agreement.salary_table) if agreement.salary_table else None,
        "CAO": coded(agreement.cao),
        "BlnUseProvisional": agreement.provisional,
    }


def salary_table(table: CompanySalaryTable) -> Row:
    """SalaryTableV2."""
    return {"Code": table.code, "Description": table.description, "GuidSalaryTable": table.guid}


def salary_scale(scale: SalaryScale) -> Row:
    """SalaryTableScaleV2."""
    return {
        "Scale": scale.name,
        "SchaalDescription": scale.description,
        "ScaleValue": scale.value,
        "ScalePercentageMax": scale.most,
        "ScalePercentageMin": scale.least,
        "GuidSalaryTableScale": scale.guid,
    }


def salary_step(step: SalaryStep) -> Row:
    """SalaryTableStepV2."""
    return {
        "Step": step.name,
        "StepDescription": step.description,
        "StepValue": step.value,
        "GuidSalaryTableStep": step.guid,
    }


def social_security(settings: SocialSecurity) -> Row:
    """SVW."""
    return {
        "SVWSettings": {
            "CodeCao": settings.cao.code,
            "EigenrisicodragerGediffWGA": settings.carries_wga,
            "EigenrisicodragerZiektewet": settings.carries_sickness,
            "RisicoGroep": settings.risk_group.code,
            "Gediff_WGA_wn": settings.wga_employee,
            "Gediff_WGA_wg": settings.wga_employer,
            "Sector": settings.sector.code,
        },
        "Sector": coded(settings.sector),
        "Risicogroep": coded(settings.risk_group),
        "CAO": coded(settings.cao),
    }


def employee_number(person: Person) -> Row:
    """EmployeeIdNumber."""
    return {"EmployeeId": person.id, "EmployeeNumber": person.number}


def run_request(request: RunRequest) -> Row:
    """RunRequest."""
    return {
        "Period": request.period.number,
        "Year": request.period.year,
        "Status": request.status,
        "HandledDate": request.handled,
    }


def workflow_track(track: WorkflowTrack) -> Row:
    """PayrollWorkflowTrack."""
    actions = [
        {
            "ActionId": action.id,
            "ActionName": action.name,
            "ActionStatusId": action.status.id,
            "ActionStatus": action.status.text,
            "RunAt": action.run_at,
        }
        for action in track.actions
    ]
    return {"TrackName": track.name, "TrackStatus": track.status.text, "Actions": actions}


def pension_export(export: PensionExport) -> Row:
    """PensionExport."""
    return {
        "PensionExportID": export.id,
        "SerialNumber": export.serial,
        "Period": export.period.number,
        "Year": export.period.year,
        "Status": export.status,
        "SentAt": export.sent_at,
        "CorrectionTijdvakStart": export.correction_first,
        "CorrectionTijdvakEnd": export.correction_last,
    }


def work_cost(cost: WorkCost) -> Row:
    """WorkCost."""
    return {
        "Period": cost.period.number,
        "Year": cost.period.year,
        "WorkCostPayroll": cost.payroll,
        "WorkCostFinancial": cost.financial,
        "FiscalWage": cost.fiscal_wage,
        "WorkCostAvailableSpace": cost.space,
        "WorkCostBase": cost.base,
        "WorkCostToPay": cost.to_pay,
        "WorkCostEstimated": cost.estimated,
        "WorkCostPaid": cost.paid,
    }


def component(component: FixedComponent | VariableComponent) -> Row:
    """WageComponent."""
    return {"Id": component.id, "Code": component.code, "Value": component.value}
