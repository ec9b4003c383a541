"""Whether workers are alive: a process beats when it starts and with each task, so only work that gets done counts."""

import logging
import os
import socket
from datetime import datetime, timedelta
from typing import Any

from django.db import OperationalError

from portal import clock
from portal.jobs.models import Heartbeat
from portal.jobs.queue import scrubbed

logger = logging.getLogger(__name__)

#: A little task comes every minute, django-q2 looks at its schedules about every 30 seconds.
SILENCE = timedelta(minutes=3)
#: A process that was silent so long has ended; a shift of work takes a few minutes.
ENDED = timedelta(hours=1)


@scrubbed
def beat() -> None:
    """The little task of every minute: what beats is that it was begun. Forgets processes that have ended."""
    Heartbeat.objects.filter(beat_at__lt=clock.now() - ENDED).delete()
    _write()


def beat_at_start(**_: Any) -> None:
    """Write the first sign of life of a process that django-q2 has just started, before its first task would."""
    _try_to_write(started=True)


def beat_with_task(**_: Any) -> None:
    """Write the sign of life of a process that begins a task."""
    _try_to_write()


def last_beat() -> datetime | None:
    """The latest sign of life of any worker; None: there never was one lately."""
    return Heartbeat.objects.order_by("-beat_at").values_list("beat_at", flat=True).first()


def worker_alive() -> bool:
    """Whether a worker has begun a task or started lately."""
    return Heartbeat.objects.filter(beat_at__gte=clock.now() - SILENCE).exists()


def _try_to_write(*, started: bool = False) -> None:
    """A busy database must not keep the worker from its work: the next beat follows."""
    try:
        _write(started=started)
    except OperationalError:
        logger.warning("a worker could not write its sign of life", exc_info=True)


def _write(*, started: bool = False) -> None:
    now = clock.now()
    # The number of a process that has ended may be given to a new one: a start is then told anew.
    again = {"beat_at": now, "started": now} if started else {"beat_at": now}
    name = f"{socket.gethostname()}:{os.getpid()}"
    Heartbeat.objects.update_or_create(name=name, defaults=again, create_defaults={"beat_at": now, "started": now})
