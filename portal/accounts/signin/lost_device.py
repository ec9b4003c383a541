"""A lost phone: an administrator takes the second factor away, and the person enrols a new one.

One account opens every firm in which somebody has a place, so an administrator of one of several is not enough: then
whoever runs the portal does it, with `manage.py reset_second_factor`.
"""

from collections.abc import Iterable

from allauth.mfa.models import Authenticator
from django.core.exceptions import PermissionDenied
from django.db import transaction

from portal.accounts.grants import Grants, firms_of
from portal.accounts.locking_out import lock_out
from portal.accounts.models import User
from portal.accounts.rights.guards import Giver, System
from portal.accounts.roles import Capability
from portal.accounts.signin.letters import tell
from portal.audit.about import About
from portal.audit.kinds import Kind
from portal.audit.recording import record

TEMPLATE = "accounts/email/second_step_reset"


def may_reset(user: User, by: Giver) -> bool:
    """Whether `by` manages the people of every firm in which `user` has a place now. Nobody resets their own."""
    if isinstance(by, System):
        return True
    firms = Grants(by, Capability.MANAGE_USERS).firms()
    theirs = set(firms_of(user))
    if firms is None or user.pk == by.pk:
        return False
    return bool(theirs) and theirs <= {pk for (pk,) in firms.values_list("firm_id")}


def reset_second_factor(user: User, by: Giver) -> bool:
    """Remove every second factor and recovery code of `user`, lock them out, write it down, and tell them.

    The person signs in with the password next and must enrol at once. Returns whether the mail that tells them could be
    sent: the reset stands without it. Raises PermissionDenied unless `by` may.
    """
    if not may_reset(user, by):
        raise PermissionDenied
    with transaction.atomic():
        Authenticator.objects.filter(user=user).delete()
        lock_out(user, firms_of(user))
        firms: Iterable[int | None] = firms_of(user) or [None]
        for firm in firms:
            record(Kind.SECOND_FACTOR_RESET, About(firm_id=firm, object_type="user", object_id=user.pk))
    return tell(user, TEMPLATE)
