"""The numbers that the panels add up, and the rows of the answer that they come from."""

from collections import defaultdict
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, NamedTuple, TypeVar

from portal.companies.booked import USUAL_ACCOUNTS
from portal.dashboards.sums.windows import Windows
from portal.periods import Period, PeriodType

K = TypeVar("K")

#: Stands between the code and the description of a cost centre.
BREAK = "\x1f"
#: Hundredths of a person: shares are percentages with four decimals, and sums must be whole.
SHARE_UNITS = 1_000_000


class Arm(IntEnum):
    """What a row of the answer is about."""

    TYPE = 1
    RUN = 2
    SNAPSHOT = 3
    BOOKED = 4
    BOOKED_DEPARTMENT = 5
    BOOKED_CENTER = 6
    DEPARTMENT = 7
    CENTER = 8
    ABSENCE_ON = 9
    #: Of the list of clients alone: portal.dashboards.sums.clients.
    CLIENT = 10
    CAME_IN = 11
    #: A company of which what journals come to is being worked out anew. Of the list of clients alone.
    RECOUNTING = 12


class RunIs(IntEnum):
    """What a row about a run says of its journal, as `z`."""

    BOOKED_OR_NOTHING = 0
    #: Of a run over several periods: cost is booked in one of them. Of the list of clients alone.
    BOOKED_SOMEWHERE = 1
    #: The run came in after the journal was last read.
    AWAITS_JOURNAL = 2


class Row(NamedTuple):
    """A row of the answer; what `x`, `y` and `z` are depends on the arm."""

    arm: int
    company: int
    text: str | None
    year: int
    number: int
    x: int | None
    y: int | None
    z: int | None


@dataclass(frozen=True)
class Kept:
    """A snapshot: people in service, their contract wage in cents, how many were absent (None: not asked)."""

    head_count: int
    wage_cents: int
    absent: int | None


@dataclass
class Sums:
    """The numbers of some companies over some windows. `booked` None: the journal books no cost account there."""

    windows: Windows
    types: dict[int, PeriodType] = field(default_factory=dict)
    current: dict[int, Period] = field(default_factory=dict)
    #: Company -> the periods of each run.
    runs: dict[int, list[frozenset[Period]]] = field(default_factory=lambda: defaultdict(list))
    #: Companies and periods with a run of which the journal is still to come.
    awaiting: set[tuple[int, Period]] = field(default_factory=set)
    #: Company and place of a window -> what was kept of it.
    kept: dict[tuple[int, int], Kept] = field(default_factory=dict)
    #: Company and period -> cents on cost accounts.
    booked: dict[tuple[int, Period], int | None] = field(default_factory=dict)
    #: Of the shown window: company and name of a department -> cents, and the same -> people.
    booked_by_department: dict[tuple[int, str], int] = field(default_factory=dict)
    by_department: dict[tuple[int, str | None], int] = field(default_factory=dict)
    #: Of the shown window: company and code of a cost centre -> cents, the same -> people in SHARE_UNITS; code ->
    #: description.
    booked_by_center: dict[tuple[int, str], int] = field(default_factory=dict)
    by_center: dict[tuple[int, str], int] = field(default_factory=dict)
    centers: dict[str, str] = field(default_factory=dict)
    absence_on: bool = False
    #: How the numbers of the accounts of cost begin.
    accounts: tuple[str, ...] = USUAL_ACCOUNTS
    #: Companies of which what journals come to is being worked out anew: their cost is not told meanwhile.
    recounting: set[int] = field(default_factory=set)

    def all_kept(self, companies: Iterable[int], place: int) -> bool:
        """Whether there is a snapshot of the window of each of these companies."""
        return all((company, place) in self.kept for company in companies)


def over(companies: Container[int], parts: Mapping[tuple[int, K], int]) -> dict[K, int]:
    """The parts of these companies added up, by what else they are known by."""
    found: dict[K, int] = {}
    for (company, name), number in parts.items():
        if company in companies:
            found[name] = found.get(name, 0) + number
    return found


def take(sums: Sums, row: Row) -> None:
    """Put a row of the answer where it belongs."""
    _TAKE[row.arm](sums, row)


def _take_type(sums: Sums, row: Row) -> None:
    sums.types[row.company] = PeriodType(row.text or "")
    sums.current[row.company] = Period(row.year, row.number)


def _take_run(sums: Sums, row: Row) -> None:
    covered = range(row.x or 0, (row.y or 0) + 1)
    periods = frozenset(Period(row.year, number) for number in covered)
    sums.runs[row.company].append(periods)
    if row.z == RunIs.AWAITS_JOURNAL:
        sums.awaiting.update((row.company, period) for period in periods)


def _take_snapshot(sums: Sums, row: Row) -> None:
    for place in sums.windows.places.get(Period(row.year, row.number), ()):
        sums.kept[row.company, place] = Kept(row.x or 0, row.y or 0, row.z)


def _take_booked(sums: Sums, row: Row) -> None:
    sums.booked[row.company, Period(row.year, row.number)] = row.x


def _take_department(sums: Sums, row: Row) -> None:
    sums.by_department[row.company, row.text] = row.x or 0


def _take_center(sums: Sums, row: Row) -> None:
    code, _, description = (row.text or "").partition(BREAK)
    at = row.company, code
    sums.by_center[at] = sums.by_center.get(at, 0) + (row.x or 0)
    # Companies may give one code different names: the first of the alphabet is as good as another.
    sums.centers[code] = min(filter(None, (description, sums.centers.get(code, ""))), default="")


def _take_booked_department(sums: Sums, row: Row) -> None:
    _add(sums.booked_by_department, row)


def _take_booked_center(sums: Sums, row: Row) -> None:
    _add(sums.booked_by_center, row)


def _add(cents: dict[tuple[int, str], int], row: Row) -> None:
    at = row.company, row.text or ""
    cents[at] = cents.get(at, 0) + (row.x or 0)


def _take_recounting(sums: Sums, row: Row) -> None:
    sums.recounting.add(row.company)


def _take_absence(sums: Sums, row: Row) -> None:
    sums.absence_on = True


_TAKE: Mapping[int, Any] = {
    Arm.TYPE: _take_type,
    Arm.RUN: _take_run,
    Arm.SNAPSHOT: _take_snapshot,
    Arm.BOOKED: _take_booked,
    Arm.BOOKED_DEPARTMENT: _take_booked_department,
    Arm.BOOKED_CENTER: _take_booked_center,
    Arm.DEPARTMENT: _take_department,
    Arm.CENTER: _take_center,
    Arm.ABSENCE_ON: _take_absence,
    Arm.RECOUNTING: _take_recounting,
}
