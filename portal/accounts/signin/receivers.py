"""What follows from a sign-in and from a change of password or second factor: one place, whatever page it came from."""

from typing import Any

from allauth.account import signals as account
from allauth.account.adapter import get_adapter
from allauth.mfa import signals as mfa
from allauth.mfa.models import Authenticator
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest

from portal.accounts import acting
from portal.accounts.models import User
from portal.accounts.signin import refusals, second_factor, sessions
from portal.audit.about import About
from portal.audit.actors import Actor
from portal.audit.details import Detail
from portal.audit.kinds import Kind
from portal.audit.recording import record


def note(kind: Kind, request: HttpRequest, user: User, detail: Detail | None = None) -> None:
    """Write down what the person did to their own account; in the second step nobody is signed in yet."""
    actor = Actor(user.pk, acting.label(user), address=acting.address(request), firms=acting.firms(user))
    record(kind, About(object_type="user", object_id=user.pk), actor=actor, detail=detail)


@receiver(user_logged_in)
def begin_session(request: HttpRequest, user: User, **_: Any) -> None:
    """Every way in, also those that are not allauth's."""
    sessions.begin(request, user)


@receiver(mfa.authenticator_used)
def remember_factor(
    request: HttpRequest, user: User, authenticator: Authenticator, reauthenticated: bool, **_: Any
) -> None:
    """Somebody showed their second factor."""
    second_factor.mark(request, user)
    if authenticator.type == Authenticator.Type.RECOVERY_CODES:
        note(Kind.RECOVERY_CODE_USED, request, user)
    if reauthenticated:
        note(Kind.REAUTHENTICATED, request, user, {"by": str(authenticator.type)})


@receiver(mfa.authentication_failed)
def note_wrong_code(request: HttpRequest, user: User, authenticator: Authenticator, **_: Any) -> None:
    """A code did not fit. Whoever comes so far has the password, so this says more than a wrong password does."""
    refusals.note(request, user, Kind.SIGN_IN_FAILED, {"by": str(authenticator.type)})


@receiver(account.authentication_step_completed)
def note_password_again(request: HttpRequest, user: User, method: str, **more: Any) -> None:
    """Somebody who is signed in gave the password again."""
    if method == "password" and more.get("reauthenticated"):
        note(Kind.REAUTHENTICATED, request, user, {"by": "password"})


@receiver(mfa.authenticator_added)
def take_new_factor(request: HttpRequest, user: User, authenticator: Authenticator, **_: Any) -> None:
    """Somebody enrolled: this session has just shown the factor, all others have to sign in anew."""
    if authenticator.type in second_factor.FACTORS:
        second_factor.mark(request, user)
        note(Kind.SECOND_FACTOR_ADDED, request, user, {"type": str(authenticator.type)})
    else:
        note(Kind.RECOVERY_CODES_MADE, request, user)
    sessions.end_all(user, but=request.session.session_key)


@receiver(mfa.authenticator_removed)
def drop_factor(request: HttpRequest, user: User, authenticator: Authenticator, **_: Any) -> None:
    """A factor went: all other sessions end."""
    note(Kind.SECOND_FACTOR_REMOVED, request, user, {"type": str(authenticator.type)})
    sessions.end_all(user, but=request.session.session_key)
    if not second_factor.enrolled(user):
        second_factor.forget(request)


@receiver(mfa.authenticator_reset)
def take_new_codes(request: HttpRequest, user: User, **_: Any) -> None:
    """New recovery codes: all other sessions end."""
    note(Kind.RECOVERY_CODES_MADE, request, user)
    sessions.end_all(user, but=request.session.session_key)


@receiver(account.password_changed)
@receiver(account.password_set)
def keep_only_this_session(request: HttpRequest, user: User, **_: Any) -> None:
    """All other sessions end with a new password; this one has a new key by now."""
    note(Kind.PASSWORD_CHANGED, request, user)
    sessions.go_on(request, user)
    sessions.end_all(user, but=request.session.session_key)


@receiver(account.password_reset)
def unlock(request: HttpRequest, user: User, **_: Any) -> None:
    """A password set by mail ends every session and the lock."""
    note(Kind.PASSWORD_RESET, request, user)
    get_adapter(request).forget_failures(request, user)
    sessions.end_all(user)
