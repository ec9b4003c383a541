"""What stands on top of a client's page: wage cost and absence with their months, who sees to it, how old it all is."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from portal.accounts.models import Firm, Membership, User
from portal.accounts.roles import Role
from portal.companies.models import Company
from portal.companies.periods import Chosen
from portal.connections.models import Environment
from portal.dashboards.sums.windows import of_periods
from portal.deadlines.models import Arrangement
from portal.debtors.models import DebtorTag
from portal.employees.models import Absence
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
    make_employment,
    make_environment,
    make_person,
    make_run,
    mirrored,
    summed,
)

pytestmark = pytest.mark.pages

People = Callable[..., User]
SignIn = Callable[[User], Client]


@pytest.fixture
def environment(firm: Firm) -> Environment:
    return make_environment(firm)


@pytest.fixture
def company(environment: Environment) -> Company:
    """A company of six people, of whom two are ill since October."""
    made = make_company(make_debtor(environment), "Six")
    for number in range(6):
        person = make_person(made, f"Person {number}")
        make_employment(person, date(2024, 1, 1))
        if number < 2:
            ill = {"percentage": 100 - 50 * number, "dossier_number": number, "clock": "yes", "safety_net": "no"}
            mirrored(
                Absence, environment, company=made, employee=person, valid_from=date(2026, 10, 5), end_date=None, **ill
            )
    summed(made)
    fetched_everything(made.debtor)
    return made


def paid(company: Company, year: int, number: int, euros: str) -> None:
    make_run(company, year, number)
    make_booking(company, year, number, debit=Decimal(euros))


def figure(client: Client, company: Company, label: str, month: str = "2026-11") -> Any:
    """The tile with this label; None where there is none."""
    answer = client.get(f"/clients/{company.debtor_id}/?month={month}")
    assert answer.status_code == 200
    return next((tile for tile in answer.context["tiles"] if str(tile.label) == label), None)


@pytest.mark.database
def test_wage_cost_and_its_thirteen_months(company: Company, administrator: People, as_user: SignIn) -> None:
    for months_back in range(14):
        year, month = divmod(2026 * 12 + 10 - months_back, 12)
        if months_back != 3:
            paid(company, year, month + 1, str(1000 + months_back))
    client = as_user(administrator())
    tile = figure(client, company, "Wage cost")
    assert (tile.value, tile.note) == (1000, "In November 2026.")
    assert list(tile.points) == [None if back == 3 else 1000 + back for back in reversed(range(13))]
    assert str(figure(client, company, "Wage cost", "2026-08").value.label) == "unknown"
    # In grey behind the chart: November and October of the year before were read, too.
    page = client.get(f"/clients/{company.debtor_id}/").content.decode()
    rows = next(found for found in tables(page) if found and "A year earlier" in found[0] and "Wage cost" in found[0])
    assert [row["A year earlier"] for row in rows][-2:] == ["€1,013.00", "€1,012.00"]
    assert {row["A year earlier"] for row in rows[:-2]} == {"– unknown"}


def test_a_year_earlier_is_the_same_number_and_week_53_has_none() -> None:
    choice = Chosen(PeriodType.WEEK, Period(2027, 2), Period(2027, 2))
    windows = of_periods(choice, "Period")
    earlier = dict(zip([one.period for one in windows.all], windows.before, strict=True))
    assert earlier[Period(2026, 53)] is None
    assert earlier[Period(2027, 2)].period == Period(2026, 2)
    assert windows.first_year == 2025


def test_wage_cost_never_fetched_refused_and_not_for_everybody(
    company: Company, administrator: People, accountant: People, as_user: SignIn
) -> None:
    client = as_user(administrator())
    company.freshness.filter(resource="journal").delete()
    assert str(figure(client, company, "Wage cost").value.label) == "not fetched yet"
    fetched(company, "journal", state=State.NOT_PERMITTED, error_kind="not_permitted")
    assert str(figure(client, company, "Wage cost").value.label) == "no access"
    user = accountant(email="user@test.example")
    Membership.objects.create(user=user, firm=company.environment.firm, role=Role.CLIENT_USER, debtor=company.debtor)
    paid(company, 2026, 11, "987654")
    fetched_everything(company.debtor)
    tile = figure(as_user(user), company, "Wage cost")
    assert (str(tile.value.label), list(tile.points)) == ("no access", [])


@pytest.mark.database
def test_absence_is_a_number_without_names_where_it_is_switched_on(
    company: Company, administrator: People, as_user: SignIn
) -> None:
    client = as_user(administrator())
    assert str(figure(client, company, "Absent").value.label) == "switched off"
    choose(company.environment_id, OptIn.ABSENCE, on=True)
    tile = figure(client, company, "Absent")
    assert (tile.value, list(tile.points)[-3:], tile.note) == (2, [0, 2, 2], "On 30 Nov 2026.")
    assert figure(client, company, "Absent", "2026-09").value == 0
    company.freshness.filter(resource="absences").delete()
    assert str(figure(client, company, "Absent").value.label) == "not fetched yet"


def test_no_absence_of_fewer_than_five_people_and_none_without_the_right(
    company: Company, administrator: People, accountant: People, as_user: SignIn, firm: Firm
) -> None:
    choose(company.environment_id, OptIn.ABSENCE, on=True)
    assistant = User.objects.create_user("assistant@test.example", "Assistant", "a-good-password")
    Membership.objects.create(user=assistant, firm=firm, role=Role.ASSISTANT, debtor=company.debtor)
    assert figure(as_user(accountant(company.debtor)), company, "Absent").value == 2
    seen = as_user(assistant)
    assert figure(seen, company, "Absent") is None
    page = seen.get(f"/clients/{company.debtor_id}/")
    assert "absence" not in {str(line.label) for line in page.context["freshness"].lines}
    for person in list(company.employees.order_by("pk"))[4:]:
        person.employment_set.update(end_date=date(2026, 11, 29), valid_until=date(2026, 11, 30))
    summed(company)
    tile = figure(as_user(administrator()), company, "Absent")
    assert str(tile.value.label) == "unknown"
    assert list(tile.points)[-2:] == [2, None]
    assert tile.note == "No number is shown of fewer than 5 people."


def test_who_sees_to_its_companies_is_for_the_office_alone(
    company: Company, administrator: People, as_user: SignIn, firm: Firm
) -> None:
    office, address = as_user(administrator()), f"/clients/{company.debtor_id}/"
    assert "Responsible: nobody" in text(office.get(address).content.decode())
    other = make_company(company.debtor, "Other")
    for one, name in ((company, "Zoë Smit"), (other, "Anna Bos")):
        person = User.objects.create_user(f"{name[0]}@test.example", name, "a-good-password")
        Arrangement.objects.create(company=one, responsible=person)
    assert "Responsible: Anna Bos, Zoë Smit" in text(office.get(address).content.decode())
    client = User.objects.create_user("client@test.example", "Client", "a-good-password")
    Membership.objects.create(user=client, firm=firm, role=Role.CLIENT_ADMINISTRATOR, debtor=company.debtor)
    said = as_user(client).get(address).content.decode()
    assert "Anna Bos" not in said
    assert "Responsible" not in said


def test_tags_stand_in_the_head_for_the_office_alone(
    company: Company, administrator: People, as_user: SignIn, firm: Firm
) -> None:
    office, address = as_user(administrator()), f"/clients/{company.debtor_id}/"

    def head(client: Client) -> str:
        page = client.get(address).content.decode()
        return text(page[page.index('class="ui-subtitle"') : page.index('class="ui-actions"')])

    assert "Tags" not in head(office)
    for number, (name, until) in enumerate((("Weekly", None), ("Bakeries", None), ("Former", date(2026, 6, 1)))):
        days = {"valid_from": date(2026, 1, 1), "valid_until": until}
        mirrored(DebtorTag, company.environment, debtor=company.debtor, number=number, text=name, **days)
    assert "Tags: Weekly, Bakeries" in head(office)
    assert "Former" not in head(office)
    client = User.objects.create_user("client@test.example", "Client", "a-good-password")
    Membership.objects.create(user=client, firm=firm, role=Role.CLIENT_ADMINISTRATOR, debtor=company.debtor)
    said = as_user(client).get(address).content.decode()
    assert "Weekly" not in said and "Tags" not in text(said)


def test_old_absence_and_old_contacts_reach_the_badge(company: Company, administrator: People, as_user: SignIn) -> None:
    client = as_user(administrator())
    pages = (f"/clients/{company.debtor_id}/", f"/companies/{company.pk}/")
    seen = fetched_everything.__defaults__[0]  # type: ignore[index]
    old = seen - timedelta(days=3)

    def states() -> list[str]:
        return [client.get(page).context["freshness"].state for page in pages]

    assert states() == ["fresh", "fresh"]
    fetched(company, "absences", at=old)
    # Nobody switched absence on: nothing of it is shown, so it does not make the page old.
    assert states() == ["fresh", "fresh"]
    choose(company.environment_id, OptIn.ABSENCE, on=True)
    assert states() == ["stale", "stale"]
    fetched(company, "absences")
    fetched(company, "company_contact", at=old)
    assert states() == ["stale", "stale"]
    fetched(company, "company_contact")
    fetched(company.debtor, "debtor_tags", at=old)
    assert states() == ["stale", "fresh"]


def test_the_page_asks_as_much_with_it(
    company: Company, administrator: People, as_user: SignIn, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    choose(company.environment_id, OptIn.ABSENCE, on=True)
    paid(company, 2026, 11, "100")
    client = as_user(administrator())
    client.get(f"/clients/{company.debtor_id}/")
    with django_assert_max_num_queries(25):
        client.get(f"/clients/{company.debtor_id}/?month=2026-08")
