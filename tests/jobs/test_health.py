"""Signs of life: one row a process, and how many wake-ups wait."""

import os
import socket
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django_q.models import OrmQ
from django_q.signals import pre_execute

from portal.jobs.health import ENDED, SILENCE, beat, beat_at_start, last_beat, worker_alive
from portal.jobs.models import Heartbeat
from portal.jobs.queue import enqueue, queue_length

pytestmark = [pytest.mark.pages, pytest.mark.django_db]

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def test_a_process_has_one_row_however_often_it_beats() -> None:
    with time_machine.travel(NOW, tick=False):
        beat_at_start()
    with time_machine.travel(NOW + timedelta(minutes=1), tick=False):
        beat()
        row = Heartbeat.objects.get()
    assert row.name == f"{socket.gethostname()}:{os.getpid()}"
    assert (row.started, row.beat_at) == (NOW, NOW + timedelta(minutes=1))


def test_a_process_that_gets_the_number_of_an_old_one_started_when_it_started() -> None:
    with time_machine.travel(NOW, tick=False):
        beat_at_start()
    with time_machine.travel(NOW + timedelta(minutes=9), tick=False):
        beat_at_start()
    assert Heartbeat.objects.get().started == NOW + timedelta(minutes=9)


def test_every_task_that_begins_is_a_sign_of_life() -> None:
    pre_execute.send(sender="django_q", func=None, task={})
    assert worker_alive()


def test_one_process_that_beats_is_enough_and_silence_is_not() -> None:
    assert not worker_alive()
    assert last_beat() is None
    Heartbeat.objects.create(name="other:1", started=NOW, beat_at=NOW - timedelta(minutes=30))
    Heartbeat.objects.create(name="this:1", started=NOW, beat_at=NOW)
    assert last_beat() == NOW
    with time_machine.travel(NOW + SILENCE, tick=False):
        assert worker_alive()
    with time_machine.travel(NOW + SILENCE + timedelta(seconds=1), tick=False):
        assert not worker_alive()


def test_processes_that_have_ended_are_forgotten() -> None:
    Heartbeat.objects.create(name="ended:1", started=NOW, beat_at=NOW)
    Heartbeat.objects.create(name="lives:1", started=NOW, beat_at=NOW + timedelta(minutes=5))
    with time_machine.travel(NOW + ENDED + timedelta(minutes=1), tick=False):
        beat()
    assert not Heartbeat.objects.filter(name="ended:1").exists()
    assert Heartbeat.objects.filter(name="lives:1").exists()


def test_the_length_of_the_queue_leaves_out_what_a_worker_is_at() -> None:
    assert queue_length() == 0
    for number in range(3):
        enqueue("portal.sync.tasks.work", number)
    assert queue_length() == 3
    taken = OrmQ.objects.order_by("pk").first()
    OrmQ.objects.filter(pk=taken.pk).update(lock=datetime.now(UTC) + timedelta(minutes=5))
    assert queue_length() == 2
