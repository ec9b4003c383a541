"""Rows of the debtor service."""

from typing import Any

from portal.nmbrs.sandbox.firm import Debtor, Unit
from portal.nmbrs.sandbox.firm.debtor_records import AgreementSettings, Contact, Manager, ServiceLevel, Tag

Row = dict[str, Any]


def debtor(debtor: Debtor) -> Row:
    """Debtor."""
    return {"Id": debtor.id, "Number": debtor.number, "Name": debtor.name}


def contact(person: Contact) -> Row:
    """DebtorContactPerson."""
    return {"Email": person.email, "Name": person.name, "Phone": person.phone}


def manager(person: Manager) -> Row:
    """Staff."""
    return {
        "Number": person.number,
        "FirstName": person.first_name,
        "Name": person.name,
        "Department": person.department,
        "Function": person.function,
        "PhoneNumber": person.phone,
        "Mobile": person.mobile,
        "Email": person.email,
    }


def unit(unit: Unit) -> Row:
    """Department and Function, which have the same fields."""
    return {"Id": unit.id, "Code": unit.code, "Description": unit.description}


def service_level(agreed: ServiceLevel) -> Row:
    """DebtorServicelevel."""
    return {
        "StartPeriod": agreed.start.number,
        "StartYear": agreed.start.year,
        "ServiceLevel": agreed.level,
        "StartContract": agreed.contract_start,
    }


def tag(tag: Tag) -> Row:
    """DebtorTag."""
    return {"Number": tag.number, "HexColor": tag.color, "Tag": tag.text}


def agreement(settings: AgreementSettings, debtor: Debtor) -> Row:
    """LabourAgreementSettings."""
    return {
        "Id": settings.id,
        "Guid": settings.guid,
        "IntNumber": settings.number,
        "StrName": settings.name,
        "IntDebiteurID": debtor.id,
    }
