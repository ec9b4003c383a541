"""R11: the shrink guard holds exactly by its rule: nothing left, or more than five and more than a tenth gone."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from portal.accounts.models import User
from portal.connections.models import Environment
from portal.debtors.models import Debtor
from portal.mirror.models import Freshness, State
from portal.nmbrs.sandbox import Sandbox
from portal.sync.models import Status, SyncRun
from portal.sync.service import sync_now
from tests.conftest import NOON
from tests.factories import make_debtor

pytestmark = [pytest.mark.pages, pytest.mark.django_db(transaction=True)]

KIND = "debtors"
LIST = "List_GetAll"


class Office:
    """So many clients in Nmbrs, all of them mirrored."""

    def __init__(self, environment: Environment, sandbox: Sandbox) -> None:
        self.environment = environment
        self.sandbox = sandbox
        self.sync()

    def sync(self) -> SyncRun:
        return sync_now(self.environment, resource=KIND).runs.get()

    def remember_more(self, count: int) -> None:
        """Clients that the mirror has from earlier and that Nmbrs does not list any more."""
        for number in range(count):
            make_debtor(
                self.environment, f"Vertrokken {number} BV", remote_id=900_000 + number, key=str(900_000 + number)
            )
        Freshness.objects.update(digest=b"")

    @property
    def freshness(self) -> Freshness:
        return Freshness.objects.get(environment=self.environment, resource=KIND)


@pytest.fixture
def office(connect: Callable[[str], Environment], settings: Any, request: pytest.FixtureRequest) -> Any:
    settings.NMBRS_FIXED_RATE = True
    with Sandbox(debtors=getattr(request, "param", 8), companies=1, employees=0, seed=7, today=NOON.date()) as sandbox:
        settings.NMBRS_HOSTS = [sandbox.url]
        yield Office(connect(sandbox.url), sandbox)


@pytest.mark.parametrize(
    ("office", "gone", "held"),
    [
        (8, 1, False),
        (8, 5, False),  # five are never too many
        (8, 6, True),
        (8, 40, True),
        (45, 5, False),  # 5 of 50
        (44, 6, True),  # 6 of 50: 12 %
        (53, 6, True),  # 6 of 59: just above a tenth
        (54, 6, False),  # 6 of 60: exactly a tenth
        (63, 7, False),  # 7 of 70
        (62, 7, True),  # 7 of 69
    ],
    indirect=["office"],
)
def test_more_than_five_and_more_than_a_tenth_gone_is_held_and_no_less(office: Office, gone: int, held: bool) -> None:
    office.remember_more(gone)
    before = set(Debtor.everything.values_list("pk", "fingerprint", "missing_since"))
    run = office.sync()
    if held:
        assert (run.status, run.error_detail) == (Status.HELD, f"{gone}/{len(before)}")
        assert set(Debtor.everything.values_list("pk", "fingerprint", "missing_since")) == before
        assert office.freshness.state == State.HELD
    else:
        assert (run.status, run.missing) == (Status.SUCCEEDED, gone)
        assert Debtor.objects.count() == len(before) - gone
        assert Debtor.everything.count() == len(before)
        assert office.freshness.state == State.FRESH


@pytest.mark.parametrize("office", [1, 3, 8], indirect=True)
def test_an_empty_list_where_there_was_something_is_held_however_little_there_was(office: Office) -> None:
    count = Debtor.objects.count()
    office.sandbox.faults.add("empty_list", operation=LIST)
    assert (office.sync().status, Debtor.objects.count()) == (Status.HELD, count)
    office.sandbox.faults.clear()
    assert (office.sync().status, Debtor.objects.count()) == (Status.SUCCEEDED, count)
    assert office.freshness.state == State.FRESH


def test_an_empty_list_where_there_never_was_anything_is_no_alarm(connect: Any, settings: Any) -> None:
    with Sandbox(debtors=2, companies=1, employees=0, seed=7, today=NOON.date()) as sandbox:
        settings.NMBRS_HOSTS = [sandbox.url]
        sandbox.faults.add("empty_list", operation=LIST)
        assert sync_now(connect(sandbox.url), resource=KIND).runs.get().status == Status.SUCCEEDED
        assert not Debtor.objects.exists()


@pytest.mark.parametrize(("office", "held"), [(10, False), (12, True), (40, True)], indirect=["office"])
def test_half_a_list_is_held_where_the_other_half_is_more_than_five(office: Office, held: bool) -> None:
    count = Debtor.objects.count()
    office.sandbox.faults.add("half_list", operation=LIST)
    assert office.sync().status == (Status.HELD if held else Status.SUCCEEDED)
    assert Debtor.objects.count() == (count if held else count // 2)
    assert Debtor.everything.count() == count
    # The next honest answer heals either.
    office.sandbox.faults.clear()
    assert office.sync().status == Status.SUCCEEDED
    assert Debtor.objects.count() == count
    assert not Debtor.everything.exclude(missing_since=None).exists()


def test_accepting_lets_through_exactly_the_answer_that_was_shown(
    office: Office, administrator: Callable[[], User]
) -> None:
    office.sandbox.faults.add("empty_list", operation=LIST)
    office.sync()
    decide(administrator(), "accept", office.freshness)
    assert Debtor.objects.count() == 8
    # A different answer than the accepted one waits again.
    office.sandbox.faults.clear()
    office.sandbox.faults.add("half_list", operation=LIST)
    office.remember_more(10)
    assert office.sync().status == Status.HELD
    assert Debtor.objects.count() == 18
    office.sandbox.faults.clear()
    office.sandbox.faults.add("empty_list", operation=LIST)
    assert office.sync().status == Status.SUCCEEDED
    assert not Debtor.objects.exists()
    assert Debtor.everything.count() == 18


def test_rejecting_keeps_the_rows_and_an_honest_answer_ends_it(
    office: Office, administrator: Callable[[], User]
) -> None:
    office.sandbox.faults.add("empty_list", operation=LIST)
    office.sync()
    decide(administrator(), "reject", office.freshness)
    for _ in range(2):
        assert office.sync().status == Status.HELD
        assert Debtor.objects.count() == 8
    row = office.freshness
    assert bytes(row.rejected_digest) == bytes(row.held_digest) != b""
    office.sandbox.faults.clear()
    assert office.sync().status == Status.SUCCEEDED
    row = office.freshness
    assert (row.state, bytes(row.rejected_digest), bytes(row.held_digest)) == (State.FRESH, b"", b"")


def decide(person: User, what: str, row: Freshness) -> None:
    client = Client()
    client.force_login(person)
    address = reverse(f"sync:{what}", args=[row.pk, bytes(row.held_digest).hex()])
    assert client.post(address).status_code == 302
