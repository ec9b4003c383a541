"""A second, simple reading of an answer: texts by the standard library's parser, values by patterns.

Written from soap_wire.md and the models, and not from portal.nmbrs.soap.reader or portal.mirror.convert, which it
judges. A text in the form that Nmbrs writes has exactly one value. A text in another form that people could still
agree about (`+5`, ` 5 `, `1E2`) may be read as that value or refused. Anything else must be refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any
from uuid import UUID
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models

from portal.source import Soap
from portal.vault import EncryptedTextField

DUTCH = ZoneInfo("Europe/Amsterdam")
NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"
#: Dates that mean "no date": .NET's first day and the far end that some offices type.
NO_DATES = ("0001-01-01", "9999-12-31")
WHOLE_NUMBERS = {
    "SmallIntegerField": (-(2**15), 2**15 - 1),
    "PositiveSmallIntegerField": (0, 2**15 - 1),
    "IntegerField": (-(2**31), 2**31 - 1),
    "PositiveIntegerField": (0, 2**31 - 1),
    "BigIntegerField": (-(2**63), 2**63 - 1),
    "PositiveBigIntegerField": (0, 2**63 - 1),
}
_PLAIN = re.compile(r"-?[0-9]+(\.[0-9]+)?", re.ASCII)
_NUMBER = re.compile(r"\s*([+-]?)([0-9]*)(?:\.([0-9]*))?(?:[eE]([+-]?[0-9]{1,4}))?\s*", re.ASCII)
_MOMENT = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:T([0-9]{2}:[0-9]{2}:[0-9]{2})(\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})?)?", re.ASCII
)
_GUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", re.ASCII)


@dataclass(frozen=True)
class Reading:
    """The values that a text may come to; none: it must be refused. `sure`: it must be read, otherwise it may be."""

    values: tuple[Any, ...] = ()
    sure: bool = False

    @property
    def bad(self) -> bool:
        """Nothing but refusing is right."""
        return not self.values

    def allows(self, value: Any) -> bool:
        """Whether the column may hold `value`."""
        return any(value == own and (value is None) == (own is None) for own in self.values)


BAD = Reading()


def sure(value: Any) -> Reading:
    """There is one value."""
    return Reading((value,), sure=True)


def perhaps(*values: Any) -> Reading:
    """One of these, or refused."""
    return Reading(values)


@dataclass(frozen=True)
class Found:
    """What stands in an answer for one column. `torn`: several texts that differ, or markup in between."""

    text: str | None = None
    torn: bool = False
    odd: bool = False


Texts = Mapping[str, Found]


# --- records ---------------------------------------------------------------------------------------------------------


def records(body: bytes, soap: Soap, given: Mapping[str, str], levels: Mapping[str, int]) -> list[dict[str, Found]]:
    """The records of an answer: column -> what stands there. `levels`: see `levels_of`."""
    read = []
    for chain in chains(ElementTree.fromstring(body), soap):  # noqa: S314 - our own bytes; without a DTD nothing expands
        record: dict[str, Found] = {}
        for column, path in soap.fields.items():
            if path.startswith("@"):
                record[column] = Found(given[path[1:]])
            else:
                record[column] = _found(_elements(chain, path, levels.get(column)))
        read.append(record)
    if soap.rows == "" and not read:
        # A single text that is left out is a record that says nothing.
        read.append(
            {name: Found(given[path[1:]]) if path.startswith("@") else Found() for name, path in soap.fields.items()}
        )
    return read


def levels_of(bodies: Sequence[bytes], soap: Soap) -> dict[str, int]:
    """How many levels above the record the contract has each column's element, learned from untouched answers."""
    levels: dict[str, int] = {}
    for body in bodies:
        for chain in chains(ElementTree.fromstring(body), soap):  # noqa: S314
            for column, path in soap.fields.items():
                for level, element in enumerate(reversed(chain)):
                    if not path.startswith("@") and _along(element, path):
                        levels.setdefault(column, level)
                        break
    return levels


def chains(root: Any, soap: Soap) -> Iterator[list[Any]]:
    """Each record with the elements around it that repeat, outermost first. Works on lxml's trees as well."""
    if soap.report:
        name, *steps = soap.rows.split("/")
        for element in root.iter():
            if isinstance(element.tag, str) and element.tag.rpartition("}")[2] == name:
                yield from _down([], element, steps)
        return
    answers = [answer for body in _named(root, "Body") for answer in _named(body, f"{soap.operation}Response")]
    for result in (result for answer in answers for result in _named(answer, f"{soap.operation}Result")):
        if soap.rows in {"", "."}:
            if result.get(NIL) not in {"true", "1"} or soap.rows == "":
                yield [result]
        else:
            yield from _down([], result, soap.rows.split("/"))


def _down(above: list[Any], element: Any, steps: Sequence[str]) -> Iterator[list[Any]]:
    for child in _named(element, steps[0]):
        if child.get(NIL) in {"true", "1"}:
            continue
        if len(steps) == 1:
            yield [*above, child]
        else:
            yield from _down([*above, child], child, steps[1:])


def _named(element: Any, name: str) -> list[Any]:
    return [child for child in element if isinstance(child.tag, str) and child.tag.rpartition("}")[2] == name]


def _along(element: Any, path: str) -> list[Any]:
    found = [element]
    for name in path.split("/") if path != "." else ():
        found = [child for parent in found for child in _named(parent, name)]
    return found


def _elements(chain: list[Any], path: str, level: int | None) -> list[Any]:
    upwards = chain[::-1]
    for element in upwards if level is None else upwards[level : level + 1]:
        if found := _along(element, path):
            return found
    return []


def _found(elements: list[Any]) -> Found:
    texts = [_text(element) for element in elements]
    if not texts:
        return Found()
    inside = [child for element in elements for child in element]
    torn = len(set(texts)) > 1 or any(
        (child.tail or "").strip() or any(text.strip() for text in child.itertext()) for child in inside
    )
    odd = len(texts) > 1 or bool(inside) or any(e.get(NIL) in {"true", "1"} and e.text for e in elements)
    return Found(texts[0], torn, odd)


def _text(element: Any) -> str | None:
    if element.text is None and element.get(NIL) in {"true", "1"}:
        return None
    return element.text or ""


# --- values ----------------------------------------------------------------------------------------------------------


def value_of(column: models.Field[Any, Any], found: Found) -> Reading:
    """What the column may hold."""
    if found.torn:
        return BAD
    reading = _within(column, _read(column, found.text))
    return Reading(reading.values) if found.odd else reading


def _read(column: models.Field[Any, Any], text: str | None) -> Reading:
    if isinstance(column, models.CharField | EncryptedTextField):
        stripped = (text or "").strip()
        return BAD if column.max_length is not None and len(stripped) > column.max_length else sure(stripped)
    if not text:
        return sure(None) if column.null else BAD
    if isinstance(column, models.BooleanField):
        known = {"true": True, "1": True, "false": False, "0": False}
        if text in known:
            return sure(known[text])
        word = text.strip().lower()
        return perhaps(known[word]) if word in known else BAD
    if isinstance(column, models.DateField):
        return _day_or_moment(column, text)
    if isinstance(column, models.UUIDField):
        return sure(UUID(text)) if _GUID.fullmatch(text) else _braced(text)
    return _number(column, text)


def _braced(text: str) -> Reading:
    match = _GUID.search(text)
    rest = text.replace(match[0], "").strip() if match else "?"
    return perhaps(UUID(match[0])) if match and rest in {"", "{}"} else BAD


def _number(column: models.Field[Any, Any], text: str) -> Reading:
    match = _NUMBER.fullmatch(text.strip())
    if match is None or not (match[2] or match[3]):
        return BAD
    before, behind, power = match[2] or "", match[3] or "", int(match[4] or 0)
    value = Fraction(int((before + behind).lstrip("0")[:600] or "0"), 10 ** len(behind)) * Fraction(10) ** power
    value = -value if match[1] == "-" else value
    if len((before + behind).lstrip("0")) > 600:
        return BAD
    if isinstance(column, models.DecimalField):
        least = Fraction(1, 10**column.decimal_places)
        fits = (value / least).denominator == 1 and abs(value) < 10 ** (column.max_digits - column.decimal_places)
    else:
        low, high = WHOLE_NUMBERS[column.get_internal_type()]
        fits = value.denominator == 1 and low <= value <= high
    if not fits:
        return BAD
    plain = bool(_PLAIN.fullmatch(text)) and (isinstance(column, models.DecimalField) or not match[3])
    return Reading((value,), sure=plain)


def _day_or_moment(column: models.DateField[Any, Any], text: str) -> Reading:
    if text[:10] in NO_DATES and _MOMENT.fullmatch(text):
        return sure(None) if column.null else BAD
    match = _MOMENT.fullmatch(text.strip())
    if match is None:
        return BAD
    try:
        moment = datetime.fromisoformat(f"{match[1]}T{match[2] or '00:00:00'}")
        moment += timedelta(microseconds=int(((match[3] or ".0")[1:] + "000000")[:6]))
        zone = match[4]
        aware = datetime.fromisoformat(moment.isoformat() + zone.replace("Z", "+00:00")) if zone else None
        aware = aware or moment.replace(tzinfo=DUTCH)
        utc = aware.astimezone(UTC)
    except (ValueError, OverflowError):
        return BAD
    if not 1900 <= moment.year <= 2100:
        return BAD
    plain = text == text.strip() and zone is None
    if isinstance(column, models.DateTimeField):
        return Reading((utc,), sure=plain)
    # A day with a zone is a day somewhere; which one is open unless it is midnight.
    local = aware.astimezone(DUTCH).date()
    days: tuple[date, ...] = (moment.date(),) if plain else (moment.date(), local)
    return Reading(days, sure=plain)


def _within(column: models.Field[Any, Any], reading: Reading) -> Reading:
    """The limits that the model declares beyond its class."""
    kept = []
    for value in reading.values:
        for check in column.validators:
            if value is None or not isinstance(check, MinValueValidator | MaxValueValidator | RegexValidator):
                continue
            try:
                check(value)
            except ValidationError:
                break
        else:
            kept.append(value)
    return Reading(tuple(kept), reading.sure)
