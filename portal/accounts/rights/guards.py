"""Who may change whose rights, asked anew within a lock on the firm."""

from typing import TYPE_CHECKING, Any, Final

from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.accounts.grants import Grants
from portal.accounts.models import Firm, Membership, TeamMember, User
from portal.accounts.models.terms import in_force, not_over
from portal.accounts.roles import CLIENT, Capability, Role

if TYPE_CHECKING:
    from portal.accounts.rights.memberships import Place


class System:
    """A management command, or the demo: nobody signed in, and everything is allowed but what no one may."""


SYSTEM: Final = System()
Giver = User | System


class NotAllowed(PermissionDenied):
    """The giver has no right to make this change."""


class Refused(Exception):
    """The change is not made, for the reason in `text`; nothing was changed."""

    def __init__(self, text: Any) -> None:
        super().__init__(str(text))
        self.text = text


def lock(firm: int) -> None:
    """Let one change of rights of a firm happen at a time, so that what is checked here is still so when it is written.

    SQLite locks the whole database for a transaction that writes.
    """
    Firm.objects.select_for_update().get(pk=firm)


def administers(by: Giver, firm: int) -> bool:
    """Whether the giver may manage every person of the firm."""
    return isinstance(by, System) or _holds_over_firm(by, Capability.MANAGE_USERS, firm)


def require_administrator(by: Giver, firm: int) -> None:
    """Raises NotAllowed for anybody else."""
    if not administers(by, firm):
        raise NotAllowed


def may_give(by: Giver, place: "Place") -> bool:
    """Whether the giver may give, change or take this place."""
    if administers(by, place.firm):
        return True
    if isinstance(by, System) or place.role != Role.CLIENT_USER:
        return False
    debtor = place.client
    return debtor is not None and holds_over_debtor(by, Capability.MANAGE_CLIENT_USERS, debtor)


def may_manage(by: Giver, membership: Membership) -> bool:
    """As `may_give`, for a membership that is there."""
    from portal.accounts.rights.memberships import place_of

    return may_give(by, place_of(membership))


def holds_over_debtor(user: User, capability: Capability, debtor: int) -> bool:
    """Whether the person holds the capability over this client, as the database has it now."""
    if not _is_active(user):
        return False
    clients: Any = apps.get_model("debtors", "Debtor")
    found: bool = clients.everything.visible_to(user, capability).filter(pk=debtor).exists()
    return found


def not_oneself(by: Giver, user: User) -> None:
    """Nobody changes their own rights. Raises NotAllowed."""
    if isinstance(by, User) and by.pk == user.pk:
        raise NotAllowed


def is_known(user: User, firm: int) -> bool:
    """Whether the person has or had a place in the firm: others do not exist for it."""
    return (
        Membership.objects.filter(user=user, firm_id=firm).exists()
        or TeamMember.objects.filter(user=user, team__firm_id=firm).exists()
    )


def is_present(user: User, firm: int) -> bool:
    """Whether the person has a place in the firm that is not over: it counts, begins later, or waits for a closed
    account to be opened again. Only then are person and account the firm's to do something about."""
    places = Membership.objects.filter(not_over(), user=user, firm_id=firm)
    return places.exists() or TeamMember.objects.filter(not_over(), user=user, team__firm_id=firm).exists()


def is_elsewhere(user: User, *firms: int) -> bool:
    """Whether the person has such a place in a firm that is none of these."""
    places = Membership.objects.filter(not_over(), user=user).exclude(firm_id__in=firms)
    in_teams = TeamMember.objects.filter(not_over(), user=user).exclude(team__firm_id__in=firms)
    return places.exists() or in_teams.exists()


def require_known(user: User, firm: int) -> None:
    """Raises NotAllowed for somebody of another firm."""
    if not is_known(user, firm):
        raise NotAllowed


def require_present(user: User, firm: int) -> None:
    """Raises NotAllowed for somebody of another firm, and Refused for who left: they decide whether to come back."""
    require_known(user, firm)
    if not is_present(user, firm):
        raise Refused(_("This person has no access here any more. Invite them to give them access again."))


def is_of_client(user: User, client: int | None) -> bool:
    """Whether the person has a place as somebody of this client, or of a company of it, that is not over."""
    within = Q(debtor_id=client) | Q(company__debtor_id=client)
    return client is not None and Membership.objects.filter(not_over(), within, user=user, role__in=CLIENT).exists()


def require_of_client(user: User, place: "Place") -> None:
    """As `require_present`, for a giver whose people are those of a client: who left it decides the same way."""
    require_known(user, place.firm)
    if not is_of_client(user, place.client):
        raise Refused(_("This person has no access here now. Invite them to give them access."))


def staff_roles(user: User, firm: int) -> set[Role]:
    """The roles that the person has now at the office itself, also in a team."""
    own = Membership.objects.in_force().filter(user=user, firm_id=firm).exclude(role__in=CLIENT)
    places = TeamMember.objects.filter(in_force(), user=user, team__firm_id=firm)
    return {Role(role) for role in {*own.values_list("role", flat=True), *places.values_list("role", flat=True)}}


def has_place(user: User, *, firm: int | None = None) -> bool:
    """Whether the person has a place now: anywhere, or in `firm`."""
    own, teams = Q(user=user), Q(user=user)
    if firm is not None:
        own, teams = own & Q(firm_id=firm), teams & Q(team__firm_id=firm)
    return Membership.objects.in_force().filter(own).exists() or TeamMember.objects.filter(in_force(), teams).exists()


def lasting_administrators(firm: int) -> "Any":
    """Memberships of active administrators that count now and do not end."""
    return Membership.objects.in_force().filter(
        firm_id=firm, role=Role.ADMINISTRATOR, ends__isnull=True, user__is_active=True
    )


def _holds_over_firm(user: User, capability: Capability, firm: int) -> bool:
    firms = Grants(user, capability).firms() if _is_active(user) else None
    return firms is not None and firms.filter(firm_id=firm).exists()


def _is_active(user: User) -> bool:
    """As the database has it: the object may be from before a lock."""
    return User.objects.filter(pk=user.pk, is_active=True).exists()
