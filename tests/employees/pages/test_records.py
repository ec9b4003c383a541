"""The page of one person: what is observed, what belongs to a period, and why nothing is known of a kind."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from portal.accounts.models import Firm, User
from portal.accounts.roles import CAPABILITIES, Capability, Role
from portal.companies.models import HourCode, WageCode
from portal.employees import models, resources
from portal.employees.kinds import KINDS, LISTINGS
from portal.employees.models import Employee
from portal.mirror.models import EmployeeRow, PersonFetch, State
from portal.mirror.opt_ins import choose
from portal.mirror.resource import Lane, OptIn, registry
from tests.dashboards.reading import text
from tests.employees.pages.conftest import NOW
from tests.factories import (
    fetched,
    fetched_everything,
    make_company,
    make_debtor,
    make_employment,
    make_environment,
    make_person,
    mirrored,
)

pytestmark = pytest.mark.pages

People = Callable[..., User]
SignIn = Callable[[User], Client]

SLOW = [kind.name for kind in resources.ALL if kind.lane is Lane.SLOW]
IBAN = "NL20INGB0001234567"
FINGERPRINT = "0123456789abcdef" * 2


@pytest.fixture
def person(firm: Firm) -> Employee:
    """Somebody in service whose kinds were all read; the sensitive ones are switched on."""
    company = make_company(make_debtor(make_environment(firm)))
    person = make_person(company, "P. de Vries")
    make_employment(person, date(2024, 5, 1))
    fetched_everything(company.debtor)
    for kind in OptIn:
        choose(company.environment_id, kind, on=True)
    for name in SLOW:
        PersonFetch.objects.create(employee=person, resource=name, fetched_at=NOW)
    return person


@pytest.fixture
def client(administrator: People, as_user: SignIn) -> Client:
    """The administrator's browser."""
    return as_user(administrator())


def add(model: Any, person: Employee, since: date | None = None, until: date | None = None, **fields: Any) -> Any:
    """A record of the person; with `since` an interval up to and without `until`."""
    dated = {"valid_from": since, "valid_until": until} if since else {}
    return mirrored(model, person.environment, company=person.company, employee=person, **dated, **fields)


def section(client: Client, person: Employee, heading: str, query: str = "") -> str:
    """The text of the part of the page with this heading."""
    answer = client.get(f"/employees/{person.pk}/{query}")
    assert answer.status_code == 200
    plain = re.sub(r"<caption.*?</caption>", "", answer.content.decode(), flags=re.S)
    sections = re.findall(r"<section.*?</section>", plain, re.S)
    return next(text(found) for found in sections if f"<h2>{heading}" in found)


def facts(client: Client, person: Employee, query: str = "") -> str:
    return section(client, person, "As of", query)


def in_period(client: Client, person: Employee, query: str = "") -> str:
    return section(client, person, "Components in the period", query)


def test_every_kind_of_record_of_a_person_is_on_their_page() -> None:
    declared = {kind.model for kind in registry if issubclass(kind.model, EmployeeRow)}
    own = {model for model in declared if model._meta.app_label == "employees"}
    shown = [kind.model for kind in (*KINDS, *LISTINGS)]
    assert set(shown) == own
    # Leave stands on the timeline, and that of one year in a table too.
    assert sorted(shown, key=str) == sorted([*own, models.Leave], key=str)


def test_what_nmbrs_does_not_date_is_known_since_a_day(person: Employee, client: Client) -> None:
    account = models.AccountType.FIRST
    add(models.AccountOfEmployee, person, date(2026, 11, 3), date(2026, 11, 20), account_type=account, iban="BE" + IBAN)
    add(models.AccountOfEmployee, person, date(2026, 11, 20), account_type=account, iban=IBAN)
    said = facts(client, person)
    shown = "IBAN NL •••• 4567 known since 20 Nov 2026 Show the whole number"
    assert f"Bank account Kind of account bank account 1 {shown}" in said
    timeline = section(client, person, "Timeline")
    assert "20 Nov 2026 Bank account known since this day IBAN: BE •••• 4567 → NL •••• 4567" in timeline
    assert "3 Nov 2026 Bank account known since this day, until 19 Nov 2026" in timeline
    assert "Nmbrs gives no dates for this" in timeline


def test_an_account_number_is_never_whole(person: Employee, client: Client) -> None:
    add(models.AccountOfEmployee, person, date(2026, 11, 3), account_type="Standaard", iban=IBAN)
    add(models.AccountOfEmployee, person, date(2026, 11, 3), account_type="Bankrekening2", iban="1234567")
    page = client.get(f"/employees/{person.pk}/").content.decode()
    assert IBAN[:-4] not in page
    assert "1234567" not in page


def test_of_an_absence_only_days_percentage_and_flags(person: Employee, client: Client) -> None:
    add(
        models.Absence,
        person,
        date(2026, 11, 2),
        percentage=50,
        dossier_number=3,
        clock=models.Answer.YES,
        safety_net=models.Answer.UNKNOWN,
    )
    said = facts(client, person)
    assert (
        "Absence First day 2 Nov 2026 Last day open Percentage 50 Return-to-work clock yes Safety net unknown"
    ) in said


def test_threat_37_of_a_bsn_only_its_status(person: Employee, client: Client) -> None:
    add(
        models.BsnCheck,
        person,
        date(2024, 5, 1),
        start_year=2024,
        start_period=5,
        status=models.BsnStatus.INVALID,
        bsn_fingerprint=FINGERPRINT,
    )
    assert "BSN check BSN not a valid number" in facts(client, person)
    assert FINGERPRINT not in client.get(f"/employees/{person.pk}/").content.decode()


def test_switched_off_never_fetched_refused_and_none_are_four_things(person: Employee, client: Client) -> None:
    environment, company = person.environment, person.company
    add(models.Child, person, date(2026, 1, 1), first_name="Kim", birthday=date(2020, 2, 2))
    choose(environment.pk, OptIn.CHILDREN, on=False)
    choose(environment.pk, OptIn.LEASE_CARS, on=False)
    fetched(company, "partners", state=State.NOT_PERMITTED, error_kind="not_permitted")
    PersonFetch.objects.filter(employee=person, resource="wage_tax_settings").delete()
    PersonFetch.objects.filter(employee=person, resource="bank_accounts").update(refused=True)
    PersonFetch.objects.filter(employee=person, resource="fixed_hours").delete()
    page = client.get(f"/employees/{person.pk}/").content.decode()
    assert "Kim" not in page
    said = facts(client, person)
    assert "Child switched off" in said
    assert "Partner no access" in said
    assert "Bank account no access" in said
    assert "Wage-tax settings not fetched yet" in said
    assert "Manager Nothing on this day." in said
    period = in_period(client, person)
    assert "Lease cars switched off" in period
    assert "Fixed hours not fetched yet" in period
    assert "Variable hours None." in period


def test_what_belongs_to_the_period_of_the_day(person: Employee, client: Client) -> None:
    add(models.FixedWage, person, year=2026, number=11, code=2000, value="125.50")
    add(models.FixedWage, person, year=2026, number=10, code=2000, value="100")
    add(models.VariableHours, person, year=2026, number=11, code=2110, hours="7.125")
    share = {"center_code": "100", "center_description": "Sales", "percentage": "60.5", "is_default": True}
    add(models.CostShare, person, year=2026, number=11, **share)
    add(models.CostShare, person, year=2025, number=11, **share)
    now = in_period(client, person)
    assert "2026-11 M" in now
    assert "Fixed wage components Wage code Value 2000 125.50 Variable wage components None." in now
    assert "Hour code Hours 2110 7.1250" in now
    assert "Cost centre Cost unit Standard Percentage 100 · Sales unknown yes 60.50" in now.replace(
        "– unknown", "unknown"
    )
    before = in_period(client, person, "?on=2026-10-15")
    assert "2000 100.00" in before
    # Components are asked of the current period only, cost centres of the one before it too.
    assert "Variable hours not fetched yet" in before
    assert "Cost centres None." in before
    long_ago = in_period(client, person, "?on=2025-11-30")
    assert "100 · Sales" in long_ago
    assert "Cost centres not fetched yet" in in_period(client, person, "?on=2024-11-30")


def test_a_code_is_followed_by_what_it_means_in_the_company_in_that_period(person: Employee, client: Client) -> None:
    def code(model: Any, number: int, words: str, since: date, until: date | None = None, owner: Any = None) -> None:
        company = owner or person.company
        fields = {"valid_from": since, "valid_until": until, "code": number, "description": words}
        mirrored(model, person.environment, company=company, **fields)

    first_seen, renamed = date(2026, 10, 5), date(2026, 11, 10)
    code(WageCode, 2000, "Old words", first_seen, renamed)
    code(WageCode, 2000, "New words", renamed)
    code(HourCode, 2000, "Hours worked", first_seen)
    code(WageCode, 2000, "Of another company", first_seen, owner=make_company(person.company.debtor))
    for month in (9, 10, 11):
        add(models.FixedWage, person, year=2026, number=month, code=2000, value="125.50")
    add(models.VariableWage, person, year=2026, number=11, code=2001, value="1")
    add(models.FixedHours, person, year=2026, number=11, code=2000, hours="8")
    now = in_period(client, person)
    assert "Wage code Value 2000 · New words 125.50" in now
    assert "Wage code Value 2001 1.00" in now
    assert "Hour code Hours 2000 · Hours worked 8.00" in now
    # Of a period before the code was first seen its first description counts.
    for day in ("2026-09-30", "2026-10-31"):
        assert "Wage code Value 2000 · Old words 125.50" in in_period(client, person, f"?on={day}")


def test_components_read_before_the_period_moved_on_are_not_taken_for_none(person: Employee, client: Client) -> None:
    PersonFetch.objects.filter(employee=person).update(fetched_at=NOW - timedelta(days=30))
    assert "Fixed hours not fetched yet" in in_period(client, person)


def test_leave_stands_on_the_timeline_each_by_itself_and_not_among_the_facts_of_a_day(
    person: Employee, client: Client
) -> None:
    fields = {"usage": "Withdrawal", "leave_type": "Type1", "status": "Approved", "hours": "8"}
    add(models.Leave, person, date(2025, 7, 6), date(2025, 7, 7), end_date=date(2025, 7, 6), **fields)
    add(models.Leave, person, date(2026, 11, 20), date(2026, 11, 28), end_date=date(2026, 11, 27), **fields)
    said = section(client, person, "Timeline")
    assert "Leave until 27 Nov 2026 First day: 20 Nov 2026 Last day: 27 Nov 2026 Built up or taken: taken" in said
    assert "Leave until 6 Jul 2025 First day: 6 Jul 2025" in said and "6 Jul 2025 → 20 Nov 2026" not in said
    # The table has the leave of one year; being away for a day is no state that could differ from today's.
    assert "6 Jul 2025" not in section(client, person, "Leave") and "27 Nov 2026" in section(client, person, "Leave")
    answer = client.get(f"/employees/{person.pk}/?on=2026-11-22")
    assert "Leave" not in {str(group.kind.label) for group in answer.context["facts"]}
    assert "20 Nov 2026" in section(client, person, "Timeline", "?lane=leave")


def test_leave_that_was_entered_after_its_period_is_retroactive(person: Employee, client: Client) -> None:
    """Nmbrs does not say when leave was entered: what counts is when a sync brought it."""
    fields = {"usage": "Withdrawal", "leave_type": "Type1", "status": "Approved", "hours": "8"}
    there = NOW - timedelta(days=100)
    for day, first_seen in ((3, there), (4, NOW - timedelta(days=1))):
        began = date(2026, 8, day)
        ended = {"end_date": began, "first_seen": first_seen}
        add(models.Leave, person, began, began + timedelta(days=1), **ended, **fields)
    said = section(client, person, "Timeline")
    assert "4 Aug 2026 Leave until 4 Aug 2026 retroactive learned 21 Nov 2026" in said
    assert said.count("retroactive learned") == 1


def test_a_record_that_nobody_logged_was_learned_when_it_was_first_seen(person: Employee, client: Client) -> None:
    """Of a record that says what the one before it said the log has nothing, nor of what came before it was kept."""
    codes = dict.fromkeys(("care_contribution", "employment_nature", "sequence"), 1)
    flags = dict.fromkeys(("disability", "unemployment", "sickness"), True)
    late = NOW - timedelta(days=2)
    for year, number, first_seen in ((2024, 5, NOW - timedelta(days=100)), (2026, 6, late)):
        start = {"start_year": year, "start_period": number, "first_seen": first_seen, "created_at": first_seen}
        add(models.SocialInsurance, person, date(year, number, 1), **start, **codes, **flags)
    said = section(client, person, "Timeline")
    assert "1 Jun 2026 Employee insurances until further notice retroactive learned 20 Nov 2026" in said


def test_leave_of_the_year_of_the_day(person: Employee, client: Client) -> None:
    fields = {"usage": "Withdrawal", "leave_type": "Type1", "status": "Approved"}
    add(models.Leave, person, date(2026, 7, 6), date(2026, 7, 18), end_date=date(2026, 7, 17), hours="80", **fields)
    said = section(client, person, "Leave")
    assert "6 Jul 2026 17 Jul 2026 taken type 1 approved 80.00" in said
    assert "None." in section(client, person, "Leave", "?on=2025-03-01")
    assert "not fetched yet" in section(client, person, "Leave", "?on=2024-03-01")


def test_a_kind_that_the_reader_may_not_see_is_not_there(
    person: Employee, accountant: People, as_user: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(models.AccountOfEmployee, person, date(2026, 11, 3), account_type="Standaard", iban=IBAN)
    add(models.Absence, person, date(2026, 11, 2), percentage=50, dossier_number=3, clock="yes", safety_net="no")
    add(models.FixedWage, person, year=2026, number=11, code=2000, value="125.50")
    add(models.ManagerOfEmployee, person, date(2026, 11, 3), number=7, first_name="Mo", last_name="Baas")
    client = as_user(accountant(person.company.debtor))
    monkeypatch.setitem(CAPABILITIES, Role.ACCOUNTANT, frozenset({Capability.VIEW}))
    answer = client.get(f"/employees/{person.pk}/").content.decode()
    for secret in ("4567", "Return-to-work", "125.50", "Fixed wage components", "<h2>Leave"):
        assert secret not in answer
    said = facts(client, person)
    assert "Absence" not in said
    assert "Bank account" not in said
    assert "Manager Name Mo Baas Number 7" in said
    assert "Cost centres None." in in_period(client, person)


@pytest.mark.parametrize(
    ("capability", "kinds"),
    [
        (Capability.VIEW_SICKNESS, {"absences"}),
        (Capability.VIEW_BANK_ACCOUNTS, {"bank_accounts"}),
        (Capability.VIEW_TAX_SETTINGS, {"wage_tax_settings"}),
        (
            Capability.VIEW_SALARIES,
            {"salaries", "fixed_hours", "variable_hours", "fixed_wage_components", "variable_wage_components"},
        ),
        (
            Capability.VIEW,
            {
                "employee_types",
                "employees",
                "employments",
                "departments",
                "functions",
                "employee_managers",
                "employee_cost_centers",
            },
        ),
        (Capability.VIEW_SYNC, {"company_guids"}),
    ],
)
def test_threat_11_who_may_see_which_kind(capability: Capability, kinds: set[str]) -> None:
    assert {kind.name for kind in resources.ALL if kind.capability is capability} == kinds
