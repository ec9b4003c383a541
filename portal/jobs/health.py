"""Whether a worker is alive: it beats when it starts, then by a little task, so only work that gets done counts."""

import logging
from datetime import timedelta
from typing import Any

from django.db import OperationalError

from portal import clock
from portal.jobs.models import Heartbeat

logger = logging.getLogger(__name__)

#: The beat comes every minute, django-q2 looks at its schedules about every 30 seconds.
SILENCE = timedelta(minutes=3)


def beat() -> None:
    """Write the sign of life (a scheduled task)."""
    Heartbeat.objects.update_or_create(pk=1, defaults={"beat_at": clock.now()})


def beat_at_start(**_: Any) -> None:
    """Write the first sign of life of a worker that django-q2 has just started, a minute before the first task would.

    A busy database must not keep the worker from its work: the scheduled beat follows.
    """
    try:
        beat()
    except OperationalError:
        logger.warning("a starting worker could not write its first sign of life", exc_info=True)


def worker_alive() -> bool:
    """Whether a worker has done a task or started lately."""
    return Heartbeat.objects.filter(beat_at__gte=clock.now() - SILENCE).exists()
