"""Text to Python by the Django field's class. A value that does not fit is an error, never None.

Habits of the wire (soap_wire.md section 5): `0001-01-01T00:00:00` means "no date"; times carry no zone and are read as
Dutch local time; an element that is left out is an empty text for text columns and nothing for nullable ones.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from hashlib import blake2b
from typing import Any, NamedTuple
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import DecimalValidator, MaxLengthValidator, MaxValueValidator, MinValueValidator
from django.db import models
from django.db.backends.base.operations import BaseDatabaseOperations

from portal.clock import AMSTERDAM
from portal.periods import YEARS
from portal.source import UNREADABLE
from portal.vault import EncryptedTextField, purpose_key

Record = Mapping[str, str | None]
Check = Callable[[Any], None]
#: .NET's smallest date, and the far end that some offices type for "no end".
NO_DATE = ("0001-01-01", "9999-12-31")
# Python's own readers take more than XML schema does: digits of other scripts, `1_000`, `2024-W03-1`, any letter
# between day and time. Whoever sends those means something that nobody here knows.
_WHOLE = re.compile(r"[+-]?\d+", re.ASCII)
_DECIMAL = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,4})?", re.ASCII)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?)?", re.ASCII)
_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII | re.IGNORECASE)


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


class Column(NamedTuple):
    """A column as it is read, with every text met so far."""

    name: str
    attname: str
    field: models.Field[Any, Any]
    read: Callable[[str], Any]
    limits: Limits
    known: dict[str | None, Known]


class Converted(NamedTuple):
    """A record's column values by attribute name, their fingerprint, and how many lie outside their choices."""

    values: dict[str, Any]
    fingerprint: bytes
    unknown: int


def id_text(column: str, text: str | None) -> str:
    """A remote id of a parent as it stands in the database: digits alone. Raises BadValue for anything else."""
    stripped = (text or "").strip()
    if not (stripped.isascii() and stripped.isdigit()):
        raise BadValue(column)
    return stripped.lstrip("0") or "0"


class Converter:
    """Turns the text values of one answer into column values. Texts repeat a lot: each is read once a column."""

    def __init__(self, fields: list[models.Field[Any, Any]]) -> None:
        self._columns = [
            Column(field.name, field.attname, field, _reader(field), _limits(field), {}) for field in fields
        ]
        self._by_name = {column.name: column for column in self._columns}
        self._secret = purpose_key("fingerprint")

    def convert(self, record: Record) -> Converted:
        """Read one record. Raises BadValue for the first value that does not fit."""
        values: dict[str, Any] = {}
        tokens = []
        unknown = 0
        for column in self._columns:
            text = record.get(column.name)
            found = column.known.get(text) or self._read(column, text)
            values[column.attname] = found.value
            tokens.append(found.token)
            unknown += found.unknown
        # With a key: whoever reads the database may not try out which account number has this fingerprint.
        own = blake2b("\x1f".join(tokens).encode(), key=self._secret, digest_size=16).digest()
        return Converted(values, own, unknown)

    def key_text(self, name: str, text: str | None) -> str:
        """How a key writes what `text` means, so that one value has one key however it came; empty for none.

        What is no column was put together by the door. Raises BadValue.
        """
        column = self._by_name.get(name)
        if column is None:
            if text and UNREADABLE in text:
                raise BadValue(name)
            return (text or "").strip()
        value = (column.known.get(text) or self._read(column, text)).value
        if value is None:
            return ""
        if isinstance(value, datetime):
            return value.astimezone(AMSTERDAM).replace(tzinfo=None).isoformat()
        return f"{value}T00:00:00" if isinstance(value, date) else str(value)

    def _read(self, column: Column, text: str | None) -> Known:
        value, field = self._value(column, text), column.field
        outside = bool(field.choices) and value not in (None, "") and value not in _choices(field)
        column.known[text] = found = Known(value, repr(value), outside)
        return found

    def _value(self, column: Column, text: str | None) -> Any:
        field = column.field
        try:
            value = None if text is None or text == "" else column.read(text)
        except (ValueError, InvalidOperation, OverflowError):
            raise BadValue(column.name) from None
        if value is None:
            if isinstance(field, models.CharField | EncryptedTextField):
                return ""
            if field.null:
                return None
            raise BadValue(column.name)
        if not column.limits.allow(value):
            raise BadValue(column.name)
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
    length = field.max_length if isinstance(field, models.CharField | EncryptedTextField) else None
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
        return _guid
    if isinstance(field, models.CharField | EncryptedTextField):
        return _text
    raise TypeError(f"{field} is of a class that no rule reads.")


def _text(text: str) -> str:
    if UNREADABLE in text:
        raise ValueError
    return text.strip()


def _in_form(form: re.Pattern[str], text: str) -> str:
    """The text without white space around it. Raises ValueError when it has another form."""
    stripped = text.strip()
    if form.fullmatch(stripped) is None:
        raise ValueError
    return stripped


def _whole(text: str) -> int:
    return int(_in_form(_WHOLE, text))


def _guid(text: str) -> UUID:
    return UUID(_in_form(_GUID, text))


def _boolean(text: str) -> bool:
    words = {"true": True, "1": True, "false": False, "0": False}
    word = text.strip().lower()
    if word not in words:
        raise ValueError
    return words[word]


def _decimal(text: str, places: int) -> Decimal:
    """Nothing is rounded away: more digits than the column keeps are an error, zeros aside."""
    value = Decimal(_in_form(_DECIMAL, text))
    rounded = value.quantize(Decimal(1).scaleb(-places))
    if rounded != value:
        raise ValueError
    # Zero has no sign: databases forget it.
    return rounded or rounded.copy_abs()


def _moment(text: str) -> datetime | None:
    stripped = _in_form(_MOMENT, text)
    if stripped.startswith(NO_DATE):
        return None
    moment = datetime.fromisoformat(stripped)
    if moment.year not in YEARS:
        raise ValueError
    return moment if moment.tzinfo else moment.replace(tzinfo=AMSTERDAM)


def _day(text: str) -> date | None:
    moment = _moment(text)
    if moment is None:
        return None
    return moment.date() if moment.time() == time.min else moment.astimezone(AMSTERDAM).date()
