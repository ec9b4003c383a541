"""How names are written in the index and how what somebody types is compared with them.

Both go through `fold`, so that what was typed holds nothing but letters and digits: there is no quote, wildcard or
operator that a database could take for its own.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

#: What is read of a text that somebody types; nobody has a longer name.
LONGEST = 100
MOST_WORDS = 6
LONGEST_WORD = 40
#: Shorter words are never taken for another word with a typing error: nearly all are one letter apart.
SHORTEST_ALIKE = 4
#: From so many letters on two errors are forgiven, below one.
TWO_ERRORS_FROM = 7
#: Letters that are no letter with a mark on it, so that taking marks away does not reach them.
_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th", "ħ": "h"})


def words(text: str) -> list[str]:
    """The words of a text in lower case and without marks: `Özdemir-van 't Hof B.V.` has ozdemir, van, t, hof, bv."""
    plain = text.casefold().replace(".", "")
    if not plain.isascii():
        plain = unicodedata.normalize("NFKD", plain.translate(_LETTERS))
        plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return "".join(letter if letter.isalnum() else " " for letter in plain).split()


def fold(text: str, longest: int) -> str:
    """The words with a space before and after each: what begins with a word holds a space and its first letters."""
    found = " ".join(words(text[:longest]))
    return f" {found[:longest]} " if found else ""


def squeeze(number: str) -> str:
    """A number as the index keeps it: letters and digits without anything between them."""
    return "".join(words(number))


@dataclass(frozen=True)
class Asked:
    """What somebody looks for. `cut`: they typed more than is read."""

    words: tuple[str, ...] = ()
    number: str = ""
    cut: bool = False

    @property
    def text(self) -> str:
        """The words in one."""
        return " ".join(self.words)


def asked(typed: str) -> Asked:
    """What the typed text asks for; `number` only where it may be one."""
    text = typed.strip()
    found = words(text[:LONGEST])
    kept = tuple(word[:LONGEST_WORD] for word in found[:MOST_WORDS])
    number = squeeze(text[:LONGEST])[:LONGEST_WORD] if any(letter.isdecimal() for letter in text[:LONGEST]) else ""
    return Asked(kept, number, cut=len(text) > LONGEST or len(found) > MOST_WORDS)


def errors_in(asked_words: Sequence[str], text: str) -> int | None:
    """How many typing errors lie between the words and a folded text; None when one is too far from all its words.

    Somebody who is still typing has written the beginning of a word: what follows in the text is no error.
    """
    total, there = 0, text.split()
    for word in asked_words:
        allowed = 0 if len(word) < SHORTEST_ALIKE else 1 if len(word) < TWO_ERRORS_FROM else 2
        least = min((_errors(word, one, allowed) for one in there), default=allowed + 1)
        if least > allowed:
            return None
        total += least
    return total


@lru_cache(maxsize=20_000)
def _errors(typed: str, word: str, allowed: int) -> int:
    """The fewest insertions, deletions, substitutions and swaps from `typed` to a beginning of `word`."""
    if word.startswith(typed):
        return 0
    if not allowed or len(typed) > len(word) + allowed:
        return allowed + 1
    # An error brings in one letter at most that the word does not have.
    if len(set(typed) - set(word)) > allowed:
        return allowed + 1
    # Only places that so few errors can reach are worked out; all others are too far.
    far, width = allowed + 1, len(word) + 1
    before, last = [far] * width, [place if place <= allowed else far for place in range(width)]
    for row, letter in enumerate(typed, 1):
        now = [far] * width
        if row <= allowed:
            now[0] = row
        for column in range(max(1, row - allowed), min(len(word), row + allowed) + 1):
            cost = min(last[column] + 1, now[column - 1] + 1, last[column - 1] + (letter != word[column - 1]))
            if row > 1 and column > 1 and letter == word[column - 2] and typed[row - 2] == word[column - 1]:
                cost = min(cost, before[column - 2] + 1)
            now[column] = min(cost, far)
        if min(now) > allowed:
            return far
        before, last = last, now
    return min(last)
