"""Making people and giving them their place in a firm: the one home of these writes."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib.auth.password_validation import validate_password
from django.db import transaction
from django.db.models import Q

from portal.accounts import rights
from portal.accounts.grants import Grants
from portal.accounts.models import Firm, Membership, TeamMember, User
from portal.accounts.prepared import PreparedRows
from portal.accounts.rights.written import write
from portal.accounts.roles import CLIENT, Capability, Role
from portal.audit.kinds import Kind

if TYPE_CHECKING:
    from django.db.models import Model, QuerySet


@dataclass(frozen=True)
class Appointed:
    """Who was appointed, and whether the account is new."""

    user: User
    created: bool


def somebody(email: str) -> User | None:
    """The person with this e-mail address, whatever its case."""
    return User.objects.filter(email__iexact=email.strip()).first()


@transaction.atomic
def appoint(
    firm: Firm,
    role: Role,
    email: str,
    name: str,
    *,
    debtors: "Iterable[Model] | None" = None,
    password: str | None = None,
) -> Appointed:
    """Give the person with `email` this role in `firm`: for the first start and the demo, where nobody is signed in.

    For the whole firm, or for `debtors` (rows of debtors.Debtor, which this room does not import) beside those they
    have. Somebody who has an account keeps their name and password. Without a password nobody can sign in with one.
    Raises ValidationError for a weak password, and Refused for a role that does not go with the scope.
    """
    appointed = _account(firm, email, name, password)
    scopes = [None] if debtors is None else [debtor.pk for debtor in debtors]
    for debtor in scopes:
        rights.give(rights.SYSTEM, appointed.user, rights.Place(firm.pk, role, debtor))
    return appointed


def appoint_administrator(firm: Firm, email: str, name: str, password: str | None) -> Appointed:
    """Make the person with `email` an administrator of `firm`; as `appoint`."""
    return appoint(firm, Role.ADMINISTRATOR, email, name, password=password)


def administrators_of(firm: int) -> "QuerySet[User]":
    """The active people who are administrators of the firm at this moment."""
    appointed = Membership.objects.in_force().filter(firm_id=firm, role=Role.ADMINISTRATOR)
    return User.objects.filter(is_active=True, pk__in=appointed.values("user_id")).order_by("pk")


def firms_managed_by(user: User) -> list[Firm]:
    """The firms whose people the person manages, by name."""
    return _firms_managed_by(user) if user.is_active else []


@PreparedRows
def _firms_managed_by(user: User) -> "QuerySet[Firm]":
    firms = Grants(user, Capability.MANAGE_USERS).firms()
    return Firm.objects.none() if firms is None else Firm.objects.filter(pk__in=firms)


def memberships_managed_by(user: User) -> "QuerySet[Membership]":
    """The memberships that the person may look at and perhaps change, ended ones included.

    An administrator: every one in their firms. A client administrator: those of client users of the own client.
    """
    firms = Grants(user, Capability.MANAGE_USERS).firms() if user.is_active else None
    clients = Grants(user, Capability.MANAGE_CLIENT_USERS).debtors() if user.is_active else None
    return _memberships(firms, clients, {Role.CLIENT_USER})


def memberships_told_to(user: User) -> "QuerySet[Membership]":
    """What is said to the person of those whose access they manage.

    As `memberships_managed_by`, and to a client administrator also who is an administrator of the own client beside
    them: who was made one has not left.
    """
    firms = Grants(user, Capability.MANAGE_USERS).firms() if user.is_active else None
    clients = Grants(user, Capability.MANAGE_CLIENT_USERS).debtors() if user.is_active else None
    return _memberships(firms, clients, CLIENT)


def _memberships(firms: Any, clients: Any, roles: Collection[Role]) -> "QuerySet[Membership]":
    condition = Q(pk__in=[])
    if firms is not None:
        condition |= Q(firm__in=firms)
    if clients is not None:
        condition |= Q(Q(debtor__in=clients) | Q(company__debtor__in=clients), role__in=roles)
    return Membership.objects.filter(condition)


def managed_by(user: User) -> "QuerySet[User]":
    """The people whose access the person manages: everybody who has or had a place there."""
    firms = Grants(user, Capability.MANAGE_USERS).firms() if user.is_active else None
    known = Q(pk__in=memberships_managed_by(user).values("user_id"))
    if firms is not None:
        known |= Q(pk__in=TeamMember.objects.filter(team__firm__in=firms).values("user_id"))
    return User.objects.filter(known)


def _account(firm: Firm, email: str, name: str, password: str | None) -> Appointed:
    user = somebody(email)
    if user is not None:
        return Appointed(user, created=False)
    if password is not None:
        validate_password(password, User(email=email, name=name))
    user = User.objects.create_user(email, name, password)
    write(Kind.USER_ADDED, rights.SYSTEM, firm.pk, user=user)
    return Appointed(user, created=True)
