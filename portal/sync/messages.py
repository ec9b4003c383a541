"""Syncs in plain words: what happened, what it means, what to do, and that nothing was lost.

What the errors of an attempt mean stands in `portal.ui.faults`; here the rest is added: which kind of record, how old
the data is that is still shown, and the ends that only a sync run can have.
"""

import re
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from portal.connections.models import Health
from portal.mirror.prepare import BROKE, KILLED
from portal.mirror.resource import OptIn, registry
from portal.sync.models import Status, Trigger
from portal.ui import formats
from portal.ui.faults import Fault, explain
from portal.ui.values import Level
from portal.ui.values import Status as Shown

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

#: How only a sync run can end; no attempt was made, so Freshness knows nothing of it.
OWN = {
    "cancelled": Fault(
        gettext_lazy("Somebody cancelled this sync before this part had begun."),
        gettext_lazy("Resync when you need newer data."),
    ),
}

RUN_STATUSES = {
    Status.DUE: Shown(Level.NEUTRAL, gettext_lazy("waiting"), "hourglass"),
    Status.RUNNING: Shown(Level.NEUTRAL, gettext_lazy("running"), "refresh"),
    Status.SUCCEEDED: Shown(Level.FINE, gettext_lazy("succeeded")),
    Status.FAILED: Shown(Level.LATE, gettext_lazy("failed")),
    Status.HELD: Shown(Level.SOON, gettext_lazy("held for a decision"), "hand-stop"),
    Status.NOT_PERMITTED: Shown(Level.LATE, gettext_lazy("not permitted"), "ban"),
    Status.PARKED: Shown(Level.LATE, gettext_lazy("given up after several attempts"), "player-pause"),
    Status.CANCELLED: Shown(Level.NEUTRAL, gettext_lazy("cancelled"), "player-stop"),
}

#: What is known of a connection, as the status of its environment.
HEALTH = {
    Health.UNTRIED: Shown(Level.NEUTRAL, gettext_lazy("The connection to Nmbrs was not tried yet."), "circle-dashed"),
    Health.WORKING: Shown(Level.FINE, gettext_lazy("The connection to Nmbrs works."), "plug-connected"),
    Health.UNAVAILABLE: Shown(
        Level.LATE,
        gettext_lazy("Nmbrs cannot be reached. The next sync tries again; all data stays as it was."),
        "plug-connected-x",
    ),
    Health.REFUSED: Shown(
        Level.LATE,
        gettext_lazy(
            "Nmbrs refuses the user, the token or the domain. Nothing is renewed until an administrator enters a "
            "new token; all data stays as it was."
        ),
        "plug-connected-x",
    ),
    Health.DISABLED: Shown(
        Level.LATE,
        gettext_lazy(
            "Nmbrs has disabled this environment. Nothing is renewed until its owner enables it; all data stays as "
            "it was."
        ),
        "plug-connected-x",
    ),
}

NOT_CONNECTED = Shown(
    Level.LATE,
    gettext_lazy("There is no connection to Nmbrs yet: an administrator has to make one."),
    "plug-connected-x",
)

TRIGGERS = {
    Trigger.PERSON: gettext_lazy("Started by %(name)s"),
    Trigger.COMMAND: gettext_lazy("Started on the command line"),
    Trigger.NIGHTLY: gettext_lazy("Nightly sync"),
    Trigger.HOURLY: gettext_lazy("Every hour in office hours"),
    Trigger.RECOVERY: gettext_lazy("Nmbrs could be reached again"),
}


@dataclass(frozen=True)
class OptInWords:
    """A sensitive kind: its name, and what it is read for."""

    name: "_StrPromise"
    what: "_StrPromise"


OPT_INS = {
    OptIn.BSN_CHECK: OptInWords(
        gettext_lazy("Check of citizen service numbers"),
        gettext_lazy("Tells whether a number is missing or wrong. The number itself is never kept."),
    ),
    OptIn.ABSENCE: OptInWords(
        gettext_lazy("Absence"),
        gettext_lazy("Dates and percentages, for the deadlines of the return to work. Never a cause or a remark."),
    ),
    OptIn.LEASE_CARS: OptInWords(
        gettext_lazy("Lease cars"),
        gettext_lazy("For the addition to the taxed wage of the private use."),
    ),
    OptIn.PARTNER: OptInWords(gettext_lazy("Partners"), gettext_lazy("Only where a scheme of an employer needs them.")),
    OptIn.CHILDREN: OptInWords(
        gettext_lazy("Children"), gettext_lazy("First name and date of birth, for parental leave.")
    ),
}

#: `error_detail` is cut at this length; what stands last may then be half a fact.
DETAIL_LENGTH = 255
_FACT = re.compile(r"(?P<new>\+?)(?P<name>[^:,]+): (?P<count>\d+)(?:, |$)")
_PLACE = re.compile(r"(?P<error>\w+) (?P<reference>[0-9a-f]+)")
_SHARE = re.compile(r"(\d+)/(\d+)")
_FALL = re.compile(r"(\d+/\d+): (\d+)%")


@dataclass(frozen=True)
class Words:
    """One problem for the reader of a page."""

    happened: str
    means: str
    to_do: str

    def __str__(self) -> str:
        return " ".join(filter(None, (self.happened, self.means, self.to_do)))


def kind_of(resource: str) -> str:
    """The kind of record in the reader's language, plural; a name that no declaration has stays as it is."""
    return registry[resource].label if resource in registry else resource


def of_error(
    kind: str, resource: str, *, code: int | None = None, detail: str = "", last_success: datetime | None = None
) -> Words:
    """Why records of `resource` were not renewed. `detail` is the run's error_detail; `last_success`: of this kind."""
    fault = OWN.get(kind) or explain(kind)
    happened, to_do = str(fault.happened), str(fault.to_do)
    if kind == "parents_missing" and detail:
        happened = _("This could not be read, because the %(parent)s were never fetched.") % {"parent": kind_of(detail)}
    if kind == "held" and (share := removed_of(detail)):
        text = _("The last answer of Nmbrs would remove %(gone)s of %(all)s %(kind)s, so it waits for a person.")
        gone, before = map(formats.number, share)
        happened = text % {"gone": gone, "all": before, "kind": kind_of(resource)}
    if kind == "held" and (fall := fallen_of(detail)):
        happened = dropped(*fall, kind=kind_of(resource))
    if kind == "internal" and (place := _PLACE.fullmatch(detail)):
        text = _("This portal itself failed on the answer of Nmbrs: %(error)s, reference %(reference)s in its log.")
        happened = text % place.groupdict()
        to_do = _("Report it with the reference to whoever runs this portal.")
    soap = registry[resource].soap if resource in registry else None
    if kind == "not_permitted" and soap:
        to_do = _("Ask the owner of the API user to allow %(operation)s in Nmbrs.") % {"operation": soap.operation}
    if resource in registry and registry[resource].uncertain:
        to_do = _("Nothing to do: it is not known whether Nmbrs gives this at all, and no page needs it.")
    if code is not None:
        happened = _("%(happened)s (Code %(code)s.)") % {"happened": happened, "code": code}
    return Words(happened, kept(resource, last_success), to_do)


def kept(resource: str, last_success: datetime | None) -> str:
    """That nothing was lost, and how old the data is that is still shown."""
    kind = kind_of(resource)
    if last_success is None:
        return _("No %(kind)s were ever fetched. That is not the same as there being none.") % {"kind": kind}
    return _("Nothing was lost: the %(kind)s shown are still those of %(moment)s.") % {
        "kind": kind,
        "moment": formats.moment(last_success),
    }


def removed_of(detail: str) -> tuple[int, int] | None:
    """How many of how many a held answer would remove: "14/40" is (14, 40); None when it does not say."""
    match = _SHARE.fullmatch(detail)
    return (int(match[1]), int(match[2])) if match else None


def fallen_of(detail: str) -> tuple[str, int] | None:
    """Which closed period lost how many percent: "2026/10: 45%" is ("2026/10", 45); None when it does not say."""
    match = _FALL.fullmatch(detail)
    return (match[1], int(match[2])) if match else None


def dropped(period: str, percent: int, *, kind: str) -> str:
    """That a closed period would lose too much of its total."""
    text = _(
        "The last answer of Nmbrs would take %(percent)s%% off the total of the %(kind)s of %(period)s, a period that "
        "is closed, so it waits for a person."
    )
    return text % {"percent": percent, "kind": kind, "period": period}


@dataclass
class Facts:
    """What an answer held that could not be used: refused columns and elements nobody declared, with counts."""

    refused: Counter[str]
    unknown: Counter[str]
    cut: bool = False

    def __add__(self, other: "Facts") -> "Facts":
        return Facts(self.refused + other.refused, self.unknown + other.unknown, self.cut or other.cut)


def facts(detail: str) -> Facts:
    """Read the error_detail of a run that published: "birthday: 2, +NewField: 40"."""
    found = Facts(Counter(), Counter(), cut=len(detail) >= DETAIL_LENGTH)
    matches = list(_FACT.finditer(detail))
    for match in matches[:-1] if found.cut else matches:
        (found.unknown if match["new"] else found.refused)[match["name"].strip()] += int(match["count"])
    return found


def of_facts(resource: str, found: Facts) -> list[str]:
    """One sentence for each column that refused records and for each element that the portal does not know."""
    lines = []
    for column, count in sorted(found.refused.items()):
        if column in (KILLED, BROKE):
            lines.append(_untouchable(column, count))
            continue
        text = ngettext(
            "%(count)s record was left out because “%(column)s” could not be read; its old values stay.",
            "%(count)s records were left out because “%(column)s” could not be read; their old values stay.",
            count,
        )
        lines.append(text % {"count": formats.number(count), "column": column_label(resource, column)})
    for element in sorted(found.unknown):
        lines.append(
            _("Nmbrs sends a field that this portal does not know, “%(element)s”; it is not stored.")
            % {"element": element}
        )
    if found.cut:
        lines.append(_("There is more of this kind than is kept here."))
    return lines


def _untouchable(column: str, count: int) -> str:
    """What was left out because of what reading it did to the portal."""
    if column == KILLED:
        text = ngettext(
            "%(count)s record was left out because reading it killed the worker; its old values stay.",
            "%(count)s records were left out because reading them killed the worker; their old values stay.",
            count,
        )
    else:
        text = ngettext(
            "%(count)s record was left out because the portal itself failed on it; its old values stay.",
            "%(count)s records were left out because the portal itself failed on them; their old values stay.",
            count,
        )
    return text % {"count": formats.number(count)}


def column_label(resource: str, column: str) -> str:
    """A column in the reader's language."""
    if resource not in registry:
        return column
    names = {field.name: field for field in registry[resource].model._meta.concrete_fields}
    return str(names[column].verbose_name) if column in names else column


def unknown_values(count: int) -> str:
    """Values outside the known lists: kept as text and shown as unknown."""
    text = ngettext(
        "%(count)s value is not in the lists this portal knows; it is kept and shown as unknown.",
        "%(count)s values are not in the lists this portal knows; they are kept and shown as unknown.",
        count,
    )
    return text % {"count": formats.number(count)}


def counts(*, added: int, changed: int, missing: int, quarantined: int = 0) -> str:
    """What a sync changed here, in one line; what did not happen is left unsaid."""
    parts = [
        (added, ngettext("%(count)s new", "%(count)s new", added)),
        (changed, ngettext("%(count)s changed", "%(count)s changed", changed)),
        (missing, ngettext("%(count)s no longer in Nmbrs", "%(count)s no longer in Nmbrs", missing)),
        (quarantined, ngettext("%(count)s left out", "%(count)s left out", quarantined)),
    ]
    said = [text % {"count": formats.number(count)} for count, text in parts if count]
    if not (added or changed or missing):
        said.insert(0, _("nothing changed"))
    return " · ".join(said)


def sentence(kind: str) -> str:
    """A kind of record at the start of a line."""
    return capfirst(kind)


def started(trigger: str, name: str) -> str:
    """Who or what started a sync."""
    if trigger == Trigger.PERSON and not name:
        return _("Started by somebody whose account no longer exists")
    return str(TRIGGERS[Trigger(trigger)]) % {"name": name}
