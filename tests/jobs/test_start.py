"""A worker that starts is known to be alive at once, and steps back for pages."""

import os
import socket
from pathlib import Path

import pytest
from django_q.models import Schedule

from portal.jobs.health import worker_alive
from portal.jobs.models import Heartbeat
from portal.jobs.queue import worker_count
from tests.reliability.processes import ended, environment_of_children, start_cluster, wait_until

pytestmark = [pytest.mark.pages, pytest.mark.django_db(transaction=True)]


def test_a_starting_worker_beats_before_any_task(tmp_path: Path) -> None:
    # Without schedules no task can beat.
    Schedule.objects.all().delete()
    assert not worker_alive()
    children = environment_of_children("http://127.0.0.1:9", tmp_path) | {"PORTAL_WORKER_NICENESS": "13"}
    with ended(start_cluster(children, tmp_path / "cluster.log")):
        wait_until("the first sign of life", worker_alive, seconds=30)
        wait_until("that of every process", lambda: Heartbeat.objects.count() == worker_count(), seconds=30)
        # The processes that work yield the processor; the one that guards them does not have to.
        workers = [int(beat.name.split(":")[1]) for beat in Heartbeat.objects.all()]
        kept = max(13, os.getpriority(os.PRIO_PROCESS, 0))
        assert {os.getpriority(os.PRIO_PROCESS, pid) for pid in workers} == {kept}
    assert {beat.name.split(":")[0] for beat in Heartbeat.objects.all()} == {socket.gethostname()}
