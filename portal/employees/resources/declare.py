"""What the declarations of kinds about people have in common."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from portal import clock
from portal.accounts.roles import Capability
from portal.companies.loops import periods_at_first, periods_to_ask
from portal.employees.active import active_in
from portal.employees.models import Employee
from portal.mirror.dating import Current, Dating, Observed
from portal.mirror.resource import PERSON, Lane, Link, Loop, OptIn, Prepare, Resource
from portal.mirror.scope import MirrorScope
from portal.source import Level, LoopValue, Soap

SERVICE = "EmployeeService"
#: A person who is not mirrored is an applicant: their records are left out in silence.
TO_EMPLOYEE = {"employee": Link(Employee, ignore_unknown=True)}

BY_PERIOD = {"year": "year", "number": "number"}
OF_PERIOD = {"year": "@period.year", "number": "@period.number"}


def current_period(scope: MirrorScope) -> Sequence[LoopValue]:
    """The company's current period alone: a call a person is dear."""
    current = scope.current
    return [] if current is None else [{"year": str(current.year), "number": str(current.number)}]


def leave_years(scope: MirrorScope) -> Sequence[LoopValue]:
    """Last year and this one."""
    year = clock.today().year
    return [str(year - 1), str(year)]


PEOPLE = Loop(active_in, window="employee__remote_id")
PERIODS = Loop(periods_to_ask, at_first=periods_at_first, window=BY_PERIOD)
CURRENT_PERIOD = Loop(current_period, window=BY_PERIOD)
#: For what is observed: the rows carry no period.
NOW = Loop(current_period)
LEAVE_YEARS = Loop(leave_years, window="valid_from__year")


def of_company(
    name: str,
    model: type[Any],
    operation: str,
    rows: str,
    fields: Mapping[str, str],
    *,
    dating: Dating,
    company: str = "CompanyID",
    loops: Mapping[str, Loop] | None = None,
    parameters: Mapping[str, str] | None = None,
    key: tuple[str, ...] = ("employee", "remote_id"),
    capability: Capability = Capability.VIEW_PERSONAL,
    prepare: Prepare | None = None,
    opt_in: OptIn | None = None,
    watched: tuple[str, ...] = (),
    sensitive: tuple[str, ...] = (),
    headline: str = "",
    carried: tuple[str, ...] | None = None,
    alone: bool = False,
    keyed: Mapping[str, str] | None = None,
    adopt_by: tuple[str, ...] = (),
    revives: Callable[[Mapping[str, str | None]], bool] | None = None,
) -> Resource:
    """A kind that one call gives for all people of a company. `company` is how the operation spells that parameter."""
    return Resource(
        name=name,
        model=model,
        level=Level.COMPANY,
        key=key,
        links=TO_EMPLOYEE,
        loops=loops or {},
        dating=dating,
        prepare=prepare,
        capability=capability,
        opt_in=opt_in,
        watched=watched,
        sensitive=sensitive,
        headline=headline,
        carried=carried,
        alone=alone,
        keyed=keyed or {},
        adopt_by=adopt_by,
        revives=revives,
        soap=Soap(
            operation,
            service=SERVICE,
            rows=rows,
            parameters={company: "company", **(parameters or {})},
            fields={"employee": "EmployeeId", **fields},
        ),
    )


def facts_of_company(
    name: str,
    model: type[Any],
    operation: str,
    rows: str,
    fields: Mapping[str, str],
    *,
    capability: Capability,
    watched: tuple[str, ...],
    carried: tuple[str, ...],
    adopt_by: tuple[str, ...],
    headline: str = "",
    opt_in: OptIn | None = None,
) -> Resource:
    """A kind that one call gives for all people of a company in one period, and that holds from one to the next."""
    return of_company(
        name,
        model,
        operation,
        rows,
        {**OF_PERIOD, **fields},
        dating=Current(),
        company="CompanyId",
        loops={"period": PERIODS},
        parameters={"Period": "period.number", "Year": "period.year"},
        key=("employee", "remote_id", "year", "number"),
        capability=capability,
        opt_in=opt_in,
        watched=watched,
        carried=carried,
        headline=headline,
        adopt_by=adopt_by,
    )


def one_by_one(
    name: str,
    model: type[Any],
    operation: str,
    rows: str,
    fields: Mapping[str, str],
    *,
    loops: Mapping[str, Loop] | None = None,
    parameters: Mapping[str, str] | None = None,
    dating: Dating | None = None,
    key: tuple[str, ...] = ("employee",),
    capability: Capability = Capability.VIEW_PERSONAL,
    prepare: Prepare | None = None,
    watched: tuple[str, ...] = (),
    sensitive: tuple[str, ...] = (),
    headline: str = "",
    carried: tuple[str, ...] | None = None,
    alone: bool = False,
    adopt_by: tuple[str, ...] = (),
) -> Resource:
    """A kind of the slow lane: a call a person, observed unless it says its dates itself.

    With the key `employee` somebody has one record, whatever id Nmbrs gives the next one.
    """
    return Resource(
        name=name,
        model=model,
        level=Level.COMPANY,
        key=key,
        links=TO_EMPLOYEE,
        loops={PERSON: PEOPLE, **(loops or {})},
        dating=dating or Observed(),
        prepare=prepare,
        capability=capability,
        lane=Lane.SLOW,
        # Who is active is read off the employments.
        after=("employments",),
        watched=watched,
        sensitive=sensitive,
        headline=headline,
        carried=carried,
        alone=alone,
        adopt_by=adopt_by,
        soap=Soap(
            operation,
            service=SERVICE,
            rows=rows,
            parameters={"EmployeeId": PERSON, **(parameters or {})},
            fields={"employee": f"@{PERSON}", **fields},
            tolerant=PERSON,
        ),
    )


def facts_one_by_one(
    name: str,
    model: type[Any],
    operation: str,
    rows: str,
    fields: Mapping[str, str],
    *,
    capability: Capability,
    watched: tuple[str, ...],
    carried: tuple[str, ...] | None = None,
) -> Resource:
    """A kind of the slow lane about the current period."""
    return one_by_one(
        name,
        model,
        operation,
        rows,
        {**OF_PERIOD, **fields},
        loops={"period": CURRENT_PERIOD},
        parameters={"Period": "period.number", "Year": "period.year"},
        dating=Current(),
        key=("employee", "remote_id", "year", "number"),
        capability=capability,
        watched=watched,
        carried=carried,
        adopt_by=("employee", "code", "year", "number"),
    )
