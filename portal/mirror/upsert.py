"""bulk_upsert: write many rows of one kind in one statement's worth of work.

executemany with ON CONFLICT on SQLite, and on PostgreSQL for few rows; COPY into a temporary table and one merge for
many. `bulk_create(update_conflicts=...)` does the same eight times slower (docs/benchmarks.md).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import islice
from operator import itemgetter
from typing import Any

from django.db import connection, models

from portal.mirror.packed import Packed
from portal.vault import EncryptedTextField

Rows = Sequence[dict[str, Any]] | Packed

#: Rows that are handed to the driver at a time.
BATCH = 5_000
#: From so many rows on, COPY and merge beats executemany on PostgreSQL.
MANY = 300

KEY = ("environment", "key")
#: What a record never carries: when it was first seen, and the GUID, which comes with a kind of its own.
NEVER_UPDATED = frozenset({"first_seen", "guid"})
#: Classes of column whose Python values both databases take as they are.
TAKEN_AS_IS = (models.CharField, models.IntegerField, models.BooleanField, models.ForeignKey, models.BinaryField)


def bulk_upsert(model: type[models.Model], rows: Rows, key: Sequence[str] = KEY) -> None:
    """Insert `rows` (column values by attribute name), or update those whose `key` columns exist already.

    They are taken a batch at a time: `rows` may be more than should lie unpacked in memory.
    """
    if not len(rows):
        return
    fields = [field for field in model._meta.concrete_fields if not field.primary_key and not field.generated]
    columns = {field.name: str(field.column) for field in fields}
    quote = connection.ops.quote_name
    table = quote(model._meta.db_table)
    names = ", ".join(quote(column) for column in columns.values())
    conflict = ", ".join(quote(columns[name]) for name in key)
    updates = ", ".join(
        f"{quote(column)} = EXCLUDED.{quote(column)}"
        for name, column in columns.items()
        if name not in {*key, *NEVER_UPDATED}
    )
    upsert = f"ON CONFLICT ({conflict}) DO UPDATE SET {updates}"  # nosec B608 - names from the model
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql" and len(rows) >= MANY:
            stage = quote(f"stage_{model._meta.db_table}")
            cursor.execute(
                f"CREATE TEMPORARY TABLE {stage} ON COMMIT DROP AS SELECT {names} FROM {table} WITH NO DATA"  # noqa: S608 - names from the model  # nosec B608
            )
            with cursor.copy(f"COPY {stage} ({names}) FROM STDIN") as copy:
                for values in _adapted(fields, rows):
                    copy.write_row(values)
            cursor.execute(f"INSERT INTO {table} ({names}) SELECT {names} FROM {stage} {upsert}")  # noqa: S608 - names from the model  # nosec B608
            cursor.execute(f"DROP TABLE {stage}")
        else:
            marks = ", ".join(["%s"] * len(fields))
            data = _adapted(fields, rows)
            # Django's executemany keeps all that it is given.
            while batch := list(islice(data, BATCH)):
                cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks}) {upsert}", batch)  # noqa: S608 - names from the model  # nosec B608


def _adapted(fields: Sequence[models.Field[Any, Any]], rows: Iterable[Mapping[str, Any]]) -> Iterator[tuple[Any, ...]]:
    """The rows as the database driver takes them. Days, moments and amounts repeat a lot: each is adapted once."""
    names = [field.attname for field in fields]
    blank = dict.fromkeys(names)
    pick = itemgetter(*names)
    encrypted = [(place, field) for place, field in enumerate(fields) if isinstance(field, EncryptedTextField)]
    adapters = [
        (place, _adapter(field), dict[Any, Any]())
        for place, field in enumerate(fields)
        if not isinstance(field, (*TAKEN_AS_IS, EncryptedTextField))
    ]
    for row in rows:
        values = list(pick({**blank, **row}))
        for place, adapt, known in adapters:
            value = values[place]
            if value is not None:
                if value not in known:
                    known[value] = adapt(value)
                values[place] = known[value]
        for place, field in encrypted:
            # Encrypted anew each time and with its row: equal texts must not show as equal.
            if values[place]:
                values[place] = field.sealed(values[place], row).stored
        yield tuple(values)


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
