"""What pages call things, by who reads them.

Where the reader works in Business environments alone there are no clients. People of a client read nothing of accounts,
runs and syncs that only an office can do something about.

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

    Question = Callable[[], bool]

_without_clients: "ContextVar[Question]" = ContextVar("without_clients", default=lambda: False)
_of_client: "ContextVar[Question]" = ContextVar("of_client", default=lambda: False)


def without_clients() -> bool:
    """Whether the reader of this page has no clients, only companies."""
    return _without_clients.get()()


def of_client() -> bool:
    """Whether the reader of this page belongs to clients alone."""
    return _of_client.get()()


@contextmanager
def answered_by(without_clients: "Question", of_client: "Question") -> Iterator[None]:
    """While this lasts these say who reads; they are asked when a text needs it."""
    tokens = _without_clients.set(without_clients), _of_client.set(of_client)
    try:
        yield
    finally:
        _without_clients.reset(tokens[0])
        _of_client.reset(tokens[1])


def by_reader(with_clients: "Text", without: "Text") -> Any:
    """A lazy text: the one that fits whoever reads it."""
    return _either(with_clients, without)


def by_side(office: "Text", client: "Text") -> Any:
    """A lazy text: for people of the office, and in plain words for those of a client."""
    return _either_side(office, client)


def _chosen(with_clients: "Text", without: "Text") -> str:
    return str(without if without_clients() else with_clients)


def _chosen_side(office: "Text", client: "Text") -> str:
    return str(client if of_client() else office)


_either = lazy(_chosen, str)
_either_side = lazy(_chosen_side, str)
