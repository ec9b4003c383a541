"""What hangs on a row, in every room: found through the models' foreign keys, removed a batch at a time."""

import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from django.db import connection, models, transaction

from portal.mirror.models import MirrorRow

#: Rows of one transaction: on SQLite nobody else writes meanwhile.
BATCH = 500
#: On SQLite a worker rests so many seconds between two batches, so that people's writes get their turn.
REST = 0.02


class Owned(NamedTuple):
    """A model whose rows go with their owner, and a lookup from a row to the owner's primary key."""

    model: type[models.Model]
    path: str

    def rows(self, pks: Sequence[int]) -> Any:
        """The rows that hang on these owners, also those missing in Nmbrs."""
        return everything(self.model).filter(**{f"{self.path}__in": pks})


def everything(model: type[models.Model]) -> Any:
    """All rows of a model, whatever its usual manager hides."""
    return getattr(model, "everything", model._base_manager).order_by()


def owned_by(owner: type[models.Model]) -> list[Owned]:
    """Everything that Django would delete with a row of `owner`, what hangs deepest first."""
    found: dict[Owned, int] = {}

    def walk(model: type[models.Model], path: str, depth: int, trail: tuple[type[models.Model], ...]) -> None:
        for relation in model._meta.get_fields(include_hidden=True):
            if not (relation.auto_created and not relation.concrete and (relation.one_to_many or relation.one_to_one)):
                continue
            if getattr(relation, "on_delete", None) is not models.CASCADE or relation.related_model in trail:
                continue
            child: type[models.Model] = relation.related_model  # type: ignore[assignment]
            name = relation.field.name  # type: ignore[union-attr]
            own = Owned(child, f"{name}__{path}" if path else name)
            found[own] = max(depth, found.get(own, 0))
            walk(child, own.path, depth + 1, (*trail, child))

    walk(owner, "", 1, (owner,))
    return [
        own for own, _ in sorted(found.items(), key=lambda pair: (-pair[1], pair[0].model._meta.label, pair[0].path))
    ]


def counted(owner: type[models.Model], pk: int) -> dict[str, int]:
    """Model label -> rows that would go with the owner, itself included; kinds without rows are not there.

    Mirrored rows are counted along the shortest way to the owner: every one of them is there, and a row that just moves
    to another owner is counted with one of them.
    """
    ways: dict[type[models.Model], models.Q] = {}
    for own in sorted(owned_by(owner), key=lambda own: (own.path.count("__"), own.path)):
        if own.model not in ways or not issubclass(own.model, MirrorRow):
            ways[own.model] = ways.get(own.model, models.Q()) | models.Q(**{own.path: pk})
    found = {
        model._meta.label: everything(model).filter(way).values("pk").distinct().count() for model, way in ways.items()
    }
    found[owner._meta.label] = everything(owner).filter(pk=pk).count()
    return {label: number for label, number in found.items() if number}


def removed(
    owner: type[models.Model], pks: Sequence[int], *, rest: Callable[[], None] | None = None
) -> Iterator[tuple[str, int]]:
    """Remove the rows and all that hangs on them; gives label and number after each batch, which is then safe.

    It can be left and begun again at any batch: what is gone is not found again.
    """
    wait = rest or take_a_rest
    for own in owned_by(owner):
        while batch := list(own.rows(pks).values_list("pk", flat=True)[:BATCH]):
            with transaction.atomic():
                everything(own.model).filter(pk__in=batch).delete()
            yield own.model._meta.label, len(batch)
            wait()
    with transaction.atomic():
        gone = everything(owner).filter(pk__in=pks)
        number = gone.count()
        gone.delete()
    if number:
        yield owner._meta.label, number


def take_a_rest() -> None:
    """Let others write."""
    if connection.vendor == "sqlite":
        time.sleep(REST)
