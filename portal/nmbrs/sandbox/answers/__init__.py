"""What each operation answers: a function per operation that turns the firm into rows of the contract.

Adding an operation is its entry in the contract and one function here.
"""

from collections.abc import Iterable

from portal.nmbrs.sandbox.answers import (  # noqa: F401 - importing them registers them
    companies,
    debtors,
    employees,
    person_records,
)
from portal.nmbrs.sandbox.answers.registry import ANSWERS, Row
from portal.nmbrs.sandbox.answers.reports import reported
from portal.nmbrs.sandbox.envelope import Call
from portal.nmbrs.sandbox.firm import Firm


def answer(firm: Firm, call: Call) -> Row | str | Iterable[Row] | None:
    """The value of a call, but for background reports. Raises SoapFault for an object that does not exist."""
    return ANSWERS[call.operation.service, call.operation.name](firm, call)


def answered() -> frozenset[tuple[str, str]]:
    """Every (service, operation) that has an answer."""
    return frozenset(ANSWERS) | reported()
