"""Rows of the employee service."""

from datetime import date
from typing import Any, Final

from portal.nmbrs.sandbox.firm import (
    Address,
    Contract,
    Employment,
    Person,
    PersonalInfo,
    Placement,
    Salary,
    SalaryTable,
    Schedule,
)

_DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

#: How .NET writes a date that is not set where the record cannot be nil; some rows have it where they could.
_NOT_SET: Final = date(1, 1, 1)

Row = dict[str, Any]


def employee(person: Person) -> Row:
    """Employee of a list."""
    return {"Id": person.id, "Number": person.number, "DisplayName": person.display_name}


def personal_info(info: PersonalInfo, person: Person) -> Row:
    """PersonalInfo_V2 of the call that leaves the BSN out."""
    return {
        "Id": info.id,
        "DisplayName": info.display_name,
        "EmployeeNumber": person.number,
        "Title": info.title,
        "FirstName": info.first_name,
        "Initials": info.initials,
        "Prefix": info.prefix,
        "LastName": info.last_name,
        "Gender": info.gender,
        "NationalityCode": info.nationality,
        "PlaceOfBirth": info.birthplace,
        "CountryOfBirthISOCode": info.birth_country,
        "PartnerPrefix": info.partner_prefix,
        "PartnerLastName": info.partner_last_name,
        "TelephoneMobilePrivate": info.phone_mobile,
        "EmailPrivate": info.email_private,
        "EmailWork": info.email_work,
        "BurgerlijkeStaat": info.marital_status,
        "Naamstelling": info.name_order,
        "Birthday": info.birthday,
        "CreationDate": info.created,
        "StartPeriod": info.start.number,
        "StartYear": info.start.year,
        "InCaseOfEmergency": info.emergency_contact,
    }


def personal_info_with_bsn(info: PersonalInfo, person: Person) -> Row:
    """PersonalInfo_V2 of the call that gives the BSN too."""
    return personal_info(info, person) | {"BSN": info.bsn}


def address(address: Address, person: Person) -> Row:
    """EmployeeAddress_V2."""
    return {
        "Id": address.id,
        "StartPeriod": address.start.number,
        "StartYear": address.start.year,
        "EndPeriod": address.end.number if address.end else None,
        "EndYear": address.end.year if address.end else None,
        "Street": address.street,
        "HouseNumber": address.number,
        "HouseNumberAddition": address.addition,
        "PostalCode": address.postcode,
        "City": address.city,
        "CreationDate": address.created,
        "CountryISOCode": address.country,
        "Type": address.type,
    }


def employment(employment: Employment, person: Person) -> Row:
    """Employment; of every ten people one has year one for "no end" in place of nil."""
    no_end = _NOT_SET if person.id % 10 == 9 else None
    return {
        "EmploymentId": employment.id,
        "CreationDate": employment.created,
        "StartDate": employment.start,
        "EndDate": employment.end or no_end,
        "InitialStartDate": employment.initial_start,
    }


def contract(contract: Contract, person: Person) -> Row:
    """EmployeeContract."""
    return {
        "ContractID": contract.id,
        "CreationDate": contract.created,
        "StartDate": contract.start,
        "TrialPeriod": contract.trial_end,
        "EndDate": contract.end,
        "EmployementType": contract.nature,
        "EmploymentSequenceTaxId": 1,
        "Indefinite": contract.indefinite,
        "PhaseClassification": contract.phase,
        "WrittenContract": contract.written,
        "HoursPerWeek": contract.hours,
    }


def salary(salary: Salary, person: Person) -> Row:
    """Salary_V2."""
    return {
        "ID": salary.id,
        "Value": salary.value,
        "Type": salary.type,
        "SalaryTable": _salary_table(salary.table) if salary.table else None,
        "StartDate": salary.start,
        "CreationDate": salary.created,
    }


def _salary_table(table: SalaryTable) -> Row:
    return {
        "Code": table.code,
        "Description": table.description,
        "Schaal": {"Scale": table.scale, "ScaleValue": table.scale_value},
        "Trede": {"Step": table.step, "StepValue": table.step_value},
    }


def schedule(schedule: Schedule, person: Person) -> Row:
    """Schedule_V2."""
    row: Row = {
        "Id": schedule.id,
        "ParttimePercentage": schedule.part_time,
        "StartDate": schedule.start,
        "CreationDate": schedule.created,
    }
    row |= {f"Hours{day}": hours for day, hours in zip(_DAYS, schedule.week1, strict=True)}
    return row | {f"Hours{day}2": hours for day, hours in zip(_DAYS, schedule.week2, strict=True)}


def placement(placement: Placement, person: Person) -> Row:
    """Department_V2 and Function_V2; their Id is that of the department or function, not of the row."""
    return {
        "Id": placement.unit.id,
        "Code": placement.unit.code,
        "Description": placement.unit.description,
        "CreationDate": placement.created,
        "StartPeriod": placement.start.number,
        "StartYear": placement.start.year,
    }


def function_v2(placement: Placement, person: Person) -> Row:
    """EmployeeFunction: the row has an id of its own, the function stands inside it."""
    return {
        "RecordId": placement.id,
        "Function": {
            "Id": placement.unit.id,
            "Code": placement.unit.code,
            "Description": placement.unit.description,
        },
        "CreationDate": placement.created,
        "StartPeriod": placement.start.number,
        "StartYear": placement.start.year,
    }
