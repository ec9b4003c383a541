"""Which function answers which operation. A function turns the firm into rows of the contract."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from portal.nmbrs.sandbox.envelope import Call, nmbrs_fault
from portal.nmbrs.sandbox.firm import Company, Debtor, Firm, Person
from portal.nmbrs.sandbox.firm.maker import place_of_person
from portal.nmbrs.sandbox.firm.model import FIRST_COMPANY_ID

Row = Mapping[str, Any]
Answer = Callable[[Firm, Call], Row | str | Iterable[Row] | None]

ANSWERS: dict[tuple[str, str], Answer] = {}


def answers(service: str, operation: str) -> Callable[[Answer], Answer]:
    """Register a function as the answer to an operation."""

    def register(function: Answer) -> Answer:
        ANSWERS[service, operation] = function
        return function

    return register


def debtor_of(firm: Firm, identifier: int) -> Debtor:
    """The debtor with this id. Raises SoapFault 2009."""
    for debtor in firm.debtors:
        if debtor.id == identifier:
            return debtor
    raise nmbrs_fault(2009, "Debtor not accessible")


def company_of(firm: Firm, identifier: int) -> Company:
    """The company with this id. Raises SoapFault 2004."""
    found = _employer(firm, identifier)
    if found is None:
        raise nmbrs_fault(2004, "Company not accessible")
    return found[1]


def person_of(firm: Firm, identifier: int) -> Person:
    """The person with this id. Raises SoapFault 2003."""
    return employed_at(firm, identifier)[2]


def employed_at(firm: Firm, identifier: int) -> tuple[Debtor, Company, Person]:
    """The person with this id, and where. Raises SoapFault 2003."""
    company_id, place = place_of_person(identifier)
    found = _employer(firm, company_id)
    if found is None or place >= len(found[1].people):
        raise nmbrs_fault(2003, "Employee not accessible")
    return *found, found[1].people[place]


def _employer(firm: Firm, identifier: int) -> tuple[Debtor, Company] | None:
    """The company with this id: ids of companies count up through all debtors, so that no company is looked at."""
    place = identifier - FIRST_COMPANY_ID
    if place < 0:
        return None
    for debtor in firm.debtors:
        if place < len(debtor.companies):
            return debtor, debtor.companies[place]
        place -= len(debtor.companies)
    return None
