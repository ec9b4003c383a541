"""A model field whose database column holds ciphertext only, bound to its row.

    token = EncryptedTextField(bound_to=("environment", "protocol"))

`bound_to` names the columns that tell the row from all others of its table and never change: the primary key is not
known before a row is inserted. Together with table and column they are authenticated with the text, so a value that is
copied into another row, column or table does not open there (security.md 6).
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.core import checks
from django.core.exceptions import FieldDoesNotExist, ImproperlyConfigured
from django.db import models
from django.db.models.query_utils import DeferredAttribute

from portal.vault.cipher import open_bound, seal_bound

if TYPE_CHECKING:
    _Base = models.TextField[str, str]
else:
    _Base = models.TextField

Row = models.Model | Mapping[str, Any]


class SealedText:
    """A value as it lies in the database, from `values()` and other questions that give no row to open it with."""

    __slots__ = ("stored",)

    def __init__(self, stored: str) -> None:
        self.stored = stored

    def __repr__(self) -> str:
        return "<sealed>"


class _Opening(DeferredAttribute):
    """Opens the value when somebody asks a row for it: only then is the row whole."""

    field: "EncryptedTextField"

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        value = super().__get__(instance, owner)
        if isinstance(value, SealedText):
            value = instance.__dict__[self.field.attname] = self.field.opened(value, instance)
        return value

    def __set__(self, instance: Any, value: Any) -> None:
        instance.__dict__[self.field.attname] = value


class EncryptedTextField(_Base):
    """Text that is encrypted on its way into the database and opened on its way out. Cannot be searched.

    Written with its row only: by save(), create(), bulk_create() and bulk_upsert(), not by update() or bulk_update().
    """

    descriptor_class = _Opening

    def __init__(self, *args: Any, bound_to: Sequence[str] = (), **kwargs: Any) -> None:
        # Not part of a migration: the table is the same with it and without.
        self.bound_to = tuple(bound_to)
        super().__init__(*args, **kwargs)

    @property
    def columns_of_place(self) -> tuple[str, ...]:
        """The attributes of a row that tell where a value lies."""
        return tuple(self.model._meta.get_field(name).attname for name in self.bound_to)  # type: ignore[union-attr]

    def sealed(self, text: str, row: Row) -> SealedText:
        """`text` as it may lie in `row`: an object, or its columns by attribute name."""
        return SealedText(seal_bound(text, self._place(row)))

    def opened(self, value: SealedText, row: Row) -> str:
        """The text behind `value`, which lies in `row`. Raises Sealed, or Misplaced when it belongs elsewhere."""
        return open_bound(value.stored, self._place(row))

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        value = super().pre_save(model_instance, add)
        return self.sealed(value, model_instance) if isinstance(value, str) and value else value

    def get_prep_value(self, value: Any) -> Any:
        if isinstance(value, SealedText):
            return value.stored
        if value in (None, ""):
            return value
        raise TypeError(f"{self} is encrypted together with its row: write it with save(), and do not search in it.")

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        return value if value in (None, "") else SealedText(value)

    def value_to_string(self, obj: models.Model) -> str:
        """What `dumpdata` writes: the ciphertext."""
        value = self.value_from_object(obj)
        return self.sealed(value, obj).stored if value else ""

    def check(self, **kwargs: Any) -> list[checks.CheckMessage]:
        return [*super().check(**kwargs), *self._check_place()]

    def _place(self, row: Row) -> list[str]:
        if not self.bound_to:
            raise ImproperlyConfigured(f"{self} does not say in bound_to to which columns its values are bound.")
        found = [
            row.get(name) if isinstance(row, Mapping) else getattr(row, name, None) for name in self.columns_of_place
        ]
        if None in found:
            raise ValueError(f"{self} cannot be read or written without {', '.join(self.bound_to)} of its row.")
        return [self.model._meta.label_lower, self.name, *map(str, found)]

    def _check_place(self) -> list[checks.CheckMessage]:
        meta = self.model._meta
        try:
            singles = [name for name in self.bound_to if meta.get_field(name).unique]  # type: ignore[union-attr]
        except FieldDoesNotExist as error:
            return [checks.Error(f"bound_to: {error}", obj=self, id="vault.E001")]
        together = [set(constraint.fields) for constraint in meta.total_unique_constraints]
        if not self.bound_to or not (singles or any(one <= set(self.bound_to) for one in together)):
            return [checks.Error("bound_to must name columns that are unique together.", obj=self, id="vault.E002")]
        return []


def open_row(model: type[models.Model], row: Mapping[str, Any]) -> dict[str, Any]:
    """A row of `values()` with its sealed columns opened. The columns they are bound to must be in it."""
    opened = dict(row)
    for name, value in row.items():
        if isinstance(value, SealedText):
            field = model._meta.get_field(name)
            assert isinstance(field, EncryptedTextField)  # noqa: S101 - nothing else gives sealed values
            opened[name] = field.opened(value, row)
    return opened
