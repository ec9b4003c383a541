"""What a worker may call: the portal's own tasks, with numbers and words, and nothing that django-q2 adds to them.

The queue is signed with SECRET_KEY, but the table of schedules is not: whoever can write in it could have a worker
call any function there is (security.md, threat 33). So a task is looked at twice: before it is put into the queue, and
when it is taken out.
"""

import logging
from typing import Any

from django.utils.module_loading import import_string
from django_q.brokers.orm import ORM
from django_q.signing import BadSignature, SignedPackage

logger = logging.getLogger(__name__)

ARGUMENTS = (int, str)
#: Would call or queue something else, or call it where nobody looks.
EXTRAS = ("hook", "chain", "sync", "cached", "iter_count", "iter_cached")
Waiting = tuple[Any, str]


class NotATask(TypeError):
    """Something else than a task of the portal with numbers and words was to be called."""


def check(task: dict[str, Any]) -> None:
    """Raises NotATask for what a worker must not call. The message says the rule and holds nothing of the task."""
    name = task.get("func")
    if not isinstance(name, str) or not name.startswith("portal."):
        raise NotATask("Only functions of the portal are called, by their dotted name.")
    try:
        function = import_string(name)
    except ImportError:
        raise NotATask("There is no function of this name.") from None
    if getattr(function, "is_task", False) is not True:
        raise NotATask("Only functions that are marked as tasks are called.")
    if task.get("kwargs") or any(type(argument) not in ARGUMENTS for argument in task.get("args", ())):
        raise NotATask("Only numbers and words may be given to a task.")
    if any(task.get(extra) for extra in EXTRAS):
        raise NotATask("A task calls nothing else.")


def check_before_queue(task: dict[str, Any], **_: Any) -> None:
    """Refuse to queue what a worker must not call (pre_enqueue). Schedules come through here too."""
    check(task)


class CheckedBroker(ORM):  # type: ignore[misc]
    """django-q2's queue in the database; what must not be called is taken out of it and never reaches a worker."""

    def dequeue(self) -> list[Waiting] | None:
        """The next tasks that may be called."""
        waiting: list[Waiting] | None = super().dequeue()
        return [one for one in waiting if self._may_be_called(one)] if waiting else waiting

    def _may_be_called(self, waiting: Waiting) -> bool:
        number, payload = waiting
        try:
            check(SignedPackage.loads(payload))
        except (BadSignature, NotATask) as error:
            logger.error("what waited in the queue as number %s is not called: %s", number, _reason(error))
            self.fail(number)
            return False
        return True


def _reason(error: Exception) -> str:
    """django-q2's own text holds the signature that it found."""
    return str(error) if isinstance(error, NotATask) else "it was changed, or signed with another key."
