"""Background tasks: reports that are asked for, wait their turn and are ready some questions later."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from uuid import UUID, uuid5

from portal.nmbrs.sandbox.envelope import nmbrs_fault
from portal.nmbrs.sandbox.fault_plan import FaultKind, FaultRule

ENQUEUED, EXECUTING, SUCCESS, ERROR, UNKNOWN = "Enqueued", "Executing", "Success", "Error", "Unknown"
#: Older tasks than the last so many are forgotten, which makes them unknown.
_MOST: Final = 1_000
_IDS: Final = UUID("c2a7c1de-0d4e-5b7f-9c55-3f3a8e2f6b10")


@dataclass(slots=True)
class _Task:
    #: Writes the content, which is done when it is handed over.
    write: Callable[[], str]
    #: The fault on request that decides how it ends.
    fate: FaultRule | None
    polls: int = 0


class Tasks:
    """The background tasks of one embedded Nmbrs. Safe to use from several threads."""

    def __init__(self, seed: int) -> None:
        #: How many questions about a task are answered Enqueued, and how many Executing after that.
        self.enqueued_polls = 1
        self.executing_polls = 0
        self._seed = seed
        self._lock = threading.Lock()
        self._tasks: OrderedDict[str, _Task] = OrderedDict()
        self._started = 0

    def start(self, write: Callable[[], str], fate: FaultRule | None) -> str:
        """The id of a new task whose content `write` makes."""
        with self._lock:
            self._started += 1
            identifier = str(uuid5(_IDS, f"{self._seed}/{self._started}"))
            self._tasks[identifier] = _Task(write, fate)
            if len(self._tasks) > _MOST:
                self._tasks.popitem(last=False)
            return identifier

    def poll(self, identifier: str, fate: FaultRule | None) -> tuple[str, str]:
        """Status of a task and, with Success, its content. Raises SoapFault when its fate is a fault."""
        with self._lock:
            task = self._tasks.get(identifier)
            if task is None:
                return UNKNOWN, ""
            task.polls += 1
            task.fate = fate or task.fate
            status = self._status(task)
        return status, task.write() if status == SUCCESS else ""

    def _status(self, task: _Task) -> str:
        if task.polls <= self.enqueued_polls:
            return ENQUEUED
        kind = task.fate.kind if task.fate else None
        if task.polls <= self.enqueued_polls + self.executing_polls or kind is FaultKind.TASK_STUCK:
            return EXECUTING
        if kind is FaultKind.TASK_FAULT and task.fate:
            raise nmbrs_fault(task.fate.code, "Background task result not available")
        return ERROR if kind is FaultKind.TASK_ERROR else SUCCESS
