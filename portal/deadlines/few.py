"""Short lists: of one company not more than a few late dates, so that one does not hide what is due of the others."""

from datetime import date
from typing import Any

from django.db.models import Case, Count, F, Q, QuerySet, Value, When, Window
from django.db.models.functions import RowNumber

#: Of one company.
LATE = 2


def few_late(deadlines: "QuerySet[Any]", day: date) -> "QuerySet[Any]":
    """With the first of each company's dates that were due before `day` and are open; all others stay.

    `late_place`: the how manieth of them it is, and `late_count` how many there are; 0 for one that is not late.
    """
    is_late = Q(open=True, due__lt=day)
    rows = deadlines.alias(is_late=Case(When(is_late, then=Value(1)), default=Value(0)))
    own: dict[str, Any] = {"partition_by": [F("company"), F("is_late")]}
    place = Window(RowNumber(), order_by=[F("due"), F("pk")], **own)
    placed: QuerySet[Any] = rows.annotate(
        late_place=Case(When(is_late, then=place), default=Value(0)),
        late_count=Case(When(is_late, then=Window(Count("pk"), **own)), default=Value(0)),
    )
    return placed.filter(late_place__lte=LATE)


def left_out(row: Any) -> int:
    """How many late dates of its company are not in the list: told at the last one of them that is."""
    return row.late_count - LATE if row.late_place == LATE else 0
