"""Secrets with a mark, and the search for them in any of the usual disguises."""

import base64
import re
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

KINDS = ("token", "bsn", "iban", "totp", "recovery", "sign-on")


@dataclass
class Secrets:
    """What was planted, by kind."""

    planted: dict[str, list[str]] = field(default_factory=lambda: {kind: [] for kind in KINDS})

    def token(self, kind: str) -> str:
        """A new one that no other place in the world holds."""
        made = secrets.token_hex(20)
        self.add(kind, made)
        return made

    def add(self, kind: str, *values: str) -> None:
        """Remember what was planted."""
        self.planted[kind] += [value for value in values if value not in self.planted[kind]]

    @property
    def count(self) -> int:
        return sum(map(len, self.planted.values()))

    def found_in(self, content: bytes, *, but: Iterable[str] = ()) -> list[str]:
        """Which secrets are in `content`, as kind and disguise; never the secret itself."""
        return [f"{kind} {number}, {disguise}" for kind, number, disguise in self._hits(content, set(but))]

    def _hits(self, content: bytes, but: set[str]) -> Iterator[tuple[str, int, str]]:
        for kind, values in self.planted.items():
            for number, value in enumerate(values if kind not in but else []):
                for disguise, form in disguises(value):
                    if form not in content:
                        continue
                    # Nine digits may stand inside a longer number by chance.
                    if not form.isdigit() or re.search(rb"(?<!\d)" + re.escape(form) + rb"(?!\d)", content):
                        yield kind, number, disguise


def disguises(value: str) -> Iterator[tuple[str, bytes]]:
    """The forms in which a value may lie about."""
    plain = value.encode()
    yield "plain", plain
    yield "reversed", plain[::-1]
    yield "hex", plain.hex().encode()
    yield "hex in capitals", plain.hex().upper().encode()
    yield "UTF-16", value.encode("utf-16-le")
    yield "UTF-16 the other way", value.encode("utf-16-be")
    for shift in range(3):
        # What stands before decides how the bits fall; the outer letters hold bits of the neighbours.
        encoded = base64.b64encode(b"\0" * shift + plain).decode()
        cut = encoded[(0, 2, 3)[shift] : (len(plain) + shift) * 8 // 6]
        yield f"base64 at {shift}", cut.encode()
    grouped = " ".join(value[start : start + 4] for start in range(0, len(value), 4))
    if re.fullmatch(r"[A-Z]{2}\d{2}[A-Z0-9]+", value):
        yield "in groups of four", grouped.encode()
