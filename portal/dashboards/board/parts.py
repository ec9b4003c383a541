"""What the columns of the period board are made of, for a file: words, days as days, counts as numbers."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.companies import status
from portal.dashboards.board.rows import lack_in, state_of
from portal.deadlines import trouble
from portal.deadlines.certainty import CHECK
from portal.deadlines.due import DONE, LAPSED, PASSED, WORDS, word_for
from portal.deadlines.models import Kind, Lapse, PeriodState, Progress
from portal.deadlines.refusals import TOLD_BY
from portal.deadlines.tables import company_parts
from portal.deadlines.trouble import OF_COMPANY
from portal.ui.exports.parts import Part
from portal.ui.freshness import summarise
from portal.ui.values import Level, Missing, Status

NOT_MADE = Status(Level.NEUTRAL, _("not made"), "circle-dashed")
NOTHING_OPEN = Status(Level.FINE, _("nothing open"))
MADE = {
    Kind.PAYMENT: status.RUN_MADE,
    Kind.RETURN: status.RETURN_MADE,
    Kind.PENSION: status.RETURN_MADE,
}

Read = Callable[[Any, Any], Any]


def run_status(company: Any) -> Status | Missing:
    """None, made or locked."""
    state = state_of(company)
    if state is None or state.run is None:
        return _lack(company, "runs")
    if state.run == Progress.NONE and state.lapse:
        return LAPSED[state.lapse]
    if state.run == Progress.NONE:
        return status.NO_RUN_FOUND if state.back > 0 else NOT_MADE
    return DONE[Kind.PAYMENT] if state.run == Progress.DONE else MADE[Kind.PAYMENT]


def return_status(company: Any) -> Status | Missing:
    """How far the return is; unknown where nothing tells of which period it is."""
    state = state_of(company)
    if state is None or not state.returns_known:
        return _lack(company, "wage_tax_returns")
    if state.return_due is None:
        return status.NO_RETURN if state.lapse == Lapse.STOPPED else Missing.UNKNOWN
    return _filed(company, Kind.RETURN, state.return_progress, waits=state.return_open)


def pension_status(company: Any) -> Status | Missing:
    """How far the pension return is; none where none is expected."""
    state = state_of(company)
    if state is None or not state.pensions_known:
        return _lack(company, "pension_exports")
    if state.pension is None or state.pension_due is None:
        return status.NO_RETURN
    return _filed(company, Kind.PENSION, state.pension, waits=state.pension_open)


def period_lack(company: Any) -> Missing:
    """Why no period is known."""
    return lack_in(company, "current_period")


def next_lack(company: Any) -> Status | Missing:
    """What is said where no date is open: that there is none, or why nobody knows."""
    state = state_of(company)
    if state is None:
        return period_lack(company)
    for kind, known in (
        ("runs", state.runs_known),
        ("wage_tax_returns", state.returns_known),
        ("pension_exports", state.pensions_known),
    ):
        if not known:
            return lack_in(company, kind)
    unclear = state.return_due is None and state.lapse != Lapse.STOPPED
    return Missing.UNKNOWN if unclear else NOTHING_OPEN


def trouble_of(company: Any) -> list[Status]:
    """Why what is known of the company cannot be relied on, in words."""
    return trouble.told(company.fresh_rows)


def _lack(company: Any, kind: str) -> Missing:
    return lack_in(company, kind) if state_of(company) else period_lack(company)


def _filed(company: Any, kind: Kind, progress: int | None, *, waits: bool) -> Status | Missing:
    if progress is None:
        return lack_in(company, TOLD_BY[kind])
    nothing = NOT_MADE if waits else PASSED
    return {Progress.DONE: DONE[kind], Progress.MADE: MADE[kind]}.get(Progress(progress), nothing)


def _of(told: Callable[[Any], Any]) -> Read:
    """Of the row's company."""
    return lambda _table, record: told(record)


def _of_state(told: Callable[[PeriodState | None], Any]) -> Read:
    return lambda _table, record: told(state_of(record))


def _day(name: str) -> Read:
    """A column with a day, or the day in Amsterdam of one with a moment."""

    def told(state: PeriodState | None) -> Any:
        value = getattr(state, name, None)
        return value.astimezone(clock.AMSTERDAM).date() if isinstance(value, datetime) else value

    return _of_state(told)


def _check(due: str, unsure: str) -> Read:
    return _of_state(lambda state: CHECK if getattr(state, due, None) and getattr(state, unsure) else None)


def _next_due(company: Any) -> Any:
    state = state_of(company)
    return state.next_due if state and state.next_due else next_lack(company)


def _next_when(state: PeriodState | None) -> Any:
    if state is None or state.next_due is None or state.next_act_by is None:
        return None
    return WORDS[word_for(state.next_due, state.next_act_by)]


def _next_what(state: PeriodState | None) -> str | None:
    if state is None or state.next_due is None or state.next_act_by is None:
        return None
    return f"{Kind(state.next_kind).label} {state.next_period}"


def _fresh(_table: Any, record: Any) -> Status:
    return summarise(record.fresh_rows, OF_COMPANY).status


def _trouble(_table: Any, record: Any) -> str | None:
    return "; ".join(str(one.label) for one in trouble_of(record)) or None


def _fresh_as_of(_table: Any, record: Any) -> datetime | None:
    return summarise(record.fresh_rows, OF_COMPANY).oldest


APART = {
    "company": company_parts(lambda row: row),
    "run": (
        Part(_("Run"), _of(run_status)),
        Part(_("Run made on"), _day("run_at")),
        Part(_("Pay day"), _day("pay_due")),
        Part(_("Pay day: check"), _check("pay_due", "pay_unsure")),
    ),
    "wage_tax": (
        Part(_("Wage-tax return"), _of(return_status)),
        Part(_("Wage-tax return: due"), _day("return_due")),
        Part(_("Wage-tax return: check"), _check("return_due", "return_unsure")),
        Part(_("Wage-tax return: sent on"), _day("return_sent_at")),
    ),
    "pension": (
        Part(_("Pension return"), _of(pension_status)),
        Part(_("Pension return: due"), _day("pension_due")),
        Part(_("Pension return: check"), _check("pension_due", "pension_unsure")),
        Part(_("Pension return: sent on"), _day("pension_sent_at")),
    ),
    "next_due": (
        Part(_("Next due"), _of(_next_due)),
        Part(_("Next due: act by"), _day("next_act_by")),
        Part(_("Next due: when"), _of_state(_next_when)),
        Part(_("Next due: what"), _of_state(_next_what)),
        Part(_("Next due: check"), _check("next_due", "next_unsure")),
    ),
    "changes": (Part(_("Changes"), lambda table, record: table.unseen.get(record.pk, 0), is_figure=True),),
    "data": (Part(_("Data"), _fresh), Part(_("Data as of"), _fresh_as_of), Part(_("Data: trouble"), _trouble)),
}
