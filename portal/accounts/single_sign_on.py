"""Signing in through the identity provider of one's firm. It signs in people who exist and belong to that firm only.

The second step stays ours by default and without a switch: whether the provider asked for one is told in a claim that
Microsoft sends only sometimes and Google never, so believing it would mean believing its absence too.
"""

from typing import NoReturn

from allauth.account.utils import perform_login
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.models import SocialApp, SocialLogin
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.shortcuts import redirect
from django.urls import reverse

from portal.accounts import acting
from portal.accounts.models import SignOnIdentity, SingleSignOn, User
from portal.accounts.sign_on_setup import belongs_here_only
from portal.accounts.signin import second_factor
from portal.accounts.signin.letters import tell
from portal.audit.about import About
from portal.audit.actors import Actor
from portal.audit.kinds import Kind, Outcome
from portal.audit.recording import record

TIED = "accounts/email/office_account_tied"
PROVIDER, PREFIX = "openid_connect", "firm-"
#: Of a number that every database can compare a key with.
MOST_DIGITS = 18


def provider_id(single: SingleSignOn) -> str:
    """How addresses name the provider of a firm."""
    return f"{PREFIX}{single.firm_id}"


def callback_path(single: SingleSignOn) -> str:
    """Where the provider sends people back to; it must be registered there."""
    return reverse("openid_connect_callback", kwargs={"provider_id": provider_id(single)})


def provider_apps(wanted: str | None = None) -> list[SocialApp]:
    """allauth's view of the providers: all, or the one called `wanted`."""
    rows = SingleSignOn.objects.select_related("firm")
    if wanted and wanted != PROVIDER:
        number = wanted.removeprefix(PREFIX)
        known = number.isascii() and number.isdigit() and len(number) <= MOST_DIGITS
        rows = rows.filter(firm_id=int(number)) if known else rows.none()
    return [_app(single) for single in rows]


def _app(single: SingleSignOn) -> SocialApp:
    return SocialApp(
        provider=PROVIDER,
        provider_id=provider_id(single),
        name=single.firm.name,
        client_id=single.client_id,
        secret=single.client_secret,
        settings={
            "server_url": single.issuer.rstrip("/"),
            # Everything needed is in the signed token; one call less, and no address from Microsoft's Graph.
            "fetch_userinfo": False,
            "oauth_pkce_enabled": True,
            "scope": ["openid", "email", "profile"],
        },
    )


def for_address(email: str) -> SingleSignOn | None:
    """The single sign-on that people with this e-mail address use."""
    domain = email.rpartition("@")[2].strip().lower()
    return next((one for one in SingleSignOn.objects.select_related("firm") if domain in one.domains), None)


def admit(request: HttpRequest, sociallogin: SocialLogin) -> NoReturn:
    """Sign in the person whom the provider names, up to the second step, or send them away.

    Ends in ImmediateHttpResponse either way: allauth's own sign-up and connecting never get a turn.
    """
    app = sociallogin.provider.app
    single = SingleSignOn.objects.get(firm_id=int(app.provider_id.removeprefix(PREFIX)))
    claims = sociallogin.account.extra_data.get("id_token") or {}
    user = _person(request, single, claims)
    if user is None:
        refuse(single, request)
    raise ImmediateHttpResponse(
        perform_login(request, user, redirect_url=sociallogin.get_redirect_url(request), email=user.email)
    )


def refuse(single: SingleSignOn, request: HttpRequest) -> NoReturn:
    """One answer for every reason, so that it tells nothing about who has an account."""
    actor = Actor(None, acting.NOBODY, address=acting.address(request), firms=(single.firm_id,))
    record(Kind.SIGN_IN_FAILED, actor=actor, outcome=Outcome.REFUSED, detail={"by": "single_sign_on"})
    raise ImmediateHttpResponse(redirect("accounts:office_sign_in_failed"))


def _person(request: HttpRequest, single: SingleSignOn, claims: dict[str, object]) -> User | None:
    """The active person of this firm whom the claims of a checked token name.

    By the subject once it is known. The first time by address: of an allowed domain, and not one that the provider
    calls unverified. Microsoft does not say; there the firm's own directory and the list of domains vouch for it.
    """
    subject, email = str(claims.get("sub") or ""), str(claims.get("email") or "").strip().lower()
    if not subject or claims.get("email_verified") is False:
        return None
    known = SignOnIdentity.objects.filter(single_sign_on=single, subject=subject).select_related("user").first()
    if known is not None:
        return known.user if _may_come_in(known.user, single) else None
    if email.rpartition("@")[2] not in single.domains:
        return None
    user = User.objects.filter(email=email).first()
    if user is None or not _may_come_in(user, single):
        return None
    try:
        with transaction.atomic():
            SignOnIdentity.objects.create(single_sign_on=single, user=user, subject=subject)
            actor = Actor(None, acting.NOBODY, address=acting.address(request), firms=(single.firm_id,))
            about = About(object_type="user", object_id=user.pk)
            record(Kind.SIGN_ON_TIED, about, actor=actor)
    except IntegrityError:
        # The person is somebody else at the provider already.
        return None
    tell(user, TIED)
    return user


def _may_come_in(user: User, single: SingleSignOn) -> bool:
    """Who has no second factor yet, or lost it, signs in with the password first.

    Otherwise an administrator of the firm, who chooses the provider and can reset a second factor, could come in as any
    of their colleagues and enrol a factor of their own.
    """
    return user.is_active and belongs_here_only(user, single.firm_id) and second_factor.enrolled(user)
