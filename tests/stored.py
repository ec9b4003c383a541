"""What the rows of a model say, column by column, as a page reads them: what is sealed is opened by its row."""

from operator import attrgetter
from typing import Any


def values_of(model: Any, *columns: str) -> list[tuple[Any, ...]]:
    """The columns (paths with `__` too) of every row that is present, in the order of the rows."""
    if not model.objects.exists():
        return []
    related = {path.rpartition("__")[0] for path in columns if "__" in path}
    read = [attrgetter(path.replace("__", ".")) for path in columns]
    rows = model.objects.select_related(*related).order_by("pk") if related else model.objects.order_by("pk")
    return [tuple(value(row) for value in read) for row in rows]
