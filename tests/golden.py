"""A database after a first sync, kept in memory and put back for the next test that starts from the same.

A first sync of a small firm costs seconds. The embedded Nmbrs gives the same firm for the same seed, so one process of
a run syncs each of them once, over the wire; it and the others copy the rows for every test after that.
"""

import fcntl
import hashlib
import os
import pickle
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import time_machine
from django.apps import apps
from django.core.management.color import no_style
from django.db import connection, models, transaction

from portal.vault.fields import EncryptedTextField, SealedText

#: Rows of these belong to the test that asks: they name its own firm, its people and the socket of its own Nmbrs.
OWN = ("accounts", "audit", "auth", "connections", "contenttypes", "django_q", "sessions")
#: The sync of the copied rows lies this long before the test begins, as a real one would.
AGO = timedelta(minutes=1)

#: The label of a model, and its rows.
Table = tuple[str, list[tuple[Any, ...]]]

_kept: dict[object, "Copy"] = {}


@dataclass(frozen=True)
class Copy:
    """The rows of all tables that a sync fills, and the environment and firm that they name."""

    tables: list[Table]
    environment: int
    firm: int
    connection: dict[str, Any]


def once(key: object, environment: Any, fill: Callable[[], object]) -> None:
    """Fill the database as `fill` does; from the second time on in this run with a copy of what it left.

    `key` names everything that decides what `fill` leaves: the size and seed of the embedded Nmbrs, what is read.
    """
    if key not in _kept:
        path = Path(os.environ["TEST_FOLDER"]) / f"golden-{connection.vendor}-{_digest(key)}"
        # Somebody who needs it while another process makes it waits: made twice it would take longer for both.
        with path.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not path.exists():
                _kept[key] = _made(environment, fill)
                path.write_bytes(pickle.dumps(_kept[key]))
                return
        _kept[key] = pickle.loads(path.read_bytes())  # noqa: S301 -- written by another process of this run
    _put_back(_kept[key], environment)


def _digest(key: object) -> str:
    return hashlib.sha256(repr(key).encode()).hexdigest()[:16]


def _made(environment: Any, fill: Callable[[], object]) -> Copy:
    with time_machine.travel(datetime.now(UTC) - AGO, tick=True):
        fill()
    return Copy(list(_read()), environment.pk, environment.firm_id, _connections(environment).values().get())


def _connections(environment: Any) -> Any:
    return apps.get_model("connections.Connection")._base_manager.filter(environment=environment)


def _read() -> Iterator[Table]:
    with connection.cursor() as cursor:
        for model in apps.get_models(include_auto_created=True):
            if model._meta.app_label in OWN or model._meta.proxy or not model._meta.managed:
                continue
            cursor.execute(f"SELECT {_names(model)} FROM {_quoted(model._meta.db_table)}")  # noqa: S608 -- our own names
            if rows := [tuple(bytes(x) if isinstance(x, memoryview) else x for x in row) for row in cursor.fetchall()]:
                yield model._meta.label, rows


def _put_back(copy: Copy, environment: Any) -> None:
    # Foreign keys are checked at the end of the transaction on both databases: the order of the tables is free.
    with transaction.atomic(), connection.cursor() as cursor:
        filled = [apps.get_model(label) for label, _ in copy.tables]
        for model, (_, rows) in zip(filled, copy.tables, strict=True):
            # What stands here already was there before the copied sync too, and comes back with it.
            cursor.execute(f"DELETE FROM {_quoted(model._meta.db_table)}")  # noqa: S608
            places = ", ".join(["%s"] * len(model._meta.concrete_fields))
            cursor.executemany(
                f"INSERT INTO {_quoted(model._meta.db_table)} ({_names(model)}) VALUES ({places})",  # noqa: S608
                _for_environment(model, rows, copy, environment),
            )
        for statement in connection.ops.sequence_reset_sql(no_style(), filled):
            cursor.execute(statement)
        same = ("id", "environment_id", "host", "user", "token")
        _connections(environment).update(**{name: value for name, value in copy.connection.items() if name not in same})


def _for_environment(
    model: type[models.Model], rows: list[tuple[Any, ...]], old: Copy, new: Any
) -> list[tuple[Any, ...]]:
    """The rows with the ids of the new environment and firm in the places of the old ones."""
    instead: dict[int, dict[Any, Any]] = {}
    for place, column in enumerate(model._meta.concrete_fields):
        if column.related_model is type(new):
            instead[place] = {old.environment: new.pk}
        elif column.related_model is type(new.firm):
            instead[place] = {old.firm: new.firm_id}
        elif column.name == "scope_key":
            instead[place] = {f"environment:{old.environment}": f"environment:{new.pk}"}
    moved = [[instead.get(place, {}).get(value, value) for place, value in enumerate(row)] for row in rows]
    names = [column.attname for column in model._meta.concrete_fields]
    for place, column in enumerate(model._meta.concrete_fields):
        if isinstance(column, EncryptedTextField):
            # Encrypted together with its row, so it is encrypted anew for the row of the other environment.
            for before, after in zip(rows, moved, strict=True):
                if before[place]:
                    text = column.opened(SealedText(before[place]), dict(zip(names, before, strict=True)))
                    after[place] = column.sealed(text, dict(zip(names, after, strict=True))).stored
    return [tuple(row) for row in moved]


def _names(model: type[models.Model]) -> str:
    return ", ".join(_quoted(column.column) for column in model._meta.concrete_fields)


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)
