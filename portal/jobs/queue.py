"""Waking workers. Only dotted names and numbers go into the queue: no function, no text, no personal data."""

import logging
import traceback
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

from django.conf import settings
from django_q.tasks import async_task, queue_size

logger = logging.getLogger(__name__)
P = ParamSpec("P")


def enqueue(name: str, *arguments: int, seconds: int | None = None) -> None:
    """Have a worker call the function with the dotted name `name`. Lost or doubled wake-ups must do no harm.

    `seconds`: how long it may take, where that is longer than a task usually may. It may then be woken twice.
    """
    if not all(isinstance(argument, int) for argument in arguments):
        raise TypeError("Only primary keys may be given to a task.")
    longer = {} if seconds is None else {"timeout": seconds}
    async_task(name, *arguments, task_name=name, **longer)


class TaskFailed(Exception):
    """A task broke. django-q2 keeps the text of an error for ever, so this one holds a type's name and no more."""


def scrubbed(task: Callable[P, None]) -> Callable[P, None]:
    """Mark a function as a task, which a worker may call (portal.jobs.door).

    An error leaves it only by the name of its type; where it happened goes into the log, without values.
    """

    @wraps(task)
    def call(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            task(*args, **kwargs)
        except Exception as error:  # noqa: BLE001 - whatever it is, its text must not be kept
            frames = "".join(traceback.format_tb(error.__traceback__))
            logger.error("task %s broke: %s\n%s", task.__qualname__, type(error).__name__, frames)
            raise TaskFailed(type(error).__name__) from None

    call.is_task = True  # type: ignore[attr-defined]
    return call


def worker_count() -> int:
    """How many tasks run side by side in one cluster."""
    return int(settings.Q_CLUSTER["workers"])


def queue_length() -> int:
    """How many wake-ups wait for a worker. Those that one is at are not counted."""
    return int(queue_size())
