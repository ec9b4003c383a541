"""allauth's addresses that the portal has. They keep allauth's names: its own code looks them up by those.

Not here, on purpose: other e-mail addresses, codes by mail, trusted browsers, connecting accounts, downloading
recovery codes.
"""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from django.urls import path, re_path, reverse_lazy
from django.views.generic import RedirectView

from portal.accounts.signin import single_sign_on_views, views
from portal.accounts.signin.second_factor import confirms, enrols

to_security = RedirectView.as_view(url=reverse_lazy("accounts:security"))

urlpatterns = [
    path("sign-in/", views.SignInView.as_view(), name="account_login"),
    path("sign-in/code/", mfa.authenticate, name="mfa_authenticate"),
    path("sign-in/office/<slug:provider_id>/", single_sign_on_views.login, name="openid_connect_login"),
    path("sign-in/office/<slug:provider_id>/back/", single_sign_on_views.callback, name="openid_connect_callback"),
    path("sign-out/", views.SignOutView.as_view(), name="account_logout"),
    path("sign-up/", account.signup, name="account_signup"),
    path("account/confirm/", confirms(account.reauthenticate), name="account_reauthenticate"),
    path("account/confirm/code/", confirms(mfa.reauthenticate), name="mfa_reauthenticate"),
    path("account/confirm/passkey/", confirms(webauthn.reauthenticate_webauthn), name="mfa_reauthenticate_webauthn"),
    path("account/password/", views.ChangePasswordView.as_view(), name="account_change_password"),
    path("password/", account.password_reset, name="account_reset_password"),
    path("password/sent/", account.password_reset_done, name="account_reset_password_done"),
    path("password/done/", account.password_reset_from_key_done, name="account_reset_password_from_key_done"),
    re_path(
        r"^password/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        views.ResetPasswordView.as_view(),
        name="account_reset_password_from_key",
    ),
    path("account/second-step/", to_security, name="mfa_index"),
    path("account/app/", enrols(totp.activate_totp), name="mfa_activate_totp"),
    path("account/app/remove/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("account/recovery-codes/", recovery.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("account/recovery-codes/new/", recovery.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("account/passkeys/", to_security, name="mfa_list_webauthn"),
    path("account/passkeys/add/", enrols(webauthn.add_webauthn), name="mfa_add_webauthn"),
    path("account/passkeys/<int:pk>/rename/", webauthn.edit_webauthn, name="mfa_edit_webauthn"),
    path("account/passkeys/<int:pk>/remove/", views.RemovePasskeyView.as_view(), name="mfa_remove_webauthn"),
]
