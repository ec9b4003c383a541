"""Who acts: known to what handles a request or runs a command, so that deep in the code nobody has to pass it on."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from ipaddress import ip_address

_LABEL = re.compile(r"[a-z][a-z0-9_, .:-]{0,79}")


@dataclass(frozen=True)
class Actor:
    """Somebody who signed in, or a program.

    `label`: the roles at the time or the program, never a name. `firms`: those that the act is about when nothing else
    says so. `look_as`: the person whose view is borrowed.
    """

    id: int | None
    label: str
    look_as: int | None = None
    address: str = ""
    firms: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if not _LABEL.fullmatch(self.label):
            raise ValueError("An actor's label is roles or the name of a program, in small letters.")


SYSTEM = Actor(None, "system")

_current: ContextVar[Callable[[], Actor] | None] = ContextVar("audit_actor", default=None)


def current() -> Actor:
    """Who acts now; the system where nobody said so."""
    ask = _current.get()
    return SYSTEM if ask is None else ask()


@contextmanager
def acting(actor: Actor | Callable[[], Actor]) -> Iterator[None]:
    """Within the block `actor` acts; a function is asked at each entry, because a request may sign somebody in."""
    token = _current.set(actor if callable(actor) else lambda: actor)
    try:
        yield
    finally:
        _current.reset(token)


def command(name: str) -> Actor:
    """A management command, whoever typed it: the machine does not know."""
    return Actor(None, f"command {name}")


def address_of(remote: str) -> str:
    """`remote` as an address, or nothing where it is none."""
    try:
        return str(ip_address(remote.strip()))
    except ValueError:
        return ""
