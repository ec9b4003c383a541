"""How long a session lasts and how sessions are ended."""

from datetime import timedelta
from importlib import import_module
from typing import Any, Literal

from allauth.core.internal.httpkit import get_client_ip
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.sessions.models import Session
from django.http import HttpRequest
from django.utils import timezone

from portal.accounts import looking
from portal.accounts.models import User
from portal.accounts.signin.standing import belongs, is_firm_staff
from portal.jobs.room import any_room
from portal.settings.signin import FRESH_SECONDS

IDLE_CLIENTS = timedelta(minutes=30).total_seconds()
IDLE_STAFF = timedelta(minutes=60).total_seconds()
LONGEST = timedelta(hours=12).total_seconds()
#: Last-seen times are written at most this often: a page costs no write.
SEEN_EVERY = timedelta(minutes=1).total_seconds()

SIGNED_IN, SEEN, BELONGED = "signed_in_at", "seen_at", "belonged"

Reason = Literal["idle", "long", "left"]


def _now() -> float:
    return timezone.now().timestamp()


def begin(request: HttpRequest, user: User) -> None:
    """Note when this session began and list it among the person's sessions. Every way of signing in comes here."""
    now = _now()
    request.session[SIGNED_IN] = request.session[SEEN] = now
    request.session[BELONGED] = belongs(user)
    request.session.pop(looking.KEY, None)
    go_on(request, user)


def go_on(request: HttpRequest, user: User) -> None:
    """List this session under the key that it has now. It began when it began: nobody has shown anew who they are."""
    if request.session.session_key is None:
        request.session.save()
    longest = UserSession._meta.get_field("user_agent").max_length
    UserSession.objects.update_or_create(
        session_key=request.session.session_key,
        defaults={
            "user": user,
            # 0.0.0.0: the server that called us did not say.
            "ip": get_client_ip(request) or "0.0.0.0",  # noqa: S104 - a value, no address to bind to  # nosec B104
            "user_agent": request.META.get("HTTP_USER_AGENT", "")[:longest],
        },
    )


def over(session: Any, user: User) -> Reason | None:
    """Why this session ends now; None while it lasts.

    Somebody who never belonged anywhere sees nothing but may look; somebody who lost the last membership is out.
    """
    now = _now()
    started = session.get(SIGNED_IN)
    if started is None or now - started >= LONGEST:
        return "long"
    if now - session.get(SEEN, started) >= (IDLE_STAFF if is_firm_staff(user) else IDLE_CLIENTS):
        return "idle"
    if session.get(BELONGED) and not belongs(user):
        return "left"
    return None


def touch(request: HttpRequest) -> None:
    """Remember that the person was here, once a minute; on a full disk not, so that reading goes on."""
    now = _now()
    if now - request.session[SEEN] < SEEN_EVERY or not any_room():
        return
    request.session[SEEN] = now
    # A membership that came after sign-in counts from now on.
    if isinstance(request.user, User):
        request.session[BELONGED] = request.session[BELONGED] or belongs(request.user)
    UserSession.objects.filter(session_key=request.session.session_key).update(last_seen_at=timezone.now())


def is_young(request: HttpRequest) -> bool:
    """Whether the person signed in so recently that asking again would prove nothing new."""
    started = request.session.get(SIGNED_IN)
    return started is not None and _now() - started < FRESH_SECONDS


def all_of(user: AbstractBaseUser) -> list[UserSession]:
    """The person's sessions that still last, last seen first; those that do not leave the list for good.

    As allauth's `purge_and_list`, by three statements instead of three for each session.
    """
    listed = UserSession.objects.filter(user_id=user.pk).order_by("-last_seen_at", "-pk")
    stored = Session.objects.filter(session_key__in=listed.order_by().values("session_key"))
    hashes = {user.get_session_auth_hash(), *user.get_session_auth_fallback_hash()}
    lasting = {
        row.session_key
        for row in stored.filter(expire_date__gt=timezone.now())
        if (kept := row.get_decoded()).get(SESSION_KEY) == str(user.pk) and kept.get(HASH_SESSION_KEY) in hashes
    }
    found = list(listed)
    if gone := [one.pk for one in found if one.session_key not in lasting]:
        UserSession.objects.filter(pk__in=gone).delete()
    return [one for one in found if one.session_key in lasting]


def own(user: AbstractBaseUser, pk: int) -> UserSession | None:
    """The person's own session with this number."""
    return UserSession.objects.filter(pk=pk, user_id=user.pk).first()


def strike_off(request: HttpRequest) -> None:
    """Take the session of this request off its person's list."""
    if request.user.is_authenticated:
        UserSession.objects.filter(session_key=request.session.session_key).delete()


def end_all(user: AbstractBaseUser, *, but: str | None = None) -> int:
    """End every session of the person except the one with the key `but`; returns how many ended."""
    store = import_module(settings.SESSION_ENGINE).SessionStore
    ended = 0
    for session in UserSession.objects.filter(user_id=user.pk).exclude(session_key=but or ""):
        store().delete(session.session_key)
        session.delete()
        ended += 1
    return ended
