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
def deactivate(by: Giver, user: User, firm: int, *others: int) -> None:
    """Let somebody in no more: sessions end, what they set going stops, what they were to hand out is withdrawn.

    Firms are blind to each other: of somebody who also works elsewhere only the places in this firm end; the account
    of somebody who belongs here alone is closed and keeps its memberships for a return. Whoever manages several firms
    closes it in all of them at once: none of them is elsewhere then. Nobody stands in for them: their clients get
    somebody of their own. Raises NotAllowed and Refused; then it is closed in none of the firms.
    """
    firms = sorted({firm, *others})
    _require_over(by, user, firms)
    for each in firms:
        if not is_present(user, each):
            raise NotAllowed
        lasting = lasting_administrators(each)
        if lasting.filter(user=user).exists() and not lasting.exclude(user=user).exists():
            raise Refused(
                _("This is the last administrator of the firm. Give somebody else that role first, without an end.")
            )
    for each in firms:
        end_standing_in(user, each)
        end_deputies(user, each)
    if is_elsewhere(user, *firms):
        for each in firms:
            end_places(by, user, each)
            settle(user, each)
    else:
        _set_open(user, is_open=False)
        Invitation.objects.open().filter(created_by=user).update(withdrawn_at=now())
        for each in firms:
            leaving.tell(user, each)
        lock_out(user, firms)
    for each in firms:
        remember(user, each)
        write(Kind.USER_DISABLED, by, each, user=user)


@transaction.atomic
def reactivate(by: Giver, user: User, firm: int, *others: int) -> None:
    """Open a closed account again, with what it had and has not ended meanwhile. Raises NotAllowed and Refused.

    It takes whoever manages every firm in which something waits for that, and names them all.
    """
    firms = sorted({firm, *others})
    _require_over(by, user, firms)
    for each in firms:
        require_present(user, each)
    if is_elsewhere(user, *firms):
        # Another firm closed the account, too: what belongs there is not ours to open.
        raise Refused(_("This account cannot be opened from here. Invite the person instead."))
    _set_open(user, is_open=True)
    for each in firms:
        forget(user, each)
        write(Kind.USER_ENABLED, by, each, user=user)


def _require_over(by: Giver, user: User, firms: list[int]) -> None:
    """Lock the firms, which are in order. Raises NotAllowed unless `by` manages every one, and for oneself."""
    for firm in firms:
        lock(firm)
        require_administrator(by, firm)
    not_oneself(by, user)


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
