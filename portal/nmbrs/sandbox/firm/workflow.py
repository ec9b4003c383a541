"""The payroll workflow of a period: how far work, run, wage-tax return and pension export are.

It is read off the company's runs, returns, exports and requests, so it always fits them. Names and status texts of
tracks and actions are this sandbox's choice: no public list has them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import Enum
from typing import Final

from portal.nmbrs.sandbox.firm.filings import HANDLED, PENDING, has_pension_scheme
from portal.nmbrs.sandbox.firm.model import Company, Run
from portal.periods import Period, bounds


class WorkflowStatus(Enum):
    """State of a track or an action; the colours of Nmbrs' legend stand behind it."""

    UPCOMING = (1, "Toekomstig")  # white
    CURRENT = (2, "Actueel")  # blue
    STARTED = (3, "Bezig")  # yellow
    DONE = (4, "Gereed")  # green

    @property
    def id(self) -> int:
        """The number of the state."""
        return self.value[0]

    @property
    def text(self) -> str:
        """The text of the state."""
        return self.value[1]


@dataclass(frozen=True, slots=True)
class WorkflowAction:
    """A step of a track; `run_at` is None until it is done."""

    id: int
    name: str
    status: WorkflowStatus
    run_at: datetime | None


@dataclass(frozen=True, slots=True)
class WorkflowTrack:
    """A line of steps."""

    name: str
    status: WorkflowStatus
    actions: tuple[WorkflowAction, ...]


_WORK: Final = ("Werkperiode", 1, ("Mutaties invoeren", "Mutaties controleren", "Verloning aanvragen"))
_RUN: Final = ("Verloning", 4, ("Verloning uitvoeren", "Uitvoer controleren", "Loonstroken publiceren"))
_RETURN: Final = ("Loonaangifte", 7, ("Loonaangifte aanmaken", "Loonaangifte controleren", "Loonaangifte verzenden"))
_PENSION: Final = (
    "Pensioenaangifte", 10, ("Pensioenaangifte aanmaken", "Pensioenaangifte controleren", "Pensioenaangifte verzenden"),
)  # fmt: skip
_PRE_RUN, _RECALCULATION = "Voorloop", "Herberekening"


def workflow_of(company: Company, period: Period) -> list[WorkflowTrack]:
    """The tracks of a period; none for one that lies before the first run.

    The pension track is missing where there is no scheme. Raises ValueError when the year has no such period.
    """
    ends = bounds(company.period_type, period).last
    if company.runs and period < Period(company.runs[0].year, company.runs[0].first):
        return []
    run = _run_of(company, period)
    tracks = [_work_track(company, period, run), _run_track(company, period, run)]
    made = next((made for made in company.returns if made.first <= ends <= made.last), None)
    made_at = datetime.combine(made.last + timedelta(days=1), time(9, 0)) if made else None
    waiting = WorkflowStatus.CURRENT if run else WorkflowStatus.UPCOMING
    tracks.append(_filed_track(_RETURN, made_at, made.sent_at if made else None, waiting))
    if has_pension_scheme(company):
        export = next((export for export in company.records.pension_exports if export.period == period), None)
        made_at = datetime.combine(ends + timedelta(days=1), time(9, 30)) if export else None
        tracks.append(_filed_track(_PENSION, made_at, export.sent_at if export else None, waiting))
    return tracks


def _run_of(company: Company, period: Period) -> Run | None:
    """The regular run of a period: neither a pre-run nor one that only recalculates."""
    for run in company.runs:
        covers = run.year == period.year and run.first <= period.number <= run.last
        if covers and not run.description.startswith((_PRE_RUN, _RECALCULATION)):
            return run
    return None


def _work_track(company: Company, period: Period, run: Run | None) -> WorkflowTrack:
    if run is not None:
        asked = run.run_at - timedelta(days=1)
        return _track(_WORK, WorkflowStatus.DONE, (asked - timedelta(hours=5), asked - timedelta(hours=1), asked))
    if period > company.current:
        return _track(_WORK, WorkflowStatus.UPCOMING, ())
    request = next(
        (one for one in company.records.run_requests if one.period == period and one.status in {PENDING, HANDLED}), None
    )
    if request is None:
        return _track(_WORK, WorkflowStatus.CURRENT, ())
    entered = datetime.combine(bounds(company.period_type, period).first, time(16, 0))
    return _track(_WORK, WorkflowStatus.STARTED, (entered,))


def _run_track(company: Company, period: Period, run: Run | None) -> WorkflowTrack:
    if run is None:
        return _track(_RUN, WorkflowStatus.UPCOMING if period > company.current else WorkflowStatus.CURRENT, ())
    if not run.locked:
        return _track(_RUN, WorkflowStatus.STARTED, (run.run_at,))
    checked = run.run_at + timedelta(hours=2)
    return _track(_RUN, WorkflowStatus.DONE, (run.run_at, checked, checked + timedelta(hours=1)))


def _filed_track(
    track: tuple[str, int, tuple[str, ...]],
    made_at: datetime | None,
    sent_at: datetime | None,
    waiting: WorkflowStatus,
) -> WorkflowTrack:
    if made_at is None:
        return _track(track, waiting, ())
    if sent_at is None:
        return _track(track, WorkflowStatus.STARTED, (made_at,))
    return _track(track, WorkflowStatus.DONE, (made_at, sent_at, sent_at))


def _track(track: tuple[str, int, tuple[str, ...]], status: WorkflowStatus, done: Sequence[datetime]) -> WorkflowTrack:
    """A track whose first steps are done; the next one is current, unless the whole track is still to come."""
    name, first_id, steps = track
    actions = []
    for place, step in enumerate(steps):
        if place < len(done):
            actions.append(WorkflowAction(first_id + place, step, WorkflowStatus.DONE, done[place]))
        else:
            next_one = place == len(done) and status is not WorkflowStatus.UPCOMING
            state = WorkflowStatus.CURRENT if next_one else WorkflowStatus.UPCOMING
            actions.append(WorkflowAction(first_id + place, step, state, None))
    return WorkflowTrack(name, status, tuple(actions))
