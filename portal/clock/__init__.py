"""Now and today, in one place, so that tests can move them and no module asks the host in its own way."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

AMSTERDAM = ZoneInfo("Europe/Amsterdam")

_unasked: ContextVar[bool] = ContextVar("unasked", default=False)


def now() -> datetime:
    """The current moment, UTC, aware. RuntimeError where the answer would be kept for later (`unasked`)."""
    if _unasked.get():
        raise RuntimeError("What is put together here is kept: a moment or a day has to be an argument of it.")
    return datetime.now(UTC)


def today() -> date:
    """The current day in the Netherlands: the day payroll dates are compared with."""
    return now().astimezone(AMSTERDAM).date()


@contextmanager
def unasked() -> Iterator[None]:
    """Nobody asks for the time while something is put together that is kept."""
    before = _unasked.set(True)
    try:
        yield
    finally:
        _unasked.reset(before)
