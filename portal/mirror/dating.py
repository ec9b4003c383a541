"""From dates and periods as Nmbrs gives them to half-open intervals, in Python, before the diff.

Rules: nmbrs.md 4.3 and architecture.md section 4. A dating changes the rows' values in place and reports rows it
cannot date.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Protocol

from portal.periods import YEARS, Period, PeriodType, bounds

Values = dict[str, Any]
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


class Undatable(Exception):
    """A row's period or date cannot be; `column` names the culprit."""

    def __init__(self, column: str) -> None:
        self.column = column
        super().__init__(column)


class Dating(Protocol):
    """How rows of a kind get their interval."""

    @property
    def needs_period_type(self) -> bool:
        """Whether the company's period type must be known first."""

    @property
    def computed(self) -> tuple[str, ...]:
        """Columns that the dating fills and no record brings."""

    def start(self, values: Values, period_type: PeriodType | None) -> None:
        """Set what one row needs on its own. Raises Undatable."""

    def chain(self, rows: Iterable[Values]) -> None:
        """Set what follows from the rows together."""


@dataclass(frozen=True)
class Current:
    """No interval: the present state, or a fact that carries its own period."""

    needs_period_type: bool = False
    computed: tuple[str, ...] = ()

    def start(self, values: Values, period_type: PeriodType | None) -> None:
        """Nothing to set."""

    def chain(self, rows: Iterable[Values]) -> None:
        """Nothing to set."""


@dataclass(frozen=True)
class ByDate:
    """Own start day in `valid_from`; a row ends where the next of its chain starts."""

    by: tuple[str, ...] = ("employee_id",)
    needs_period_type: bool = False
    computed: tuple[str, ...] = ("valid_until",)

    def start(self, values: Values, period_type: PeriodType | None) -> None:
        """The start came with the record."""

    def chain(self, rows: Iterable[Values]) -> None:
        close_chains(rows, self.by)


@dataclass(frozen=True)
class ByPeriod:
    """Start year and period in `start_year` and `start_period`; ends as ByDate. Needs the company's period type."""

    by: tuple[str, ...] = ("employee_id",)
    needs_period_type: bool = True
    computed: tuple[str, ...] = ("valid_from", "valid_until")

    def start(self, values: Values, period_type: PeriodType | None) -> None:
        if period_type is None:
            raise Undatable("start_period")
        if values["start_year"] not in YEARS:
            raise Undatable("start_year")
        try:
            values["valid_from"] = bounds(period_type, Period(values["start_year"], values["start_period"])).first
        except (ValueError, OverflowError):
            raise Undatable("start_period") from None

    def chain(self, rows: Iterable[Values]) -> None:
        close_chains(rows, self.by)


@dataclass(frozen=True)
class Observed:
    """Nmbrs gives only the present state: an interval opens on the day we first see a value and closes on the day we
    see another, or none. `portal.mirror.difference` works the intervals out against the rows we have.
    """

    needs_period_type: bool = False
    computed: tuple[str, ...] = ("valid_from", "valid_until")

    def start(self, values: Values, period_type: PeriodType | None) -> None:
        """The day it was seen is set when the rows are compared."""

    def chain(self, rows: Iterable[Values]) -> None:
        """Each observation stands alone."""


@dataclass(frozen=True)
class Spell:
    """Own start and own inclusive last day in `end_date`; spells may overlap."""

    needs_period_type: bool = False
    computed: tuple[str, ...] = ("valid_until",)

    def start(self, values: Values, period_type: PeriodType | None) -> None:
        end: date | None = values["end_date"]
        try:
            values["valid_until"] = None if end is None else end + timedelta(days=1)
        except OverflowError:
            raise Undatable("end_date") from None

    def chain(self, rows: Iterable[Values]) -> None:
        """Each spell stands alone."""


def close_chains(rows: Iterable[Values], by: tuple[str, ...]) -> None:
    """Give each row of a chain its end: the start of the next.

    Of rows with one start the later created wins (without a creation date: the higher remote id); the others get an
    empty interval, so no question by day ever meets two.
    """
    chains: dict[tuple[Any, ...], list[Values]] = defaultdict(list)
    for row in rows:
        chains[tuple(row[column] for column in by)].append(row)
    for chain in chains.values():
        chain.sort(key=lambda row: (row["valid_from"], row["created_at"] or _LONG_AGO, row["remote_id"] or 0))
        until: date | None = None
        following: date | None = None
        for row in reversed(chain):
            if row["valid_from"] == following:
                row["valid_until"] = row["valid_from"]
                continue
            row["valid_until"] = until
            until = following = row["valid_from"]
