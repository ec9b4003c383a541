"""Text to Python by the Django field's class. A value that does not fit is an error, never None.

Habits of the wire (soap_wire.md section 5): `0001-01-01T00:00:00` means "no date"; times carry no zone and are read as
Dutch local time; an element that is left out is an empty text for text columns and nothing for nullable ones.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from hashlib import blake2b
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.core.validators import DecimalValidator, MaxLengthValidator, MaxValueValidator, MinValueValidator
from django.db import models
from django.db.backends.base.operations import BaseDatabaseOperations

from portal.clock import AMSTERDAM

Record = Mapping[str, str | None]
Check = Callable[[Any], None]
#: .NET's smallest date, and the far end that some offices type for "no end".
NO_DATE = ("0001-01-01", "9999-12-31")
_YEARS = range(1900, 2101)


class BadValue(Exception):
    """A record's value does not fit its column. Carries the column's name, never the value."""

    def __init__(self, column: str) -> None:
        self.column = column
        super().__init__(column)


class Known(NamedTuple):
    """What a text of one column comes to. `token` is the value as a fingerprint takes it."""

    value: Any
    token: str
    unknown: bool


class Converted(NamedTuple):
    """A record's column values by attribute name, their fingerprint, and how many lie outside their choices."""

    values: dict[str, Any]
    fingerprint: bytes
    unknown: int


class Converter:
    """Turns the text values of one answer into column values. Texts repeat a lot: each is read once a column."""

    def __init__(self, fields: list[models.Field[Any, Any]]) -> None:
        self._columns = [
            (field.name, field.attname, field, _reader(field), _limits(field), dict[str | None, Known]())
            for field in fields
        ]

    def convert(self, record: Record) -> Converted:
        """Read one record. Raises BadValue for the first value that does not fit."""
        values: dict[str, Any] = {}
        tokens = []
        unknown = 0
        for name, attname, field, read, limits, known in self._columns:
            text = record.get(name)
            found = known.get(text)
            if found is None:
                value = self._value(field, read, limits, text)
                outside = bool(field.choices) and value not in (None, "") and value not in _choices(field)
                found = known[text] = Known(value, repr(value), outside)
            values[attname] = found.value
            tokens.append(found.token)
            unknown += found.unknown
        return Converted(values, blake2b("\x1f".join(tokens).encode(), digest_size=16).digest(), unknown)

    def _value(
        self, field: models.Field[Any, Any], read: Callable[[str], Any], limits: Limits, text: str | None
    ) -> Any:
        try:
            value = None if text is None or text == "" else read(text)
        except (ValueError, InvalidOperation, OverflowError):
            raise BadValue(field.name) from None
        if value is None:
            if isinstance(field, models.CharField):
                return ""
            if field.null:
                return None
            raise BadValue(field.name)
        if not limits.allow(value):
            raise BadValue(field.name)
        return value


@dataclass(frozen=True)
class Limits:
    """What the column declares: least and most, length, and checks of its own. Choices stay open lists."""

    least: Any
    most: Any
    length: int | None
    checks: tuple[Check, ...]

    def allow(self, value: Any) -> bool:
        """Whether the column may hold `value`."""
        if self.length is not None and len(value) > self.length:
            return False
        if self.least is not None and not self.least <= value <= self.most:
            return False
        for check in self.checks:
            try:
                check(value)
            except ValidationError:
                return False
        return True


def _limits(field: models.Field[Any, Any]) -> Limits:
    """The limits of a column, the same on every database."""
    least: Any = None
    most: Any = None
    if isinstance(field, models.DecimalField):
        # The reader keeps the places, so the digits before the point are all that is left to check.
        most = Decimal(10) ** (field.max_digits - field.decimal_places) - Decimal(1).scaleb(-field.decimal_places)
        least = -most
    elif isinstance(field, models.IntegerField):
        # SQLite would take any number; what PostgreSQL cannot keep is refused on both.
        least, most = BaseDatabaseOperations.integer_field_ranges[field.get_internal_type()]
    others = []
    for check in field.validators:
        if isinstance(check, MinValueValidator):
            least = max(least, check.limit_value)
        elif isinstance(check, MaxValueValidator):
            most = min(most, check.limit_value)
        elif not isinstance(check, DecimalValidator | MaxLengthValidator):
            others.append(check)
    length = field.max_length if isinstance(field, models.CharField) else None
    return Limits(least, most, length, tuple(others))


@lru_cache(maxsize=64)
def _choices(field: models.Field[Any, Any]) -> set[Any]:
    return {value for value, _ in field.flatchoices}


def _reader(field: models.Field[Any, Any]) -> Callable[[str], Any]:
    """The function that reads one text for this class of column."""
    if isinstance(field, models.BooleanField):
        return _boolean
    if isinstance(field, models.DecimalField):
        return lambda text: _decimal(text, field.decimal_places)
    if isinstance(field, models.DateTimeField):
        return _moment
    if isinstance(field, models.DateField):
        return _day
    if isinstance(field, models.IntegerField):
        return _whole
    if isinstance(field, models.UUIDField):
        return field.to_python
    if isinstance(field, models.CharField):
        return _text
    raise TypeError(f"{field} is of a class that no rule reads.")


def _text(text: str) -> str:
    if "\x00" in text:
        raise ValueError
    return text.strip()


def _whole(text: str) -> int:
    return int(text.strip())


def _boolean(text: str) -> bool:
    words = {"true": True, "1": True, "false": False, "0": False}
    word = text.strip().lower()
    if word not in words:
        raise ValueError
    return words[word]


def _decimal(text: str, places: int) -> Decimal:
    """Nothing is rounded away: more digits than the column keeps are an error, zeros aside."""
    value = Decimal(text.strip())
    if not value.is_finite():
        raise ValueError
    rounded = value.quantize(Decimal(1).scaleb(-places))
    if rounded != value:
        raise ValueError
    return rounded


def _moment(text: str) -> datetime | None:
    if text.startswith(NO_DATE):
        return None
    moment = datetime.fromisoformat(text.strip())
    if moment.year not in _YEARS:
        raise ValueError
    return moment if moment.tzinfo else moment.replace(tzinfo=AMSTERDAM)


def _day(text: str) -> date | None:
    moment = _moment(text)
    if moment is None:
        return None
    return moment.date() if moment.time() == time.min else moment.astimezone(AMSTERDAM).date()
