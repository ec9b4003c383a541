"""Giving, changing and taking memberships, and the switches of client users."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import Membership, Switch, User
from portal.accounts.rights.closings import forget
from portal.accounts.rights.guards import (
    Giver,
    NotAllowed,
    Refused,
    System,
    administers,
    holds_over_debtor,
    lasting_administrators,
    lock,
    may_give,
    not_oneself,
    require_administrator,
    require_of_client,
    require_present,
)
from portal.accounts.rights.written import write
from portal.accounts.roles import FIRM_SWITCHES, SWITCHES, Capability, Role
from portal.audit.kinds import Kind
from portal.clock import now

if TYPE_CHECKING:
    from portal.accounts.models import Invitation


@dataclass(frozen=True)
class Place:
    """A role and what it is for: the whole firm, a client or a company of it (primary keys)."""

    firm: int
    role: Role
    debtor: int | None = None
    company: int | None = None

    @classmethod
    def of_invitation(cls, invitation: "Invitation") -> "Place":
        """What an invitation leads to."""
        company = invitation.company_id
        return cls(invitation.firm_id, Role(invitation.role), None if company else invitation.debtor_id, company)

    @property
    def client(self) -> int | None:
        """The client that the place is for or lies in, as it is now."""
        if self.company is None:
            return self.debtor
        owner: int | None = _companies().filter(pk=self.company).values_list("debtor_id", flat=True).first()
        return owner

    def check(self) -> None:
        """Raises Refused when the role does not go with this scope, or the scope is not the firm's."""
        row = Membership(firm_id=self.firm, role=self.role, debtor_id=self.debtor, company_id=self.company)
        try:
            row.validate_constraints(exclude={"user"})
        except ValidationError:
            raise Refused(_("This role cannot be given for that. Choose another client or role.")) from None
        clients: Any = apps.get_model("debtors", "Debtor")
        owned = (
            (self.debtor, clients.everything.filter(pk=self.debtor, environment__firm_id=self.firm)),
            (self.company, _companies().filter(pk=self.company, environment__firm_id=self.firm)),
        )
        if any(pk is not None and not rows.exists() for pk, rows in owned):
            raise NotAllowed


def place_of(membership: Membership) -> Place:
    """The place that a membership gives."""
    return Place(membership.firm_id, Role(membership.role), membership.debtor_id, membership.company_id)


@transaction.atomic
def give(
    by: Giver,
    user: User,
    place: Place,
    *,
    starts: datetime | None = None,
    ends: datetime | None = None,
    reason: str = "",
    switches: Iterable[Capability] = (),
) -> Membership:
    """Give the person this place. One that they have already gets the new term; one that ended begins anew.

    Whoever has no place in the firm any more is invited instead: it takes their own yes. So does a place at a client
    whose administrator gives it to somebody who is not of that client now. Raises NotAllowed and Refused.
    """
    lock(place.firm)
    _require_may_change(by, user, place)
    gives_for_firm = administers(by, place.firm)
    if not gives_for_firm:
        require_of_client(user, place)
    elif not isinstance(by, System):
        require_present(user, place.firm)
    membership = assign(by, user, place, starts=starts, ends=ends, reason=reason)
    for capability in switches:
        _switch_on(by, membership, capability)
    if gives_for_firm:
        forget(user, place.firm)
    return membership


def assign(
    by: Giver,
    user: User,
    place: Place,
    *,
    starts: datetime | None = None,
    ends: datetime | None = None,
    reason: str = "",
) -> Membership:
    """The membership itself, for callers that have asked whether `by` may give it and hold the firm's lock."""
    place.check()
    _require_forward(starts, ends)
    kept = (
        Membership.objects.filter(user=user, firm_id=place.firm, role=place.role)
        .filter(Q(debtor=place.debtor), Q(company=place.company))
        .first()
    )
    if kept is not None and not kept.has_ended:
        _change_term(by, kept, starts, ends)
        return kept
    giver = None if isinstance(by, System) else by
    values = {"starts": starts, "ends": ends, "reason": reason, "given_by": giver}
    if kept is None:
        kept = Membership.objects.create(
            user=user,
            firm_id=place.firm,
            role=place.role,
            debtor_id=place.debtor,
            company_id=place.company,
            **values,
        )
    else:
        # What was switched on belonged to the time that is over.
        kept.switches.all().delete()
        for name, value in values.items():
            setattr(kept, name, value)
        kept.created = now()
        kept.save()
    _write(Kind.MEMBERSHIP_GIVEN, by, kept, ends=ends is not None)
    return kept


@transaction.atomic
def limit(by: Giver, membership: Membership, starts: datetime | None, ends: datetime | None) -> None:
    """Change from when until when a membership counts. Raises NotAllowed and Refused."""
    lock(membership.firm_id)
    membership = Membership.objects.get(pk=membership.pk)
    _require_may_change(by, membership.user, place_of(membership))
    if membership.has_ended:
        raise Refused(_("This access has ended. Give it anew."))
    _require_forward(starts, ends)
    _change_term(by, membership, starts, ends)


@transaction.atomic
def withdraw(by: Giver, membership: Membership) -> None:
    """End a membership now. It stays as a row that says when. Raises NotAllowed and Refused."""
    lock(membership.firm_id)
    membership = Membership.objects.get(pk=membership.pk)
    _require_may_change(by, membership.user, place_of(membership))
    take(by, membership)


def take(by: Giver, membership: Membership) -> None:
    """As `withdraw`, for callers that have asked already and hold the firm's lock."""
    from portal.accounts.rights.aftermath import settle

    if membership.has_ended:
        return
    _keep_an_administrator(membership)
    if membership.starts is not None and membership.starts >= now():
        _write(Kind.MEMBERSHIP_ENDED, by, membership)
        membership.delete()
    else:
        membership.ends = now()
        membership.save(update_fields=["ends"])
        _write(Kind.MEMBERSHIP_ENDED, by, membership)
    settle(membership.user, membership.firm_id)


@transaction.atomic
def switch(by: Giver, membership: Membership, capability: Capability, *, on: bool) -> None:
    """Switch a capability on or off for a client user, within one membership. Raises NotAllowed and Refused."""
    lock(membership.firm_id)
    membership = Membership.objects.get(pk=membership.pk)
    _require_may_change(by, membership.user, place_of(membership))
    if on:
        _switch_on(by, membership, capability)
        return
    _require_may_switch(by, place_of(membership), capability)
    off, _rows = Switch.objects.filter(membership=membership, capability=capability).delete()
    if off:
        _write(Kind.MEMBERSHIP_CHANGED, by, membership, switched_off=str(capability))


def _switch_on(by: Giver, membership: Membership, capability: Capability) -> None:
    _require_may_switch(by, place_of(membership), capability)
    if membership.has_ended:
        raise Refused(_("This access has ended. Give it anew."))
    _kept, made = Switch.objects.get_or_create(
        membership=membership,
        capability=capability,
        defaults={"given_by": None if isinstance(by, System) else by},
    )
    if made:
        _write(Kind.MEMBERSHIP_CHANGED, by, membership, switched_on=str(capability))


def may_switch(by: Giver, place: Place, capability: Capability) -> bool:
    """Whether the giver may switch this on or off: the firm any, a client administrator what they hold themselves."""
    if place.role != Role.CLIENT_USER or capability not in SWITCHES:
        return False
    if administers(by, place.firm):
        return True
    if isinstance(by, System) or capability in FIRM_SWITCHES:
        return False
    client = place.client
    return may_give(by, place) and client is not None and holds_over_debtor(by, capability, client)


def _require_may_switch(by: Giver, place: Place, capability: Capability) -> None:
    if not may_switch(by, place, capability):
        raise NotAllowed


def _require_may_change(by: Giver, user: User, place: Place) -> None:
    not_oneself(by, user)
    if place.role == Role.ADMINISTRATOR:
        require_administrator(by, place.firm)
    elif not may_give(by, place):
        raise NotAllowed


def _require_forward(starts: datetime | None, ends: datetime | None) -> None:
    if ends is not None and (ends <= now() or (starts is not None and ends <= starts)):
        raise Refused(_("The end must lie in the future, after the beginning."))


def _change_term(by: Giver, membership: Membership, starts: datetime | None, ends: datetime | None) -> None:
    from portal.accounts.rights.aftermath import settle

    if (membership.starts, membership.ends) == (starts, ends):
        return
    if ends is not None or (starts is not None and starts > now()):
        _keep_an_administrator(membership)
    membership.starts, membership.ends = starts, ends
    membership.save(update_fields=["starts", "ends"])
    _write(Kind.MEMBERSHIP_CHANGED, by, membership, ends=ends is not None)
    if not membership.is_in_force:
        settle(membership.user, membership.firm_id)


def _keep_an_administrator(leaving: Membership) -> None:
    """Raises Refused when the firm would be left without a lasting administrator."""
    lasting = lasting_administrators(leaving.firm_id)
    if lasting.filter(pk=leaving.pk).exists() and not lasting.exclude(pk=leaving.pk).exists():
        raise Refused(
            _("This is the last administrator of the firm. Give somebody else that role first, without an end.")
        )


def _write(kind: Kind, by: Giver, membership: Membership, **detail: str | bool) -> None:
    write(
        kind,
        by,
        membership.firm_id,
        user=membership.user,
        debtor=membership.debtor_id,
        company=membership.company_id,
        detail={"role": str(membership.role), "membership": membership.pk, **detail},
    )


def _companies() -> Any:
    return apps.get_model("companies", "Company").everything
