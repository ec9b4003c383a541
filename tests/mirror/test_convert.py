"""Text becomes a value of its column or an error; never a guess, never a silent None."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.companies.models import Run
from portal.employees.models import Address, Contract, Salary, Schedule
from portal.mirror.convert import BadValue, Converter, id_text


def convert(model: Any, column: str, text: str | None) -> Any:
    converted = Converter([model._meta.get_field(column)]).convert({column: text})
    return converted.values[model._meta.get_field(column).attname]


@pytest.mark.parametrize(
    ("model", "column", "text", "value"),
    [
        (Salary, "amount", "2500.1", Decimal("2500.1000")),
        (Salary, "amount", "12.34560", Decimal("12.3456")),
        (Salary, "valid_from", "2024-01-15T00:00:00", date(2024, 1, 15)),
        (Contract, "end_date", "0001-01-01T00:00:00", None),
        (Contract, "end_date", "9999-12-31T00:00:00", None),
        (Contract, "end_date", None, None),
        (Contract, "indefinite", "true", True),
        (Contract, "indefinite", None, None),
        (Run, "locked", "false", False),
        (Run, "description", None, ""),
        (Run, "number", "12", 12),
        (Run, "number", " 12 ", 12),
        (Salary, "amount", "1E2", Decimal("100.0000")),
        (Salary, "valid_from", "2024-01-15", date(2024, 1, 15)),
        (Salary, "valid_from", "2024-01-15T00:00:00.0000000+01:00", date(2024, 1, 15)),
    ],
)
def test_a_text_of_the_wire_becomes_this_value(model: Any, column: str, text: str | None, value: object) -> None:
    assert convert(model, column, text) == value


@pytest.mark.parametrize(
    ("model", "column", "text"),
    [
        (Salary, "amount", None),
        (Salary, "amount", "twelve"),
        (Salary, "amount", "12,50"),
        (Salary, "amount", "NaN"),
        (Salary, "amount", "-1.00"),
        (Salary, "amount", "1000000.00"),
        (Salary, "amount", "1.23456"),
        (Salary, "valid_from", None),
        (Salary, "valid_from", "0001-01-01T00:00:00"),
        (Salary, "valid_from", "0026-01-01T00:00:00"),
        (Salary, "valid_from", "2024-02-30T00:00:00"),
        (Schedule, "monday", "25"),
        (Run, "locked", "maybe"),
        (Run, "locked", None),
        (Run, "number", "1.5"),
        (Run, "year", "99999999999"),
        (Run, "description", "x" * 256),
        (Run, "description", "a\x00b"),
        # What Python's own readers would take.
        (Salary, "amount", "1_000"),
        (Salary, "amount", "١٢"),
        (Salary, "amount", "1E-999999999"),
        (Run, "number", "1_0"),
        (Run, "number", "１２"),
        (Contract, "end_date", "9999-12-31 or so"),
        (Contract, "end_date", "0001-01-01x"),
        (Salary, "valid_from", "2024-W03-1"),
        (Salary, "valid_from", "20240115"),
        (Salary, "valid_from", "2024-01-15x00:00:00"),
    ],
)
def test_a_text_that_does_not_fit_names_its_column_and_not_its_value(model: Any, column: str, text: str | None) -> None:
    with pytest.raises(BadValue) as caught:
        convert(model, column, text)
    assert caught.value.column == column
    assert str(caught.value) == column


def test_a_value_outside_the_choices_is_kept_and_counted() -> None:
    converted = Converter([Address._meta.get_field("address_type")]).convert({"address_type": "BoatAddress"})
    assert (converted.values, converted.unknown) == ({"address_type": "BoatAddress"}, 1)


def test_equal_values_have_equal_fingerprints_however_they_are_written() -> None:
    converter = Converter([Salary._meta.get_field("amount"), Salary._meta.get_field("scale")])
    one, other, third = (
        converter.convert({"amount": amount, "scale": scale}).fingerprint
        for amount, scale in (("2500.1", None), ("2500.1000", ""), ("2500.11", ""))
    )
    assert one == other != third


@pytest.mark.parametrize(
    ("model", "column", "texts", "key"),
    [
        (Salary, "remote_id", ("12", " 12 ", "012", "+12"), "12"),
        (Salary, "valid_from", ("2024-01-15T00:00:00", "2024-01-15", "2024-01-15T00:00:00.000"), "2024-01-15T00:00:00"),
        (Salary, "created_at", ("2024-07-01T10:00:00", "2024-07-01T08:00:00Z"), "2024-07-01T10:00:00"),
        (Salary, "created_at", (None, "", "0001-01-01T00:00:00"), ""),
        (Run, "description", ("a", " a\t"), "a"),
    ],
)
def test_one_value_has_one_key_however_it_is_written(
    model: Any, column: str, texts: tuple[str | None, ...], key: str
) -> None:
    converter = Converter([model._meta.get_field(column)])
    assert {converter.key_text(column, text) for text in texts} == {key}


@pytest.mark.parametrize("text", [None, "", " ", "-1", "1.0", "١", "1 2", "x", "\x00"])
def test_an_id_of_a_parent_is_digits_alone(text: str | None) -> None:
    with pytest.raises(BadValue):
        id_text("employee", text)
    assert id_text("employee", " 007 ") == "7"


def test_times_without_a_zone_are_dutch_times() -> None:
    moment = convert(Run, "run_at", "2026-07-01T00:30:00")
    assert moment.utcoffset().total_seconds() == 7200


@given(st.text(max_size=30))
def test_no_text_breaks_a_number_column_in_another_way_than_by_refusing_it(text: str) -> None:
    try:
        value = convert(Salary, "amount", text)
    except BadValue:
        return
    assert isinstance(value, Decimal)
    assert 0 <= value < 1_000_000
