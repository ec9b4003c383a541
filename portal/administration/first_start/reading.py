"""Which kinds a token is tried on, and what that told, in words.

A fixed few that stand for what the portal is about, and the sensitive ones that the environment has switched on. Kinds
that Nmbrs gives person by person are not among them: the first sync tells of those.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal import clock
from portal.administration.first_start.steps import CAPABILITY, Standing
from portal.connections.models import Environment
from portal.connections.probing import Answer, Probe
from portal.mirror.opt_ins import switched_on
from portal.mirror.resource import Lane, Resource, registry
from portal.source import LoopValue
from portal.ui.values import Level, Status

#: Always tried, in this order.
KINDS = (
    "employees",
    "personal_info",
    "contracts",
    "salaries",
    "runs",
    "wage_tax_returns",
    "pension_exports",
    "journal",
)
JOURNAL = "journal"
#: The id in Nmbrs of the type of employees who are on the payroll.
ON_THE_PAYROLL = "2"

STATUSES = {
    Answer.ALLOWED: Status(Level.FINE, gettext_lazy("may be read")),
    Answer.REFUSED: Status(Level.LATE, gettext_lazy("no permission in Nmbrs"), "ban"),
    Answer.UNTESTED: Status(Level.NEUTRAL, gettext_lazy("could not be tested"), "circle-dashed"),
}


@dataclass(frozen=True)
class Tested:
    """One kind and what the test told of it."""

    label: str
    status: Status


@dataclass(frozen=True)
class Reading:
    """What the token may read: every kind that was tried, and whether some were refused or could not be tested."""

    kinds: tuple[Tested, ...]
    refused: bool
    untested: bool


def probes(here: Standing, domain: str) -> list[Probe]:
    """What to try in the environment of this domain, which may be connected already."""
    known = Environment.objects.visible_to(here.user, CAPABILITY).filter(firm=here.firm, domain=domain)
    environment = known.values_list("pk", flat=True).first()
    chosen = switched_on(environment) if environment is not None else set()
    kinds = [registry[name] for name in KINDS]
    kinds += [kind for kind in registry if kind.opt_in in chosen and kind.lane is Lane.FAST]
    return [_probe(kind) for kind in kinds]


def shown(answers: Mapping[str, str]) -> Reading | None:
    """The answers as they were kept, in words; None where nothing was tried."""
    told = [(name, Answer(answer)) for name, answer in answers.items() if name in registry]
    if not told:
        return None
    found = {answer for _name, answer in told}
    lines = tuple(Tested(_label(registry[name]), STATUSES[answer]) for name, answer in told)
    return Reading(lines, Answer.REFUSED in found, Answer.UNTESTED in found)


def _label(kind: Resource) -> str:
    return _("Reports (journal)") if kind.name == JOURNAL else capfirst(kind.label)


def _probe(kind: Resource) -> Probe:
    year = str(clock.today().year)
    values: dict[str, LoopValue] = {
        "employee_type": ON_THE_PAYROLL,
        "year": year,
        "period": {"year": year, "number": "1"},
    }
    return Probe(kind.name, kind.soap, kind.rest, {name: (values[name],) for name in kind.loops})
