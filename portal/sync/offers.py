"""What a resync may be of: everything, or one kind of record that is there for its target and that the person sees."""

from typing import NamedTuple

from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpRequest
from django.utils.translation import gettext as _

from portal.companies.models import Company
from portal.connections.models import Environment
from portal.debtors.models import Debtor
from portal.employees.models import Employee
from portal.mirror.forgotten import EMPLOYEES, of_people
from portal.mirror.resource import Lane, Resource
from portal.source import Level
from portal.sync.messages import sentence
from portal.sync.plans import readable
from portal.sync.targets import Target
from portal.ui.permissions import capabilities_over

#: The levels whose kinds a sync of a target reads.
LEVELS: dict[type[Environment] | type[Debtor] | type[Company] | type[Employee], tuple[Level, ...]] = {
    Environment: (Level.ENVIRONMENT, Level.DEBTOR, Level.COMPANY),
    Debtor: (Level.DEBTOR, Level.COMPANY),
    Company: (Level.COMPANY,),
    Employee: (Level.COMPANY,),
}


class Option(NamedTuple):
    """One kind to choose, by name and in the reader's language."""

    name: str
    label: str


class Group(NamedTuple):
    """Kinds that Nmbrs gives in the same way, so that they cost alike."""

    label: str
    options: list[Option]


def no_kind(target: Target) -> str:
    """What it means to choose no kind."""
    if isinstance(target, Environment):
        return _("Everything but what is read person by person")
    return _("Everything")


def groups(request: HttpRequest, target: Target) -> list[Group]:
    """The kinds that the person may choose for `target`, by how they are read and then by name."""
    held = capabilities_over(request, target)
    kinds = [kind for kind in _there(target) if kind.capability in held]
    found = []
    for lane, label in _labels(target):
        options = [Option(kind.name, sentence(kind.label)) for kind in kinds if kind.lane is lane]
        found.append(Group(label, sorted(options, key=lambda option: option.label.casefold())))
    return [group for group in found if group.options]


def chosen(request: HttpRequest, target: Target, name: str) -> str:
    """The name that was asked for, empty for everything.

    Raises BadRequest for a kind that is not there for `target`, PermissionDenied for one that the person may not see.
    """
    if not name:
        return name
    kind = next((kind for kind in _there(target) if kind.name == name), None)
    if kind is None:
        raise BadRequest
    if kind.capability not in capabilities_over(request, target):
        raise PermissionDenied
    return name


def _there(target: Target) -> list[Resource]:
    """The kinds of the target's levels that are switched on; of one person those that say something of people."""
    kinds = [kind for kind in readable(target) if kind.level in LEVELS[type(target)]]
    if isinstance(target, Employee):
        return [kind for kind in kinds if kind.name == EMPLOYEES or of_people(kind)]
    return kinds


def _labels(target: Target) -> list[tuple[Lane, str]]:
    if isinstance(target, Employee):
        return [(Lane.SLOW, _("Of this person alone")), (Lane.FAST, _("Of everybody at the company in one go"))]
    return [(Lane.FAST, _("In one go")), (Lane.SLOW, _("Person by person"))]
