"""What pages call things where the reader works in Business environments alone: there are no clients then.

Like the language of a page this is asked from deep inside texts, so it goes with the request instead of through every
call. Outside a request (commands, mails) the words are those of an office with clients.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from django.utils.functional import lazy

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    Text = str | _StrPromise

_answer: ContextVar[Callable[[], bool]] = ContextVar("without_clients", default=lambda: False)


def without_clients() -> bool:
    """Whether the reader of this page has no clients, only companies."""
    return _answer.get()()


@contextmanager
def answered_by(question: Callable[[], bool]) -> Iterator[None]:
    """While this lasts `question` says whether the reader has no clients; it is asked when a text needs it."""
    token = _answer.set(question)
    try:
        yield
    finally:
        _answer.reset(token)


def by_reader(with_clients: "Text", without: "Text") -> Any:
    """A lazy text: the one that fits whoever reads it."""
    return _either(with_clients, without)


def _chosen(with_clients: "Text", without: "Text") -> str:
    return str(without if without_clients() else with_clients)


_either = lazy(_chosen, str)
