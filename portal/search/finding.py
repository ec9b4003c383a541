"""Which entries answer what somebody typed: of those they may see, exact ones first, then those with typing errors."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from operator import and_
from typing import Any

from django.db.models import Q, QuerySet

from portal.accounts.models import User
from portal.search.index.engines import Engine, Walking, engine
from portal.search.index.folding import SHORTEST_ALIKE, Asked, errors_in
from portal.search.index.lately import KEPT
from portal.search.models import Entry, EntryKind, Opened

#: With so many exact answers nobody is helped by others that are only alike.
ENOUGH = 5
#: Of so many that hold what was typed the best are chosen.
CONSIDERED = 500
#: The kinds of which an office has hundreds and not tens of thousands.
FEW = [EntryKind.DEBTOR, EntryKind.COMPANY]


@dataclass(frozen=True)
class Found:
    """One answer. `alike`: found although the names differ by a letter or two."""

    kind: str
    target: int
    alike: bool = False


def lately(user: User) -> list[int]:
    """The entries that the person opened lately and may still see, the latest first."""
    rows = Opened.objects.visible_to(user).filter(user=user).order_by("-at", "-pk")
    return list(rows.values_list("entry_id", flat=True)[:KEPT])


def opened_lately(user: User, most: int) -> list[Found]:
    """What the person opened lately, for when nothing was typed yet."""
    rows = Opened.objects.visible_to(user).filter(user=user).order_by("-at", "-pk")
    return [Found(kind, target) for kind, target in rows.values_list("entry__kind", "entry__target")[:most]]


def find(user: User, wanted: Asked, most: int) -> list[Found]:
    """At most `most` answers of each kind, in the order to show them."""
    able = engine()
    with able.asking():
        return _find(user, wanted, most, able)


def _find(user: User, wanted: Asked, most: int, able: Engine) -> list[Found]:
    first = lately(user)
    rows = Entry.objects.visible_to(user)
    few, many = rows.filter(kind__in=FEW), rows.filter(kind=EntryKind.EMPLOYEE)
    # Walking through clients and companies costs less than asking for their part of an index.
    found = _exact(few, Walking(), wanted, first, most, CONSIDERED) + _exact(many, able, wanted, first, most, most)
    answers = [Found(row.kind, row.target) for row in found]
    if len(found) < ENOUGH and able.forgiving and any(len(word) >= SHORTEST_ALIKE for word in wanted.words):
        known, have = {row.pk for row in found}, Counter(row.kind for row in found)
        # Each by itself: people are so many that they would crowd out the others.
        others = [row for own in (few, many) for row in able.alike(own, wanted.words) if row.pk not in known]
        answers += _with_errors(others, wanted.words, first, have, most)
    return answers


def _exact(
    rows: "QuerySet[Any]", able: Engine, wanted: Asked, first: Sequence[int], most: int, beginnings: int
) -> list[Any]:
    """The best of what holds what was typed, at most `most` of each kind.

    A particle is in every fourth name. So what ranks high is asked for by itself, each by an index of its own (of
    names that begin so the first `beginnings`), and of all others no more than CONSIDERED are looked at.
    """
    condition = _condition(able, wanted)
    if condition is None:
        return []
    found: dict[int, Any] = {}
    ways: list[QuerySet[Any]] = [rows.filter(condition, pk__in=first)] if first else []
    if wanted.number:
        ways.append(rows.filter(number=wanted.number)[:CONSIDERED])
    if wanted.words:
        ways.append(able.beginning(rows, f" {wanted.text}")[:beginnings])
    ways.append(rows.filter(condition)[:CONSIDERED])
    for way in ways:
        found |= {row.pk: row for row in way}
    places = {pk: place for place, pk in enumerate(first)}

    def rank(row: Any) -> tuple[Any, ...]:
        length = len(row.number) if wanted.number else 0
        return places.get(row.pk, len(first)), _closeness(row, wanted), length, row.text, row.pk

    kept: Counter[str] = Counter()
    best = []
    for row in sorted(found.values(), key=rank):
        kept[row.kind] += 1
        if kept[row.kind] <= most:
            best.append(row)
    return best


def _closeness(row: Any, wanted: Asked) -> int:
    """A whole number, a name that begins so, words that do, all others."""
    if wanted.number and row.number == wanted.number:
        return 0
    if wanted.words and row.text.startswith(f" {wanted.words[0]}"):
        return 1
    return 2 if all(f" {word}" in row.text for word in wanted.words) else 3


def _condition(able: Engine, wanted: Asked) -> Q | None:
    """The whole text as the beginning of a number, or each word in the name or as the beginning of the number.

    None where there is nothing to go by: a single letter is in every second name.
    """
    conditions = [able.numbered(wanted.number)] if wanted.number else []
    if any(len(word) > 1 for word in wanted.words):
        numbers = [word for word in wanted.words if len(wanted.words) > 1 and word.isdecimal()]
        if numbers:
            names = [word for word in wanted.words if word not in numbers]
            own = reduce(and_, (able.numbered(word) | _held(able, word) for word in numbers))
            conditions.append(own & able.holding(names) if any(len(name) > 1 for name in names) else own)
        else:
            conditions.append(able.holding(wanted.words))
    return reduce(lambda one, other: one | other, conditions) if conditions else None


def _held(able: Engine, word: str) -> Q:
    return able.holding([word]) if len(word) > 1 else Q(text__contains=f" {word} ")


def _with_errors(
    rows: Sequence[Any], words: Sequence[str], first: Sequence[int], have: Counter[str], most: int
) -> list[Found]:
    """Those that are near enough, the nearest first."""
    near = [(errors, row) for row in rows if (errors := errors_in(words, row.text)) is not None]
    places = {pk: place for place, pk in enumerate(first)}
    near.sort(key=lambda pair: (pair[0], places.get(pair[1].pk, len(first)), pair[1].text, pair[1].pk))
    answers = []
    for _errors, row in near:
        if have[row.kind] < most:
            have[row.kind] += 1
            answers.append(Found(row.kind, row.target, alike=True))
    return answers
