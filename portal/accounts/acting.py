"""Who acts in a request, told to the audit trail; and what every request and every sign-in leaves there by itself."""

from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.http import HttpRequest, HttpResponse

from portal.accounts import grants
from portal.accounts.middleware import GetResponse
from portal.accounts.models import Invitation, Membership, TeamMember, User
from portal.accounts.people import somebody
from portal.audit.about import About
from portal.audit.actors import Actor, acting, address_of
from portal.audit.kinds import Kind, Outcome
from portal.audit.recording import record, record_at_once

NOBODY = "nobody"
#: The answers to what somebody may not do, and to what does not exist for them.
REFUSALS = frozenset({403, 404})
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
LARGEST_KEY = 2**63 - 1


def actor_of(request: HttpRequest) -> Actor:
    """The signed-in person with their roles and firms; while they look as somebody else, with both.

    Whoever lets somebody look as another person sets `request.user` to that person and `request.looked_by` to who
    really sits there.
    """
    user: User | AnonymousUser | None = getattr(request, "user", None)
    looker: User | None = getattr(request, "looked_by", None)
    person = looker or user
    if not isinstance(person, User):
        return Actor(None, NOBODY, address=address(request))
    return Actor(
        person.pk,
        label(person),
        look_as=user.pk if looker is not None and user is not None else None,
        address=address(request),
        firms=firms(person),
    )


def label(person: User) -> str:
    """The roles of the person now, or that they have none."""
    return ", ".join(sorted(str(role) for role in grants.roles_of(person))) or "no role"


def firms(person: User) -> tuple[int, ...]:
    """The firms in which the person has a place; of somebody who has none left, those where they had one."""
    now = tuple(sorted(grants.firms_of(person)))
    if now:
        return now
    # A place in a team goes without a trace here; the invitation that led to it stays for a year.
    before = (
        Membership.objects.filter(user=person).values_list("firm_id"),
        TeamMember.objects.filter(user=person).values_list("team__firm_id"),
        Invitation.objects.filter(accepted_by=person).order_by().values_list("firm_id"),
    )
    return tuple(sorted(pk for (pk,) in before[0].union(*before[1:])))


def address(request: HttpRequest) -> str:
    """Where the request came from, past the proxies that the settings trust (as django-allauth counts them)."""
    trusted = int(getattr(settings, "ALLAUTH_TRUSTED_PROXY_COUNT", 0))
    forwarded = [part for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
    if trusted and len(forwarded) >= trusted:
        return address_of(forwarded[-trusted])
    return address_of(request.META.get("REMOTE_ADDR", ""))


class TrailMiddleware:
    """Says who acts to whatever is recorded on the way, and records what a signed-in person was refused."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with acting(lambda: actor_of(request)):
            response = self.get_response(request)
            if response.status_code in REFUSALS and request.resolver_match is not None:
                self._refused(request, response.status_code)
        return response

    def _refused(self, request: HttpRequest, status: int) -> None:
        """The view, and the number that was asked for: whose it is was not found out, so it is nobody's."""
        match = request.resolver_match
        if not request.user.is_authenticated or match is None:
            return
        asked = str(match.kwargs.get("pk", ""))
        pk = int(asked) if asked.isdecimal() and int(asked) <= LARGEST_KEY else None
        method = request.method if request.method in METHODS else "other"
        record_at_once(
            Kind.REFUSED,
            About(object_type=match.view_name[:40], object_id=pk),
            detail={"method": str(method).lower(), "status": status},
            outcome=Outcome.REFUSED,
        )


def signed_in(request: HttpRequest | None, user: User, **_: Any) -> None:
    """Somebody proved who they are."""
    record(Kind.SIGNED_IN, About(object_type="user", object_id=user.pk), actor=_actor(request, user))


def signed_out(request: HttpRequest | None, user: User | None, **_: Any) -> None:
    """Somebody ended their session; nobody does nothing."""
    if user is not None:
        record(Kind.SIGNED_OUT, About(object_type="user", object_id=user.pk), actor=_actor(request, user))


def sign_in_failed(credentials: dict[str, Any], request: HttpRequest | None = None, **_: Any) -> None:
    """Somebody did not prove it. What was typed is not kept; an account that exists is named by its number."""
    typed = credentials.get("email") or credentials.get("username") or ""
    user = somebody(typed) if isinstance(typed, str) and typed else None
    actor = Actor(None, NOBODY, address=address(request) if request else "", firms=firms(user) if user else ())
    about = About(object_type="user", object_id=user.pk) if user else About(object_type="user")
    record(Kind.SIGN_IN_FAILED, about, outcome=Outcome.REFUSED, actor=actor)


def connect() -> None:
    """Listen to Django's signals of signing in and out, which every way of signing in sends."""
    user_logged_in.connect(signed_in, dispatch_uid="trail-signed-in")
    user_logged_out.connect(signed_out, dispatch_uid="trail-signed-out")
    user_login_failed.connect(sign_in_failed, dispatch_uid="trail-sign-in-failed")


def _actor(request: HttpRequest | None, user: User) -> Actor:
    return Actor(user.pk, label(user), address=address(request) if request else "", firms=firms(user))
