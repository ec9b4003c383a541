"""Threat 33: what was put into the tables of the queue by somebody else is not called."""

import logging
import queue
import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from django_q.brokers import get_broker
from django_q.models import OrmQ, Schedule
from django_q.pusher import pusher
from django_q.scheduler import scheduler
from django_q.signing import SignedPackage
from django_q.tasks import async_task

from portal.jobs.door import CheckedBroker, NotATask
from portal.jobs.queue import enqueue
from portal.jobs.schedules import _declared

pytestmark = [pytest.mark.pages, pytest.mark.django_db]

CALLED: list[str] = []
WORK = "portal.sync.tasks.work"


def dangerous(*_: Any, **__: Any) -> None:
    """What an attacker would have called."""
    CALLED.append("called")


@pytest.fixture(autouse=True)
def nothing_was_called() -> Iterator[None]:
    CALLED.clear()
    yield
    assert CALLED == []


def pushed() -> list[dict[str, Any]]:
    """What django-q2's own pusher hands to the workers."""
    for_workers: queue.Queue[dict[str, Any]] = queue.Queue()
    once = threading.Event()
    once.set()
    pusher(for_workers, once, get_broker())  # type: ignore[arg-type]
    return list(for_workers.queue)


def waiting(payload: str) -> None:
    OrmQ.objects.create(key="portal", payload=payload, lock=timezone.now() - timedelta(seconds=1))


def signed(**changed: Any) -> str:
    """A task as django-q2 signs it, with the key of the portal."""
    task = {"id": "1", "name": WORK, "func": WORK, "args": (1,), "kwargs": {}, "started": timezone.now()}
    return SignedPackage.dumps({**task, **changed})


def test_a_task_of_the_portal_reaches_a_worker() -> None:
    enqueue(WORK, 7)
    (task,) = pushed()
    assert (task["func"], task["args"]) == (WORK, (7,))


def test_threat_33_one_changed_byte_anywhere_and_the_task_is_not_called(caplog: pytest.LogCaptureFixture) -> None:
    enqueue(WORK, 7)
    payload = OrmQ.objects.get().payload
    OrmQ.objects.all().delete()
    for place in range(len(payload)):
        waiting(payload[:place] + ("A" if payload[place] != "A" else "B") + payload[place + 1 :])
        assert pushed() == [], place
        assert not OrmQ.objects.exists()
    refusals = [record for record in caplog.records if record.name == "portal.jobs.door"]
    assert len(refusals) == len(payload)
    assert all(payload[-10:] not in record.getMessage() for record in refusals)


@pytest.mark.parametrize("payload", ["", "x", "a:b:c", "gAAAAA", "é" * 50])
def test_nonsense_is_not_called_and_does_not_stay(payload: str) -> None:
    waiting(payload)
    assert pushed() == []
    assert not OrmQ.objects.exists()


@pytest.mark.parametrize(
    "changed",
    [
        {"func": "os.system", "args": ("true",)},
        {"func": f"{__name__}.dangerous"},
        {"func": dangerous},
        {"func": "portal.sync.tasks.enqueue", "args": (WORK, 1)},
        {"func": "portal.accounts.rights.give"},
        {"func": "portal.nothing.here"},
        {"func": "portal"},
        {"args": ({"bsn": 1},)},
        {"args": (1.5,)},
        {"args": (b"x",)},
        {"kwargs": {"environment_id": 1}},
        {"hook": f"{__name__}.dangerous"},
        {"chain": [(f"{__name__}.dangerous", (), {})]},
        {"sync": True},
        {"iter_count": 3},
    ],
    ids=lambda fields: str(fields).partition(" at 0x")[0],
)
def test_even_a_signed_task_is_one_of_the_portal_with_numbers_and_words(changed: dict[str, Any]) -> None:
    waiting(signed(**changed))
    assert pushed() == []
    assert not OrmQ.objects.exists()


def test_the_same_goes_for_putting_it_there() -> None:
    for name, options in (("os.system", {}), (WORK, {"hook": "os.system"}), (WORK, {"sync": True}), (WORK, {"x": 1})):
        with pytest.raises(NotATask):
            async_task(name, 1, **options)
    with pytest.raises(NotATask):
        async_task(WORK, {"bsn": "x"})
    with pytest.raises(NotATask):
        async_task(dangerous)
    assert not OrmQ.objects.exists()


@pytest.mark.parametrize(
    "fields",
    [
        {"func": f"{__name__}.dangerous"},
        {"func": f"{__name__}.dangerous", "kwargs": "{'q_options': {'sync': True}}"},
        {"func": WORK, "args": "1", "hook": f"{__name__}.dangerous"},
        {"func": "os.system", "args": "'true'"},
    ],
    ids=str,
)
def test_a_row_that_somebody_wrote_into_the_schedules_calls_nothing(
    fields: dict[str, str], caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    # It would close the connection of the test.
    monkeypatch.setattr("django_q.scheduler.close_old_django_connections", lambda: None)
    Schedule.objects.all().delete()
    Schedule.objects.create(name="mine", schedule_type=Schedule.ONCE, next_run=timezone.now() - timedelta(1), **fields)
    with caplog.at_level(logging.ERROR, "django-q"):
        scheduler(get_broker())
    assert "Could not create task from schedule" in caplog.text
    assert not OrmQ.objects.exists()
    assert pushed() == []


def test_everything_that_is_scheduled_is_a_task() -> None:
    assert len(_declared) >= 6
    for name in _declared:
        async_task(name)
    assert OrmQ.objects.count() == len(_declared)
    assert isinstance(get_broker(), CheckedBroker)
