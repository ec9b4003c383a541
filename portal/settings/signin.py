"""Sign-in: what django-allauth, the shared cache and the lengths of sessions are set to. Reasons: docs/sign-in.md."""

from typing import Any

#: Which second factors there are. Nobody does without one: portal.accounts.signin.middleware.
SECOND_FACTORS = ["totp", "webauthn", "recovery_codes"]
#: Seconds for which a sign-in is fresh enough for a sensitive act.
FRESH_SECONDS = 300
#: Steps of 30 seconds by which the clock of a phone may be off.
CODE_TOLERANCE = 1


def signin_settings(*, https: bool, proxies: int) -> dict[str, Any]:
    """Settings of signing in. `proxies` is the number of proxies of ours between a visitor and the portal."""
    return {
        "AUTHENTICATION_BACKENDS": ["portal.accounts.signin.backend.PersonBackend"],
        # Limits count in the cache, so all processes must share it; a cache per process would give each its own five
        # tries. Rows that are thrown away early would be counts forgotten: far more room than one attack can fill.
        "CACHES": {
            "default": {
                "BACKEND": "django.core.cache.backends.db.DatabaseCache",
                "LOCATION": "portal_cache",
                "OPTIONS": {"MAX_ENTRIES": 200_000},
            }
        },
        "PASSWORD_RESET_TIMEOUT": 3600,
        "ALLAUTH_TRUSTED_PROXY_COUNT": proxies,
        "ACCOUNT_ADAPTER": "portal.accounts.signin.adapter.AccountAdapter",
        "ACCOUNT_USER_MODEL_USERNAME_FIELD": None,
        "ACCOUNT_LOGIN_METHODS": {"email"},
        "ACCOUNT_SIGNUP_FIELDS": ["email*", "password1*"],
        # An address is proven by the invitation that went to it.
        "ACCOUNT_EMAIL_VERIFICATION": "none",
        "ACCOUNT_PREVENT_ENUMERATION": True,
        "ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS": True,
        "ACCOUNT_EMAIL_NOTIFICATIONS": True,
        "ACCOUNT_EMAIL_SUBJECT_PREFIX": "",
        "ACCOUNT_DEFAULT_HTTP_PROTOCOL": "https" if https else "http",
        "ACCOUNT_LOGIN_BY_CODE_ENABLED": False,
        "ACCOUNT_LOGIN_ON_PASSWORD_RESET": False,
        "ACCOUNT_LOGOUT_ON_GET": False,
        "ACCOUNT_SESSION_REMEMBER": False,
        "ACCOUNT_REAUTHENTICATION_REQUIRED": True,
        "ACCOUNT_REAUTHENTICATION_TIMEOUT": FRESH_SECONDS,
        # allauth's own makes a row of unverified addresses for everybody who asks.
        "ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR": "django.contrib.auth.tokens.PasswordResetTokenGenerator",
        "ACCOUNT_RATE_LIMITS": {"login_failed": "10/m/ip,5/300s/key", "login": "30/m/ip"},
        "ACCOUNT_FORMS": {
            "login": "portal.accounts.signin.forms.SignInForm",
            "reauthenticate": "portal.accounts.signin.forms.PasswordAgainForm",
            "change_password": "portal.accounts.signin.forms.ChangePasswordForm",
            "reset_password": "portal.accounts.signin.forms.AskResetForm",
            "reset_password_from_key": "portal.accounts.signin.forms.NewPasswordForm",
        },
        "MFA_ADAPTER": "portal.accounts.signin.adapter.SecondFactorAdapter",
        "MFA_SUPPORTED_TYPES": SECOND_FACTORS,
        "MFA_RECOVERY_CODES_SHOW_ONCE": True,
        "MFA_TRUST_ENABLED": False,
        "MFA_PASSKEY_LOGIN_ENABLED": False,
        "MFA_PASSKEY_SIGNUP_ENABLED": False,
        # A phone's clock may be off by one step. Each code is still good for one use: portal.accounts.signin.forms.
        "MFA_TOTP_TOLERANCE": CODE_TOLERANCE,
        "MFA_TOTP_ISSUER": "Payroll portal",
        "MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN": False,
        "MFA_ALLOW_UNVERIFIED_EMAIL": True,
        "MFA_FORMS": {
            "activate_totp": "portal.accounts.signin.forms.ActivateAppForm",
            "authenticate": "portal.accounts.signin.forms.CodeForm",
            "reauthenticate": "portal.accounts.signin.forms.CodeAgainForm",
            "add_webauthn": "portal.accounts.signin.forms.AddPasskeyForm",
            "edit_webauthn": "portal.accounts.signin.forms.RenamePasskeyForm",
        },
        "USERSESSIONS_TRACK_ACTIVITY": False,
        "SOCIALACCOUNT_ADAPTER": "portal.accounts.signin.adapter.ProviderAdapter",
        # The identity provider is reached by a plain link: form-action 'self' stops a post that is redirected to it.
        "SOCIALACCOUNT_LOGIN_ON_GET": True,
        "SOCIALACCOUNT_STORE_TOKENS": False,
        "SOCIALACCOUNT_AUTO_SIGNUP": False,
        "SOCIALACCOUNT_REQUESTS_TIMEOUT": 10,
    }
