"""Ending and restoring everything that a person has in a firm."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from portal.accounts import leaving
from portal.accounts.locking_out import lock_out
from portal.accounts.models import Invitation, Membership, TeamMember, User
from portal.accounts.models.terms import not_over
from portal.accounts.rights.aftermath import end_deputies, end_standing_in, settle
from portal.accounts.rights.closings import forget, remember
from portal.accounts.rights.guards import (
    Giver,
    NotAllowed,
    Refused,
    is_elsewhere,
    is_present,
    lasting_administrators,
    lock,
    not_oneself,
    require_administrator,
    require_present,
)
from portal.accounts.rights.memberships import take
from portal.accounts.rights.teams import leave_team
from portal.accounts.rights.written import write
from portal.audit.kinds import Kind
from portal.clock import now


@transaction.atomic
def deactivate(by: Giver, user: User, firm: int) -> None:
    """Let somebody in no more: sessions end, what they set going stops, what they were to hand out is withdrawn.

    Firms are blind to each other: of somebody who also works elsewhere only the places in this firm end; the account
    of somebody who belongs here alone is closed and keeps its memberships for a return. Nobody stands in for them:
    their clients get somebody of their own. Raises NotAllowed and Refused.
    """
    lock(firm)
    require_administrator(by, firm)
    not_oneself(by, user)
    if not is_present(user, firm):
        raise NotAllowed
    lasting = lasting_administrators(firm)
    if lasting.filter(user=user).exists() and not lasting.exclude(user=user).exists():
        raise Refused(
            _("This is the last administrator of the firm. Give somebody else that role first, without an end.")
        )
    end_standing_in(user, firm)
    end_deputies(user, firm)
    if is_elsewhere(user, firm):
        end_places(by, user, firm)
        settle(user, firm)
    else:
        _set_open(user, is_open=False)
        Invitation.objects.open().filter(created_by=user).update(withdrawn_at=now())
        leaving.tell(user, firm)
        lock_out(user, [firm])
    remember(user, firm)
    write(Kind.USER_DISABLED, by, firm, user=user)


@transaction.atomic
def reactivate(by: Giver, user: User, firm: int) -> None:
    """Open a closed account again, with what it had and has not ended meanwhile. Raises NotAllowed and Refused."""
    lock(firm)
    require_administrator(by, firm)
    not_oneself(by, user)
    require_present(user, firm)
    if is_elsewhere(user, firm):
        # Another firm closed the account: what belongs there is not ours to open.
        raise Refused(_("This account cannot be opened from here. Invite the person instead."))
    _set_open(user, is_open=True)
    forget(user, firm)
    write(Kind.USER_ENABLED, by, firm, user=user)


def come_back(user: User, firm: int, *, name: str, password: str) -> None:
    """Open a closed account for its owner, whom an invitation of `firm` reached: empty, and with a new password.

    For callers that hold the firm's lock, checked the password and asked `may_let_in`. What waited for the account to
    be opened, in whichever firm, ends: only who closed it may give that back. A second factor of before stays and is
    asked for. Raises Refused.
    """
    user = User.objects.select_for_update().get(pk=user.pk)
    if user.is_active:
        raise Refused(_("You have an account already. Sign in with it first, then accept."))
    own = Membership.objects.filter(not_over(), user=user).values_list("firm_id", flat=True)
    in_teams = TeamMember.objects.filter(not_over(), user=user).values_list("team__firm_id", flat=True)
    for each in sorted({*own, *in_teams}):
        lock(each)
        end_places(user, user, each)
    user.name = name.strip()
    user.set_password(password)
    user.save(update_fields=["name", "password"])
    _set_open(user, is_open=True)
    write(Kind.USER_ENABLED, user, firm, user=user)


def end_places(by: Giver, user: User, firm: int) -> None:
    """Everything of the person in the firm is over, for callers that have asked already and hold the firm's lock."""
    for membership in Membership.objects.filter(user=user, firm_id=firm):
        take(by, membership)
    for place in TeamMember.objects.filter(user=user, team__firm_id=firm):
        leave_team(by, place)


def _set_open(user: User, *, is_open: bool) -> None:
    user.is_active, user.closed_at = is_open, None if is_open else now()
    user.save(update_fields=["is_active", "closed_at"])
