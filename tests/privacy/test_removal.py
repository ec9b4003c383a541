"""Removing a client takes all of it and nothing else, is asked twice, and the audit trail stays."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.db import models
from django.urls import reverse

from portal.accounts import invitations, rights
from portal.accounts.models import Invitation, Membership, User
from portal.accounts.rights import SYSTEM, Place
from portal.accounts.roles import Role
from portal.audit.models import Entry
from portal.companies.models import Company, CompanyBankAccount
from portal.debtors.models import Debtor, DebtorGuid
from portal.employees.models import AccountOfEmployee, Employee
from portal.mirror.models import Change, Forgotten, Freshness, PersonFetch, Quarantine
from portal.privacy import owned, removal, tasks
from portal.privacy.models import Agreement, Removal, RemovalState
from portal.sync.models import Status, SyncPlan, SyncRun, Trigger
from tests.accounts.office import give, make_office, somebody_new
from tests.factories import fetched_everything, make_address, make_person, make_run, make_salary, mirrored
from tests.privacy.conftest import accounts_of, entries, grown_old

pytestmark = pytest.mark.pages

SEEN = datetime(2026, 11, 20, 9, tzinfo=UTC)


def filled(office, letter):
    """A client with something of every room."""
    client = office.clients[letter]
    accounts_of(office, letter)
    person, company, debtor = client.person, client.company, client.debtor
    make_salary(person, "3000", date(2024, 5, 1))
    make_address(person, date(2024, 5, 1))
    make_run(company, 2026, 10)
    fetched_everything(debtor)
    place = {"environment": office.environment, "scope_key": f"company:{company.pk}", "resource": "salaries"}
    Change.objects.create(
        environment=office.environment,
        debtor=debtor,
        company=company,
        employee=person,
        resource="salaries",
        row_key="1",
        kind="added",
        field="amount",
        learned_at=SEEN,
    )
    Quarantine.objects.create(**place, company=company, field="x", first_seen=SEEN, last_seen=SEEN)
    PersonFetch.objects.create(employee=person, resource="bank_accounts", fetched_at=SEEN)
    run = SyncRun.objects.create(**place, debtor=debtor, company=company, trigger=Trigger.NIGHTLY, status=Status.DUE)
    plan = SyncPlan.objects.create(**place, debtor=debtor, company=company, trigger=Trigger.NIGHTLY)
    run.plans.add(plan)
    mirrored(DebtorGuid, office.environment, remote_guid=f"{debtor.remote_id:032d}")
    DebtorGuid.everything.filter(remote_guid=f"{debtor.remote_id:032d}").update(remote_id=debtor.remote_id)
    Agreement.objects.create(debtor=debtor, role="processor")
    return client


@pytest.fixture
def two(office):
    """Clients a and b, alike."""
    return filled(office, "a"), filled(office, "b")


def removed(office, client, by=None):
    row = removal.ask(by or office.administrator, client.debtor)
    while removal.work(row.pk):
        pass
    row.refresh_from_db()
    return row


def rows_by_table():
    return {model: model._base_manager.count() for model in apps.get_models() if not model._meta.proxy}


def left_of(client):
    """Tables that still know the client, its companies or its people by a foreign key or a primary key."""
    own = {Debtor: [client.debtor.pk], Company: [client.company.pk], Employee: [client.person.pk]}
    found = [model for model, pks in own.items() if model.everything.filter(pk__in=pks).exists()]
    for model in apps.get_models():
        for field in model._meta.fields:
            if isinstance(field, models.ForeignKey) and field.related_model in own:
                pks = own[field.related_model]
                if model._base_manager.filter(**{f"{field.name}__in": pks}).exists():
                    found.append(model)
    return found


@pytest.mark.database
def test_all_of_the_client_goes_and_nothing_of_another(office, two):
    gone, stays = two
    alike = {own.model: own.rows([stays.debtor.pk]).count() for own in owned.owned_by(Debtor)}
    row = removed(office, gone)
    assert row.state == RemovalState.DONE
    assert left_of(gone) == []
    assert {own.model: own.rows([stays.debtor.pk]).count() for own in owned.owned_by(Debtor)} == alike
    assert not DebtorGuid.everything.filter(remote_id=gone.debtor.remote_id).exists()
    assert DebtorGuid.everything.filter(remote_id=stays.debtor.remote_id).exists()


@pytest.mark.database
def test_the_dry_run_tells_what_goes_and_changes_nothing(office, two):
    before = rows_by_table()
    told = removal.what_goes(two[0].debtor)
    assert rows_by_table() == before
    row = removed(office, two[0])
    assert row.counts == told
    assert {"employees.Salary", "companies.Run", "mirror.Change", "sync.SyncRun"} <= set(told)


@pytest.mark.database
def test_from_the_confirmation_on_nobody_sees_it_and_no_sync_reads_it(office, two):
    gone = two[0]
    run = SyncRun.objects.get(company=gone.company)
    SyncRun.objects.filter(pk=run.pk).update(status=Status.RUNNING, lease_no=4)
    listing = SyncRun.objects.create(
        environment=office.environment,
        scope_key=f"environment:{office.environment.pk}",
        resource="debtors",
        trigger=Trigger.NIGHTLY,
        status=Status.RUNNING,
        lease_no=2,
    )
    removal.ask(office.administrator, gone.debtor)
    assert not Debtor.objects.visible_to(office.administrator).filter(pk=gone.debtor.pk).exists()
    assert not Company.objects.visible_to(office.administrator).filter(pk=gone.company.pk).exists()
    run.refresh_from_db()
    assert (run.status, run.lease_no) == (Status.CANCELLED, 5), "what it read cannot be published any more"
    listing.refresh_from_db()
    assert (listing.status, listing.lease_no) == (Status.DUE, 3), "a list read before is read again"
    assert SyncPlan.objects.get(company=gone.company).finished is not None
    assert set(Forgotten.objects.values_list("resource", "key")) == {
        ("debtors", gone.debtor.key),
        ("debtor_guids", gone.debtor.key),
    }


def addresses_of(client) -> list[str]:
    """Pages about the client, its company, its person and their records."""
    debtor, company, person = client.debtor.pk, client.company.pk, client.person.pk
    account = AccountOfEmployee.everything.get(employee=client.person)
    company_account = CompanyBankAccount.everything.get(company=client.company)
    return [
        reverse("dashboards:debtor", args=[debtor]),
        reverse("debtors:records", args=[debtor, "debtor_tags"]),
        reverse("employees:of_debtor", args=[debtor]),
        reverse("companies:company", args=[company]),
        reverse("companies:records", args=[company, "runs"]),
        reverse("dashboards:variance", args=[company]),
        reverse("deadlines:company", args=[company]),
        reverse("employees:of_company", args=[company]),
        reverse("employees:person", args=[person]),
        reverse("privacy:hand_out", args=[person]),
        reverse("dashboards:client_changes", args=[debtor]),
        reverse("ui:reveal", args=["bank_accounts", account.pk]),
        reverse("ui:reveal", args=["company_bank_account", company_account.pk]),
    ]


def test_from_then_on_no_address_below_it_opens_also_not_one_that_somebody_kept(office, two, by):
    """Its rows are there until a worker has removed them, and stay when the removal is refused."""
    gone, stays = two
    browser = by(Role.ADMINISTRATOR)
    assert [page for page in addresses_of(gone) + addresses_of(stays) if browser.get(page).status_code != 200] == []
    removal.ask(office.administrator, gone.debtor)
    assert [page for page in addresses_of(gone) if browser.get(page).status_code != 404] == []
    assert [page for page in addresses_of(stays) if browser.get(page).status_code != 200] == []


@pytest.mark.database
def test_access_and_invitations_end_and_the_trail_says_so(office, two, mailoutbox):
    gone, stays = two
    both = somebody_new("both")
    for client in (gone, stays):
        rights.give(SYSTEM, both, Place(office.firm.pk, Role.ACCOUNTANT, client.debtor.pk))
    of_company = somebody_new("company")
    rights.give(SYSTEM, of_company, Place(office.firm.pk, Role.ASSISTANT, None, gone.company.pk))
    for place in (gone.debtor.pk, stays.debtor.pk):
        invitations.invite(
            office.administrator,
            Place(office.firm.pk, Role.CLIENT_USER, place),
            email="new@people.example",
            name="New",
            language="en",
        )
    removed(office, gone)
    assert set(Membership.objects.filter(user=both).values_list("debtor", flat=True)) == {stays.debtor.pk}
    assert not Membership.objects.filter(user=of_company).exists()
    assert Invitation.objects.open().count() == 1
    ended = {(entry.object_id, entry.debtor_id or entry.company_id) for entry in entries("membership_ended")}
    assert ended == {(both.pk, gone.debtor.pk), (of_company.pk, gone.company.pk)}
    assert len(entries("invitation_withdrawn")) == 1
    assert User.objects.filter(pk=of_company.pk).exists()


@pytest.mark.database
def test_the_trail_keeps_what_it_knew_and_tells_the_removal(office, two):
    from portal.audit.kinds import Kind
    from portal.audit.recording import record

    record(Kind.PERSON_READ, two[0].person)
    before = Entry.objects.count()
    row = removed(office, two[0])
    assert Entry.objects.filter(kind="person_read", debtor_id=two[0].debtor.pk).count() == 1
    assert Entry.objects.count() > before
    states = [(entry.detail["state"], entry.debtor_id) for entry in entries("debtor_removed")]
    assert states == [("asked", two[0].debtor.pk), ("done", two[0].debtor.pk)]
    assert entries("debtor_removed")[-1].detail["rows"] == row.total


def test_the_right_is_asked_again_when_the_work_begins(office, two):
    row = removal.ask(office.administrator, two[0].debtor)
    Membership.objects.filter(user=office.administrator).delete()
    assert removal.work(row.pk) is False
    row.refresh_from_db()
    assert row.state == RemovalState.REFUSED
    assert Employee.everything.filter(pk=two[0].person.pk).exists()
    assert entries("debtor_removed")[-1].outcome == "refused"


def test_who_does_not_manage_the_office_neither_removes_nor_lets_back(office, two):
    """Whichever page or task asks for it."""
    row = removed(office, two[0])
    accountant, auditor = somebody_new("accountant"), somebody_new("auditor")
    give(accountant, office, Role.ACCOUNTANT, "b")
    give(auditor, office, Role.AUDITOR)
    for user in (make_office("two", "x").administrator, accountant, auditor):
        with pytest.raises(PermissionDenied):
            removal.ask(user, two[1].debtor)
        with pytest.raises(PermissionDenied):
            removal.lift(user, row)
    row.refresh_from_db()
    assert row.lifted_at is None
    assert list(Removal.objects.all()) == [row]
    assert Debtor.objects.filter(pk=two[1].debtor.pk).exists()


def test_the_work_can_be_left_and_taken_up_again(office, two, monkeypatch):
    monkeypatch.setattr(owned, "BATCH", 1)
    for number in range(5):
        make_person(two[0].company, f"Person {number}")
    told = removal.what_goes(two[0].debtor)
    row = removal.ask(office.administrator, two[0].debtor)
    turns = 1
    while removal.work(row.pk, seconds=0):
        turns += 1
        row.refresh_from_db()
        assert row.state == RemovalState.WAITING
    row.refresh_from_db()
    assert turns > 5
    assert row.state == RemovalState.DONE
    assert row.counts == told
    assert left_of(two[0]) == []


@pytest.mark.database
def test_a_worker_that_died_is_followed_by_another_and_two_do_not_meet(office, two):
    row = removal.ask(office.administrator, two[0].debtor)
    now = removal.clock.now()
    Removal.objects.filter(pk=row.pk).update(state=RemovalState.RUNNING, beat=now)
    assert removal.left_behind() == []
    assert removal.work(row.pk) is False
    assert Employee.everything.filter(pk=two[0].person.pk).exists(), "somebody else is at it"
    Removal.objects.filter(pk=row.pk).update(beat=now - timedelta(minutes=4))
    assert removal.left_behind() == [row.pk]
    tasks.remove(row.pk)
    assert left_of(two[0]) == []
    assert removal.left_behind() == []


@pytest.mark.database
def test_asking_twice_is_one_removal(office, two):
    first = removal.ask(office.administrator, two[0].debtor)
    assert removal.ask(office.administrator, two[0].debtor) == first
    assert len(entries("debtor_removed")) == 1


# --- pages -----------------------------------------------------------------------------------------------------------


def url(client):
    return reverse("administration:remove_client", args=[client.debtor.pk])


def test_looking_at_the_page_changes_nothing_and_tells_the_counts(office, two, by):
    browser, before = by(Role.ADMINISTRATOR), rows_by_table()
    answer = browser.get(url(two[0]))
    assert "Salaries" in answer.content.decode()
    assert "cannot be undone" in answer.content.decode()
    assert rows_by_table() == before


@pytest.mark.parametrize("typed", ["", "A", "b", "a b", "yes"])
def test_another_name_removes_nothing(office, two, by, typed):
    answer = by(Role.ADMINISTRATOR).post(url(two[0]), {"typed": typed})
    assert answer.status_code == 422
    assert not Removal.objects.exists()
    assert Debtor.objects.filter(pk=two[0].debtor.pk).exists()


def test_the_right_name_begins_the_removal_and_the_worker_ends_it(office, two, by, django_capture_on_commit_callbacks):
    from django_q.models import OrmQ

    browser = by(Role.ADMINISTRATOR)
    with django_capture_on_commit_callbacks(execute=True):
        answer = browser.post(url(two[0]), {"typed": " a "})
    row = Removal.objects.get()
    assert answer.url == reverse("administration:removal", args=[row.pk])
    (queued,) = OrmQ.objects.all()
    assert (queued.func(), queued.task["args"]) == ("portal.privacy.tasks.remove", (row.pk,))
    assert "waiting" in browser.get(answer.url).content.decode()
    tasks.remove(row.pk)
    page = browser.get(answer.url).content.decode()
    assert "Salaries" in page
    assert "person a" not in page
    assert browser.get(url(two[0])).status_code == 404
    assert "removed" in browser.get(reverse("administration:removals")).content.decode()


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR], ids=str)
def test_only_administrators_remove(office, two, by, role, method):
    assert getattr(by(role), method)(url(two[0]), {"typed": "a"}).status_code == 403
    assert not Removal.objects.exists()


def test_clients_and_removals_of_other_offices_do_not_exist(office, by):
    other = make_office("two", "a")
    row = removal.ask(other.administrator, other.clients["a"].debtor)
    rest = make_office("three", "a")
    browser = by(Role.ADMINISTRATOR)
    assert browser.post(url(rest.clients["a"]), {"typed": "a"}).status_code == 404
    assert browser.get(reverse("administration:removal", args=[row.pk])).status_code == 404
    assert browser.post(reverse("administration:lift_removal", args=[row.pk])).status_code == 404
    assert Removal.objects.count() == 1


def test_an_old_sign_in_has_to_be_confirmed_first(office, two, by):
    browser = grown_old(by(Role.ADMINISTRATOR))
    for answer in (browser.get(url(two[0])), browser.post(url(two[0]), {"typed": "a"})):
        assert answer.status_code == 302
        assert "/account/confirm/" in answer.url
    assert not Removal.objects.exists()


@pytest.mark.database
def test_letting_back_takes_the_marker_away_and_has_everything_read_again(office, two, by):
    gone = two[0]
    Freshness.objects.filter(resource__in=["debtors", "debtor_guids"]).update(digest=b"1" * 16)
    row = removed(office, gone)
    browser = by(Role.ADMINISTRATOR)
    lift = reverse("administration:lift_removal", args=[row.pk])
    assert browser.get(lift).status_code == 405
    assert browser.post(lift).status_code == 302
    assert not Forgotten.objects.exists()
    assert {
        bytes(one) for one in Freshness.objects.filter(resource="debtor_guids").values_list("digest", flat=True)
    } == {b""}
    row.refresh_from_db()
    assert row.lifted_by == office.administrator
    browser.post(lift)
    assert [entry.detail["state"] for entry in entries("debtor_removed")] == ["asked", "done", "lifted"]


def test_a_removal_under_way_cannot_be_lifted(office, two):
    row = removal.ask(office.administrator, two[0].debtor)
    removal.lift(office.administrator, row)
    row.refresh_from_db()
    assert row.lifted_at is None
    assert Forgotten.objects.exists()
