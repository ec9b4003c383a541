"""Asking an embedded Nmbrs as another SOAP client would, and reading what it answers."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time
from typing import Any

import requests
import zeep
from zeep.transports import Transport

from portal.nmbrs.contract import service
from portal.nmbrs.sandbox import Sandbox
from portal.nmbrs.sandbox.firm import Company, Firm, Person
from portal.periods import Period, PeriodType
from tests.nmbrs_sandbox.wire import CREDENTIALS

TODAY = date(2026, 11, 22)
NOT_SET = datetime(1, 1, 1)  # noqa: DTZ001 -- the wire has no zone

Ask = Callable[..., Any]


@contextmanager
def asking(sandbox: Sandbox, name: str) -> Iterator[Ask]:
    """`ask(operation, parameter=value, ...)` of one service, read strictly by its WSDL."""
    with requests.Session() as session:
        client = zeep.Client(
            f"{sandbox.url}{service(name).path}?WSDL",
            transport=Transport(session=session),
            settings=zeep.Settings(strict=True),
        )
        header = {"AuthHeaderWithDomain": CREDENTIALS}
        yield lambda operation, **parameters: client.service[operation](**parameters, _soapheaders=header)


def values(record: Any, *names: str) -> tuple[Any, ...]:
    return tuple(record[name] for name in names)


def rows(answer: Sequence[Any] | None, *names: str) -> list[tuple[Any, ...]]:
    return [values(row, *names) for row in answer or ()]


def texts(*found: str) -> tuple[str | None, ...]:
    """Texts as they arrive: an empty one is left out."""
    return tuple(one or None for one in found)


def midnight(day: date | None) -> datetime | None:
    return None if day is None else datetime.combine(day, time())


def of_kind(firm: Firm, kind: PeriodType) -> Company:
    return next(company for company in firm.companies() if company.period_type is kind and company.people)


def staffed(firm: Firm) -> list[Company]:
    return [company for company in firm.companies() if company.people]


def of(company: Company, period: Period | None = None) -> dict[str, int]:
    """Parameters of a call about a company in a period, the current one when none is given."""
    asked = period or company.current
    return {"CompanyId": company.id, "Period": asked.number, "Year": asked.year}


def about(person: Person, period: Period) -> dict[str, int]:
    return {"EmployeeId": person.id, "Period": period.number, "Year": period.year}
