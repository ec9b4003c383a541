"""The log of every test is looked through for secrets: the token of the embedded Nmbrs, numbers of its people, seeds.

It sees what loggers were given, before the portal's own log masks it. LEAK_LOG=DEBUG looks at every level, as a lane of
`make test-long` does; without it at what the settings let pass, since a lower level would change what other tests see.
"""

import logging
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from portal.nmbrs.sandbox.credentials import TOKEN
from portal.nmbrs.sandbox.firm.numbers import bsn
from portal.settings.masking import _IBAN, is_iban

_NINE_DIGITS = re.compile(r"(?<!\d)\d{9}(?!\d)")
#: The seed of an app for codes: allauth makes twenty bytes, in base32.
_SEED = re.compile(r"(?<![A-Za-z0-9])[A-Z2-7]{32}(?![A-Za-z0-9])")
#: More people than any firm of a test has.
PEOPLE = 20_000


@cache
def numbers_of_people() -> frozenset[str]:
    """The BSNs that the embedded Nmbrs gives out. They pass the eleven-test."""
    return frozenset(bsn(index) for index in range(PEOPLE))


def leaks(text: str) -> list[str]:
    """What kinds of secrets are in a line of the log."""
    found = ["the token"] if TOKEN in text else []
    if any(number in numbers_of_people() for number in _NINE_DIGITS.findall(text)):
        found.append("a BSN")
    if any(is_iban(hit[0]) for hit in _IBAN.finditer(text)):
        found.append("a bank account")
    if _SEED.search(text):
        found.append("a seed")
    return found


class LeakLog(logging.Handler):
    """Remembers which loggers were given a secret, and not the secret."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.setFormatter(logging.Formatter())
        self.found: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.found += [f"{record.name} ({record.levelname}) was given {kind}" for kind in leaks(self.format(record))]


@contextmanager
def watched() -> Iterator[LeakLog]:
    """Everything that is logged meanwhile."""
    root, log = logging.getLogger(), LeakLog()
    before = root.level
    root.addHandler(log)
    if os.environ.get("LEAK_LOG"):
        root.setLevel(os.environ["LEAK_LOG"])
    try:
        yield log
    finally:
        root.removeHandler(log)
        root.setLevel(before)
