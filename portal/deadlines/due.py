"""How near a due date is, in four words that exclude each other: overdue, today, this week, later.

What counts as near is the day on which the work has to be done, the last working day at or before the due date; late is
only what is past its due date.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from portal import clock
from portal.deadlines.models import Kind, Lapse, Progress
from portal.ui import formats
from portal.ui.values import Level, Missing, Status

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

OVERDUE, TODAY, WEEK, LATER = "overdue", "today", "week", "later"
WORDS: "dict[str, _StrPromise]" = {
    OVERDUE: gettext_lazy("Overdue"),
    TODAY: gettext_lazy("Today"),
    WEEK: gettext_lazy("This week"),
    LATER: gettext_lazy("Later"),
}

#: In the order of how near they are.
BUCKETS = tuple(WORDS)
#: The run of a period by the words of an address.
RUNS = {"none": Progress.NONE, "made": Progress.MADE, "locked": Progress.DONE}
RUN_WORDS: "dict[str, _StrPromise]" = {
    "none": gettext_lazy("not made"),
    "made": gettext_lazy("made, not locked"),
    "locked": gettext_lazy("locked"),
}

#: Said of what is done, by what it is.
DONE = {
    Kind.PAYMENT: Status(Level.FINE, gettext_lazy("locked"), "lock"),
    Kind.PENSION: Status(Level.FINE, gettext_lazy("sent")),
    Kind.RETURN: Status(Level.FINE, gettext_lazy("sent")),
}
#: Not made, and nobody waits for it: the company went on to the next period.
PASSED = Status(Level.NEUTRAL, gettext_lazy("none"), "minus")


#: Nothing was made because there was nothing to make.
LAPSED = {lapse.value: Status(Level.NEUTRAL, lapse.label, "minus") for lapse in Lapse}

#: How far a return or pension return is, by the words of an address.
FILED_WORDS: "dict[str, _StrPromise]" = {
    "open": gettext_lazy("not made"),
    "made": gettext_lazy("made, not sent"),
    "sent": gettext_lazy("sent"),
    "none": gettext_lazy("none"),
    "unknown": gettext_lazy("not known"),
}


def declared(word: str, path: str = "") -> Q:
    """The PeriodStates whose wage-tax return is so far; `path` leads to them, also where there is none: not known."""
    at, known = f"{path}return_progress", Q(**{f"{path}returns_known": True, f"{path}return_due__isnull": False})
    unknown = (
        Q(**{f"{path}returns_known": False}) | Q(**{f"{path}return_due__isnull": True}) | Q(**{f"{at}__isnull": True})
    )
    nothing = known & Q(**{at: Progress.NONE})
    return {
        "open": nothing & Q(**{f"{path}return_open": True}),
        "made": known & Q(**{at: Progress.MADE}),
        "sent": known & Q(**{at: Progress.DONE}),
        "none": nothing & Q(**{f"{path}return_open": False}),
        "unknown": unknown,
    }[word]


def pension_filed(word: str, path: str = "") -> Q:
    """The same of the pension return; where none is expected there is none."""
    at, known = f"{path}pension", Q(**{f"{path}pensions_known": True})
    expected = known & Q(**{f"{path}pension_due__isnull": False})
    nothing = expected & Q(**{at: Progress.NONE})
    unexpected = known & (Q(**{f"{at}__isnull": True}) | Q(**{f"{path}pension_due__isnull": True}))
    return {
        "open": nothing & Q(**{f"{path}pension_open": True}),
        "made": expected & Q(**{at: Progress.MADE}),
        "sent": expected & Q(**{at: Progress.DONE}),
        "none": unexpected | (nothing & Q(**{f"{path}pension_open": False})),
        "unknown": Q(**{f"{path}pensions_known": False}) | Q(**{f"{path}pensions_known__isnull": True}),
    }[word]


def bucket(word: str, due: str, act_by: str, today: date | None = None) -> Q:
    """The rows whose dates (names of columns) fall under one of the four words."""
    today = today or clock.today()
    end = end_of_week(today)
    late, now = Q(**{f"{due}__lt": today}), Q(**{f"{act_by}__lte": today})
    return {
        OVERDUE: late,
        TODAY: now & ~late,
        WEEK: Q(**{f"{act_by}__gt": today, f"{act_by}__lte": end}),
        LATER: Q(**{f"{act_by}__gt": end}),
    }[word]


def word_for(due: date, act_by: date, today: date | None = None) -> str:
    """Which of the four words the dates fall under."""
    today = today or clock.today()
    if due < today:
        return OVERDUE
    if act_by <= today:
        return TODAY
    return WEEK if act_by <= end_of_week(today) else LATER


def end_of_week(today: date) -> date:
    """The Sunday of this week."""
    return today + timedelta(days=6 - today.weekday())


@dataclass(frozen=True)
class Dated:
    """A due date with how far its work is; the columns of a deadline, wherever they stand.

    `refused`: nobody knows how far, because Nmbrs does not give it. `lapse`: why nothing has to be done.
    """

    kind: Kind
    due: date
    act_by: date
    progress: int | None
    open: bool
    refused: bool = False
    lapse: str = ""

    @classmethod
    def of(cls, row: Any) -> "Dated":
        """Of a Deadline, of one that may be unknown with what portal.deadlines.refusals adds to it."""
        return cls(
            Kind(row.kind), row.due, row.act_by, row.progress, row.open, getattr(row, "refused", False), row.lapse
        )

    @property
    def status(self) -> Status | Missing:
        """Done, how late or how near; or why it is not known how far it is."""
        return self.told(formats.day)

    def told(self, say: Callable[[date], str]) -> Status | Missing:
        """The same, with the day as `say` writes it."""
        if self.progress is None:
            return Missing.NOT_PERMITTED if self.refused else Missing.NEVER_FETCHED
        if self.progress == Progress.DONE:
            return DONE[self.kind]
        return near(self.due, self.act_by, say) if self.open else LAPSED.get(self.lapse, PASSED)


def near(due: date, act_by: date, say: Callable[[date], str] = formats.day) -> Status:
    """How late, or how near, an open due date is."""
    word, today = word_for(due, act_by), clock.today()
    if word == OVERDUE:
        days = (today - due).days
        return Status(Level.LATE, ngettext("%(count)s day late", "%(count)s days late", days) % {"count": days})
    if word == TODAY:
        return Status(Level.SOON, _("today"))
    level = Level.SOON if word == WEEK else Level.NEUTRAL
    return Status(level, _("due %(day)s") % {"day": say(due)})


def act_words(due: date, act_by: date, say: Callable[[date], str] = formats.day) -> str:
    """The day on which it has to be done, where that is another than the due date; empty once that is past."""
    return _("act by %(day)s") % {"day": say(act_by)} if act_by < due and clock.today() <= due else ""
