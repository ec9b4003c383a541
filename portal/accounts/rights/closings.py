"""Which firms closed somebody's account. Only their own administrators let the person in again, no client of theirs.

That is remembered on the account: the places that wait for a return may end meanwhile, one by one, by a review or by
the clock, and say nothing of it then. A firm that was one of several closed the account too, for itself.
"""

from django.utils.translation import gettext_lazy as _

from portal.accounts.models import User
from portal.accounts.rights.guards import Giver, Refused, administers


def remember(user: User, firm: int) -> None:
    """The firm closed the account; whoever calls holds its lock."""
    user.closed_by.add(firm)


def forget(user: User, firm: int) -> None:
    """An administrator of the firm let the person in again. What keeps an account closed stays: it is still so."""
    User.closed_by.through.objects.filter(user_id=user.pk, firm_id=firm, user__is_active=True).delete()


def may_let_in(by: Giver, user: User, firm: int) -> bool:
    """Whether `by`, who may give a place in the firm, may give one to this person."""
    return administers(by, firm) or not user.closed_by.filter(pk=firm).exists()


def require_may_let_in(by: Giver, user: User, firm: int) -> None:
    """Raises Refused, in words for the person who was invited, unless `may_let_in`."""
    if not may_let_in(by, user, firm):
        raise Refused(_("The office closed your access. Ask the office itself for an invitation."))
