"""What payroll runs leave behind in the periods that a first sync reads: journals, cost centres, components."""

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from tests.benchmarks.filled import DEPARTMENTS, SEEN, write

#: (year, month): the current period and thirteen before it.
PERIODS = [(2025, month) for month in (10, 11, 12)] + [(2026, month) for month in range(1, 12)]
CURRENT = PERIODS[-1]
#: Ledger account, what it books, whether on the credit side.
ACCOUNTS = (
    ("4000", "Brutoloon", False),
    ("4010", "Sociale lasten", False),
    ("4020", "Pensioen werkgever", False),
    ("1700", "Nettoloon", True),
    ("1710", "Loonheffing", True),
    ("1720", "Pensioenpremie", True),
)
WAGE_CODES = (1100, 1200, 2300)
#: Companies at a time.
BATCH = 100


def put_out(row: Any, companies: list[int]) -> None:
    """Write it for these companies and their people."""
    from portal.companies import booked
    from portal.companies.models import JournalLine, Run, WageCode, WageTaxReturn

    for start in range(0, len(companies), BATCH):
        batch = companies[start : start + BATCH]
        # The last run is not made yet at every third company. The first has it, whatever keys the database gave.
        made = [
            (pk, period)
            for place, pk in enumerate(batch, start=1)
            for period in PERIODS
            if period != CURRENT or place % 3
        ]
        write(Run, [run(row, pk, *period) for pk, period in made])
        write(WageTaxReturn, [declared(row, pk, *period) for pk in batch for period in PERIODS[:-1]])
        write(JournalLine, [line for pk, period in made for line in journal(row, pk, *period)])
        for pk in batch:
            booked.rewrite(pk)
        write(
            WageCode,
            [
                row(company_id=pk, code=code, description=f"Code {code}", valid_from=SEEN.date(), valid_until=None)
                for pk in batch
                for code in WAGE_CODES
            ],
        )
        of_people(row, batch)


def of_people(row: Any, companies: list[int]) -> None:
    """The cost centre of each person in the current and the last period, and a fixed component in the current one."""
    from portal.employees.models import CostShare, Employee, FixedWage

    people = list(Employee.objects.filter(company__in=companies).values_list("pk", "company_id"))
    write(
        CostShare,
        [
            row(
                company_id=company,
                employee_id=pk,
                year=year,
                number=month,
                center_code=f"{100 + pk % len(DEPARTMENTS)}",
                center_description=DEPARTMENTS[pk % len(DEPARTMENTS)],
                percentage=Decimal(100),
                is_default=True,
            )
            for pk, company in people
            for year, month in PERIODS[-2:]
        ],
    )
    write(
        FixedWage,
        [
            row(
                company_id=company,
                employee_id=pk,
                year=CURRENT[0],
                number=CURRENT[1],
                code=WAGE_CODES[pk % len(WAGE_CODES)],
                value=Decimal(50),
            )
            for pk, company in people
        ],
    )


def run(row: Any, company: int, year: int, month: int) -> dict[str, Any]:
    """A monthly run; the current one is open at every second company."""
    values: dict[str, Any] = row(
        company_id=company,
        year=year,
        number=month,
        period_start=month,
        period_end=month,
        run_at=datetime(year, month, 20, 9, tzinfo=UTC),
        locked=(year, month) != CURRENT or company % 2 == 0,
    )
    return values


def declared(row: Any, company: int, year: int, month: int) -> dict[str, Any]:
    """A monthly return, sent but for the last one of every fourth company."""
    next_month = datetime(year + month // 12, month % 12 + 1, 10, 9, tzinfo=UTC)
    sent = None if (year, month) == PERIODS[-2] and company % 4 == 0 else next_month
    values: dict[str, Any] = row(company_id=company, year=year, number=month, serial_number=1, total=1000, sent_at=sent)
    return values


def journal(row: Any, company: int, year: int, month: int) -> Iterator[dict[str, Any]]:
    """A line for each department and account."""
    for place, department in enumerate(DEPARTMENTS):
        for account, component, credit in ACCOUNTS:
            amount = Decimal(4000 + 100 * place + month)
            yield row(
                company_id=company,
                year=year,
                number=month,
                run_number=month,
                department=department,
                cost_center=f"{100 + place} {department}",
                account=account,
                component=component,
                debit=Decimal(0) if credit else amount,
                credit=amount if credit else Decimal(0),
            )
