"""What follows when somebody loses a right: deputies, invitations, work and sessions that rested on it end with it."""

from portal.accounts import leaving
from portal.accounts.locking_out import lock_out
from portal.accounts.models import Deputy, Invitation, User
from portal.accounts.rights.guards import has_place, may_give, staff_roles
from portal.accounts.rights.memberships import Place
from portal.accounts.roles import DEPUTISED
from portal.clock import now


def settle(user: User, firm: int) -> None:
    """End what the person can no longer have in the firm, and lock out who has no place left anywhere."""
    if not staff_roles(user, firm) & DEPUTISED:
        end_standing_in(user, firm)
    if not has_place(user, firm=firm):
        leaving.tell(user, firm)
    for invitation in Invitation.objects.open().filter(created_by=user, firm_id=firm).select_related("company"):
        if not may_give(user, Place.of_invitation(invitation)):
            Invitation.objects.filter(pk=invitation.pk).update(withdrawn_at=now())
    if not has_place(user):
        lock_out(user, [firm])


def end_standing_in(user: User, firm: int) -> None:
    """The person stands in for nobody any more."""
    for deputy in Deputy.objects.filter(substitute=user, firm_id=firm, ends__gt=now()):
        end_term(deputy)


def end_deputies(user: User, firm: int) -> None:
    """Nobody stands in for the person any more."""
    for deputy in Deputy.objects.filter(absent=user, firm_id=firm, ends__gt=now()):
        end_term(deputy)


def end_term(row: Deputy) -> None:
    """End it at this moment; one that has not begun never was."""
    if row.starts is not None and row.starts >= now():
        row.delete()
    else:
        row.ends = now()
        row.save(update_fields=["ends"])
