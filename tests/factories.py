"""Rows of the mirror as a finished sync would have left them: debtors, companies, people with histories.

Each function writes one row with its bookkeeping filled and returns it. Days are given as `date`s; last days are
inclusive, as Nmbrs gives them, and the interval follows from them.
"""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any, TypeVar

from portal.accounts.models import Firm
from portal.companies import booked
from portal.companies.models import Company, CurrentPeriod, JournalLine, ReturnPeriod, Run, WageTaxReturn
from portal.connections.models import Environment
from portal.debtors.models import Debtor
from portal.employees import snapshots
from portal.employees.models import (
    Address,
    AddressType,
    Contract,
    Department,
    Employee,
    EmployeeType,
    Employment,
    Function,
    PersonalInfo,
    Salary,
    SalaryType,
    Schedule,
)
from portal.mirror.models import Freshness, MirrorRow, State
from portal.mirror.resource import registry
from portal.periods import Period, PeriodType
from portal.source import Level

#: When the rows of these factories were first seen, unless a test says otherwise.
SEEN = datetime(2026, 11, 22, 5, 12, tzinfo=UTC)

_numbers = count(1)

Row = TypeVar("Row", bound=MirrorRow)


def mirrored(model: type[Row], environment: Environment, **fields: Any) -> Row:
    """One row with key, fingerprint and moments filled in."""
    number = next(_numbers)
    return model.everything.create(
        environment=environment,
        **{
            "key": f"{number}",
            "remote_id": 100_000 + number,
            "fingerprint": number.to_bytes(16, "big"),
            "first_seen": SEEN,
            "last_changed": SEEN,
            **fields,
        },
    )


def make_environment(firm: Firm, domain: str = "demo") -> Environment:
    """An Nmbrs domain of the firm."""
    return Environment.objects.create(firm=firm, domain=domain)


def make_debtor(environment: Environment, name: str = "Bakkerij De Gouden Aar", **fields: Any) -> Debtor:
    """A client of the firm."""
    return mirrored(Debtor, environment, **{"name": name, "number": f"{1000 + next(_numbers)}", **fields})


def make_company(
    debtor: Debtor,
    name: str = "Bakkerij De Gouden Aar B.V.",
    period: Period | None = Period(2026, 11),  # noqa: B008 - a frozen value
    period_type: PeriodType = PeriodType.MONTH,
    **fields: Any,
) -> Company:
    """A company with its current period; `period=None`: the current period was never fetched."""
    values = {"name": name, "number": next(_numbers), "return_period": ReturnPeriod.MONTH, **fields}
    company = mirrored(Company, debtor.environment, debtor=debtor, **values)
    if period is not None:
        mirrored(
            CurrentPeriod,
            debtor.environment,
            company=company,
            year=period.year,
            number=period.number,
            period_type=period_type.value,
        )
    return company


def make_run(company: Company, year: int, first: int, last: int | None = None, **fields: Any) -> Run:
    """A payroll run over the periods `first` to `last`."""
    values = {"number": next(_numbers), "locked": False, "run_at": SEEN, **fields}
    return mirrored(
        Run, company.environment, company=company, year=year, period_start=first, period_end=last or first, **values
    )


def make_return(company: Company, year: int, number: int, **fields: Any) -> WageTaxReturn:
    """A wage-tax return of a return period; without `sent_at` it was made and not sent."""
    values = {"serial_number": next(_numbers), "total": Decimal(1234), **fields}
    return mirrored(WageTaxReturn, company.environment, company=company, year=year, number=number, **values)


def make_booking(company: Company, year: int, number: int, **fields: Any) -> JournalLine:
    """A line of the journal of one period, on an account of costs; what is kept of the journal follows."""
    line = {"run_number": number, "account": "4000", "debit": Decimal(0), "credit": Decimal(0)}
    made = mirrored(JournalLine, company.environment, company=company, year=year, number=number, **{**line, **fields})
    booked.rewrite(company.pk)
    return made


def make_employee_type(environment: Environment, description: str = "Payroll") -> EmployeeType:
    """An employee type of the environment."""
    return mirrored(EmployeeType, environment, description=description)


def make_person(company: Company, name: str = "A. Jansen", **fields: Any) -> Employee:
    """A person without any dated record."""
    values = {"display_name": name, "number": next(_numbers), **fields}
    return mirrored(Employee, company.environment, company=company, **values)


def _dated(model: type[Row], person: Employee, since: date, until: date | None, **fields: Any) -> Row:
    values = {"created_at": datetime(since.year, since.month, since.day, 9, tzinfo=UTC), **fields}
    return mirrored(
        model,
        person.environment,
        company=person.company,
        employee=person,
        valid_from=since,
        valid_until=until + timedelta(days=1) if until else None,
        **values,
    )


def make_employment(person: Employee, since: date, last_day: date | None = None, **fields: Any) -> Employment:
    """A spell of service from `since` to `last_day`, both included."""
    return _dated(Employment, person, since, last_day, end_date=last_day, **fields)


def make_contract(person: Employee, since: date, last_day: date | None = None, **fields: Any) -> Contract:
    """A contract from `since` to `last_day`, both included."""
    values = {"employment_nature": 1, "sequence": 1, "indefinite": last_day is None, **fields}
    return _dated(Contract, person, since, last_day, end_date=last_day, **values)


def make_salary(
    person: Employee,
    amount: str | Decimal,
    since: date,
    until: date | None = None,
    salary_type: SalaryType = SalaryType.GROSS_PART_TIME,
    **fields: Any,
) -> Salary:
    """A salary in force from `since` to `until`, both included."""
    return _dated(Salary, person, since, until, amount=Decimal(amount), salary_type=salary_type.value, **fields)


def make_schedule(
    person: Employee,
    since: date,
    until: date | None = None,
    percentage: str = "100",
    week: tuple[str, ...] = ("8", "8", "8", "8", "8", "0", "0"),
    second_week: tuple[str, ...] = ("0",) * 7,
    **fields: Any,
) -> Schedule:
    """A schedule of one week, or of two that take turns."""
    days = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    hours = {day: Decimal(value) for day, value in zip(days, week, strict=True)}
    hours |= {f"{day}2": Decimal(value) for day, value in zip(days, second_week, strict=True)}
    return _dated(Schedule, person, since, until, part_time_percentage=Decimal(percentage), **hours, **fields)


def make_department(person: Employee, name: str, since: date, until: date | None = None, **fields: Any) -> Department:
    """The person's department from `since` to `until`, both included."""
    values = {"code": 10, "start_year": since.year, "start_period": since.month, **fields}
    return _dated(Department, person, since, until, description=name, **values)


def make_function(person: Employee, name: str, since: date, until: date | None = None, **fields: Any) -> Function:
    """The person's job from `since` to `until`, both included."""
    values = {"code": 20, "start_year": since.year, "start_period": since.month, **fields}
    return _dated(Function, person, since, until, description=name, **values)


def make_personal_info(person: Employee, since: date, until: date | None = None, **fields: Any) -> PersonalInfo:
    """Name, date of birth and work contact from `since` to `until`, both included."""
    values = {
        "start_year": since.year,
        "start_period": since.month,
        "first_name": "Anna",
        "last_name": "Jansen",
        "birthday": date(1988, 4, 12),
        **fields,
    }
    return _dated(PersonalInfo, person, since, until, **values)


def make_address(person: Employee, since: date, until: date | None = None, **fields: Any) -> Address:
    """An address from `since` to `until`, both included."""
    values = {
        "start_year": since.year,
        "start_period": since.month,
        "address_type": AddressType.HOME,
        "street": "Dorpsstraat",
        "house_number": "12",
        "postal_code": "1234 AB",
        "city": "Utrecht",
        "country": "NL",
        **fields,
    }
    return _dated(Address, person, since, until, **values)


def fetched(
    scope: Environment | Debtor | Company,
    *resources: str,
    at: datetime = SEEN,
    state: State = State.FRESH,
    **fields: Any,
) -> None:
    """Say that the resources of this scope were tried at `at`; in state FRESH also that they came in whole."""
    if isinstance(scope, Company):
        owner = {"environment": scope.environment, "debtor": scope.debtor, "company": scope}
        key = f"company:{scope.pk}"
    elif isinstance(scope, Debtor):
        owner, key = {"environment": scope.environment, "debtor": scope}, f"debtor:{scope.pk}"
    else:
        owner, key = {"environment": scope}, f"environment:{scope.pk}"
    values = {"last_success": at if state is State.FRESH else None, "last_attempt": at, "state": state, **fields}
    # In one statement: hundreds of tests begin with everything fetched, which is more than fifty rows for each company.
    Freshness.objects.bulk_create(
        [Freshness(scope_key=key, resource=resource, **owner, **values) for resource in dict.fromkeys(resources)],
        update_conflicts=True,
        unique_fields=["scope_key", "resource"],
        update_fields=[*owner, *values],
    )


def fetched_everything(debtor: Debtor, at: datetime = SEEN) -> None:
    """Say that everything of a debtor came in whole at `at`."""
    names = {level: [kind.name for kind in registry if kind.level is level] for level in Level}
    fetched(debtor.environment, *names[Level.ENVIRONMENT], at=at)
    fetched(debtor, *names[Level.DEBTOR], at=at)
    for company in Company.everything.filter(debtor=debtor):
        fetched(company, *names[Level.COMPANY], at=at)


def summed(*companies: Company) -> None:
    """Fill the snapshots of the companies from the people they have now, as a publish does."""
    for company in companies:
        snapshots.rewrite(company.pk)
