"""Rows that the debtor service and the company service have in common."""

from collections.abc import Iterable
from typing import Any

from portal.nmbrs.sandbox.firm.contact_details import BusinessAccount, BusinessAddress
from portal.nmbrs.sandbox.firm.identity import guid_of

Row = dict[str, Any]


def address(address: BusinessAddress) -> Row:
    """Address."""
    return {
        "Id": address.id,
        "Default": address.default,
        "Street": address.street,
        "HouseNumber": address.number,
        "HouseNumberAddition": address.addition,
        "PostalCode": address.postcode,
        "City": address.city,
        "CountryISOCode": address.country,
    }


def bank_account(account: BusinessAccount) -> Row:
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


def converter(kind: str, identifiers: Iterable[int]) -> Row:
    """Converter: the GUID of every integer."""
    return {
        "Entity": kind,
        "Mappings": [{"IdInt": identifier, "IdGuid": guid_of(kind, identifier)} for identifier in identifiers],
    }
