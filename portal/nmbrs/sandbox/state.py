"""The firm behind the wire with everything that calls share: kept answers, log, throttle, faults."""

import threading
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from portal.nmbrs.sandbox.answers import answer
from portal.nmbrs.sandbox.answers.reports import SERVICE as REPORTS
from portal.nmbrs.sandbox.answers.reports import answer_report
from portal.nmbrs.sandbox.calls import CallLog, ThrottleRule
from portal.nmbrs.sandbox.envelope import Call
from portal.nmbrs.sandbox.fault_plan import FaultPlan, FaultRule
from portal.nmbrs.sandbox.firm import Firm, advance
from portal.nmbrs.sandbox.tasks import Tasks
from portal.nmbrs.sandbox.writer import write_answer

#: A response element up to this size is kept; a bigger one is written anew each time, piece by piece.
_KEEP_ONE: Final = 2 * 1024 * 1024
_KEEP_ALL: Final = 192


class State:
    """One embedded Nmbrs. Safe to use from several threads."""

    def __init__(self, firm: Firm, latency: float = 0.0) -> None:
        self.firm = firm
        #: Seconds that every call waits before it is answered.
        self.latency = latency
        #: Megabytes of answers that are kept; the oldest go first.
        self.keep = _KEEP_ALL
        self.log = CallLog()
        self.throttle = ThrottleRule()
        self.faults = FaultPlan(firm.seed)
        self.tasks = Tasks(firm.seed)
        #: Set when the sandbox closes, so that no call sleeps on.
        self.closing = threading.Event()
        self._kept: OrderedDict[tuple[object, ...], bytes] = OrderedDict()
        self._kept_size = 0
        self._turn = threading.Condition()
        self._readers = 0

    @contextmanager
    def reading(self) -> Iterator[None]:
        """The firm does not move on while an answer is written."""
        with self._turn:
            self._readers += 1
        try:
            yield
        finally:
            with self._turn:
                self._readers -= 1
                self._turn.notify_all()

    def advance(self) -> int:
        """Move the firm to the next period when no answer is being written; returns the new version."""
        with self._turn:
            self._turn.wait_for(lambda: self._readers == 0)
            advance(self.firm)
            self._forget_answers()
            return self.firm.version

    def forget_answers(self) -> None:
        """Write every answer anew: for somebody who changed the firm's raw data by hand."""
        with self._turn:
            self._forget_answers()

    def _forget_answers(self) -> None:
        self._kept.clear()
        self._kept_size = 0

    def payload(self, call: Call, rule: FaultRule | None = None) -> bytes | Iterator[bytes]:
        """The response element: whole when it is small, in pieces when it is big. Within `reading()` only.

        `rule` may decide how a background report ends. Raises SoapFault for an object that does not exist.
        """
        if call.operation.service == REPORTS:
            # Not kept: a task has moved on when it is asked for again.
            return b"".join(write_answer(call.operation, answer_report(self.firm, self.tasks, call, rule)))
        key = (call.operation.service, call.operation.name, *sorted(call.parameters.items()))
        with self._turn:
            kept = self._kept.get(key)
            if kept is not None:
                self._kept.move_to_end(key)
                return kept
        pieces = write_answer(call.operation, answer(self.firm, call))
        begun: list[bytes] = []
        size = 0
        for piece in pieces:
            begun.append(piece)
            size += len(piece)
            if size > _KEEP_ONE:
                return _handed_over(begun, pieces)
        whole = b"".join(begun)
        self._keep(key, whole)
        return whole

    def _keep(self, key: tuple[object, ...], payload: bytes) -> None:
        with self._turn:
            if key in self._kept:
                return
            self._kept[key] = payload
            self._kept_size += len(payload)
            while self._kept_size > self.keep * 1024 * 1024:
                _, dropped = self._kept.popitem(last=False)
                self._kept_size -= len(dropped)


def _handed_over(begun: list[bytes], rest: Iterator[bytes]) -> Iterator[bytes]:
    """What is written already, given away piece by piece, then what is still to be written."""
    begun.reverse()
    while begun:
        yield begun.pop()
    yield from rest
