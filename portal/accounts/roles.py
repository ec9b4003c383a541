"""Roles and what they may do: the one table. Pages, docs and tests read it; nothing else decides."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Capability(models.TextChoices):
    """A named thing a role may do to what lies in its scope."""

    VIEW = "view", _("see clients, companies and the status of their data")
    VIEW_PERSONAL = "view_personal", _("see personal data of employees")
    VIEW_SALARIES = "view_salaries", _("see salaries and wage cost")
    VIEW_SYNC = "view_sync", _("see sync runs and their errors")
    RESYNC = "resync", _("start a resync of a client or company")
    RESYNC_FIRM = "resync_firm", _("start a resync of the whole firm")
    MANAGE_CONNECTIONS = "manage_connections", _("see and change connections to Nmbrs")


class Role(models.TextChoices):
    """What somebody is within a firm."""

    ADMINISTRATOR = "administrator", _("Administrator")
    ACCOUNTANT = "accountant", _("Payroll accountant")


_ACCOUNTANT = frozenset(
    {
        Capability.VIEW,
        Capability.VIEW_PERSONAL,
        Capability.VIEW_SALARIES,
        Capability.VIEW_SYNC,
        Capability.RESYNC,
    }
)

CAPABILITIES: dict[Role, frozenset[Capability]] = {
    Role.ADMINISTRATOR: _ACCOUNTANT | {Capability.RESYNC_FIRM, Capability.MANAGE_CONNECTIONS},
    Role.ACCOUNTANT: _ACCOUNTANT,
}

#: Roles whose membership covers the whole firm and never a single debtor.
FIRM_WIDE = frozenset({Role.ADMINISTRATOR})


def roles_with(capability: Capability) -> list[Role]:
    """The roles that hold `capability`."""
    return [role for role, held in CAPABILITIES.items() if capability in held]
