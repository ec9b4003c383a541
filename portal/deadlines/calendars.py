"""The deadlines of some companies as an iCalendar (RFC 5545): whole days, deadlines only, nothing about people."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import groupby
from typing import NamedTuple

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from portal import clock
from portal.companies import words
from portal.deadlines.certainty import CHECK
from portal.deadlines.models import Kind
from portal.periods import Period, PeriodType
from portal.ui import formats

#: More companies than this with the same thing due on a day become one entry.
TOGETHER = 5
#: Names that such an entry lists.
LISTED = 40
#: How often a program should come back.
TTL = "PT6H"


class Entry(NamedTuple):
    """A deadline, in the order in which a database gives the columns."""

    due: date
    kind: str
    period_type: str
    year: int
    number: int
    company: int
    name: str
    unsure: bool
    act_by: date


def written(entries: Iterable[Entry], title: str, meaning: str) -> bytes:
    """The calendar, in the active language. `entries` are in the order of day and kind.

    `meaning`: what the mark of an unsure date says to its reader.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//Payroll portal//Deadlines//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", title)
    calendar.add("x-published-ttl", TTL)
    for event in _events(entries, f"{CHECK.label}: {meaning}"):
        calendar.add_component(event)
    text: bytes = calendar.to_ical()
    return text


def _events(entries: Iterable[Entry], meaning: str) -> Iterator[Event]:
    for (due, kind), group in groupby(entries, key=lambda one: (one.due, one.kind)):
        rows = list(group)
        what = Kind(kind).label
        acts = _act(rows[0])
        if len(rows) > TOGETHER:
            said = _("%(what)s: %(count)s companies") % {"what": what, "count": len(rows)}
            names = [*acts, *(f"{row.name} ({_period(row)}){_mark(row)}" for row in rows[:LISTED])]
            if len(rows) > LISTED:
                names.append(_("and %(count)s more") % {"count": len(rows) - LISTED})
            address = f"{reverse('deadlines:calendar')}?month={due:%Y-%m}&day={due.isoformat()}&kind={kind}"
            if any(row.unsure for row in rows):
                names.append(meaning)
            yield _event(f"{due.isoformat()}-{kind}", due, said, "\n".join(names), address)
            continue
        for row in rows:
            said = f"{what} {_period(row)} · {row.name}{_mark(row)}"
            address = reverse("deadlines:company", args=[row.company])
            yield _event(
                f"{row.company}-{kind}-{row.period_type}-{row.year}-{row.number}",
                due,
                said,
                "\n".join([*acts, meaning] if row.unsure else acts),
                address,
            )


def _period(row: Entry) -> str:
    return words.period(PeriodType(row.period_type), Period(row.year, row.number))


def _act(row: Entry) -> list[str]:
    """The day to act, where the due date is no working day: the same for whatever is due on that date."""
    return [] if row.act_by == row.due else [_("Act by %(day)s") % {"day": formats.day(row.act_by)}]


def _mark(row: Entry) -> str:
    """The mark of a date that was worked out from a term that nobody verified."""
    return f" · {CHECK.label}" if row.unsure else ""


def _event(uid: str, due: date, summary: str, description: str, address: str) -> Event:
    event = Event()
    event.add("uid", f"{uid}@deadlines.portal")
    event.add("dtstamp", clock.now())
    event.add("dtstart", due)
    event.add("dtend", due + timedelta(days=1))
    event.add("summary", summary)
    if description:
        event.add("description", description)
    event.add("url", f"{settings.PORTAL_URL}{address}")
    event.add("transp", "TRANSPARENT")
    return event
