"""allauth's forms in the portal's look, and codes that are good for one use."""

import logging
from contextlib import suppress
from typing import Any

from allauth.account import forms as account_forms
from allauth.account.adapter import get_adapter as get_account_adapter
from allauth.core import context
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import forms as mfa_forms
from allauth.mfa.base.internal.flows import check_rate_limit
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.totp.internal import auth as totp
from allauth.mfa.webauthn.forms import AddWebAuthnForm, EditWebAuthnForm
from django import forms
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import User
from portal.accounts.signin import refusals, seeds
from portal.audit.kinds import Kind
from portal.settings.signin import CODE_TOLERANCE
from portal.vault import Sealed
from portal.vault.cipher import open_bound, seal_bound

log = logging.getLogger(__name__)

#: allauth's name for a refusal after too many tries.
LOCKED = "too_many_login_attempts"


class Look:
    """Gives the fields of a form the portal's look."""

    labels: dict[str, Any] = {}
    helps: dict[str, Any] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, forms.Field] = self.fields  # type: ignore[attr-defined]
        for name, field in fields.items():
            field.widget.attrs.pop("placeholder", None)
            if not field.widget.is_hidden:
                field.widget.attrs["class"] = "form-control"
            field.label = self.labels.get(name, field.label)
            field.help_text = self.helps.get(name, "")


ADDRESS = {"login": _("E-mail address"), "email": _("E-mail address")}
PASSWORD_RULE = _("At least 12 characters. Any characters will do, also spaces; a sentence is easy to remember.")


class SignInForm(Look, account_forms.LoginForm):
    """E-mail address and password."""

    labels = {**ADDRESS, "password": _("Password")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].widget.attrs.update(autocomplete="username", autofocus=True, maxlength=254)


class PasswordAgainForm(Look, account_forms.ReauthenticateForm):
    """The password of somebody who is signed in."""

    labels = {"password": _("Password")}


class ChangePasswordForm(Look, account_forms.ChangePasswordForm):
    """The old password and the new one, twice."""

    labels = {
        "oldpassword": _("Your password now"),
        "password1": _("New password"),
        "password2": _("New password, once more"),
    }
    helps = {"password1": PASSWORD_RULE}

    def clean_oldpassword(self) -> str:
        """A wrong one counts towards the lock and is written down, as at sign-in; allauth's own look does neither."""
        password: str = self.cleaned_data["oldpassword"]
        if not get_account_adapter().reauthenticate(self.user, password):
            raise get_account_adapter().validation_error("incorrect_password")
        return password


class AskResetForm(Look, account_forms.ResetPasswordForm):
    """The address that the link to a new password goes to."""

    labels = ADDRESS


class NewPasswordForm(Look, account_forms.ResetPasswordKeyForm):
    """A new password, twice."""

    labels = {"password1": _("New password"), "password2": _("New password, once more")}
    helps = {"password1": PASSWORD_RULE}


def use_once(user_id: int, code: str) -> None:
    """Refuse a code of the app that was used before.

    allauth remembers a code for one step of 30 seconds; with a tolerance it stays valid for longer than that.
    """
    steps = 2 * CODE_TOLERANCE + 1
    digits = "".join(sign for sign in code if sign.isdigit())
    if not cache.add(f"totp-used:{user_id}:{digits}", 1, timeout=30 * (steps + 1)):
        raise get_adapter().validation_error("incorrect_code")


def number_pad(field: forms.Field) -> None:
    """A phone shows digits, and fills in a code that it received."""
    field.widget.attrs.update(inputmode="numeric", autocomplete="one-time-code", autofocus=True, maxlength=12)


class OneUseMixin(Look):
    """A code of the app or a recovery code, good for one use.

    Too many tries, and a code that was used before, are written down here; a code that does not fit by its signal.
    Where a seed does not open no code fits: that it lies in the wrong row, or that its key is gone, is in the log.
    """

    labels = {"code": _("Code")}
    helps = {"code": _("Six digits from your app, or one of your recovery codes.")}
    user: User

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        number_pad(self.fields["code"])  # type: ignore[attr-defined]

    def clean_code(self) -> str:
        try:
            code: str = super().clean_code()  # type: ignore[misc]
        except Sealed as error:
            log.error("A second factor cannot be checked. %s", error)
            raise get_adapter().validation_error("incorrect_code") from None
        except ValidationError as error:
            if error.code == LOCKED:
                refusals.note(context.request, self.user, Kind.LOCKED_OUT, {"by": "code"})
            raise
        authenticator: Authenticator = self.authenticator  # type: ignore[attr-defined]
        if authenticator.type == Authenticator.Type.TOTP:
            try:
                use_once(authenticator.user_id, code)
            except ValidationError:
                refusals.note(context.request, self.user, Kind.SIGN_IN_FAILED, {"by": str(authenticator.type)})
                raise
        return code


class CodeForm(OneUseMixin, mfa_forms.AuthenticateForm):
    """The second step of signing in."""


class CodeAgainForm(OneUseMixin, mfa_forms.ReauthenticateForm):
    """The second step for somebody who is signed in."""


class ActivateAppForm(Look, ActivateTOTPForm):
    """The first code of a new app. Between the two requests the seed waits in the session, encrypted."""

    labels = {"code": _("Code from the app")}
    helps = {"code": _("Six digits; a new code appears every 30 seconds.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.user = kwargs.pop("user")
        forms.Form.__init__(self, *args, **kwargs)
        self.secret = self._secret()
        field = self.fields["code"]
        field.label, field.help_text = self.labels["code"], self.helps["code"]
        field.widget.attrs.pop("placeholder", None)
        field.widget.attrs["class"] = "form-control"
        number_pad(field)

    def _secret(self) -> str:
        session = context.request.session
        sealed = session.get(totp.SECRET_SESSION_KEY) if self.is_bound else None
        if sealed:
            with suppress(Sealed):  # the keys were changed meanwhile: the code will not fit, and a new picture is shown
                return open_bound(sealed, seeds.place_of_new(self.user.pk))
        secret: str = totp.generate_totp_secret()
        session[totp.SECRET_SESSION_KEY] = seal_bound(secret, seeds.place_of_new(self.user.pk))
        return secret

    def clean_code(self) -> str:
        unlock = check_rate_limit(self.user, error_key="rate_limited")
        code: str = self.cleaned_data["code"]
        if not totp.validate_totp_code(self.secret, code):
            raise get_adapter().validation_error("incorrect_code")
        use_once(self.user.pk, code)
        unlock()
        return code


class AddPasskeyForm(Look, AddWebAuthnForm):
    """The name of a new passkey; what the device says is filled in by script."""

    labels = {"name": _("Name")}
    helps = {"name": _("So that you know it again: the phone or key it is on.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].widget.attrs["maxlength"] = 60


class RenamePasskeyForm(Look, EditWebAuthnForm):
    """Another name for a passkey."""

    labels = {"name": _("Name")}
