"""What can be said of one thing that is done with personal data: whom it is about, why, on which ground, who sees it.

The table of them is portal.privacy.inventory.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.accounts.roles import SWITCHES, Capability, Role, roles_with
from portal.mirror.resource import OptIn, Resource, registry
from portal.privacy.staying import model_of

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


class People(models.TextChoices):
    """Whom data is about."""

    EMPLOYEES = "employees", _("employees of clients, and those who were")
    FAMILY = "family", _("their partners and children")
    CLIENTS = "clients", _("contacts of clients, and clients that are people themselves")
    OFFICE = "office", _("people of the office")
    USERS = "users", _("people of clients with an account")


class Ground(models.TextChoices):
    """Why the data may be processed, as privacy.md names it; where it names none, that the office decides."""

    INSTRUCTION = (
        "instruction",
        _("as processor the client's instruction (GDPR art. 28); as controller a ground of art. 6 the office decides"),
    )
    WAGE_TAX = "wage_tax", _("the employer's duties for wage tax")
    BSN = "bsn", _("only where a law says so (UAVG art. 46, GDPR art. 87): the employer's duties for wage tax")
    HEALTH = (
        "health",
        _("health data (GDPR art. 9): the legal basis that the office decides when it switches this on"),
    )
    SECURITY = "security", _("security of the processing (GDPR art. 32)")
    ACCOUNT = "account", _("being able to account for it (GDPR art. 5 and 28)")
    OFFICE = "office", _("a ground of GDPR art. 6 that the office decides")


#: What is left to the office.
OFFICE_DECIDES = frozenset({Ground.INSTRUCTION, Ground.HEALTH, Ground.OFFICE})


class Special(models.TextChoices):
    """Data that asks for more care than the rest."""

    HEALTH = "health", _("health: that somebody is absent by sickness")
    BSN = "bsn", _("BSN: only its status and a keyed fingerprint, never the number")
    IBAN = "iban", _("IBAN: encrypted, shown masked")


class Receiver(StrEnum):
    """Who gets the data beside those who sign in and whoever hosts the portal; in words: portal.privacy.recipients."""

    MAIL = "mail"
    SIGN_ON = "sign_on"
    CALENDAR = "calendar"


@dataclass(frozen=True)
class Activity:
    """One thing that is done with personal data.

    `models`     labels of the tables it consists of.
    `data`       in words what a table of the portal itself holds; of mirrored kinds the fields say it.
    `seen_with`  what it takes to see the portal's own tables; mirrored kinds say that themselves.
    `receivers`  who else gets it.
    """

    name: str
    label: "_StrPromise"
    people: tuple[People, ...]
    purpose: "_StrPromise"
    grounds: tuple[Ground, ...]
    models: tuple[str, ...]
    data: "_StrPromise | str" = ""
    seen_with: tuple[Capability, ...] = ()
    receivers: tuple[Receiver, ...] = ()

    @property
    def kinds(self) -> list[Resource]:
        """The mirrored kinds of record in it, in the order of the table."""
        by_model = {kind.model._meta.label: kind for kind in registry}
        return [by_model[label] for label in self.models if label in by_model]

    @property
    def capabilities(self) -> list[Capability]:
        """What it takes to see it, or parts of it, in the order of the table of capabilities."""
        asked = {kind.capability for kind in self.kinds} | set(self.seen_with)
        return [one for one in Capability if one in asked]

    @property
    def roles(self) -> list[Role]:
        """Who can hold one of these by their role alone."""
        holders = {role for one in self.capabilities for role in roles_with(one)}
        return [role for role in Role if role in holders]

    @property
    def by_switch(self) -> list[Role]:
        """Who can be given one of these person by person, beside those who have one by their role."""
        return [] if Role.CLIENT_USER in self.roles or not SWITCHES & set(self.capabilities) else [Role.CLIENT_USER]

    @property
    def opt_ins(self) -> list[OptIn]:
        """Choices without which nothing of it, or not all, is read."""
        asked = {kind.opt_in for kind in self.kinds if kind.opt_in is not None}
        return [one for one in OptIn if one in asked]

    @property
    def specials(self) -> list[Special]:
        """What asks for more care, told from the fields and the rights."""
        names = {field.name for label in self.models for field in model_of(label)._meta.concrete_fields}
        found = {Special.HEALTH} if Capability.VIEW_SICKNESS in self.capabilities else set()
        found |= {Special.BSN} if "bsn_fingerprint" in names else set()
        found |= {Special.IBAN} if "iban" in names else set()
        return [one for one in Special if one in found]
