"""django-q2's settings, made by one pure function so that a test can hold them to their rules."""

from math import ceil
from typing import Any

TIMEOUT = 300
QUEUE_LIMIT = 1
BULK = 1


def worker_options(*, engine: str, workers: int = 0, testing: bool = False) -> dict[str, Any]:
    """Q_CLUSTER for a database engine.

    `workers` 0 means: one on SQLite (one writer at a time), two on PostgreSQL. `retry` exceeds
    timeout x (1 + ceil((queue_limit + bulk) / workers)) by a margin, because the lock on a task starts when
    the pusher takes it and waiting in memory counts. Attempts, retries and results are kept by SyncRun, so
    django-q2 keeps none.
    """
    count = workers or (1 if engine.endswith("sqlite3") else 2)
    return {
        "name": "portal",
        "orm": "default",
        "broker_class": "portal.jobs.door.CheckedBroker",
        "workers": count,
        "queue_limit": QUEUE_LIMIT,
        "bulk": BULK,
        "timeout": TIMEOUT,
        "retry": TIMEOUT * (1 + ceil((QUEUE_LIMIT + BULK) / count)) + TIMEOUT,
        "max_attempts": 1,
        "ack_failures": True,
        "save_limit": 0,
        "catch_up": False,
        "poll": 0.2,
        "recycle": 200,
        "max_rss": 600_000,
        "time_zone": "UTC",
        "guard_cycle": 1,
        "log_level": "WARNING" if testing else "INFO",
    }
