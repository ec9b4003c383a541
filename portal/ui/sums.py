"""Totals of a list, exact whatever the database adds in (SQLite: floating point)."""

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import BigIntegerField, Count, DecimalField, F, Max, Min, QuerySet, Sum, Value
from django.db.models.functions import Cast, Round

if TYPE_CHECKING:
    from django.db.models import Field


class Totals(NamedTuple):
    """How many rows there are, and the sums of their decimal columns by name; one over no rows, or over nothing that
    is known, is None. `unlike`: the rows differ in the column in which they should not.
    """

    rows: int
    sums: dict[str, Decimal | None]
    unlike: bool


def totals_of(rows: "QuerySet[Any]", names: Sequence[str], alike: str = "") -> Totals:
    """The totals of a list; `alike` names a column. One query."""
    places = {name: _places(rows.model._meta.get_field(name)) for name in names}
    asked: dict[str, Any] = {f"sum_of_{name}": Sum(_whole(name, places[name])) for name in names}
    if alike:
        asked |= {"least": Min(alike), "most": Max(alike)}
    found = rows.select_related(None).order_by().aggregate(count=Count("pk"), **asked)
    sums = {name: _back(found[f"sum_of_{name}"], places[name]) for name in names}
    return Totals(found["count"], sums, unlike=found.get("least") != found.get("most"))


def _places(field: "Field[Any, Any]") -> int:
    if not isinstance(field, DecimalField):
        raise TypeError(f"{field} is not decimal.")
    return field.decimal_places


def _whole(name: str, places: int) -> Cast:
    """The column in units of its last place."""
    return Cast(Round(F(name) * Value(10**places)), BigIntegerField())


def _back(units: int | Decimal | None, places: int) -> Decimal | None:
    return None if units is None else Decimal(units).scaleb(-places)
