"""Which period of each company the board shows, as its address asks."""

from dataclasses import dataclass
from datetime import date

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal import clock
from portal.deadlines.rules import DAY, month_end
from portal.debtors import asked
from portal.ui import formats, moment
from portal.ui.moment import FURTHEST_BACK, earliest


@dataclass(frozen=True)
class Look:
    """So many periods before the current one of each company; with a `day` its period that holds that day."""

    back: int = 0
    day: date | None = None

    @property
    def is_now(self) -> bool:
        """Whether it is the current period of each."""
        return not self.back and self.day is None

    @property
    def label(self) -> str:
        """In words."""
        if self.day is not None:
            return _("Period of %(day)s") % {"day": formats.day(self.day)}
        if not self.back:
            return _("Current period")
        return ngettext("%(count)s period back", "%(count)s periods back", self.back) % {"count": self.back}

    def at(self, path: str = "") -> Q:
        """The PeriodState of each company that is looked at; `path` leads to it."""
        if self.day is None:
            return Q(**{f"{path}back": self.back})
        return Q(**{f"{path}first_day__lte": self.day, f"{path}last_day__gte": self.day})


@dataclass(frozen=True)
class Steps:
    """Where the board looks, with the ways to go on: by period, or from a day by month."""

    look: Look
    earlier: str
    later: str
    current: str


def asked_for(request: HttpRequest) -> Look:
    """What `?back=2` or `?on=2026-09-06` asks for; what makes no sense is the current period, with a message."""
    text = request.GET.get("back", "").strip()
    if not text:
        return _of_day(request) if request.GET.get("on", "").strip() else Look()
    if len(text) <= 2 and text.isascii() and text.isdecimal() and int(text) <= FURTHEST_BACK:
        moment.stand(request, moment.of_back(int(text)))
        return Look(back=int(text))
    said = _("The board looks back at most %(count)s periods. This is the current one.")
    messages.warning(request, said % {"count": FURTHEST_BACK})
    return Look()


def _of_day(request: HttpRequest) -> Look:
    day = asked.day(request)
    if earliest() <= day < clock.today():
        return Look(day=day)
    moment.stand(request, None)
    if day != clock.today():
        said = _("The board looks at days from %(day)s on that are past. These are the current periods.")
        messages.warning(request, said % {"day": formats.day(earliest())})
    return Look()


def steps(request: HttpRequest, look: Look) -> Steps:
    """The ways on from there."""

    def address(**to: str) -> str:
        """With these; without any the current period."""
        given = {name: "" for name in ("back", "on") if name in request.GET}
        return asked.address(request, **{**given, **to})

    current = "" if look.is_now else address()
    if look.day is None:
        return Steps(
            look,
            earlier=address(back=str(look.back + 1)) if look.back < FURTHEST_BACK else "",
            later=address(back=str(look.back - 1) if look.back > 1 else "") if look.back else "",
            current=current,
        )
    before, after = look.day.replace(day=1) - DAY, month_end(month_end(look.day) + DAY)
    return Steps(
        look,
        earlier=address(on=before.isoformat()) if before >= earliest() else "",
        later=address(on=after.isoformat()) if after < clock.today() else current,
        current=current,
    )
