"""Numbers of periods that no calendar has: a thirteenth month, week 53 of a year of 52, a year that nobody meant.

Nmbrs writes them into runs, returns and bookings. A page that comes by one shows it, and stands at a period
that there is.
"""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from portal.accounts.models import Firm, User
from portal.companies.models import Company, RunWage, WorkCost
from portal.deadlines import states
from portal.periods import Period, PeriodType, exists
from tests.dashboards.reading import text
from tests.factories import (
    fetched_everything,
    make_booking,
    make_company,
    make_debtor,
    make_employment,
    make_environment,
    make_person,
    make_return,
    make_run,
    mirrored,
    summed,
)

pytestmark = [pytest.mark.database, pytest.mark.django_db]

SignIn = Callable[[User], Client]

ODD = [
    (PeriodType.MONTH, 2026, 13),
    (PeriodType.MONTH, 2026, 0),
    (PeriodType.WEEK, 2025, 53),
    (PeriodType.WEEK, 9999, 60),
    (PeriodType.WEEK, 0, 1),
    (PeriodType.FOUR_WEEKS, 2026, 14),
]


@pytest.fixture(params=ODD, ids=lambda odd: f"{odd[0]}-{odd[1]}-{odd[2]}")
def odd(request: pytest.FixtureRequest, firm: Firm) -> tuple[Company, int, int]:
    """A company with a run, a return, costs and bookings of a period that its calendar does not have."""
    kind, year, number = request.param
    company = make_company(make_debtor(make_environment(firm)), period=Period(2026, 11), period_type=kind)
    person = make_person(company)
    make_employment(person, date(2024, 1, 1))
    make_run(company, 2026, 10, locked=True, number=1)
    for first, last in ((number, number), (1, number)):
        run = make_run(company, year, first, last)
        amount = {"company": company, "employee": person, "run": run, "year": year, "number": number, "code": 1}
        mirrored(RunWage, company.environment, **amount, amount=Decimal(100))
    make_return(company, year, number)
    make_booking(company, year, number)
    names = ("payroll", "financial", "fiscal_wage", "available_space", "base", "to_pay", "paid")
    costs = dict.fromkeys(names, Decimal(1))
    mirrored(WorkCost, company.environment, company=company, year=year, number=number, **costs)
    fetched_everything(company.debtor)
    summed(company)
    states.rewrite([company.pk])
    return company, year, number


def test_no_page_breaks_on_a_number_that_the_calendar_does_not_have(
    odd: tuple[Company, int, int], administrator: Callable[..., User], as_user: SignIn
) -> None:
    company, year, number = odd
    person = company.employees.get()
    client = as_user(administrator())
    variance = reverse("dashboards:variance", args=[company.pk])
    runs = [f"run-{run.pk}" for run in company.run_set.all()]
    sides = ["", f"{year:04d}-{number:02d}", "2026-13", "2026-10", *runs]
    addresses = [
        *(f"{variance}?period={now}&against={before}" for now in sides for before in ("", sides[-1])),
        f"{variance}?level=employee",
        *(f"{reverse('companies:company', args=[company.pk])}?period={period}" for period in sides[:4]),
        *(reverse("companies:records", args=[company.pk, kind]) for kind in ("runs", "wage_tax_returns", "work_costs")),
        reverse("dashboards:debtor", args=[company.debtor_id]),
        reverse("dashboards:board"),
        reverse("dashboards:clients"),
        reverse("deadlines:calendar"),
        reverse("deadlines:company", args=[company.pk]),
        reverse("employees:person", args=[person.pk]),
    ]
    assert {address: client.get(address).status_code for address in addresses} == dict.fromkeys(addresses, 200)


def test_a_comparison_begins_with_the_newest_period_that_there_is(
    odd: tuple[Company, int, int], administrator: Callable[..., User], as_user: SignIn
) -> None:
    company, year, number = odd
    client = as_user(administrator())
    answer = client.get(reverse("dashboards:variance", args=[company.pk]))
    pair = answer.context["pair"]
    assert (pair.now.span, pair.before.span) == ((Period(2026, 10),), (Period(2026, 9),))
    kind = PeriodType(company.current.period_type)
    assert not exists(kind, Period(year, number))
    periods = dict(answer.context["choices"])["Periods"]
    assert f"{year:04d}-{number:02d}" not in dict(periods)
    wrong = client.get(reverse("dashboards:variance", args=[company.pk]), {"period": "2026-99"})
    said = text(wrong.content.decode())
    assert "“2026-99” is not a period or run of this company. This page shows 2026-10" in said
