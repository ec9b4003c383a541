"""What must leave a trace leaves exactly one, with who, whose and from where, and without any value."""

import json

import pytest
from django.contrib.auth import authenticate
from django.core.management import call_command
from django.db import DatabaseError
from django.urls import reverse

from portal import clock
from portal.accounts.acting import address
from portal.accounts.models import Invitation, Membership, Team, TeamMember
from portal.audit.models import Entry
from portal.audit.verifying import verify
from portal.companies.models import Company
from portal.connections.models import EnvironmentKind
from portal.connections.setup import Credentials, keep
from portal.mirror.models import Freshness, State
from portal.sync.models import SyncPlan
from tests.audit.tampering import run
from tests.factories import make_employee_type, make_person

pytestmark = pytest.mark.pages

ANSWER = b"h" * 16


@pytest.fixture
def person(office):
    make_employee_type(office.environment)
    return make_person(office.company, "Zwartjes")


@pytest.fixture
def clerk(office, accountant):
    return accountant(office.a)


@pytest.fixture
def browser(clerk, signed_in):
    return signed_in(clerk)


def one(entries, kind) -> Entry:
    (entry,) = entries
    assert entry.kind == kind
    return entry


# --- reading ---------------------------------------------------------------------------------------------------------


def test_threat_41_one_look_at_the_page_of_a_person_is_one_entry(office, person, clerk, browser, entered):
    with entered() as new:
        answer = browser.get(reverse("employees:person", args=[person.pk]), REMOTE_ADDR="192.0.2.9")
    assert answer.status_code == 200
    entry = one(new, "person_read")
    assert (entry.actor_id, entry.actor_label, entry.firm_id) == (clerk.pk, "accountant", office.firm.pk)
    assert (entry.debtor_id, entry.company_id, entry.employee_id) == (office.a.pk, office.company.pk, person.pk)
    assert (entry.address, entry.outcome) == ("192.0.2.9", "done")


@pytest.mark.parametrize("name", ["list", "of_debtor", "of_company"])
def test_one_look_at_a_list_of_people_is_one_entry_with_the_names_of_its_filters(
    office, person, browser, entered, name
):
    pks = {"list": [], "of_debtor": [office.a.pk], "of_company": [office.company.pk]}[name]
    with entered() as new:
        browser.get(reverse(f"employees:{name}", args=pks), {"q": "Zwartjes", "service": "all"})
    entry = one(new, "list_read")
    assert entry.firm_id == office.firm.pk
    assert entry.debtor_id == office.a.pk
    assert entry.detail == {"kind": "employee", "filters": ["q", "service"]}


def test_a_list_over_several_clients_is_an_entry_for_each_client_on_the_page(
    office, person, administrator, signed_in, entered
):
    two_clients = signed_in(administrator())
    make_person(Company.objects.get(debtor=office.b), "Bakker")
    with entered() as new:
        assert two_clients.get(reverse("employees:list"), {"service": "all"}).status_code == 200
    assert {(entry.kind, entry.firm_id, entry.debtor_id) for entry in new} == {
        ("list_read", office.firm.pk, office.a.pk),
        ("list_read", office.firm.pk, office.b.pk),
    }
    assert len(new) == 2
    with entered() as new:
        two_clients.get(reverse("employees:list"), {"service": "all", "q": "Zwartjes"})
    assert [entry.debtor_id for entry in new] == [office.a.pk]
    with entered() as new:
        two_clients.get(reverse("employees:list"), {"service": "all", "q": "nobody"})
    assert new == []


def test_pages_without_data_of_single_people_leave_nothing(office, browser, entered):
    with entered() as new:
        for page in (reverse("dashboards:clients"), reverse("companies:company", args=[office.company.pk])):
            assert browser.get(page).status_code == 200
    assert new == []


def test_a_look_whose_entry_cannot_be_written_shows_nothing(person, browser):
    run("ALTER TABLE audit_head RENAME TO audit_gone")
    with pytest.raises(DatabaseError):
        browser.get(reverse("employees:person", args=[person.pk]))
    run("ALTER TABLE audit_gone RENAME TO audit_head")
    assert browser.get(reverse("employees:person", args=[person.pk])).status_code == 200


# --- refusals --------------------------------------------------------------------------------------------------------


def test_what_lies_outside_the_scope_is_entered_as_refused_for_the_firm_of_who_asked(office, clerk, browser, entered):
    with entered() as new:
        assert browser.get(reverse("dashboards:debtor", args=[office.other.pk])).status_code == 404
    entry = one(new, "refused")
    assert (entry.actor_id, entry.firm_id, entry.outcome) == (clerk.pk, office.firm.pk, "refused")
    assert (entry.object_type, entry.object_id) == ("dashboards:debtor", office.other.pk)
    assert (entry.debtor_id, entry.company_id, entry.employee_id) == (None, None, None)
    assert entry.detail == {"method": "get", "status": 404}


def test_what_lies_inside_without_the_right_is_entered_as_refused(office, browser, entered):
    with entered() as new:
        address = reverse("sync:start")
        assert browser.post(address, {"scope": "environment", "pk": office.environment.pk}).status_code == 403
    entry = one(new, "refused")
    assert (entry.object_type, entry.detail) == ("sync:start", {"method": "post", "status": 403})


def test_a_number_that_no_database_holds_is_entered_without_it(browser, entered):
    with entered() as new:
        assert browser.get(f"/clients/{10**30}/").status_code in {404, 400}
    assert all(entry.object_id is None for entry in new)


def test_an_address_that_does_not_exist_and_a_stranger_leave_nothing(office, client, browser, entered):
    with entered() as new:
        assert browser.get("/there-is-no-such-page/").status_code == 404
        client.get(reverse("dashboards:debtor", args=[office.other.pk]))
    assert new == []


# --- signing in and out ----------------------------------------------------------------------------------------------


def test_signing_in_and_out_is_one_entry_each(office, clerk, client, entered):
    with entered() as new:
        client.force_login(clerk)
    assert one(new, "signed_in").actor_id == clerk.pk
    with entered() as new:
        client.logout()
    assert one(new, "signed_out").actor_id == clerk.pk


def test_a_refused_sign_in_names_the_account_by_its_number_and_keeps_nothing_that_was_typed(office, clerk, rf, entered):
    request = rf.post("/sign-in/", REMOTE_ADDR="192.0.2.9")
    with entered() as new:
        assert authenticate(request, username=clerk.email, password="wrong-password") is None
        assert authenticate(request, username="nobody@elsewhere.example", password="wrong-password") is None
    known, unknown = (entry for entry in new if entry.kind == "sign_in_failed")
    assert (known.object_id, known.firm_id, known.actor_id) == (clerk.pk, office.firm.pk, None)
    assert (known.actor_label, known.outcome, known.address) == ("nobody", "refused", "192.0.2.9")
    assert (unknown.object_id, unknown.firm_id) == (None, None)


@pytest.mark.parametrize("left", ["place", "team by its day", "team that they were taken out of"])
def test_a_refused_sign_in_of_somebody_who_left_is_read_where_they_were(office, clerk, rf, entered, left):
    firm = office.firm
    if left == "place":
        clerk.memberships.update(ends=clock.now())
    else:
        clerk.memberships.all().delete()
    if left == "team by its day":
        team = Team.objects.create(firm=firm, name="north")
        TeamMember.objects.create(team=team, user=clerk, role="accountant", ends=clock.now())
    elif left != "place":
        moment = clock.now()
        Invitation.objects.create(firm=firm, accepted_by=clerk, accepted_at=moment, expires=moment, token_hash=b"1")
    with entered() as new:
        authenticate(rf.post("/sign-in/"), username=clerk.email, password="wrong-password")
    assert one(new, "sign_in_failed").firm_id == firm.pk


def test_somebody_of_two_firms_is_entered_once_in_each(office, clerk, client, entered):
    Membership.objects.create(user=clerk, firm=office.other_firm, role="accountant", debtor=office.other)
    with entered() as new:
        client.force_login(clerk)
    assert {entry.firm_id for entry in new} == {office.firm.pk, office.other_firm.pk}
    assert len(new) == 2


def test_an_address_is_taken_from_a_proxy_only_as_far_as_the_settings_trust_it(rf, settings):
    request = rf.get("/", REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR="203.0.113.5, 192.0.2.1")
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 0
    assert address(request) == "10.0.0.1"
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    assert address(request) == "192.0.2.1"
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 3
    assert address(request) == "10.0.0.1"


# --- acts ------------------------------------------------------------------------------------------------------------


def test_asking_for_a_sync_and_taking_it_back_is_one_entry_each(office, clerk, browser, entered):
    with entered() as new:
        browser.post(reverse("sync:start"), {"scope": "debtor", "pk": office.a.pk, "resource": "companies"})
    entry = one(new, "resync_asked")
    assert (entry.object_type, entry.debtor_id, entry.detail) == ("debtor", office.a.pk, {"kind": "companies"})
    plan = SyncPlan.objects.get()
    with entered() as new:
        browser.post(reverse("sync:cancel", args=[plan.pk]))
        browser.post(reverse("sync:cancel", args=[plan.pk]))
    entry = one(new, "resync_cancelled")
    assert (entry.actor_id, entry.object_type, entry.object_id) == (clerk.pk, "syncplan", plan.pk)


@pytest.fixture
def hold(office):
    return Freshness.objects.create(
        environment=office.environment,
        debtor=office.a,
        company=office.company,
        scope_key=f"company:{office.company.pk}",
        resource="contracts",
        state=State.HELD,
        error_kind="held",
        held_digest=ANSWER,
        last_success=clock.now(),
        last_attempt=clock.now(),
    )


@pytest.mark.parametrize(
    ("verb", "kinds"), [("reject", {"hold_rejected"}), ("accept", {"hold_accepted", "resync_asked"})]
)
def test_deciding_about_a_hold_is_one_entry(office, hold, browser, entered, verb, kinds):
    with entered() as new:
        browser.post(reverse(f"sync:{verb}", args=[hold.pk, ANSWER.hex()]))
    assert sorted(entry.kind for entry in new) == sorted(kinds)
    entry = next(entry for entry in new if entry.kind.startswith("hold"))
    assert (entry.debtor_id, entry.company_id) == (office.a.pk, office.company.pk)
    assert entry.detail == {"kind": "contracts"}
    with entered() as new:
        browser.post(reverse("sync:reject", args=[hold.pk, "00" * 16]))
    assert new == []


def test_choices_about_sensitive_kinds_are_one_entry_each_without_the_reason(office, administrator, signed_in, entered):
    boss = signed_in(administrator())
    address = reverse("sync:opt_ins", args=[office.environment.pk])
    with entered() as new:
        boss.post(address, {"absence": "on", "absence_reason": "return to work"})
    entry = one(new, "opt_in_changed")
    assert (entry.firm_id, entry.detail) == (office.firm.pk, {"kind": "absence", "on": True})


def test_changed_times_are_one_entry_with_the_names_of_the_fields(office, administrator, signed_in, entered):
    boss = signed_in(administrator())
    address = reverse("sync:settings", args=[office.environment.pk])
    times = {"nightly_hour": "4", "hourly_runs": "yes", "office_start": "8", "office_end": "18"}
    with entered() as new:
        boss.post(address, times)
        boss.post(address, times)
        boss.post(address, {**times, "office_end": "1"})
    entry = one(new, "settings_changed")
    assert entry.detail == {"fields": ["nightly_hour", "office_start", "office_end"]}
    assert entry.object_id == office.environment.pk


def test_new_credentials_are_one_entry_each_without_them(firm, entered):
    credentials = Credentials("http://127.0.0.1:9", "api-user@nmbrs.example", "canary-token")
    with entered() as new:
        keep(firm, credentials, "demo", EnvironmentKind.ACCOUNTANT)
        keep(firm, credentials, "demo", EnvironmentKind.ACCOUNTANT)
    assert [(entry.kind, entry.firm_id) for entry in new] == [
        ("connection_added", firm.pk),
        ("connection_changed", firm.pk),
    ]


def test_commands_are_entered_under_their_own_name(db, entered):
    with entered() as new:
        call_command("create_firm", "Kantoor Nieuw", verbosity=0)
    entry = one(new, "firm_added")
    assert (entry.actor_id, entry.actor_label, entry.object_type) == (None, "command create_firm", "firm")
    assert entry.firm_id == entry.object_id


def test_nothing_of_a_person_or_a_secret_is_in_any_entry(office, person, clerk, browser, client, hold):
    """A walk past every hook, then the whole table is searched."""
    browser.get(reverse("employees:person", args=[person.pk]))
    browser.get(reverse("employees:list"), {"q": "Zwartjes"})
    browser.get(reverse("dashboards:debtor", args=[office.other.pk]))
    browser.post(reverse("sync:start"), {"scope": "employee", "pk": person.pk})
    browser.post(reverse("sync:reject", args=[hold.pk, ANSWER.hex()]))
    keep(office.firm, Credentials("http://127.0.0.1:9", "api-user@nmbrs.example", "canary-token"), "demo", "accountant")
    authenticate(None, username=clerk.email, password="canary-password")
    client.force_login(clerk)
    text = json.dumps(list(Entry.objects.values()), default=str).lower()
    assert Entry.objects.count() >= 8
    names = ["zwartjes", "aardbeien", "canary", "@", "accountant@", clerk.email, "kantoor", "nmbrs.example"]
    assert [name for name in names if name in text] == []
    verify()
