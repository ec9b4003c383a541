"""Encrypting what is stored anew with the newest key, so that an old key can be thrown away.

Values of before they were bound to their rows are bound on the way.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.apps import apps
from django.db import models, transaction
from django.db.models import F
from django.db.models.functions import Cast

from portal.vault.cipher import is_bound_with_newest_key
from portal.vault.fields import EncryptedTextField

#: Rows that one transaction holds: others wait for a moment only.
BATCH = 200


@dataclass(frozen=True)
class Column:
    """One encrypted column of the database."""

    model: type[models.Model]
    field: str

    def __str__(self) -> str:
        return f"{self.model._meta.label_lower}.{self.field}"


def encrypted_columns() -> Iterator[Column]:
    """Every encrypted column there is, found by its field."""
    for model in apps.get_models():
        if model._meta.proxy or not model._meta.managed:
            continue
        for field in model._meta.local_concrete_fields:
            if isinstance(field, EncryptedTextField):
                yield Column(model, field.name)


def outdated(column: Column) -> int:
    """How many values of the column have an older key or are not bound to their row."""
    stored = column.model._base_manager.annotate(_stored=Cast(F(column.field), models.TextField()))
    values = stored.order_by().values_list("_stored", flat=True).iterator()
    return sum(bool(value) and not is_bound_with_newest_key(value) for value in values)


def rotate(column: Column) -> int:
    """Encrypt the column anew; returns how many values had an older key or were not bound to their row.

    Raises Sealed when a key is missing, Misplaced when a value belongs to another row.

    Repeating it costs a look at every value and no write. What is written meanwhile has the newest key by itself.
    """
    rows = column.model._base_manager.all()
    field = column.model._meta.get_field(column.field)
    assert isinstance(field, EncryptedTextField)  # noqa: S101 - a column is one of these
    after, changed = 0, 0
    while True:
        with transaction.atomic():
            batch = list(
                rows.select_for_update()
                .filter(pk__gt=after)
                .order_by("pk")
                .annotate(_stored=Cast(F(column.field), models.TextField()))
                .values_list("pk", "_stored")[:BATCH]
            )
            if not batch:
                return changed
            old = [pk for pk, stored in batch if stored and not is_bound_with_newest_key(stored)]
            for row in rows.filter(pk__in=old).only("pk", column.field, *field.bound_to):
                rows.filter(pk=row.pk).update(**{column.field: field.sealed(getattr(row, column.field), row)})
            changed += len(old)
            after = batch[-1][0]
