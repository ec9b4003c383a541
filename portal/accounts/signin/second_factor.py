"""Which session has shown a second factor, and which pages can be reached before."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from allauth.mfa.models import Authenticator
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest

KEY = "second_factor"
#: What counts as a second factor by itself; recovery codes exist beside one of these only.
FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)

View = TypeVar("View", bound=Callable[..., Any])


def mark(request: HttpRequest, user: AbstractBaseUser) -> None:
    """This session has shown the person's second factor. Bound to the person: it is worth nothing for another."""
    request.session[KEY] = user.pk


def shown(request: HttpRequest) -> bool:
    """Whether the person of this session has shown a second factor in it; also while they look as somebody else."""
    person = getattr(request, "looked_by", None) or request.user
    return bool(person.is_authenticated) and request.session.get(KEY) == person.pk


def forget(request: HttpRequest) -> None:
    """The second factor that this session showed is gone."""
    request.session.pop(KEY, None)


def enrolled(user: AbstractBaseUser) -> bool:
    """Whether the person has a second factor."""
    return bool(Authenticator.objects.filter(user_id=user.pk, type__in=FACTORS).exists())


def has_app(user: AbstractBaseUser | AnonymousUser) -> bool:
    """Whether the person has an app that shows codes."""
    return bool(Authenticator.objects.filter(user_id=user.pk, type=Authenticator.Type.TOTP).exists())


def all_of(user: AbstractBaseUser) -> list[Authenticator]:
    """Everything that the person can show, recovery codes too, oldest first."""
    return list(Authenticator.objects.filter(user_id=user.pk).order_by("created_at"))


def _marked(view: View, how: str) -> View:
    @wraps(view)
    def reached(*args: Any, **kwargs: Any) -> Any:
        return view(*args, **kwargs)

    reached.before_second_factor = how  # type: ignore[attr-defined]
    return reached  # type: ignore[return-value]


def enrols(view: View) -> View:
    """Marks a view that somebody who has no second factor yet can reach: getting one, and nothing else."""
    return _marked(view, "enrols")


def confirms(view: View) -> View:
    """Marks a view that asks for a password or a factor: it can be reached before one was shown."""
    return _marked(view, "confirms")


def way_out(request: HttpRequest, view: Callable[..., Any]) -> str | None:
    """The name of the page that somebody without a shown factor is sent to; None lets them pass.

    Who has a factor must show it: they could else enrol another one with the password alone.
    """
    how = getattr(view, "before_second_factor", None)
    if how == "confirms" or not getattr(view, "login_required", True):
        return None
    types = set(Authenticator.objects.filter(user_id=request.user.pk).values_list("type", flat=True))
    if types & set(FACTORS):
        return "mfa_reauthenticate_webauthn" if types == {Authenticator.Type.WEBAUTHN} else "mfa_reauthenticate"
    return None if how == "enrols" else "accounts:enrol"
