"""Ending and restoring everything that a person has in a firm."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from portal.accounts import leaving
from portal.accounts.models import Invitation, Membership, TeamMember, User
from portal.accounts.rights.aftermath import end_deputies, end_standing_in, settle
from portal.accounts.rights.guards import (
    Giver,
    Refused,
    has_place,
    lasting_administrators,
    lock,
    not_oneself,
    require_administrator,
    require_known,
)
from portal.accounts.rights.memberships import take
from portal.accounts.rights.written import write
from portal.accounts.signin.sessions import end_all
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
    require_known(user, firm)
    lasting = lasting_administrators(firm)
    if lasting.filter(user=user).exists() and not lasting.exclude(user=user).exists():
        raise Refused(
            _("This is the last administrator of the firm. Give somebody else that role first, without an end.")
        )
    end_standing_in(user, firm)
    end_deputies(user, firm)
    if has_place(user, not_in=firm):
        for membership in Membership.objects.filter(user=user, firm_id=firm):
            take(by, membership)
        TeamMember.objects.filter(user=user, team__firm_id=firm).delete()
        settle(user, firm)
    else:
        User.objects.filter(pk=user.pk).update(is_active=False)
        user.is_active = False
        Invitation.objects.open().filter(created_by=user).update(withdrawn_at=now())
        leaving.tell(user, firm)
        end_all(user)
    write(Kind.USER_DISABLED, by, firm, user=user)


@transaction.atomic
def reactivate(by: Giver, user: User, firm: int) -> None:
    """Open a closed account again, with what it had and has not ended meanwhile. Raises NotAllowed and Refused."""
    lock(firm)
    require_administrator(by, firm)
    not_oneself(by, user)
    require_known(user, firm)
    if has_place(user, not_in=firm):
        # Another firm closed the account: what belongs there is not ours to open.
        raise Refused(_("This account cannot be opened from here. Invite the person instead."))
    User.objects.filter(pk=user.pk).update(is_active=True)
    user.is_active = True
    write(Kind.USER_ENABLED, by, firm, user=user)
