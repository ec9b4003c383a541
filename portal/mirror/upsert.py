"""bulk_upsert: write many rows of one kind in one statement's worth of work.

executemany with ON CONFLICT on SQLite, and on PostgreSQL for few rows; COPY into a temporary table and one merge for
many. `bulk_create(update_conflicts=...)` does the same eight times slower (docs/benchmarks.md).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from operator import itemgetter
from typing import Any

from django.db import connection, models

#: From so many rows on, COPY and merge beats executemany on PostgreSQL.
MANY = 300

KEY = ("environment", "key")
NEVER_UPDATED = frozenset({"first_seen"})
#: Classes of column whose Python values both databases take as they are.
TAKEN_AS_IS = (models.CharField, models.IntegerField, models.BooleanField, models.ForeignKey, models.BinaryField)


def bulk_upsert(model: type[models.Model], rows: Sequence[dict[str, Any]], key: Sequence[str] = KEY) -> None:
    """Insert `rows` (column values by attribute name), or update those whose `key` columns exist already."""
    if not rows:
        return
    fields = [field for field in model._meta.concrete_fields if not field.primary_key and not field.generated]
    columns = {field.name: str(field.column) for field in fields}
    data = _adapted(fields, rows)
    quote = connection.ops.quote_name
    table = quote(model._meta.db_table)
    names = ", ".join(quote(column) for column in columns.values())
    conflict = ", ".join(quote(columns[name]) for name in key)
    updates = ", ".join(
        f"{quote(column)} = EXCLUDED.{quote(column)}"
        for name, column in columns.items()
        if name not in {*key, *NEVER_UPDATED}
    )
    upsert = f"ON CONFLICT ({conflict}) DO UPDATE SET {updates}"
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql" and len(data) >= MANY:
            stage = quote(f"stage_{model._meta.db_table}")
            cursor.execute(
                f"CREATE TEMPORARY TABLE {stage} ON COMMIT DROP AS SELECT {names} FROM {table} WITH NO DATA"  # noqa: S608 - names from the model
            )
            with cursor.copy(f"COPY {stage} ({names}) FROM STDIN") as copy:
                for values in data:
                    copy.write_row(values)
            cursor.execute(f"INSERT INTO {table} ({names}) SELECT {names} FROM {stage} {upsert}")  # noqa: S608 - names from the model
            cursor.execute(f"DROP TABLE {stage}")
        else:
            marks = ", ".join(["%s"] * len(fields))
            cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks}) {upsert}", data)  # noqa: S608 - names from the model


def _adapted(fields: Sequence[models.Field[Any, Any]], rows: Sequence[dict[str, Any]]) -> list[tuple[Any, ...]]:
    """The rows as the database driver takes them. Days, moments and amounts repeat a lot: each is adapted once."""
    names = [field.attname for field in fields]
    blank = dict.fromkeys(names)
    pick = itemgetter(*names)
    adapters = [
        (place, _adapter(field), dict[Any, Any]())
        for place, field in enumerate(fields)
        if not isinstance(field, TAKEN_AS_IS)
    ]
    data = []
    for row in rows:
        values = list(pick(blank | row))
        for place, adapt, known in adapters:
            value = values[place]
            if value is not None:
                if value not in known:
                    known[value] = adapt(value)
                values[place] = known[value]
        data.append(tuple(values))
    return data


def _adapter(field: models.Field[Any, Any]) -> Callable[[Any], Any]:
    """What the field's get_db_prep_save comes to for a value that is of the right type already."""
    # Bound here: `connection` looks itself up at every touch.
    operations = connection.ops
    if isinstance(field, models.DateTimeField):
        return operations.adapt_datetimefield_value
    if isinstance(field, models.DateField):
        return operations.adapt_datefield_value
    if isinstance(field, models.DecimalField):
        places, digits = field.decimal_places, field.max_digits
        return lambda value: operations.adapt_decimalfield_value(value, digits, places)
    return partial(field.get_db_prep_save, connection=connection)
