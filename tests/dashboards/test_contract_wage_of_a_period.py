"""Where the wage cost of a window is not known, the contract wage of as long a window stands in for it."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from django.test import Client

from portal.accounts.models import Firm, User
from portal.employees.models import SalaryType
from portal.employees.wages import TO_MONTH, of_a_period, wage_cents_of
from portal.periods import Period, PeriodType, bounds
from tests.dashboards.reading import tables
from tests.factories import (
    fetched_everything,
    make_booking,
    make_company,
    make_debtor,
    make_employment,
    make_environment,
    make_person,
    make_run,
    make_salary,
    summed,
)

pytestmark = pytest.mark.pages


@pytest.mark.parametrize(
    ("kind", "current", "wage"),
    [
        (PeriodType.WEEK, Period(2026, 47), "700"),
        (PeriodType.FOUR_WEEKS, Period(2026, 12), "2800"),
        (PeriodType.MONTH, Period(2026, 11), "3000"),
        (PeriodType.QUARTER, Period(2026, 4), "9000"),
    ],
)
def test_beside_the_cost_of_periods_stands_the_contract_wage_of_a_period(
    firm: Firm,
    administrator: Callable[..., User],
    as_user: Callable[[User], Client],
    kind: PeriodType,
    current: Period,
    wage: str,
) -> None:
    company = make_company(make_debtor(make_environment(firm)), "Pays", current, kind)
    person = make_person(company)
    make_employment(person, date(2020, 1, 1))
    make_salary(person, wage, date(2020, 1, 1))
    before = current.number - 1
    make_run(company, 2026, before)
    make_booking(company, 2026, before, debit=Decimal("900"))
    fetched_everything(company.debtor)
    summed(company)
    client, heading = as_user(administrator()), "Contract wage a period (cost not known)"
    html = client.get(f"/companies/{company.pk}/").content.decode()
    rows = next(found for found in tables(html) if found and heading in found[0])
    assert (rows[-2]["Wage cost"], rows[-2][heading]) == ("€900.00", "– unknown")
    assert (rows[-1]["Wage cost"], rows[-1][heading]) == ("– unknown", f"€{Decimal(wage):,.2f}")
    # In a month in which no period ends there is no cost that it could stand in for.
    ends = f"{bounds(kind, current).last:%Y-%m}"
    monthly = client.get(f"/clients/{company.debtor_id}/?month={ends}").content.decode()
    heading = "Contract wage a month (cost not known)"
    rows = next(found for found in tables(monthly) if found and heading in found[0])
    times, by = TO_MONTH[kind]
    assert rows[-1][heading] == f"€{Decimal(wage) * times / by:,.2f}"


@pytest.mark.parametrize("kind", PeriodType)
def test_a_wage_brought_to_a_month_and_back_is_the_same(kind: PeriodType) -> None:
    for wage in ("0", "0.01", "433.33", "700", "1234.56", "99999.99"):
        month = wage_cents_of(SalaryType.GROSS_PART_TIME, Decimal(wage), None, None, kind)
        assert month is not None
        # A month's cents are rounded: of a longer period that is a few cents.
        times, by = TO_MONTH[kind]
        assert abs(of_a_period(month, kind) - Decimal(wage) * 100) <= max(Decimal(1), Decimal(by) / times)
