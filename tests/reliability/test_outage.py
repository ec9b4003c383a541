"""R5: Nmbrs is down for 24 hours of a simulated clock. Pages go on, one trial call a quarter of an hour is all that
reaches out, and when Nmbrs is back everything catches up by itself.
"""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any
from urllib.parse import urlsplit

import pytest
import stamina
import time_machine
from django.test import Client
from django.urls import reverse
from django_q.models import OrmQ

from portal import clock
from portal.accounts.models import User
from portal.connections.models import Environment, Health
from portal.debtors.models import Debtor
from portal.mirror.models import Freshness, State
from portal.mirror.resource import Lane, registry
from portal.nmbrs.sandbox import Sandbox
from portal.sync import breaker, tasks
from portal.sync.models import ROTATION, Breaker, SyncPlan, Trigger
from portal.sync.service import sync_now
from tests.reliability.reader import Reader
from tests.reliability.reader import look as state
from tests.reliability.truth import assert_equal

# SQLite only: a day of the clock is long, and nothing in it depends on the database.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]

MONDAY = datetime(2026, 11, 23, 8, 0, tzinfo=clock.AMSTERDAM)
FIRM = {"debtors": 2, "companies": 1, "employees": 4, "seed": 7, "today": MONDAY.date()}
#: Minutes between two calls of each schedule, as portal/sync/apps.py declares them.
SCHEDULES = ((1, tasks.wake_all), (10, tasks.nightly), (5, tasks.hourly), (1, tasks.recover))


class NobodyHome:
    """Takes the place of Nmbrs on its port and hangs up on everybody; remembers when somebody called."""

    def __init__(self, port: int) -> None:
        self.calls: list[datetime] = []
        self._socket = socket.create_server(("127.0.0.1", port))
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        while True:
            try:
                caller, _ = self._socket.accept()
            except OSError:
                return
            self.calls.append(clock.now())
            caller.close()

    def close(self) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join()


class Day:
    """The clock, the schedules, and a worker that does at once whatever it is woken for."""

    def __init__(self, traveller: Any) -> None:
        self._traveller = traveller
        self.now = MONDAY
        self.minutes = 0

    def pass_until(self, moment: datetime, done: Callable[[], bool] = lambda: False) -> None:
        while self.now < moment and not done():
            self.now = (self.now + timedelta(minutes=1)).astimezone(clock.AMSTERDAM)
            self.minutes += 1
            self._traveller.move_to(self.now)
            for every, task in SCHEDULES:
                if not self.minutes % every:
                    task()
            for entry in OrmQ.objects.all():
                assert entry.func() == "portal.sync.tasks.work"
                entry.delete()
                tasks.work(*entry.task["args"])


@contextmanager
def day() -> Iterator[Day]:
    with stamina.set_testing(True, attempts=2), time_machine.travel(MONDAY, tick=True) as traveller:
        yield Day(traveller)


def look(person: User, debtor: Debtor, age: str) -> None:
    """The pages of the mirror answer, and say of when they are."""
    client = Client()
    client.force_login(person)
    for address in (reverse("dashboards:clients"), reverse("dashboards:debtor", args=[debtor.pk])):
        response = client.get(address)
        assert response.status_code == 200
        assert age in response.content.decode(), address
    assert client.get(reverse("sync:overview")).status_code == 200


def test_a_day_without_nmbrs_leaves_pages_with_their_age_and_one_trial_call_a_quarter(
    connect: Callable[[str], Environment], administrator: Callable[[], User], settings: Any
) -> None:
    settings.NMBRS_FIXED_RATE = True
    with day() as today, Reader(pause=0.1) as reader:
        with Sandbox(**FIRM) as before:
            settings.NMBRS_HOSTS = [before.url]
            environment = connect(before.url)
            sync_now(environment)
            sync_now(environment, resource=ROTATION)
            standing = state()
            assert reader.strange({}, standing) == []
            reader.forget()
        person = administrator()
        port = urlsplit(before.url).port
        assert port is not None
        nobody = NobodyHome(port)
        try:
            debtor = Debtor.objects.order_by("pk").first()
            assert debtor is not None
            assert set(Freshness.objects.values_list("state", flat=True)) == {State.FRESH}
            last = Freshness.objects.earliest("last_success")
            age = last.last_success.isoformat(timespec="minutes")[:16]
            down = today.now
            for hours in (1, 8, 24):
                today.pass_until(down + timedelta(hours=hours))
                look(person, debtor, age)
            assert reader.strange(standing) == []
            assert environment.connections.get().health == Health.UNAVAILABLE
            assert Breaker.objects.get().pause_seconds == breaker.LONGEST_PAUSE
            assert not Freshness.objects.filter(last_success__gt=down + timedelta(minutes=1)).exists()
        finally:
            nobody.close()

        # The first hour: an hourly sync that finds nobody, then trials ever further apart. After that, one a quarter.
        quiet = [moment for moment in nobody.calls if moment > down + timedelta(hours=2)]
        assert len(nobody.calls) - len(quiet) <= 40
        gaps = [after - one for one, after in pairwise(quiet)]
        assert min(gaps) >= timedelta(minutes=15) - timedelta(seconds=5)
        assert max(gaps) <= timedelta(minutes=17)

        with Sandbox(**FIRM, port=port) as again:
            again.advance()
            back = today.now
            recovered = SyncPlan.objects.filter(trigger=Trigger.RECOVERY, finished__isnull=False)
            open_plans = SyncPlan.objects.filter(finished=None)
            today.pass_until(back + timedelta(minutes=30), lambda: recovered.exists() and not open_plans.exists())
            assert recovered.exists()
            assert (
                list(Freshness.objects.exclude(state=State.FRESH).values_list("resource", "state", "scope_key")) == []
            )
            fast = [resource.name for resource in registry if resource.lane is Lane.FAST]
            assert not Freshness.objects.filter(resource__in=fast, last_success__lt=back).exists()
            assert not Breaker.objects.exists()
            assert environment.connections.get().health == Health.WORKING
            assert_equal(environment, least=300, moved=True)
            # So many people as there were are read by the rotation of the recovery; those whose turn a new colleague
            # took come with the next one.
            sync_now(environment, resource=ROTATION)
            verdict = assert_equal(environment, least=300, slow=True, moved=True)
        # Nmbrs moved on once, while it was down: each kind of a company was seen as before or as after.
        assert reader.problem is None
        assert reader.looks > 100
        assert reader.strange(standing, state()) == []
        print(
            f"R5: {len(nobody.calls)} calls in 24 h, {len(quiet)} of them in the last 22 h, {min(gaps)} to {max(gaps)} "
            f"apart; all fresh {today.now - back} after it was back; {verdict}; "
            f"{reader.looks} looks of the reader, 0 strange"
        )
