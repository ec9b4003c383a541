"""Reading an answer of which a record killed workers: in parts, each written down before it is begun."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Protocol

from portal.mirror.marks import mark_of
from portal.source import Record
from portal.sync import poison
from portal.sync.poison import Place


class Notes(Protocol):
    """Where the place of the attempt is written down."""

    def note(self, place: Place | None) -> None:
        """Keep it before the work; raises LeaseLost when somebody else works on the run by now."""


class Trial:
    """How the records of one answer are tried.

    `place`    what is known of the run.
    `held`     marks of the records in quarantine that killed a worker -> whether they are to be tried once more.
    `suspect`  the run itself killed workers: everything is read in parts.

    `left_out` fills while the records are read: those that are not touched, with their marks.
    """

    def __init__(self, notes: Notes, place: Place | None, held: Mapping[bytes, bool], *, suspect: bool) -> None:
        self._notes = notes
        self._place: Place = place or {}
        self._held = held
        self._suspect = suspect
        self.left_out: list[tuple[Record, bytes]] = []

    def records(self, read: Callable[[], Iterable[Record]], answer: bytes) -> Iterator[Record]:
        """The records that may be touched, in order; those that are tried once more come last, one by one.

        `read` gives the records of the answer from the beginning.
        """
        place = self._place
        if place.get("answer") != answer.hex():
            # Another answer: the positions of the old one mean nothing here.
            place = {name: value for name, value in place.items() if name not in {"part", "once", "out"}}  # type: ignore[assignment]
            place["answer"] = answer.hex()
        out = set(place.get("out", ()))
        ends = poison.parts(sum(1 for _ in read()), place.get("part")) if self._suspect else {}
        again: list[tuple[Record, bytes]] = []
        for number, record in enumerate(read()):
            if number in ends:
                self._notes.note({**place, "trying": [number, ends[number]]})
            if number not in out and not self._held:
                yield record
                continue
            mark = mark_of(record)
            if number in out or self._held.get(mark) is False:
                self.left_out.append((record, mark))
            elif mark in self._held:
                again.append((record, mark))
            else:
                yield record
        for record, mark in again:
            self._notes.note({**place, "mark": mark.hex()})
            yield record
        if ends or again:
            self._notes.note(place)
