"""What a person decides on the Sync pages: sensitive kinds, records left out, and a held answer that is refused."""

import pytest
from django.urls import reverse

from portal import clock
from portal.accounts.signin.sessions import SIGNED_IN
from portal.mirror.models import Freshness, OptInChoice, Quarantine, State
from portal.mirror.opt_ins import switched_on
from portal.mirror.resource import OptIn
from portal.sync.models import SyncPlan
from tests.sync_pages.conftest import words

pytestmark = pytest.mark.pages


def test_a_sensitive_kind_is_switched_on_with_a_reason_and_by_whom(office, administrator, signed_in):
    user = administrator()
    client = signed_in(user)
    address = reverse("sync:opt_ins", args=[office.environment.pk])
    assert client.post(address, {"absence": "on"}).status_code == 422
    assert switched_on(office.environment.pk) == set()
    client.post(address, {"absence": "on", "absence_reason": "return to work"})
    assert switched_on(office.environment.pk) == {OptIn.ABSENCE}
    choice = OptInChoice.objects.get()
    assert (choice.reason, choice.decided_by) == ("return to work", user)
    client.post(address, {})
    assert switched_on(office.environment.pk) == set()


def test_whoever_signed_in_a_while_ago_confirms_it_before_choosing(office, administrator, signed_in):
    client = signed_in(administrator())
    session = client.session
    session[SIGNED_IN] -= 301
    session.save()
    address = reverse("sync:opt_ins", args=[office.environment.pk])
    for answer in (client.get(address), client.post(address, {"absence": "on", "absence_reason": "return to work"})):
        assert answer.headers["Location"].startswith("/account/confirm/?next=")
    assert switched_on(office.environment.pk) == set()


def test_only_who_manages_connections_chooses(office, accountant, signed_in):
    address = reverse("sync:opt_ins", args=[office.environment.pk])
    assert signed_in(accountant(office.a)).get(address).status_code in {403, 404}
    assert not OptInChoice.objects.exists()


def test_a_refused_answer_is_not_asked_about_again(office, administrator, signed_in):
    row = Freshness.objects.create(
        environment=office.environment,
        debtor=office.a,
        company=office.company,
        scope_key=f"company:{office.company.pk}",
        resource="contracts",
        state=State.HELD,
        error_kind="held",
        held_digest=b"h" * 16,
        last_success=clock.now(),
        last_attempt=clock.now(),
    )
    client = signed_in(administrator())
    assert "Keep the old data" in words(client.get(reverse("sync:overview")))
    client.post(reverse("sync:reject", args=[row.pk, (b"x" * 16).hex()]))
    row.refresh_from_db()
    assert bytes(row.rejected_digest) == b""
    client.post(reverse("sync:reject", args=[row.pk, (b"h" * 16).hex()]))
    row.refresh_from_db()
    assert (row.state, bytes(row.rejected_digest)) == (State.HELD, b"h" * 16)
    assert "Keep the old data" not in words(client.get(reverse("sync:overview")))


def test_a_record_left_out_is_shown_without_its_values_and_read_anew(office, administrator, accountant, signed_in):
    row = Quarantine.objects.create(
        environment=office.environment,
        debtor=office.a,
        company=office.company,
        scope_key=f"company:{office.company.pk}",
        resource="salaries",
        row_key="4711/9",
        field="amount",
        raw='{"amount": "canary"}',
        first_seen=clock.now(),
        last_seen=clock.now(),
    )
    client = signed_in(administrator())
    page = words(client.get(reverse("sync:quarantine")))
    assert "4711/9" in page
    assert "canary" not in page
    assert client.post(reverse("sync:again", args=[row.pk])).status_code == 302
    assert SyncPlan.objects.get().resource == "salaries"
    stranger = signed_in(accountant(office.b))
    assert "4711/9" not in words(stranger.get(reverse("sync:quarantine")))
    assert stranger.post(reverse("sync:again", args=[row.pk])).status_code == 404
