"""The panels of a client and of a company where Nmbrs refuses something, or is not asked for a period.

Refused, never fetched, not asked and none are four things.
"""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from lxml import html

from portal import clock
from portal.accounts.models import Firm, User
from portal.companies.models import Company, CurrentPeriod
from portal.companies.periods import Chosen
from portal.dashboards.sums.cost import costs
from portal.dashboards.sums.reading import May, read
from portal.dashboards.sums.windows import of_months, of_periods
from portal.employees.models import Absence, CostShare
from portal.mirror.models import State
from portal.mirror.opt_ins import choose
from portal.mirror.resource import OptIn
from portal.periods import Period, PeriodType
from tests.dashboards.reading import tables, text
from tests.factories import (
    fetched,
    fetched_everything,
    make_booking,
    make_company,
    make_debtor,
    make_department,
    make_employment,
    make_environment,
    make_person,
    make_return,
    make_run,
    make_salary,
    mirrored,
    summed,
)

pytestmark = pytest.mark.pages

REFUSED = "Nmbrs does not give this The API user in Nmbrs may not read this. Ask its owner to allow it in Nmbrs."
NEVER = "Not fetched from Nmbrs yet Nothing is known here until the first sync has run. That is not the same as zero."
NOT_ASKED = "Not fetched from Nmbrs Nmbrs was not asked for this period, so nothing is known of it."
#: Panel -> a kind that it is made of, on the page of a client and on that of a company.
OF_CLIENT = {
    "Contract wage": "salaries",
    "Head count": "employments",
    "Joiners and leavers": "employments",
    "Contracts ending within 60 days": "contracts",
    "Departments": "departments",
    "Cost centres": "employee_cost_centers",
}
OF_COMPANY = {
    "Head count": "employments",
    "Joiners and leavers of this period": "employments",
    "Contracts ending within 60 days": "contracts",
    "Departments": "departments",
    "Cost centres": "employee_cost_centers",
    "Payroll runs of this period": "runs",
    "Wage-tax returns over this period": "wage_tax_returns",
    "Pension returns of this period": "pension_exports",
    "Work-related costs (WKR)": "work_costs",
}


@pytest.fixture
def company(firm: Firm) -> Company:
    """A company that pays by the month, of which everything came in."""
    company = make_company(make_debtor(make_environment(firm)))
    fetched_everything(company.debtor)
    summed(company)
    return company


@pytest.fixture
def client(administrator: Callable[..., User], as_user: Callable[[User], Client]) -> Client:
    """The administrator's browser."""
    return as_user(administrator())


def panels(client: Client, address: str) -> dict[str, str]:
    """What each panel of the page says, by its heading."""
    page: Any = html.fromstring(client.get(address).content)
    return {
        " ".join(one.xpath("string(./header//h2)").split()): text(html.tostring(one, encoding="unicode"))
        for one in page.xpath("//section[header//h2]")
    }


@pytest.mark.parametrize(("state", "words"), [(State.NOT_PERMITTED, REFUSED), (State.NEVER, NEVER)])
@pytest.mark.parametrize("whose", ["client", "company"])
def test_every_panel_tells_refused_and_never_fetched_apart(
    company: Company, client: Client, whose: str, state: State, words: str
) -> None:
    of_client = whose == "client"
    address = f"/clients/{company.debtor_id}/" if of_client else f"/companies/{company.pk}/"
    kinds = OF_CLIENT if of_client else OF_COMPANY
    assert [name for name, said in panels(client, address).items() if name in kinds and words in said] == []
    fetched(company, *kinds.values(), state=state)
    said = panels(client, address)
    assert {name: words in said[name] for name in kinds} == dict.fromkeys(kinds, True)


@pytest.mark.parametrize(("state", "words"), [(State.NOT_PERMITTED, REFUSED), (State.NEVER, NEVER)])
def test_a_refused_period_is_why_the_panels_of_its_company_are_empty(
    firm: Firm, client: Client, state: State, words: str
) -> None:
    company = make_company(make_debtor(make_environment(firm)), period=None)
    fetched_everything(company.debtor)
    fetched(company, "current_period", state=state)
    said = panels(client, f"/companies/{company.pk}/")
    shown = set(OF_COMPANY) - {"Contracts ending within 60 days"}
    assert {name for name in shown if words not in said[name]} == set()


def test_a_period_that_nmbrs_does_not_give_any_more_is_not_known(company: Company, client: Client) -> None:
    person = make_person(company)
    make_employment(person, date(2025, 1, 1))
    make_salary(person, "3000", date(2025, 1, 1))
    summed(company)
    choice = Chosen(PeriodType.MONTH, Period(2026, 11), Period(2026, 11))
    CurrentPeriod.objects.update(missing_since=clock.now())
    answer = client.get(f"/companies/{company.pk}/")
    assert answer.status_code == 200
    said = panels(client, f"/companies/{company.pk}/")
    shown = {*OF_COMPANY, "Wage cost"} - {"Contracts ending within 60 days"}
    assert {name for name in shown if NEVER not in said[name]} == set()
    # It may go between the reading of the company and that of its figures.
    user = User.objects.get()
    found = [
        costs(read(user, of, windows, May(wages=True, absence=False)))[-1]
        for of, windows in (
            (company, of_periods(choice, "Period")),
            (company.debtor, of_months(choice.period, "Month")),
        )
    ]
    assert [(one.cost, one.contract) for one in found] == [(None, Decimal(3000))] * 2


@pytest.mark.parametrize(("state", "words"), [(State.NOT_PERMITTED, REFUSED), (State.NEVER, NEVER)])
def test_a_refused_list_of_companies_is_why_a_client_has_none(
    firm: Firm, client: Client, state: State, words: str
) -> None:
    debtor = make_debtor(make_environment(firm))
    fetched(debtor, "companies", state=state)
    assert words in panels(client, f"/clients/{debtor.pk}/")["Companies"]


def test_a_period_that_nmbrs_is_not_asked_for_has_no_none_and_no_zero(company: Company, client: Client) -> None:
    said = panels(client, f"/companies/{company.pk}/?period=2020-03")
    runs, returns = said["Payroll runs of this period"], said["Wage-tax returns over this period"]
    assert NOT_ASKED in runs
    assert "no run found" not in runs
    assert NOT_ASKED in returns
    assert "has no wage-tax return" not in returns
    counted = counts(client, company, "2020-03")
    # Those have no period.
    assert {kind for kind, count in counted.items() if count == "0"} == {"Ids in Nmbrs"}
    assert {counted[kind] for kind in ("Runs", "Run output", "Journal")} == {"not fetched yet"}
    for kind in ("runs", "wage_tax_returns", "run_output", "journal", "run_people", "pension_exports"):
        listed = text(client.get(f"/companies/{company.pk}/records/{kind}/?period=2020-03&q=x").content.decode())
        assert NOT_ASKED in listed, kind
        assert "Nmbrs was asked and has nothing to show here" not in listed
        assert "Nothing matches this filter" not in listed


def test_a_period_that_nmbrs_was_asked_for_has_none(company: Company, client: Client) -> None:
    said = panels(client, f"/companies/{company.pk}/?period=2026-10")
    assert "2026-10 M: no run found" in said["Payroll runs of this period"]
    assert "Nmbrs has no wage-tax return over days of period 2026-10 M" in said["Wage-tax returns over this period"]
    counted = counts(client, company, "2026-10")
    assert {counted[kind] for kind in ("Runs", "Run output", "Journal")} == {"0"}
    listed = text(client.get(f"/companies/{company.pk}/records/journal/?period=2026-10").content.decode())
    assert "Nmbrs was asked and has nothing to show here" in listed


def test_what_came_in_of_a_period_stays_when_nmbrs_is_not_asked_for_it_any_more(
    company: Company, client: Client
) -> None:
    make_run(company, 2020, 3, description="Of old")
    make_return(company, 2021, 3)
    said = panels(client, f"/companies/{company.pk}/?period=2020-03")
    assert "Of old" in said["Payroll runs of this period"]
    # A return of the year after it says nothing about this one.
    assert NOT_ASKED in said["Wage-tax returns over this period"]
    listed = text(client.get(f"/companies/{company.pk}/records/runs/?period=2020-03").content.decode())
    assert "Of old" in listed


def test_companies_that_lack_a_kind_are_in_neither_part_of_a_share(company: Company, client: Client) -> None:
    choose(company.environment_id, OptIn.ABSENCE, on=True)
    other = make_company(company.debtor, "Other")
    since = date(2025, 1, 1)
    for place in (company, other):
        for number in range(6):
            person = make_person(place)
            make_employment(person, since)
            make_department(person, "Sales", since)
            if number == 0:
                absent = {"dossier_number": 1, "percentage": Decimal(100), "clock": "yes", "safety_net": "no"}
                mirrored(Absence, place.environment, company=place, employee=person, valid_from=since, **absent)
        make_run(place, 2026, 11)
        make_booking(place, 2026, 11, debit=Decimal(1000), department="Sales", cost_center="10")
    fetched_everything(company.debtor)
    summed(company, other)
    said = panels(client, f"/clients/{company.debtor_id}/")
    assert "2 of 12 people are absent (16.7%)" in said["Absence"]
    assert "Total 12 2,000.00" in said["Departments"]
    other.freshness.filter(resource__in=("absences", "departments", "employee_cost_centers")).delete()
    said = panels(client, f"/clients/{company.debtor_id}/")
    assert "1 of 6 people is absent (16.7%). 1 company is not counted here." in said["Absence"]
    assert "Sales 6 1,000.00" in said["Departments"]
    assert "Total 6 1,000.00" in said["Departments"]
    assert "1 company is not counted here." in said["Departments"]
    assert "1,000.00" in said["Cost centres"]
    page = text(client.get(f"/clients/{company.debtor_id}/").content.decode())
    assert "Absent 1 On 30 Nov 2026." in page
    assert "Absent: 1 company is not counted here." in page


def test_people_whose_division_was_not_read_are_not_nobody(company: Company, client: Client) -> None:
    make_employment(make_person(company), date(2025, 1, 1))
    fetched_everything(company.debtor)
    said = panels(client, f"/companies/{company.pk}/?period=2025-09")["Cost centres"]
    assert NOT_ASKED in said
    assert "Nobody in service" not in said
    # What was booked is known all the same.
    make_run(company, 2025, 9)
    make_booking(company, 2025, 9, debit=Decimal(1000), cost_center="10")
    said = panels(client, f"/companies/{company.pk}/?period=2025-09")["Cost centres"]
    assert "10 – unknown 1,000.00" in said
    assert "was not fetched of this period" in said


@pytest.mark.parametrize("period", ["2026-11", "2025-10"])
def test_a_company_without_cost_centres_has_its_people_under_none(
    company: Company, client: Client, period: str
) -> None:
    make_employment(make_person(company), date(2025, 1, 1))
    said = panels(client, f"/companies/{company.pk}/?period={period}")["Cost centres"]
    assert "no cost centre 1.00" in said
    assert "Not fetched" not in said


def test_people_of_a_company_that_was_not_asked_are_not_without_cost_centre(company: Company, client: Client) -> None:
    """Not even where another company of the client has its people divided."""
    later = make_company(company.debtor, "Later", Period(2026, 12))
    quarters = make_company(company.debtor, "Quarters", Period(2026, 4), PeriodType.QUARTER)
    for place in (company, later, quarters):
        make_employment(make_person(place), date(2025, 1, 1))
        make_run(place, 2025, 10)
        make_booking(place, 2025, 10, debit=Decimal(1000), cost_center="20")
    person = make_person(company)
    make_employment(person, date(2025, 1, 1))
    share = {"center_code": "10", "center_description": "Shop", "percentage": 100, "is_default": True}
    mirrored(CostShare, company.environment, company=company, employee=person, year=2025, number=10, **share)
    fetched_everything(company.debtor)
    summed(company, later, quarters)
    said = panels(client, f"/clients/{company.debtor_id}/?month=2025-10")["Cost centres"]
    assert "10 · Shop 1.00" in said
    assert "no cost centre 1.00" in said
    assert "Total 2.00" in said
    assert "2 companies are not counted here." in said
    CostShare.objects.all().delete()
    said = panels(client, f"/clients/{company.debtor_id}/?month=2025-10")["Cost centres"]
    assert "no cost centre 2.00" in said
    assert "2 companies are not counted here." in said
    said = panels(client, f"/clients/{company.debtor_id}/?month=2025-08")["Cost centres"]
    assert NOT_ASKED in said


def counts(client: Client, company: Company, period: str) -> dict[str, str]:
    """How many records there are of each kind, as the company's page says it."""
    page = client.get(f"/companies/{company.pk}/?period={period}").content.decode()
    found = next(table for table in tables(page) if table and "Freshness" in table[0])
    return {row["Kind"]: row["Count"] for row in found}
