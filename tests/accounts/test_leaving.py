"""Threat 26: what somebody set going stops with their access, whether it is taken or ends by the clock."""

from datetime import timedelta

import pytest
import time_machine

from portal import clock
from portal.accounts import rights
from portal.accounts.models import Membership, User
from portal.accounts.rights import SYSTEM, Place
from portal.accounts.roles import Role
from portal.audit.models import Entry
from portal.sync import plans
from portal.sync.models import Status, SyncPlan, SyncRun, Trigger
from portal.sync.tasks import wake_all
from portal.ui.exports import files
from portal.ui.exports.tasks import make, sweep
from portal.ui.models import Export, ExportStatus
from tests.accounts.office import make_office, somebody_new

pytestmark = pytest.mark.pages
HOUR = timedelta(hours=1)


@pytest.fixture
def office(db):
    return make_office("one", "ab")


@pytest.fixture
def leaver(office):
    return placed(office, "leaver")


@pytest.fixture
def stayer(office):
    return placed(office, "stayer")


def placed(office, name):
    user = somebody_new(name)
    rights.give(SYSTEM, user, Place(office.firm.pk, Role.ACCOUNTANT, office.clients["a"].debtor.pk))
    return user


def file_of(user, status=ExportStatus.WAITING):
    """A file of the person, with its content where it is ready to be fetched."""
    row = Export.objects.create(user=user, path="/clients/", format="csv", language="en", status=status)
    if status == ExportStatus.DONE:
        row.file, row.expires = files.fresh_name(), clock.now() + 24 * HOUR
        files.create(row.file).close()
        row.save()
    return row


def sync_of(user, target, resource="runs"):
    return plans.start(target, trigger=Trigger.PERSON, requested_by=user, resource=resource)


def statuses(user):
    return list(Export.objects.filter(user=user).order_by("pk").values_list("status", flat=True))


def close(office, user):
    rights.deactivate(office.administrator, user, office.firm.pk)


def withdraw(office, user):
    rights.withdraw(office.administrator, Membership.objects.get(user=user))


@pytest.mark.parametrize("leave", [close, withdraw])
def test_threat_26_files_and_syncs_of_who_leaves_are_stopped(
    office, leaver, stayer, leave, django_capture_on_commit_callbacks
):
    for user in (leaver, stayer):
        for status in (ExportStatus.WAITING, ExportStatus.RUNNING, ExportStatus.DONE):
            file_of(user, status)
    mine, theirs = (
        sync_of(leaver, office.clients["a"].debtor),
        sync_of(stayer, office.clients["a"].company, "contracts"),
    )
    with django_capture_on_commit_callbacks(execute=True):
        leave(office, User.objects.get(pk=leaver.pk))
    assert statuses(leaver) == [ExportStatus.CANCELLED] * 3
    assert statuses(stayer) == [ExportStatus.WAITING, ExportStatus.RUNNING, ExportStatus.DONE]
    (kept,) = files.folder().iterdir()
    assert kept.name == Export.objects.get(user=stayer, status=ExportStatus.DONE).file
    mine.refresh_from_db()
    theirs.refresh_from_db()
    assert (mine.finished is None, theirs.finished is None) == (False, True)
    assert set(mine.runs.values_list("status", flat=True)) == {Status.CANCELLED}
    assert set(theirs.runs.values_list("status", flat=True)) == {Status.DUE}
    entry = Entry.objects.get(kind="resync_cancelled")
    assert (entry.object_id, entry.debtor_id, entry.firm_id) == (mine.pk, mine.debtor_id, office.firm.pk)
    # A worker that was woken before does nothing.
    for row in Export.objects.filter(user=leaver):
        make(row.pk)
    assert statuses(leaver) == [ExportStatus.CANCELLED] * 3


def test_threat_26_a_sync_that_others_joined_goes_on(office, leaver, stayer):
    debtor = office.clients["a"].debtor
    joined = sync_of(leaver, debtor)
    assert sync_of(stayer, debtor) == joined
    night = sync_of(leaver, office.environment, "")
    assert plans.start(office.environment, trigger=Trigger.NIGHTLY) == night
    again = sync_of(leaver, debtor, "contracts")
    assert sync_of(leaver, debtor, "contracts") == again
    close(office, leaver)
    ended = set(SyncPlan.objects.filter(finished__isnull=False).values_list("pk", flat=True))
    assert ended == {again.pk}
    assert SyncRun.objects.filter(plans=joined, status=Status.DUE).exists()


def test_threat_26_a_run_that_another_open_sync_wants_too_goes_on(office, leaver, stayer):
    whole, part = sync_of(leaver, office.clients["a"].debtor), sync_of(stayer, office.clients["a"].company)
    shared = set(part.runs.values_list("pk", flat=True))
    assert shared <= set(whole.runs.values_list("pk", flat=True))
    close(office, leaver)
    assert set(part.runs.values_list("pk", "status")) == {(pk, Status.DUE) for pk in shared}


def test_threat_26_who_still_works_for_another_office_keeps_what_belongs_there(office, leaver):
    other = make_office("two", "x")
    rights.give(SYSTEM, leaver, Place(other.firm.pk, Role.ACCOUNTANT, other.clients["x"].debtor.pk))
    here, there = sync_of(leaver, office.clients["a"].debtor), sync_of(leaver, other.clients["x"].debtor)
    close(office, leaver)
    here.refresh_from_db()
    there.refresh_from_db()
    assert (here.finished is None, there.finished is None) == (False, True)


def test_threat_26_access_that_ends_by_the_clock_stops_them_too(office, leaver, stayer):
    Membership.objects.filter(user=leaver).update(ends=clock.now() + HOUR)
    for user in (leaver, stayer):
        file_of(user)
        file_of(user, ExportStatus.DONE)
    mine = sync_of(leaver, office.clients["a"].debtor)
    theirs = sync_of(stayer, office.clients["a"].company, "contracts")
    wake_all()
    sweep()
    assert statuses(leaver) == [ExportStatus.WAITING, ExportStatus.DONE]
    with time_machine.travel(clock.now() + 2 * HOUR):
        wake_all()
        sweep()
    mine.refresh_from_db()
    theirs.refresh_from_db()
    assert (mine.finished is None, theirs.finished is None) == (False, True)
    assert statuses(leaver) == [ExportStatus.CANCELLED] * 2
    assert statuses(stayer) == [ExportStatus.WAITING, ExportStatus.DONE]
