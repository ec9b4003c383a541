"""What allauth asks us: nobody signs up, seeds are encrypted, refusals read the same."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse, ReauthenticationRequired
from allauth.core.internal import ratelimit
from allauth.core.internal.httpkit import get_client_ip
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp, SocialLogin
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.shortcuts import redirect
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from portal.accounts import acting
from portal.accounts.models import User
from portal.accounts.signin import refusals, second_factor, seeds, sessions
from portal.audit.about import About
from portal.audit.actors import Actor
from portal.audit.kinds import Kind
from portal.audit.recording import record
from portal.vault import seal_text

if TYPE_CHECKING:
    from requests import Session

APP, FAILED = "allauth.account", "login_failed"


class AccountAdapter(DefaultAccountAdapter):
    """Accounts come from administrators and invitations only; there is one text for every refusal."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _(
            "This e-mail address and password do not belong together. Check both and try again."
        ),
        "incorrect_password": _("This is not your password. Try again."),
        "too_many_login_attempts": _(
            "Too many wrong tries. Wait five minutes, or set a new password with the link below."
        ),
        "rate_limited": _("Too many tries in a short time. Wait a few minutes and try again."),
        "invalid_password_reset": _("This link does not work any more. Ask for a new one."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def is_safe_url(self, url: str) -> bool:
        """Only this host: the other names in ALLOWED_HOSTS are other sites to a browser."""
        request = context.request
        return url_has_allowed_host_and_scheme(url, {request.get_host()}, require_https=request.is_secure())

    def authenticate(self, request: HttpRequest, **credentials: Any) -> AbstractBaseUser | None:
        """The active person with this address and password. allauth has a page that says who is deactivated."""
        try:
            user = super().authenticate(request, **credentials)
        except ValidationError:
            note_locked(request, str(credentials.get("email", "")))
            raise
        return user if user is not None and user.is_active else None

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Whether to ask again. allauth lets pass who has nothing that could be asked: no password, no second factor.

        Such a person has to sign in anew (raises ReauthenticationRequired): whoever found the session open could else
        enrol a second factor of their own.
        """
        required = super().is_reauthentication_required(app=app, **kwargs)
        if not required or sessions.is_young(context.request):
            return False
        if not self.get_reauthentication_methods(context.request.user):
            raise ReauthenticationRequired
        return True

    def get_reauthentication_methods(self, user: AbstractBaseUser | AnonymousUser) -> list[dict[str, Any]]:
        """Ways to say again who one is: the second factor, and the password of who has none.

        Whoever looked over a shoulder knows the password; pages of other ways lead to the first of these. Without an
        app the passkey comes before the page for codes, which would ask for a recovery code.
        """
        ways: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        factors = [way for way in ways if way["id"] != "reauthenticate"]
        if not second_factor.has_app(user):
            factors.sort(key=lambda way: way["id"] == "mfa_reauthenticate")
        return factors or ways

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """One count for each address; allauth's has the host in it, and a portal may have two names."""
        return str(credentials.get("email", "")).strip().lower()

    def forget_failures(self, request: HttpRequest, user: User) -> None:
        """Unlock the person: the mail that they could read proves more than the tries that failed."""
        ratelimit.clear(request, app=APP, action=FAILED, key=user.email.lower())

    def send_password_reset_mail(self, user: User, email: str, context: dict[str, Any]) -> None:
        about = About(object_type="user", object_id=user.pk)
        actor = Actor(None, acting.NOBODY, address=acting.address(self.request), firms=acting.firms(user))
        record(Kind.PASSWORD_RESET_ASKED, about, actor=actor)
        super().send_password_reset_mail(user, email, context)

    def get_reset_password_from_key_url(self, key: str) -> str:
        """The link in the mail begins with PORTAL_URL, never with a host that the visitor chose."""
        address: str = super().get_reset_password_from_key_url(key)
        return at_portal_url(address)

    def send_notification_mail(
        self,
        template_prefix: str,
        user: AbstractBaseUser,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        with translation.override(getattr(user, "language", None)):
            super().send_notification_mail(template_prefix, user, {**(context or {}), "user": user}, email)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        user = context.get("user")
        ours = {"portal_url": settings.PORTAL_URL}
        with translation.override(getattr(user, "language", None) or translation.get_language()):
            super().send_mail(template_prefix, email, {**context, **ours})

    def get_client_ip(self, request: HttpRequest) -> str:
        """The visitor's address; 0.0.0.0 where the server does not say, as on a socket file."""
        return get_client_ip(request) or "0.0.0.0"  # noqa: S104 - a value, no address to bind to  # nosec B104


def note_locked(request: HttpRequest, email: str) -> None:
    """Write down that a try was refused unseen. Whose account it is, if it is one, is looked up either way."""
    user = User.objects.filter(email=email.strip().lower()).first()
    refusals.note(request, user, Kind.LOCKED_OUT)


def at_portal_url(address: str) -> str:
    """`address` below PORTAL_URL; as it is where that is not set."""
    if not settings.PORTAL_URL:
        return address
    parts = urlsplit(address)
    return f"{settings.PORTAL_URL}{parts.path}" + (f"?{parts.query}" if parts.query else "")


class SecondFactorAdapter(DefaultMFAAdapter):
    """Seeds are in the database as ciphertext of the vault only, each bound to its person: see seeds."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("This code is wrong or was used before. Wait for the next one and try again."),
        "cannot_delete_authenticator": _(
            "This is your only second step. Add another one first; nobody signs in without."
        ),
    }

    def encrypt(self, text: str) -> str:
        return seal_text(text)

    def decrypt(self, encrypted_text: str) -> str:
        return seeds.opened(encrypted_text)

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Not the last second factor. Recovery codes are none by themselves and can always go."""
        others = Authenticator.objects.filter(user_id=authenticator.user_id, type__in=second_factor.FACTORS)
        return authenticator.type not in second_factor.FACTORS or others.exclude(pk=authenticator.pk).exists()

    def generate_authenticator_name(self, user: AbstractBaseUser, type: Authenticator.Type) -> str:
        number = Authenticator.objects.filter(user_id=user.pk, type=type).count() + 1
        return translation.gettext("Passkey %(number)s") % {"number": number}


class ProviderAdapter(DefaultSocialAccountAdapter):
    """Identity providers are those of portal.accounts.single_sign_on; nobody signs up through one."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return False

    def list_apps(
        self, request: HttpRequest, provider: str | None = None, client_id: str | None = None
    ) -> list[SocialApp]:
        from portal.accounts.single_sign_on import provider_apps

        apps: Iterable[SocialApp] = provider_apps(provider)
        return [app for app in apps if client_id is None or app.client_id == client_id]

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Signs in the person that the provider names, or refuses. allauth's own ways on are never taken."""
        from portal.accounts.single_sign_on import admit

        admit(request, sociallogin)

    def on_authentication_error(self, request: HttpRequest, provider: Any, **more: Any) -> None:
        """Also somebody who stopped halfway: one page for all, and allauth's are not there."""
        raise ImmediateHttpResponse(redirect("accounts:office_sign_in_failed"))

    def get_requests_session(self) -> "Session":
        """No redirects and no proxy from the environment: a code or secret goes to the provider and nowhere else."""
        session: Session = super().get_requests_session()
        session.trust_env = False
        session.max_redirects = 0
        return session
