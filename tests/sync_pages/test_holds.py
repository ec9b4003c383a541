"""A held answer waits for a person, and only exactly the accepted answer passes. Over a real socket."""

import pytest
from django.urls import reverse

from portal.companies.models import Company, Run
from portal.mirror.models import Freshness, State
from portal.sync import tasks
from portal.sync.models import SyncPlan
from portal.sync.service import sync_now
from tests.sync_pages.conftest import words

pytestmark = pytest.mark.pages

KIND = "runs"


def lists_none(connected, company, **details):
    """Nmbrs answers in good order that the company has no runs; `count`: only for so many years."""
    connected.sandbox.faults.clear()
    connected.sandbox.faults.add("empty_list", operation="Run_GetList", company=company.remote_id, **details)


@pytest.fixture
def held(synced):
    """The runs of a company after Nmbrs lists none of them any more."""
    company = Company.objects.order_by("pk").first()
    lists_none(synced, company)
    sync_now(company, resource=KIND)
    return Freshness.objects.get(company=company, resource=KIND)


def kept(row):
    """How many runs of the company the portal shows."""
    return Run.objects.filter(company=row.company).count()


def accept(client, row):
    return words(client.post(reverse("sync:accept", args=[row.pk, bytes(row.held_digest).hex()]), follow=True))


def test_a_hold_says_how_much_would_go_and_keeps_everything(held, administrator, signed_in):
    count = kept(held)
    assert count > 5
    page = words(signed_in(administrator()).get(reverse("sync:overview")))
    assert f"The last answer of Nmbrs would remove {count} of {count} runs." in page
    assert "Nothing was lost: the runs shown are still those of" in page
    assert "Accept the answer" in page


def test_accepting_lets_this_answer_pass(held, connected, administrator, signed_in):
    assert "Accepted." in accept(signed_in(administrator()), held)
    plan = SyncPlan.objects.get(finished__isnull=True)
    assert (plan.company, plan.resource) == (held.company, KIND)
    assert kept(held) > 0
    tasks.work(connected.environment.pk)
    assert kept(held) == 0
    held.refresh_from_db()
    assert held.state == State.FRESH


def test_another_answer_than_the_accepted_one_waits_again(held, connected, administrator, signed_in):
    accept(signed_in(administrator()), held)
    count, first = kept(held), bytes(held.held_digest)
    lists_none(connected, held.company, count=2)
    tasks.work(connected.environment.pk)
    held.refresh_from_db()
    assert held.state == State.HELD
    assert bytes(held.held_digest) != first
    assert kept(held) == count


def test_an_answer_that_is_no_longer_the_held_one_is_not_accepted(held, administrator, signed_in):
    address = reverse("sync:accept", args=[held.pk, "00" * 16])
    assert "nothing was decided" in words(signed_in(administrator()).post(address, follow=True))
    held.refresh_from_db()
    assert bytes(held.accepted_digest) == b""
    assert not SyncPlan.objects.filter(finished__isnull=True).exists()


def test_doing_nothing_keeps_the_old_data_sync_after_sync(held):
    count = kept(held)
    for _ in range(2):
        sync_now(held.company, resource=KIND)
    assert kept(held) == count
    held.refresh_from_db()
    assert held.state == State.HELD
