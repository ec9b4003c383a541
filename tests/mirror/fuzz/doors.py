"""What the doors make of texts: the columns that no element of an answer fills as it stands, read a second time.

A kind whose door fills other columns needs an entry here; without one its rows do not fit and the tests say which.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from portal.employees.absence_types import flags
from portal.vault import keyed_text
from tests.mirror.fuzz.reading import BAD, Found, Reading, Texts, perhaps, sure, value_of

Door = Callable[[Any, Texts], Reading]

_PERIOD = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9A-Za-z]{1,2})", re.ASCII)
_KINDS = {"M": "month", "4W": "4-weeks", "W4": "4-weeks", "W": "week", "1W": "week", "W1": "week"}
_KINDS |= {"Q": "quarter", "K": "quarter", "H": "half-year", "Y": "year", "J": "year"}
_MOST = {"month": 12, "4-weeks": 13, "week": 53, "quarter": 4, "half-year": 2, "year": 1}
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_HOURS = re.compile(r"[0-9]{1,2}(\.[0-9]{1,20})?", re.ASCII)
_LINE = ("run_number", "account", "component", "department", "cost_center", "cost_unit")
_STEP = ("scale", "step")


def _text(texts: Texts, column: str) -> str:
    return (texts[column].text or "").strip() if column in texts else ""


def _torn(texts: Texts, *columns: str) -> bool:
    return any(texts[column].torn for column in columns if column in texts)


def period_part(part: int) -> Door:
    """Year, number or period type of `2026-11-M`."""

    def door(column: Any, texts: Texts) -> Reading:
        text = _text(texts, "text")
        match = _PERIOD.fullmatch(text.strip())
        kind = _KINDS.get(match[3].upper()) if match else None
        if match is None or kind is None or _torn(texts, "text"):
            return BAD
        year, number = int(match[1]), int(match[2])
        if not 1900 <= year <= 2100 or not 1 <= number <= _MOST[kind]:
            return BAD
        # Whether a year has a week 53 is the calendar's to say.
        doubtful = texts["text"].odd or text != text.strip() or number == 53
        return Reading(((year, number, kind)[part],), sure=not doubtful)

    return door


def amount(name: str) -> Door:
    """An amount of a report: a comma for a point, and `-` or nothing for none."""

    def door(column: Any, texts: Texts) -> Reading:
        text = _text(texts, name).strip()
        plain = "0" if text in {"", "-"} else text.replace(",", ".")
        return value_of(column, Found(plain, texts[name].torn, texts[name].odd))

    return door


def together(*names: str) -> Door:
    """Texts that make two records one: of journal lines, of steps of a scale."""

    def door(column: Any, texts: Texts) -> Reading:
        if _torn(texts, *names):
            return BAD
        place = "\x1f".join(_text(texts, name) for name in names)
        return Reading((place,), sure=not any(texts[name].odd for name in names))

    return door


def week(name: str) -> Door:
    """Seven numbers of hours as one text."""

    def door(column: Any, texts: Texts) -> Reading:
        days = [f"{name}_{day}" for day in _DAYS]
        hours = [_text(texts, day) for day in days]
        if _torn(texts, *days):
            return BAD
        if not any(hours):
            blank = any(texts[day].text for day in days if day in texts)
            return perhaps("", " ".join("0" * 7)) if blank else sure("")
        plain = all(_HOURS.fullmatch(text) or not text for text in hours)
        if not plain or any(
            hour != (texts[day].text or "") for hour, day in zip(hours, days, strict=True) if day in texts
        ):
            return _loose_week(hours)
        if any(Decimal(text or "0") > 24 for text in hours):
            return BAD
        joined = " ".join(f"{Decimal(text or '0').normalize():f}" for text in hours)
        return sure(joined) if len(joined) <= (column.max_length or 0) else BAD

    return door


def _loose_week(hours: list[str]) -> Reading:
    """Hours in another form: `+8`, `8E0`, ` 8 `."""
    if not all(re.fullmatch(r"\s*[+-]?[0-9]{0,9}\.?[0-9]{0,9}([eE][+-]?[0-9])?\s*", text, re.ASCII) for text in hours):
        return BAD
    try:
        numbers = [Decimal(text.strip() or "0") for text in hours]
    except ArithmeticError:
        return BAD
    if not all(0 <= number <= 24 for number in numbers):
        return BAD
    return perhaps(" ".join(f"{number.normalize():f}" for number in numbers))


def iban(column: Any, texts: Texts) -> Reading:
    """In capitals, without spaces."""
    found = texts["iban"]
    return value_of(column, Found("".join((found.text or "").split()).upper(), found.torn, found.odd))


def identity(column: Any, texts: Texts) -> Reading:
    """Who a contact without an id is."""
    if _torn(texts, "name", "email"):
        return BAD
    known = " ".join(filter(None, (_text(texts, "name"), _text(texts, "email"))))
    if not known:
        # Only then the telephone number tells.
        if _torn(texts, "phone"):
            return BAD
        known = _text(texts, "phone")
    return sure(known[:80].strip()) if known else BAD


def dossier(part: str) -> Door:
    """The two flags that a kind of dossier is reduced to."""

    def door(column: Any, texts: Texts) -> Reading:
        # What cannot be told apart says nothing: unknown is a value of these columns.
        unknown = getattr(flags(""), part).value
        known = getattr(flags(_text(texts, "dossier")), part).value
        return perhaps(unknown, known) if texts["dossier"].torn or texts["dossier"].odd else sure(known)

    return door


def bsn_status(column: Any, texts: Texts) -> Reading:
    """Whether the number is there and passes the eleven-test."""
    text = _text(texts, "bsn").strip()
    if not text:
        return sure("missing")
    if texts["bsn"].torn or not re.fullmatch("[0-9]{9}", text, re.ASCII):
        return perhaps("invalid", "valid")
    return sure("valid" if _passes(text) else "invalid")


def bsn_fingerprint(column: Any, texts: Texts) -> Reading:
    """A keyed hash of a valid number, and of nothing else."""
    text = _text(texts, "bsn").strip()
    plain = not texts["bsn"].torn and re.fullmatch("[0-9]{9}", text, re.ASCII)
    if plain and _passes(text):
        return sure(keyed_text("bsn", text))
    # Nine digits in another dress (spaces, points, fewer zeros) may be recognised.
    digits = re.sub("[ .-]", "", text).zfill(9)
    recognised = [keyed_text("bsn", digits)] if re.fullmatch("[0-9]{9}", digits) and _passes(digits) else []
    return perhaps("", *recognised)


def _passes(digits: str) -> bool:
    total = sum(int(digit) * weight for digit, weight in zip(digits, (9, 8, 7, 6, 5, 4, 3, 2, -1), strict=True))
    return total % 11 == 0 and int(digits) > 0


DOORS: Mapping[tuple[str, str], Door] = {
    ("current_period", "year"): period_part(0),
    ("current_period", "number"): period_part(1),
    ("current_period", "period_type"): period_part(2),
    ("journal", "debit"): amount("debit"),
    ("journal", "credit"): amount("credit"),
    ("journal", "place"): together(*_LINE),
    ("company_salary_steps", "place"): together(*_STEP),
    ("run_output", "amount"): amount("amount"),
    **{
        ("company_schedules", f"{name}_{n}"): week(f"{name}_{n}")
        for name in ("week", "other_week")
        for n in (1, 2, 3, 4)
    },
    ("bank_accounts", "iban"): iban,
    ("accountant_contacts", "identity"): identity,
    ("absences", "clock"): dossier("clock"),
    ("absences", "safety_net"): dossier("safety_net"),
    ("bsn_checks", "status"): bsn_status,
    ("bsn_checks", "bsn_fingerprint"): bsn_fingerprint,
}

Row = Mapping[str, Any]
#: Parts of a key that are no column: what the door put together, read off a row.
OF_ROWS: Mapping[tuple[str, str], Callable[[Row], str]] = {
    ("journal", "place"): lambda row: "\x1f".join(str(row[name]) for name in _LINE),
    ("company_salary_steps", "place"): lambda row: "\x1f".join(str(row[name]) for name in _STEP),
    ("accountant_contacts", "identity"): lambda row: (
        " ".join(filter(None, (row["name"], row["email"]))) or row["phone"]
    )[:80].strip(),
}
