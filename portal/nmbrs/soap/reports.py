"""Background reports: start one, ask until it is ready, take the document out of the answer (soap_wire section 9)."""

import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from threading import Event

from portal.nmbrs.soap.body import PIECE, Body, BodySizeError
from portal.nmbrs.soap.parsing import local_name, strict_target_parser
from portal.source import AnswerMalformed, AnswerTooLarge, FaultUnknown, ReportFailed, Soap, Unavailable

#: Seconds that a report may take before it counts as stuck.
PATIENCE = 15 * 60.0
#: Seconds between two questions: the first ones soon, then calmly.
PAUSES = (0.2, 0.5, 1.0, 1.0, 2.0, 3.0)
LAST_PAUSE = 5.0
#: A task that ends without a document is started so often in all.
TRIES = 2
#: Faults that mean "this task is of no use any more, start another".
TASK_LOST = frozenset({2019, 2020, 2021})

_UNDER_WAY = frozenset({"Enqueued", "Executing"})
_RESULT = Soap(
    "Reports_BackgroundTask_Result", "ReportService", ".", {"status": "Status"}, parameters={"TaskId": "task"}
)
#: The content says utf-16 though its bytes are not.
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")

Call = Callable[..., Body]


@dataclass
class _Task:
    """One report on its way."""

    given: Mapping[str, str]
    number: str
    tries: int = 1
    document: Body | None = None


class Reports:
    """Reads background reports through `call`; `closing` ends the waiting, `cap` limits a document in bytes."""

    def __init__(self, call: Call, closing: Event, cap: int) -> None:
        self._call = call
        self._closing = closing
        self._cap = cap

    def read(self, binding: Soap, wanted: Sequence[Mapping[str, str]]) -> tuple[list[Body], int]:
        """The documents of reports, in order, and how many calls they took.

        All are started first, so that Nmbrs makes them side by side. A task that fails or is lost is started anew
        once. Raises ReportFailed after that or when one takes too long, and whatever a call raises.
        """
        tasks = [_Task(given, self._start(binding, given)) for given in wanted]
        calls = len(tasks)
        until = time.monotonic() + PATIENCE
        pauses = iter(PAUSES)
        while pending := [task for task in tasks if task.document is None]:
            if self._closing.wait(next(pauses, LAST_PAUSE)):
                raise Unavailable(binding.operation, detail="stopped")
            if time.monotonic() > until:
                raise ReportFailed(binding.operation, detail="not ready in time")
            for task in pending:
                calls += 1 + self._look(binding, task)
        return [task.document for task in tasks if task.document is not None], calls

    def _start(self, binding: Soap, given: Mapping[str, str]) -> str:
        result = f"{binding.operation}Result"
        return _Answer.of(self._call(binding, given), result).texts.get(result, "")

    def _look(self, binding: Soap, task: _Task) -> int:
        """Ask how a task is. Returns how many calls that took besides the asking."""
        try:
            body = self._call(_RESULT, {"task": task.number}, longest=self._cap)
        except FaultUnknown as fault:
            if fault.code not in TASK_LOST:
                raise
            return self._start_anew(binding, task)
        document = _Document(self._cap)
        try:
            answer = _Answer.of(body, "Status", into={"Content": document.add}).texts
            status = answer.get("Status", "")
            if status == "Success":
                task.document = document.end()
        except BodySizeError:
            raise AnswerTooLarge(binding.operation, detail=f"more than {self._cap} bytes") from None
        if task.document is not None:
            if not task.document.well_formed:
                raise AnswerMalformed(binding.operation, detail="report not well-formed")
            task.document.settle()
        elif status not in _UNDER_WAY:
            return self._start_anew(binding, task)
        return 0

    def _start_anew(self, binding: Soap, task: _Task) -> int:
        if task.tries >= TRIES:
            raise ReportFailed(binding.operation)
        task.tries += 1
        task.number = self._start(binding, task.given)
        return 1


class _Document:
    """A report on its way from the text of an answer into a body of its own, a block at a time.

    The parser gives the text in pieces of a few characters, cut at every entity.
    """

    def __init__(self, cap: int) -> None:
        self._body = Body(cap)
        self._waiting: list[str] = []
        self._length = 0
        self._begun = False

    def add(self, text: str) -> None:
        """Take the next piece of text. Raises BodySizeError."""
        self._waiting.append(text)
        self._length += len(text)
        if self._length >= PIECE:
            self._pass_on()

    def end(self) -> Body:
        """The whole document. Raises BodySizeError."""
        self._pass_on()
        self._body.end()
        return self._body

    def _pass_on(self) -> None:
        text = "".join(self._waiting)
        if not self._begun:
            # The declaration names an encoding that the text does not have any more.
            text = _DECLARATION.sub("", text, count=1)
            self._begun = True
        self._waiting.clear()
        self._length = 0
        for start in range(0, len(text), PIECE):
            self._body.add(text[start : start + PIECE].encode())


class _Answer:
    """Takes the texts of some elements out of an answer, however long they are. Target of a parser.

    Texts named in `into` are handed on piece by piece, the others are kept.
    """

    def __init__(self, wanted: tuple[str, ...], into: Mapping[str, Callable[[str], None]]) -> None:
        self._wanted = wanted
        self._into = into
        self._open = ""
        self._pieces: dict[str, list[str]] = {}

    @classmethod
    def of(cls, body: Body, *wanted: str, into: Mapping[str, Callable[[str], None]] | None = None) -> "_Answer":
        """Read a body that was checked already."""
        answer = cls(wanted, into or {})
        parser = strict_target_parser(answer)
        for piece in body.pieces():
            parser.feed(piece)
        parser.close()
        return answer

    @property
    def texts(self) -> dict[str, str]:
        """The texts by local name."""
        return {name: "".join(pieces) for name, pieces in self._pieces.items()}

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """An element begins."""
        name = local_name(tag)
        if name in self._into:
            self._open = name
        elif name in self._wanted:
            self._open = name
            self._pieces[name] = []

    def end(self, tag: str) -> None:
        """An element ends."""
        if local_name(tag) == self._open:
            self._open = ""

    def data(self, text: str) -> None:
        """A piece of text."""
        if self._open in self._into:
            self._into[self._open](text)
        elif self._open:
            self._pieces[self._open].append(text)

    def close(self) -> None:
        """The document is over."""
