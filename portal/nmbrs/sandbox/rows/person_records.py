"""Rows of the employee service about the further records of a person."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from portal.nmbrs.sandbox.firm.company_records import FixedComponent, VariableComponent
from portal.nmbrs.sandbox.firm.debtor_records import Manager
from portal.nmbrs.sandbox.firm.person_records import (
    Absence,
    AgreementChoice,
    BankAccount,
    Child,
    CostShare,
    LeaseCar,
    Leave,
    Partner,
    SocialInsurance,
    WageTaxSettings,
)

Row = dict[str, Any]


def bank_account(account: BankAccount) -> Row:
    """BankAccount."""
    return {
        "Id": account.id,
        "Number": account.number,
        "Description": account.description,
        "IBAN": account.iban,
        "BIC": account.bic,
        "City": account.city,
        "Name": account.name,
        "Type": account.type,
    }


def wage_tax(settings: WageTaxSettings) -> Row:
    """WageTaxSettings; it does not tell from when on it holds."""
    return {
        "Id": settings.id,
        "JaarloonBT": settings.year_wage,
        "AfwBijzTariefLH": settings.special_rate,
        "Loonheffingkorting": settings.credit,
        "Loonheffing": settings.levy,
        "KleurTabel": settings.colour,
        "SoortInkomen": settings.income_kind,
        "TijdvakTabel": settings.period_table,
        "CodeCalc30PercRule": settings.ruling,
    }


def social_insurance(row: SocialInsurance) -> Row:
    """EmployeeSVWSettings; the ids of what it names are their codes."""
    return {
        "Id": row.id,
        "CreateDate": row.created,
        "StartYear": row.start.year,
        "StartPeriod": row.start.number,
        "InfluenceObligedInsuranced": row.influence,
        "Wao_Wia": row.disability,
        "Ww": row.unemployment,
        "Zw": row.sickness,
        "IncomeRelatedContributionZvw": row.care_contribution,
        "CodeZvw": row.care_code,
        "EmploymentType": row.nature,
        "PhaseClassification": row.phase,
        "EmploymentSequenceTaxId": 1,
        "CAO": {"CAOId": row.cao.code, "CAOCode": row.cao.code, "CAODescription": row.cao.description},
        "RiskGroup": {
            "RiskGroupId": row.risk_group.code,
            "RiskGroupCode": row.risk_group.code,
            "RiskGroupDescription": row.risk_group.description,
        },
        "Sector": {
            "SectorId": row.sector.code,
            "SectorCode": row.sector.code,
            "SectorDescription": row.sector.description,
        },
        "WageCostBenefit": {
            "WageCostBenefitCode": row.benefit,
            "EndPeriod": row.benefit_end.number if row.benefit_end else None,
            "EndYear": row.benefit_end.year if row.benefit_end else None,
        },
    }


def cost_share(share: CostShare) -> Row:
    """EmployeeCostCenter; Kostensoort is the cost unit."""
    return {
        "Id": share.id,
        "CostCenter": {"Code": share.center.code, "Description": share.center.description, "Id": share.center.id},
        "Kostensoort": {"Code": share.unit.code, "Description": share.unit.description} if share.unit else None,
        "Percentage": share.percentage,
        "Default": share.default,
    }


def agreement(choice: AgreementChoice) -> Row:
    """EmployeeLabourAgreement."""
    return {"Id": choice.id, "Guid": choice.guid, "Number": choice.number, "Description": choice.description}


def manager(manager: Manager) -> Row:
    """Staff."""
    return {
        "Number": manager.number,
        "FirstName": manager.first_name,
        "Name": manager.name,
        "Department": manager.department,
        "Function": manager.function,
        "PhoneNumber": manager.phone,
        "Mobile": manager.mobile,
        "Email": manager.email,
    }


def hour_component(component: FixedComponent | VariableComponent) -> Row:
    """HourComponent, fixed or variable."""
    return {"Id": component.id, "HourCode": component.code, "Hours": component.value}


def wage_component(component: FixedComponent | VariableComponent) -> Row:
    """WageComponent, fixed or variable."""
    return {"Id": component.id, "Code": component.code, "Value": component.value}


def leave(leave: Leave) -> Row:
    """LeaveV2."""
    return {
        "Id": leave.id,
        "Description": leave.description,
        "Hours": leave.hours,
        "UsageType": leave.usage,
        "Start": leave.start,
        "End": leave.end,
        "StartHours": leave.start_hours,
        "EndHours": leave.end_hours,
        "Type": leave.type,
        "Status": leave.status,
    }


def leave_balance(opening: Decimal, now: Decimal) -> Row:
    """LeaveBalance, in hours."""
    return {"DecMedewerkerVerlofStartSaldo": opening, "DecMedewerkerVerlofCurrSaldo": now}


def absence(absence: Absence, employee_id: int) -> Row:
    """EmployeeAbsence."""
    return {
        "EmployeeId": employee_id,
        "AbsenceId": absence.id,
        "Comment": absence.comment,
        "Percentage": absence.percentage,
        "Start": absence.start,
        "RegistrationStartDate": absence.registered_start,
        "End": absence.end,
        "RegistrationEndDate": absence.registered_end,
        "Dossier": absence.dossier,
        "Dossiernr": absence.dossier_number,
    }


def lease_car(car: LeaseCar) -> Row:
    """EmployeeLeaseCar."""
    return {
        "Id": car.id,
        "Brand": car.brand,
        "Model": car.model,
        "AdditionPercentage": car.addition,
        "ContractLeaseCompany": car.lessor,
        "ContractNumber": car.contract,
        "ContractDuration": car.months,
        "LeasingPriceMonth": car.month_price,
        "MaxMileage": car.max_mileage,
        "FirstResgistrationDate": car.registered,
        "CO2Emissions": car.co2,
        "LicensePlate": car.plate,
        "CatalogValue": car.catalog_value,
        "StartDate": car.start,
        "EndDate": car.end,
        "ContributionPrivateUse": car.contribution,
    }


def partner(partner: Partner) -> Row:
    """Partner."""
    return {
        "Id": partner.id,
        "PartnerName": partner.name,
        "FirstName": partner.first_name,
        "Initials": partner.initials,
        "Gender": partner.gender,
        "Birthday": partner.birthday,
        "StartDate": partner.start,
        "Telephone": partner.phone,
        "Email": partner.email,
    }


def children(children: Iterable[Child]) -> list[Row]:
    """Child, of each."""
    return [
        {
            "Id": child.id,
            "Name": child.name,
            "FirstName": child.first_name,
            "Initials": child.initials,
            "Gender": child.gender,
            "Birthday": child.birthday,
        }
        for child in children
    ]
