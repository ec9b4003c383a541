"""Where the state of a budget is kept: one small value that is read and replaced under a lock."""

import fcntl
import os
import struct
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple, Protocol, TypeVar

T = TypeVar("T")


class State(NamedTuple):
    """What all users of one budget share. Moments are seconds on the clock of the store."""

    #: The moment of the next free slot.
    slot: float
    #: Calls a second.
    rate: float
    #: When the budget last gave way; minus infinity: not yet.
    slowed: float
    #: Up to when growth of the rate has been taken.
    grown: float


class Store(Protocol):
    """Keeps one State: FileStore for one machine, portal.connections.budget for several."""

    @property
    def name(self) -> str:
        """What tells this store from others of the process."""

    def exchange(self, change: Callable[[State | None, float], tuple[State, T]]) -> T:
        """Call `change(state, now)` while nobody else can, keep the new state, and return the second value.

        `state` is None when nothing usable is kept; `now` is one clock for all users of the store.
        """

    def close(self) -> None:
        """Let go of what is open. A later exchange opens it again."""


class FileStore:
    """A state file under flock: for all processes of one machine.

    The clock is the machine's monotonic one: no jump of the wall clock can stop or free the budget. The file is
    opened per exchange, so that threads exclude each other as processes do and nothing is shared over a fork.
    """

    _FORM = struct.Struct("<4d")

    def __init__(self, path: Path) -> None:
        self._path = path
        path.parent.mkdir(parents=True, exist_ok=True)

    @property
    def name(self) -> str:
        """The path of the file."""
        return str(self._path)

    def exchange(self, change: Callable[[State | None, float], tuple[State, T]]) -> T:
        """See Store. Waits for the lock as long as others hold it (microseconds)."""
        handle = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            kept = os.pread(handle, self._FORM.size, 0)
            state = State(*self._FORM.unpack(kept)) if len(kept) == self._FORM.size else None
            changed, answer = change(state, time.monotonic())
            os.pwrite(handle, self._FORM.pack(*changed), 0)
            return answer
        finally:
            os.close(handle)

    def close(self) -> None:
        """See Store: nothing stays open."""
