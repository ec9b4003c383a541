"""What is older than its term goes on the first day after it, nothing earlier, and no sync brings it back."""

from datetime import UTC, date, datetime, timedelta
from io import StringIO

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.urls import reverse

from portal.accounts import rights
from portal.accounts.models import Invitation, Membership, User
from portal.accounts.roles import Role
from portal.clock import AMSTERDAM
from portal.companies.models import Basis, BookedCost, Run, Snapshot, WageTaxReturn
from portal.employees.models import (
    Absence,
    AccountOfEmployee,
    BsnCheck,
    Contract,
    Employee,
    Employment,
    FixedWage,
    Salary,
    WageTaxSettings,
)
from portal.mirror.models import (
    Change,
    ChangeKind,
    EmployeeInterval,
    EmployeePeriodFact,
    Forgotten,
    Freshness,
    Quarantine,
)
from portal.mirror.resource import registry
from portal.privacy import retention, tasks
from portal.privacy.kept import months_before
from portal.privacy.models import RetentionCount, RetentionRun
from portal.privacy.terms import CATEGORIES, left_before, wage_kinds
from portal.sync.models import Status, SyncPlan, SyncRun, Trigger
from tests.accounts.office import make_office
from tests.factories import (
    make_contract,
    make_employment,
    make_person,
    make_return,
    make_run,
    make_salary,
    mirrored,
)
from tests.privacy.conftest import account_of, entries

pytestmark = pytest.mark.pages

LEFT = date(2024, 2, 29)
CAME = date(2020, 1, 1)
TODAY = date(2026, 11, 22)


def run_on(day: date) -> dict[str, int]:
    """What a run removes on a day, by category."""
    counts = retention.carry_out(RetentionRun.objects.create(day=day, by_itself=False))
    return {name: number for (name, _firm), number in counts.items()}


@pytest.fixture
def leaver(office) -> Employee:
    """Somebody whose last day was 29 February 2024, with a record of each kind that has a term of its own."""
    person = office.clients["a"].person
    shared = {"employee": person, "company": person.company, "valid_from": CAME}
    make_employment(person, CAME, LEFT)
    make_contract(person, CAME, LEFT)
    make_salary(person, "3000", CAME)
    account_of(person, valid_from=CAME)
    mirrored(Absence, person.environment, **shared, percentage=80, dossier_number=1, clock="yes", safety_net="no")
    mirrored(BsnCheck, person.environment, **shared, start_year=2020, start_period=1, status="valid")
    tax = {"credit": True, "levy": True, "colour_table": 1, "period_table": 1, "special_table": 1}
    figures = {"income_kind": 15, "ruling": 0, "year_wage": 0, "special_rate": 0}
    mirrored(WageTaxSettings, person.environment, **shared, **tax, **figures)
    return person


KINDS = {
    "accounts_of_people": (AccountOfEmployee, BsnCheck),
    "contracts": (Contract,),
    "absence": (Absence,),
    "tax_settings": (WageTaxSettings,),
    "people": (Employee, Employment, Salary),
}


@pytest.mark.database
@pytest.mark.parametrize(
    ("category", "last_day"),
    [
        ("accounts_of_people", date(2025, 2, 28)),
        ("contracts", date(2026, 2, 28)),
        ("absence", date(2026, 2, 28)),
        ("tax_settings", date(2029, 2, 28)),
        ("people", date(2031, 12, 31)),
    ],
)
def test_data_of_a_leaver_stays_through_the_last_day_of_its_term_and_goes_on_the_next(leaver, category, last_day):
    run_on(last_day)
    for model in KINDS[category]:
        assert model.everything.exists(), f"{model.__name__} went too early"
    assert (category, leaver.environment.firm_id) in retention.due(last_day + timedelta(days=1))
    run_on(last_day + timedelta(days=1))
    for model in KINDS[category]:
        rows = model.everything.filter(**{"pk" if model is Employee else "employee": leaver.pk})
        assert not rows.exists(), f"{model.__name__} was kept too long"


@pytest.mark.parametrize(
    ("leaving", "months", "last_day"),
    [
        (date(2024, 1, 31), 12, date(2025, 1, 31)),
        (date(2024, 2, 28), 12, date(2025, 2, 28)),
        (date(2023, 2, 28), 12, date(2024, 2, 28)),
        (date(2024, 12, 31), 24, date(2026, 12, 31)),
    ],
)
def test_a_term_of_months_ends_on_the_same_day_of_the_month(leaving, months, last_day):
    assert not leaving < months_before(last_day, months)
    assert leaving < months_before(last_day + timedelta(days=1), months)


def test_where_the_month_is_too_short_the_term_ends_with_it():
    assert months_before(date(2024, 3, 31), 1) == date(2024, 3, 1)
    assert months_before(date(2024, 2, 29), 12) == date(2023, 3, 1)
    assert months_before(date(2026, 12, 1), 12) == date(2025, 12, 1)


@pytest.mark.database
def test_people_in_service_and_people_nobody_knows_to_have_left_stay(office, leaver):
    company = leaver.company
    staying, returned, unknown = (make_person(company, name) for name in ("S", "R", "U"))
    make_employment(staying, CAME)
    make_employment(returned, CAME, date(2021, 1, 1))
    make_employment(returned, date(2026, 1, 1))
    account_of(returned, valid_from=CAME)
    vague = make_person(company, "V")
    make_employment(vague, CAME, missing_since=datetime(2020, 1, 1, tzinfo=UTC))
    gone = set(left_before(date(2050, 1, 1)).values_list("pk", flat=True))
    assert gone == {leaver.pk}
    run_on(date(2050, 1, 1))
    assert set(Employee.everything.filter(company=company)) == {staying, returned, unknown, vague}
    assert AccountOfEmployee.everything.filter(employee=returned).exists()


@pytest.mark.database
def test_who_vanished_from_nmbrs_counts_as_having_left_then(office):
    person = office.clients["a"].person
    make_employment(person, CAME)
    Employee.everything.filter(pk=person.pk).update(missing_since=datetime(2024, 2, 29, 12, tzinfo=UTC))
    account_of(person)
    run_on(date(2025, 2, 28))
    assert AccountOfEmployee.everything.exists()
    run_on(date(2025, 3, 1))
    assert not AccountOfEmployee.everything.exists()


@pytest.mark.database
def test_what_went_is_not_mirrored_again_and_its_changes_go_too(leaver):
    for resource in ("bank_accounts", "salaries"):
        Change.objects.create(
            environment=leaver.environment,
            company=leaver.company,
            employee=leaver,
            resource=resource,
            row_key="1",
            kind=ChangeKind.CHANGED,
            field="iban",
            learned_at=datetime(2025, 2, 1, tzinfo=UTC),
        )
    run_on(date(2025, 3, 1))
    assert set(Forgotten.objects.values_list("resource", "key")) == {
        ("bank_accounts", str(leaver.remote_id)),
        ("bsn_checks", str(leaver.remote_id)),
    }
    assert list(Change.objects.values_list("resource", flat=True)) == ["salaries"]


def test_somebody_who_comes_back_is_read_in_full_again(leaver):
    run_on(date(2025, 3, 1))
    assert Forgotten.objects.exists()
    make_employment(leaver, date(2025, 4, 1))
    run_on(date(2025, 4, 2))
    assert not Forgotten.objects.exists()


@pytest.mark.database
@pytest.mark.parametrize(("day", "kept"), [(date(2026, 12, 31), True), (date(2027, 1, 1), False)])
def test_wage_records_stay_seven_whole_calendar_years(office, day, kept):
    company, person = office.clients["a"].company, office.clients["a"].person
    make_run(company, 2019, 12)
    make_return(company, 2019, 12)
    mirrored(FixedWage, company.environment, employee=person, company=company, year=2019, number=12, code=1, value=1)
    Snapshot.objects.create(
        company=company,
        basis=Basis.PERIOD,
        first_day=date(2019, 12, 1),
        last_day=date(2019, 12, 31),
        **figures_of(Snapshot),
    )
    for year in (2019, 2020):
        BookedCost.objects.create(company=company, year=year, number=1, cents=100)
    make_run(company, 2020, 1)
    run_on(day)
    old = [one.filter(year=2019) for one in (Run.everything, BookedCost.objects)]
    for rows in (*old, WageTaxReturn.everything, FixedWage.everything, Snapshot.objects):
        assert rows.exists() is kept
    assert Run.everything.filter(year=2020).exists()
    assert BookedCost.objects.filter(year=2020).exists()


def figures_of(model) -> dict[str, object]:
    """A value for every column that a test does not care about."""
    return {
        field.name: 0
        for field in model._meta.fields
        if not field.primary_key
        and not field.null
        and not field.has_default()
        and field.get_internal_type() not in {"ForeignKey", "DateField", "CharField"}
    }


def test_every_kind_of_a_period_and_of_a_person_has_a_term():
    of_period = {kind.model for kind in registry if {"year", "number"} <= {f.name for f in kind.model._meta.fields}}
    current = registry["current_period"].model
    assert of_period - {current} - set(wage_kinds()) == set(), "a period's record without a term"
    dated = {kind.model for kind in registry if issubclass(kind.model, EmployeeInterval)}
    assert dated, "people's records go with the person at the latest"
    for model in dated:
        assert model._meta.get_field("employee").remote_field.on_delete.__name__ == "CASCADE"
    for kind in registry:
        if issubclass(kind.model, EmployeePeriodFact):
            assert kind.model in wage_kinds()


@pytest.mark.database
@pytest.mark.parametrize(("day", "kept"), [(date(2026, 11, 22), True), (date(2026, 11, 23), False)])
def test_change_log_quarantine_syncs_sessions_and_invitations_at_their_last_day(office, day, kept):
    environment, company = office.environment, office.clients["a"].company
    at = datetime(2024, 11, 22, 0, 0, tzinfo=AMSTERDAM)
    Change.objects.create(
        environment=environment,
        company=company,
        resource="salaries",
        row_key="1",
        kind="added",
        field="amount",
        learned_at=at,
    )
    lately = datetime(2026, 10, 23, 0, 0, tzinfo=AMSTERDAM)
    place = {"environment": environment, "scope_key": f"environment:{environment.pk}", "resource": "debtors"}
    Quarantine.objects.create(**place, company=company, field="x", first_seen=at, last_seen=lately)
    SyncRun.objects.create(**place, trigger=Trigger.NIGHTLY, status=Status.SUCCEEDED, finished=lately)
    SyncRun.objects.create(**place, trigger=Trigger.NIGHTLY, status=Status.DUE)
    SyncPlan.objects.create(**place, trigger=Trigger.NIGHTLY, finished=lately)
    expires = datetime(2026, 11, 22, 0, 0, tzinfo=AMSTERDAM)
    Session.objects.create(session_key="k", session_data="", expire_date=expires)
    invitation = {
        "firm": office.firm,
        "role": Role.AUDITOR,
        "email": "x@people.example",
        "name": "X",
        "token_hash": b"1",
    }
    Invitation.objects.create(**invitation, expires=datetime(2025, 11, 22, 0, 0, tzinfo=AMSTERDAM))
    run_on(day)
    assert Change.objects.exists() is kept
    assert Quarantine.objects.exists() is kept
    assert SyncRun.objects.filter(status=Status.SUCCEEDED).exists() is kept
    assert SyncPlan.objects.exists() is kept
    assert Session.objects.filter(session_key="k").exists() is kept
    assert Invitation.objects.exists() is kept
    assert SyncRun.objects.filter(status=Status.DUE).exists(), "what is under way stays"


@pytest.mark.database
@pytest.mark.parametrize(("day", "kept"), [(date(2026, 11, 22), True), (date(2026, 11, 23), False)])
def test_accounts_stay_a_year_after_the_last_right_and_sign_in(office, day, kept):
    at = datetime(2025, 11, 22, 0, 0, tzinfo=AMSTERDAM)
    long_ago = datetime(2020, 1, 1, tzinfo=UTC)
    User.objects.update(created=long_ago)
    old, later, never = (User.objects.create_user(f"{n}@people.example", n, created=long_ago) for n in "oln")
    for user, ends in ((old, at), (later, at + timedelta(days=60))):
        Membership.objects.create(
            user=user, firm=office.firm, role=Role.AUDITOR, starts=long_ago, ends=ends, created=long_ago
        )
    User.objects.filter(pk=never.pk).update(last_login=at)
    # What a closed account keeps for a return is no right: its year begins with the closing.
    closed, reopened = (User.objects.create_user(f"{n}@people.example", n, created=long_ago) for n in "cr")
    for user in (closed, reopened):
        Membership.objects.create(user=user, firm=office.firm, role=Role.AUDITOR, created=long_ago)
        with time_machine.travel(at - (timedelta() if user is closed else timedelta(days=30)), tick=False):
            rights.deactivate(rights.SYSTEM, user, office.firm.pk)
    rights.reactivate(rights.SYSTEM, reopened, office.firm.pk)
    run_on(day)
    left = set(User.objects.all())
    assert (old in left, never in left, closed in left) == (kept, kept, kept)
    assert {later, reopened, office.administrator} <= left


@pytest.mark.database
def test_a_dry_run_tells_exactly_what_a_run_removes_and_changes_nothing(leaver):
    make_run(leaver.company, 2010, 1)
    day = date(2026, 11, 22)
    before = {model: model.everything.count() for model in (Contract, AccountOfEmployee, Run)}
    told = retention.due(day)
    assert {model: model.everything.count() for model in before} == before
    assert retention.carry_out(RetentionRun.objects.create(day=day, by_itself=False)) == told
    assert told
    assert not retention.due(day)


@pytest.mark.parametrize("day", [date(2026, 11, 22), date(2032, 1, 2)])
def test_a_dry_run_counts_once_what_two_terms_are_over_for(leaver, day):
    company = leaver.company
    # Gone in Nmbrs, and of somebody who left; later the person goes, and a wage of long ago with them or before.
    Contract.everything.update(missing_since=datetime(2026, 1, 1, tzinfo=UTC))
    Freshness.objects.create(
        environment=company.environment,
        debtor=company.debtor,
        company=company,
        scope_key=f"company:{company.remote_id}",
        resource=Contract.resource.name,
        last_success=datetime.combine(day, datetime.min.time(), UTC),
    )
    mirrored(FixedWage, company.environment, employee=leaver, company=company, year=2010, number=12, code=1, value=1)
    told = retention.due(day)
    assert ("gone_in_nmbrs", company.environment.firm_id) in told
    assert retention.carry_out(RetentionRun.objects.create(day=day, by_itself=False)) == told


def test_the_report_counts_by_firm_and_each_firm_has_its_own_entry(leaver):
    other = make_office("two", "x")
    make_run(other.clients["x"].company, 2010, 1)
    run_on(date(2026, 11, 22))
    counts = {(row.firm.name, row.category): row.removed for row in RetentionCount.objects.select_related("firm")}
    assert counts == {
        ("one", "accounts_of_people"): 2,
        ("one", "contracts"): 1,
        ("one", "absence"): 1,
        ("two", "wage_records"): 1,
    }
    found = {entry.firm_id: entry.detail for entry in entries("retention_run")}
    assert found == {
        leaver.environment.firm_id: {"accounts_of_people": 2, "contracts": 1, "absence": 1},
        other.firm.pk: {"wage_records": 1},
    }


def test_the_command_says_what_would_go_and_what_went(leaver):
    with time_machine.travel(datetime(2026, 11, 22, 12, tzinfo=UTC), tick=False):
        would, did, again = StringIO(), StringIO(), StringIO()
        call_command("retention", "--dry-run", stdout=would)
        assert Contract.everything.exists()
        call_command("retention", stdout=did)
        call_command("retention", stdout=again)
    line = "one: absence of people who left, kept 2 years after leaving: 1 {}."
    assert line.format("would go") in would.getvalue()
    assert line.format("removed") in did.getvalue()
    assert again.getvalue() == "Nothing is kept longer than its term.\n"
    assert not Contract.everything.exists()


def test_the_worker_does_it_once_a_day_after_the_night(leaver):
    for hour, runs in ((3, 0), (5, 1), (6, 1)):
        with time_machine.travel(datetime(2026, 11, 22, hour, 30, tzinfo=AMSTERDAM), tick=False):
            tasks.nightly()
        assert RetentionRun.objects.count() == runs
    assert not Contract.everything.exists()
    with time_machine.travel(datetime(2026, 11, 23, 5, 30, tzinfo=AMSTERDAM), tick=False):
        tasks.nightly()
    assert RetentionRun.objects.filter(finished__isnull=False).count() == 2


@pytest.mark.database
def test_a_run_that_died_is_taken_up_again(leaver):
    with time_machine.travel(datetime(2026, 11, 22, 5, 30, tzinfo=AMSTERDAM), tick=False):
        RetentionRun.objects.create(day=TODAY)
    with time_machine.travel(datetime(2026, 11, 22, 9, 30, tzinfo=AMSTERDAM), tick=False):
        tasks.nightly()
        assert Contract.everything.exists(), "somebody may still be at it"
    with time_machine.travel(datetime(2026, 11, 22, 12, 30, tzinfo=AMSTERDAM), tick=False):
        tasks.nightly()
    assert not Contract.everything.exists()
    assert RetentionRun.objects.get().finished is not None


def test_names_of_categories_fit_the_trail():
    assert len({one.name for one in CATEGORIES}) == len(CATEGORIES)
    for one in CATEGORIES:
        assert one.label
        assert one.term
        assert one.source


def test_the_page_shows_terms_counts_and_runs_of_the_own_firm_only(leaver, by):
    other = make_office("two", "x")
    make_run(other.clients["x"].company, 2010, 1)
    url = reverse("administration:retention")
    with time_machine.travel(datetime(2026, 11, 22, 12, tzinfo=UTC), tick=False):
        browser = by(Role.ADMINISTRATOR)
        before = browser.get(url).content.decode()
        run_on(TODAY)
        after = browser.get(url).content.decode()
    assert "7 years after the end of the calendar year" in before
    assert "No run yet." in before
    assert "one · Absence of people who left" in after
    assert "two" not in after.replace("two years", "")
    assert "Wage records: runs, amounts, returns, journals, figures:" not in after


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR], ids=str)
def test_only_administrators_see_the_page(office, by, role):
    assert by(role).get(reverse("administration:retention")).status_code == 403
