"""A worker that starts is known to be alive at once."""

from pathlib import Path

import pytest
from django_q.models import Schedule

from portal.jobs.health import worker_alive
from portal.jobs.models import Heartbeat
from tests.sync.test_killed_worker import kill, start_cluster, wait_until

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]


def test_a_starting_worker_beats_before_any_task(tmp_path: Path) -> None:
    # Without schedules no task can beat.
    Schedule.objects.all().delete()
    assert not worker_alive()
    cluster = start_cluster("http://127.0.0.1:9", tmp_path)
    try:
        wait_until("the first sign of life", worker_alive, seconds=30)
    finally:
        kill(cluster)
    assert Heartbeat.objects.count() == 1
