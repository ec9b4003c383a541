"""Marks of debtors: planted in every text and number of a debtor's rows, and found again in whatever somebody receives.

A text mark is `kan`, the letter of the debtor, four letters and digits that are different for every column, and a check
letter. A number mark is a number of seven digits that is planted once: 7, two digits of the debtor, four of the column.
"""

import base64
import gzip
import html
import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import unquote

#: Letters of debtors, in the order in which their numbers are given out.
LETTERS = "abcdpqvwuxyz"
DIGITS = "abcdefghijklmnopqrstuvwxyz0123456789"
_TEXT = re.compile(r"kan([a-z])([a-z0-9]{4})([a-z0-9])", re.IGNORECASE)
Mark = str | int
_NUMBER = re.compile(r"\d{1,3}(?:[.,\u00a0\u202f' ]\d{3})+|\d{7,}")


def check_letter(text: str) -> str:
    """Tells a planted mark from a chance one."""
    return DIGITS[sum(place * ord(letter) for place, letter in enumerate(text, 1)) % len(DIGITS)]


@dataclass
class Planted:
    """Gives out marks, and remembers whose they are."""

    numbers: dict[int, str] = field(default_factory=dict)
    texts: set[str] = field(default_factory=set)
    count: int = 0

    def text(self, letter: str, longest: int | None = None) -> str:
        """A new mark of the debtor; empty when it does not fit into `longest` characters."""
        if longest is not None and longest < 9:
            return ""
        self.count += 1
        rest, body = self.count, ""
        for _ in range(4):
            rest, digit = divmod(rest, len(DIGITS))
            body = DIGITS[digit] + body
        made = f"kan{letter}{body}"
        made += check_letter(made)
        self.texts.add(made)
        return made

    def number(self, letter: str) -> int:
        """A new number of seven digits."""
        self.count += 1
        made = 7_000_000 + LETTERS.index(letter) * 10_000 + self.count % 10_000
        assert made not in self.numbers
        self.numbers[made] = letter
        return made

    def found_in(self, content: bytes, *, but: str = "") -> set[str]:
        """The letters of the debtors whose marks are in `content`, in any of the usual disguises.

        Marks in `but`, which is what the person typed, do not count.
        """
        typed = set(self._marks(but)) if but else set()
        return {self.letter_of(mark) for mark in self.marks_in(content) - typed}

    def marks_in(self, content: bytes) -> set[Mark]:
        """The marks themselves: each was planted once."""
        return {mark for text in _readings(content) for mark in self._marks(text)}

    def letter_of(self, mark: Mark) -> str:
        """Whose it is."""
        return self.numbers[mark] if isinstance(mark, int) else mark[3]

    def _marks(self, text: str) -> Iterator[Mark]:
        for hit in _TEXT.finditer(text):
            if hit.group(0).lower() in self.texts:
                yield hit.group(0).lower()
        for hit in _NUMBER.finditer(text):
            value = int(re.sub(r"\D", "", hit.group(0)))
            if value in self.numbers:
                yield value


def _readings(content: bytes) -> Iterator[str]:
    """`content` as text: plain, unescaped, unquoted, UTF-16, base64, hex; and what is in an archive."""
    plain = content.decode("utf-8", "replace")
    yield plain
    if "&#" in plain:
        yield html.unescape(plain)
    if "%" in plain:
        yield unquote(plain)
    if b"\0" in content:
        yield content.replace(b"\0", b"").decode("latin-1")
    for hit in re.finditer(r"[A-Za-z0-9+/_-]{40,}", plain):
        yield from _decoded(hit.group(0))
    # A file, or an answer with headers before it.
    for part in (content, content.partition(b"\n\n")[2]):
        if part[:4] == b"PK\x03\x04":
            with zipfile.ZipFile(io.BytesIO(part)) as archive:
                for name in archive.namelist():
                    yield name
                    yield from _readings(archive.read(name))
        elif part[:2] == b"\x1f\x8b":
            yield from _readings(gzip.decompress(part))


def _decoded(run: str) -> Iterator[str]:
    for start in range(4):
        part = run[start:].replace("-", "+").replace("_", "/")
        part = part[: len(part) // 4 * 4]
        yield base64.b64decode(part).decode("latin-1")
    if re.fullmatch(r"[0-9a-fA-F]+", run):
        yield bytes.fromhex(run[: len(run) // 2 * 2]).decode("latin-1")
