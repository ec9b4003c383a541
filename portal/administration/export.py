"""The audit trail as a file: separated values that no spreadsheet takes for a formula."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from portal.accounts.trail import TrailEntry
from portal.administration.details import told
from portal.administration.names import Names, actor_label
from portal.administration.tables import subject
from portal.audit.kinds import Outcome, words
from portal.clock import AMSTERDAM
from portal.ui import spreadsheet

#: Names are looked up for so many entries at a time.
BATCH = 500


def rows(entries: Iterator[TrailEntry], user: Any, language: str) -> Iterator[str]:
    """The lines of the file, one at a time, in `language` whatever language the thread has meanwhile."""
    with translation.override(language):
        first = list(spreadsheet.lines([_header()]))
    yield spreadsheet.BYTE_ORDER_MARK
    yield from first
    while batch := list(islice(entries, BATCH)):
        with translation.override(language):
            names = Names(user, batch)
            lines = list(spreadsheet.lines(_cells(entry, names) for entry in batch))
        yield from lines


def _header() -> list[str]:
    return [
        _("Number"),
        _("Time"),
        _("What"),
        _("Kind of entry"),
        _("Outcome"),
        _("Who"),
        _("Number of the account"),
        _("Role"),
        _("Looking as"),
        _("Client"),
        _("Number of the client here"),
        _("Company"),
        _("Number of the company here"),
        _("Number of the employee here"),
        _("About"),
        _("Details"),
        _("From address"),
        _("Seal"),
    ]


def _cells(entry: TrailEntry, names: Names) -> list[str]:
    # Employees by number only: a file leaves the portal and its rules behind.
    about = "" if entry.employee_id is not None else subject(entry, names)
    known: list[Any] = [
        entry.number,
        entry.at.astimezone(AMSTERDAM).isoformat(timespec="seconds"),
        words(entry.kind),
        entry.kind,
        Outcome(entry.outcome).label if entry.outcome in Outcome else entry.outcome,
        names.person(entry.actor_id) if entry.actor_id is not None else "",
        entry.actor_id,
        actor_label(entry.actor_label),
        names.person(entry.look_as_id),
        names.debtor(entry),
        entry.debtor_id,
        names.company(entry),
        entry.company_id,
        entry.employee_id,
        about,
        "; ".join(told(entry.detail)),
        entry.address,
        entry.mac,
    ]
    return ["" if cell is None else str(cell) for cell in known]
