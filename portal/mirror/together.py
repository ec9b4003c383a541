"""Rows of many kinds by one query: a page that shows twenty kinds of one person does not ask twenty times.

Each queryset becomes one arm of a UNION ALL whose rows carry their columns as one JSON object.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from django.db import connection, models
from django.db.models import F, Func, IntegerField, QuerySet, Value, Window
from django.db.models.functions import RowNumber

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper
    from django.db.models.sql.compiler import SQLCompiler

K = TypeVar("K")


def read_together(wanted: "Mapping[K, QuerySet[Any]]") -> dict[K, list[Any]]:
    """The rows of every queryset, in its own order, by one query.

    Only plain querysets of mirrored rows: no annotations, related rows or slices. Columns that JSON cannot hold (the
    fingerprint) are left to be read when somebody asks for them.
    """
    if not wanted:
        return {}
    rows = rows_of([one.model for one in wanted.values()], united(wanted.values()))
    return dict(zip(wanted, rows, strict=True))


def united(wanted: "Iterable[QuerySet[Any]]") -> "QuerySet[Any, Any]":
    """The one query for all of them, of which `rows_of` makes their rows."""
    first, *others = [_arm(place, rows) for place, rows in enumerate(wanted)]
    return first.union(*others, all=True)


def rows_of(kinds: "Sequence[type[models.Model]]", answer: Iterable[tuple[Any, ...]]) -> list[list[Any]]:
    """What `united` found of querysets of these models, in their order."""
    found: list[list[Any]] = [[] for _ in kinds]
    read = [_reader(kind) for kind in kinds]
    for arm, _place, columns in sorted(answer, key=lambda row: row[:2]):
        found[arm].append(read[arm](columns))
    return found


def _fields(model: type[models.Model]) -> "list[models.Field[Any, Any]]":
    return [field for field in model._meta.concrete_fields if not isinstance(field, models.BinaryField)]


def _arm(place: int, rows: "QuerySet[Any]") -> "QuerySet[Any]":
    """One queryset as rows of (its place, the place of the row in it, the columns)."""
    order: Any = rows.query.order_by or rows.model._meta.ordering or ("pk",)
    arm: QuerySet[Any] = (
        rows.order_by()
        .annotate(
            arm_of_row=Value(place, IntegerField()),
            place_of_row=Window(RowNumber(), order_by=list(order)),
            columns_of_row=_WholeRow(F("pk")),
        )
        .values_list("arm_of_row", "place_of_row", "columns_of_row")
    )
    return arm


class _WholeRow(Func):
    """The columns of a row as one JSON object, written down at once: a page has hundreds, and as expressions they cost
    more than reading them. Its argument is the primary key, which says how the statement calls the table."""

    output_field = models.JSONField()

    def as_sql(self, compiler: "SQLCompiler", connection: "BaseDatabaseWrapper", *_: Any, **__: Any) -> Any:
        """As SQLite writes it; only names of our own columns are in it."""
        key: Any = self.source_expressions[0]
        quote = connection.ops.quote_name
        pairs = ", ".join(
            f"'{field.attname}', {quote(key.alias)}.{quote(str(field.column))}" for field in _fields(key.target.model)
        )
        return f"JSON_OBJECT({pairs})", []

    def as_postgresql(self, compiler: "SQLCompiler", connection: "BaseDatabaseWrapper") -> Any:
        """PostgreSQL makes the object of the row itself."""
        key: Any = self.source_expressions[0]
        return f"TO_JSONB({connection.ops.quote_name(key.alias)})", []


def _reader(model: type[models.Model]) -> Callable[[Any], Any]:
    """From the columns of a row, as the database wrote them in JSON, to the row."""
    fields = _fields(model)
    names = [field.attname for field in fields]
    convert = [partial(_value, field) for field in fields]

    def read(columns: Any) -> Any:
        values = [one(columns[name]) for one, name in zip(convert, names, strict=True)]
        return model.from_db(connection.alias, names, values)

    return read


def _value(field: "models.Field[Any, Any]", value: Any) -> Any:
    if value is None:
        return None
    value = field.to_python(value)
    if isinstance(value, datetime) and value.tzinfo is None:
        # SQLite keeps moments in UTC and does not say so.
        value = value.replace(tzinfo=UTC)
    if isinstance(field, models.DecimalField):
        value = value.quantize(Decimal(1).scaleb(-field.decimal_places))
    stored = getattr(field, "from_db_value", None)
    return stored(value, None, connection) if stored else value
