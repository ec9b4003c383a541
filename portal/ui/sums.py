"""Totals of a list, exact whatever the database adds in (SQLite: floating point)."""

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db.models import BigIntegerField, Count, DecimalField, F, QuerySet, Sum, Value
from django.db.models.functions import Cast, Round

if TYPE_CHECKING:
    from django.db.models import Field


def totals_of(rows: "QuerySet[Any]", names: Sequence[str]) -> tuple[int, dict[str, Decimal | None]]:
    """How many rows there are, and the sums of their decimal columns by name. One query.

    A sum over no rows, or over nothing that is known, is None.
    """
    places = {name: _places(rows.model._meta.get_field(name)) for name in names}
    sums = {f"sum_of_{name}": Sum(_whole(name, places[name])) for name in names}
    found = rows.select_related(None).order_by().aggregate(count=Count("pk"), **sums)
    return found["count"], {name: _back(found[f"sum_of_{name}"], places[name]) for name in names}


def _places(field: "Field[Any, Any]") -> int:
    if not isinstance(field, DecimalField):
        raise TypeError(f"{field} is not decimal.")
    return field.decimal_places


def _whole(name: str, places: int) -> Cast:
    """The column in units of its last place."""
    return Cast(Round(F(name) * Value(10**places)), BigIntegerField())


def _back(units: int | Decimal | None, places: int) -> Decimal | None:
    return None if units is None else Decimal(units).scaleb(-places)
