"""Pages of signing in, the second factor and one's own sessions. Most are allauth's, narrowed."""

from typing import Any

from allauth.account import views as account
from allauth.account.adapter import get_adapter
from allauth.account.internal.stagekit import clear_login, unstash_login
from allauth.core.internal.httpkit import authenticated_user
from allauth.mfa.adapter import get_adapter as get_mfa_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn import views as webauthn
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from django.views.generic import TemplateView

from portal.accounts import doors, unsent
from portal.accounts.fresh import FreshSignInMixin
from portal.accounts.signin import second_factor, sessions
from portal.accounts.signin.kept_in_session import keep, kept
from portal.accounts.signin.middleware import ENDED
from portal.accounts.signin.programs import program
from portal.accounts.signin.receivers import note
from portal.audit.kinds import Kind


@method_decorator(login_not_required, name="dispatch")
class SignInView(account.LoginView):
    """The one page that everybody can reach."""

    template_name = "accounts/sign_in.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if _waits_in_vain(request):
            clear_login(request)
            if request.method == "GET":
                request.session[ENDED] = "reset"
        answer: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        return answer

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {
            **super().get_context_data(**kwargs),
            "doors": doors.open_to(self.request),
            "ended": self.request.session.pop(ENDED, None),
            "unsent": unsent.waits(self.request),
        }


def _waits_in_vain(request: HttpRequest) -> bool:
    """Whether a half-done sign-in waits for a second step that was reset meanwhile.

    allauth would send the person to and fro between this page and the one for the code until the sign-in is too old.
    They begin anew: it is not finished for them, because whoever began it showed no second step.
    """
    waiting = unstash_login(request, peek=True)
    return waiting is not None and (waiting.user is None or not second_factor.enrolled(waiting.user))


class SignOutView(account.LogoutView):
    """Ends the session, or a sign-in that is half done; by POST only, so that no link and no picture can do it."""

    http_method_names = ["post", "options"]

    def post(self, *args: Any, **kwargs: Any) -> HttpResponse:
        sessions.strike_off(self.request)
        answer: HttpResponse = super().post(*args, **kwargs)
        return clear_browser(answer)


def clear_browser(answer: HttpResponse) -> HttpResponse:
    """Ask the browser to forget what it kept of the portal.

    Not its cookies: that would take those of every site of the office's domain along, and ours is dead anyway.
    """
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'
    return answer


class ChangePasswordView(FreshSignInMixin, account.PasswordChangeView):
    """A new password for somebody who knows the old one and has just shown the second step."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not authenticated_user(request).has_usable_password():
            messages.info(request, _("You have no password yet. Ask for a link by mail to set one."))
            return redirect("account_reset_password")
        answer: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        return answer


@method_decorator(login_not_required, name="dispatch")
class ResetPasswordView(account.PasswordResetFromKeyView):
    """A new password by the link in a mail. Between two requests its key waits in the session, sealed."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        name, session = account.INTERNAL_RESET_SESSION_KEY, request.session
        if name in session:
            session[name] = kept(session, name) or ""
        try:
            answer: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        finally:
            if name in session:
                keep(session, name, session[name])
        return answer

    def form_valid(self, form: Any) -> HttpResponse:
        answer: HttpResponse = super().form_valid(form)
        self.request.session.pop(account.INTERNAL_RESET_SESSION_KEY, None)
        return answer


class EnrolView(TemplateView):
    """The only page for somebody without a second factor: choose one."""

    template_name = "accounts/enrol.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if second_factor.shown(request):
            return redirect("accounts:security")
        return super().get(request, *args, **kwargs)


class SecurityView(TemplateView):
    """One's own password, second factors and sessions."""

    template_name = "accounts/security.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = authenticated_user(self.request)
        authenticators = second_factor.all_of(user)
        codes = next((one for one in authenticators if one.type == Authenticator.Type.RECOVERY_CODES), None)
        return {
            **super().get_context_data(**kwargs),
            "heading": _("Signing in"),
            "app": next((one for one in authenticators if one.type == Authenticator.Type.TOTP), None),
            "passkeys": [one.wrap() for one in authenticators if one.type == Authenticator.Type.WEBAUTHN],
            "codes": codes,
            "codes_left": len(codes.wrap().get_unused_codes()) if codes else 0,
            "sessions": [(one, program(one.user_agent)) for one in sessions.all_of(user)],
            "has_password": user.has_usable_password(),
        }


class RemovePasskeyView(webauthn.RemoveWebAuthnView):
    """Removes a passkey, unless it is the only second factor."""

    def form_valid(self, form: Any) -> HttpResponse:
        if not get_mfa_adapter().can_delete_authenticator(self.get_object()):
            messages.error(self.request, get_mfa_adapter().error_messages["cannot_delete_authenticator"])
            return redirect("accounts:security")
        answer: HttpResponse = super().form_valid(form)
        return answer


@require_POST
def end_session(request: HttpRequest, pk: int) -> HttpResponse:
    """End one of one's own sessions; 404 for anybody else's."""
    session = sessions.own(authenticated_user(request), pk)
    if session is None:
        raise Http404
    if session.session_key == request.session.session_key:
        return redirect("accounts:security")
    with transaction.atomic():
        session.end()
        _note_ended(request, 1)
    messages.success(request, _("That session has ended."))
    return redirect("accounts:security")


@require_POST
def end_other_sessions(request: HttpRequest) -> HttpResponse:
    """End all of one's own sessions except this one."""
    ended = _end_others(request)
    if ended:
        messages.success(request, _("You are signed out everywhere else."))
    else:
        messages.info(request, _("There was no other session."))
    return redirect("accounts:security")


@require_POST
def sign_out_everywhere(request: HttpRequest) -> HttpResponse:
    """End all of one's own sessions, this one too."""
    _end_others(request)
    answer: HttpResponse = SignOutView.as_view()(request)
    get_adapter(request).add_message(request, messages.SUCCESS, message=_("You are signed out everywhere."))
    return answer


def _end_others(request: HttpRequest) -> int:
    """End one's own sessions but this one; returns how many."""
    with transaction.atomic():
        ended = sessions.end_all(authenticated_user(request), but=request.session.session_key)
        if ended:
            _note_ended(request, ended)
    return ended


def _note_ended(request: HttpRequest, count: int) -> None:
    note(Kind.SESSIONS_ENDED, request, authenticated_user(request), {"count": count})


enrol = second_factor.enrols(EnrolView.as_view())
