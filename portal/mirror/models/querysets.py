"""Querysets and managers of mirrored rows: as of a day, in a period, with or without what is missing in Nmbrs."""

from datetime import date
from typing import TYPE_CHECKING, Any, Self, TypeVar

from django.db import models
from django.db.models import F, Q

from portal.accounts.scope import ScopedQuerySet
from portal.periods import Period, PeriodType, bounds

if TYPE_CHECKING:
    from portal.mirror.models.rows import MirrorRow

T = TypeVar("T", bound="MirrorRow")


def in_force(day: date | F | Any, rows: str = "") -> Q:
    """What holds of a row that is in force on `day`; `rows` is the way to it from the model that is asked, "pay__"."""
    goes_on = Q(**{f"{rows}valid_until__isnull": True}) | Q(**{f"{rows}valid_until__gt": day})
    return goes_on & Q(**{f"{rows}valid_from__lte": day})


class MirrorQuerySet(ScopedQuerySet[T]):
    """Rows of one kind; `objects` leaves out those that are missing in Nmbrs, `everything` has them too."""

    def present(self) -> Self:
        """Rows that the last complete list had."""
        return self.filter(missing_since__isnull=True)


class HistoryQuerySet(MirrorQuerySet[T]):
    """Rows with an interval `[valid_from, valid_until)`."""

    def as_of(self, day: date | F | Any) -> Self:
        """The rows in force on `day` (a date or an expression). Emptied ties never match."""
        return self.filter(in_force(day))

    def touching(self, first: date, last: date) -> Self:
        """The rows in force on at least one day from `first` to `last`, both included."""
        return self.filter(
            Q(valid_until__isnull=True) | Q(valid_until__gt=first) & Q(valid_until__gt=F("valid_from")),
            valid_from__lte=last,
        )

    def in_period(self, kind: PeriodType, period: Period) -> Self:
        """The rows in force on at least one day of a period of this type: both salaries of a month with a raise."""
        days = bounds(kind, period)
        return self.touching(days.first, days.last)


class PeriodFactQuerySet(MirrorQuerySet[T]):
    """Rows that belong to one period only."""

    def in_period(self, period: Period) -> Self:
        """The rows of `period`. Only meaningful inside one company."""
        return self.filter(year=period.year, number=period.number)


class RunQuerySet(MirrorQuerySet[T]):
    """Rows that belong to a run; `run_path` is the way from a row to it, "run__", empty for runs themselves."""

    run_path = ""

    def in_period(self, period: Period) -> Self:
        """The rows of runs that cover `period`. Only meaningful inside one company."""
        path = self.run_path
        return self.filter(
            **{
                f"{path}year": period.year,
                f"{path}period_start__lte": period.number,
                f"{path}period_end__gte": period.number,
            }
        )


class OfRunQuerySet(RunQuerySet[T]):
    """Rows of one run: who is in it."""

    run_path = "run__"


AllRows = models.Manager.from_queryset(MirrorQuerySet)
AllHistory = models.Manager.from_queryset(HistoryQuerySet)
AllFacts = models.Manager.from_queryset(PeriodFactQuerySet)
AllRuns = models.Manager.from_queryset(RunQuerySet)
AllOfRuns = models.Manager.from_queryset(OfRunQuerySet)


class PresentManager(AllRows[T]):
    """Hides rows that are missing in Nmbrs."""

    def get_queryset(self) -> Any:
        return super().get_queryset().filter(missing_since__isnull=True)


class PresentHistoryManager(AllHistory[T]):
    """Hides rows that are missing in Nmbrs."""

    def get_queryset(self) -> Any:
        return super().get_queryset().filter(missing_since__isnull=True)


class PresentFactManager(AllFacts[T]):
    """Hides rows that are missing in Nmbrs."""

    def get_queryset(self) -> Any:
        return super().get_queryset().filter(missing_since__isnull=True)


class PresentRunManager(AllRuns[T]):
    """Hides rows that are missing in Nmbrs."""

    def get_queryset(self) -> Any:
        return super().get_queryset().filter(missing_since__isnull=True)


class PresentOfRunManager(AllOfRuns[T]):
    """Hides rows that are missing in Nmbrs."""

    def get_queryset(self) -> Any:
        return super().get_queryset().filter(missing_since__isnull=True)
