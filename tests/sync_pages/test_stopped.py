"""A connection that cannot be used: what was not renewed says so, as old as it is."""

import pytest

from portal.companies.models import Company
from portal.mirror.models import Freshness, State
from portal.sync.models import Status
from portal.sync.service import sync_now

pytestmark = [pytest.mark.pages, pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]


@pytest.fixture
def refused(synced):
    """A firm after its first sync, whose token Nmbrs refuses from now on."""
    synced.connection.token = "another-token"
    synced.connection.save()
    return synced


def ages():
    return dict(Freshness.objects.values_list("pk", "last_success"))


def test_every_run_that_was_given_up_leaves_its_reason_and_the_old_age(refused):
    before = ages()
    plan = sync_now(Company.objects.order_by("pk").first())
    ended = set(plan.runs.values_list("scope_key", "resource"))
    assert set(plan.runs.values_list("status", flat=True)) == {Status.FAILED}
    for row in Freshness.objects.all():
        if (row.scope_key, row.resource) in ended:
            assert (row.state, row.error_kind) == (State.FAILING, "credentials")
            assert row.error_code is not None
            assert row.last_attempt > row.last_success
        else:
            assert (row.state, row.error_kind, row.error_code) == (State.FRESH, "", None)
    assert ages() == before
    assert 5 < len(ended) < len(before)


def test_a_held_answer_goes_on_waiting_for_its_decision(refused):
    company = Company.objects.order_by("pk").first()
    mine = Freshness.objects.filter(company=company, resource="salaries")
    mine.update(state=State.HELD, error_kind="held", held_digest=b"answer")
    sync_now(company)
    row = mine.get()
    assert (row.state, row.error_kind, bytes(row.held_digest)) == (State.HELD, "held", b"answer")


def test_what_was_never_fetched_is_still_called_never_fetched(connected):
    connected.connection.token = "another-token"
    connected.connection.save()
    sync_now(connected.environment)
    assert not Freshness.objects.exclude(last_success=None).exists()
    assert not Freshness.objects.filter(state=State.FRESH).exists()


def test_a_page_says_that_the_last_attempt_failed_and_why(refused, administrator, signed_in):
    company = Company.objects.order_by("pk").first()
    reader = signed_in(administrator(language="en"))
    address = f"/clients/{company.debtor_id}/"
    assert "up to date" in reader.get(address).content.decode()
    sync_now(refused.environment)
    page = reader.get(address).content.decode()
    assert "ui-fresh-late" in page
    assert "failing" in page
    assert "Last attempt" in page
    assert "Nmbrs refused the user, the token or the domain of the connection." in page
