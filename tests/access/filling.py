"""One row of any tenant model, with a mark of its debtor in every text and number that can hold one."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import count
from typing import Any
from uuid import UUID

from django.db import models

from portal.accounts.models import User
from tests.access.canaries import Planted
from tests.accounts.world import foreign_keys

SEEN = datetime(2026, 11, 22, 5, 12, tzinfo=UTC)
#: Days that a page about today or about the current period shows.
DAYS = {
    "birthday": date(1988, 4, 12),
    "last_day": date(2026, 12, 31),
    "handled_on": date(2026, 11, 2),
    "due": date(2026, 11, 26),
}
FIRST_DAY = date(2026, 1, 1)
#: Small numbers are years, periods and hours: a mark would make them something else.
SMALL = {"year": 2026, "start_year": 2026, "number": 11, "period_start": 11, "period_end": 11}
_rows = count(1)


@dataclass
class Filling:
    """The rows of one debtor: each model's row is made once, and others that need one refer to it."""

    planted: Planted
    letter: str
    owners: dict[type[models.Model], Any]
    user: User
    made: dict[type[models.Model], Any] = field(default_factory=dict)

    def row(self, model: type[models.Model], **values: Any) -> Any:
        """The row of `model`, made if it is not there yet."""
        if model in self.owners or model in self.made:
            return self.owners.get(model) or self.made[model]
        self.made[model] = self.another(model, **values)
        return self.made[model]

    def another(self, model: type[models.Model], **values: Any) -> Any:
        """A new row of `model`."""
        for key in foreign_keys(model):
            if key.name in values or key.attname in values:
                continue
            if key.related_model is User:
                values[key.name] = self.user
            elif key.related_model in self.owners or not key.null:
                values[key.name] = self.row(key.related_model)
        for one in model._meta.concrete_fields:
            if not one.is_relation and not one.primary_key and one.name not in values:
                values[one.name] = self._value(one)
        return model._base_manager.create(**values)

    def _value(self, one: Any) -> Any:
        if one.choices:
            return one.default if one.has_default() else one.choices[0][0]
        if isinstance(one, models.EmailField):
            return f"{self.planted.text(self.letter)}@people.example"
        if isinstance(one, models.CharField | models.TextField):
            return self.planted.text(self.letter, one.max_length)
        if isinstance(one, models.DecimalField):
            whole = one.max_digits - one.decimal_places
            return Decimal(f"{self.planted.number(self.letter)}.25") if whole >= 7 else Decimal(1)
        if isinstance(one, models.PositiveSmallIntegerField | models.SmallIntegerField):
            return one.default if one.has_default() else SMALL.get(one.name, 1)
        if isinstance(one, models.IntegerField):
            return one.default if one.has_default() else self.planted.number(self.letter)
        if isinstance(one, models.DateTimeField):
            return SEEN if one.name in ("first_seen", "last_changed") or not one.null else None
        if isinstance(one, models.DateField):
            return DAYS.get(one.name, None if one.null and not one.name.startswith("first") else FIRST_DAY)
        if isinstance(one, models.BinaryField):
            return next(_rows).to_bytes(16, "big")
        if isinstance(one, models.BooleanField):
            return one.default if one.has_default() else True
        if isinstance(one, models.UUIDField) and not one.null:
            return UUID(int=next(_rows))
        return one.get_default() if one.has_default() or not one.null else None
