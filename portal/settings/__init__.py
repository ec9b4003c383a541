"""Settings. The environment is read here, once; everything else asks django.conf.settings.

Values come from the process environment and from the file named by PORTAL_ENV_FILE (default: `.env` at the
top level); a variable that is already set wins over the file. `.env.example` documents every name.
"""

import os
from pathlib import Path

import environ

from portal.settings.database import database_settings
from portal.settings.mail import mail_settings
from portal.settings.parsers import folder, items, required, switch, whole_number
from portal.settings.security import security_settings
from portal.settings.signin import signin_settings
from portal.settings.worker import worker_options

BASE_DIR = Path(__file__).resolve().parent.parent.parent

env = environ.Env()
# A secret may start with `$`; without this django-environ would read it as the name of another variable.
env.escape_proxy = True
ENV_FILE = Path(os.environ.get("PORTAL_ENV_FILE", "") or BASE_DIR / ".env")
if ENV_FILE.is_file():
    env.read_env(str(ENV_FILE))

VAR_DIR = folder(env, "PORTAL_VAR", default=BASE_DIR / "var")
DEBUG = switch(env, "PORTAL_DEBUG", default=False)
DEMO = switch(env, "PORTAL_DEMO", default=False)
HTTPS = switch(env, "PORTAL_HTTPS", default=True)

_key_hint = "`make setup` writes a .env with fresh keys; `.env.example` explains every name."
SECRET_KEY = required(env, "SECRET_KEY", _key_hint)
SECRET_KEY_FALLBACKS = items(env, "SECRET_KEY_FALLBACKS")
VAULT_KEYS = items(env, "VAULT_KEYS") or [required(env, "VAULT_KEYS", _key_hint)]
HASH_KEY = required(env, "HASH_KEY", _key_hint)
HASH_KEY_FALLBACKS = items(env, "HASH_KEY_FALLBACKS")
AUDIT_KEYS = items(env, "AUDIT_KEYS") or [required(env, "AUDIT_KEYS", _key_hint)]
# How mails write the portal's address: with scheme, without a slash at the end. Empty: on this machine only.
PORTAL_URL = env.str("PORTAL_URL", default="").rstrip("/")
# Administrators of a firm who may read in Django's admin, by e-mail address. Empty: it has no address at all.
PORTAL_ADMIN = frozenset(address.lower() for address in items(env, "PORTAL_ADMIN"))
ALLOWED_HOSTS = items(env, "ALLOWED_HOSTS", default="localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = items(env, "CSRF_TRUSTED_ORIGINS")
BEHIND_PROXY = switch(env, "PORTAL_BEHIND_PROXY", default=False)
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
# How many proxies of ours stand between a visitor and the portal: that many addresses of X-Forwarded-For are believed.
PROXY_COUNT = whole_number(env, "PORTAL_PROXY_COUNT", default=1 if BEHIND_PROXY else 0)
# Identity providers that a firm may choose for single sign-on: the beginnings of their addresses.
SIGN_ON_ISSUERS = items(
    env, "SIGN_ON_ISSUERS", default="https://login.microsoftonline.com/,https://accounts.google.com"
)

DATABASES = {"default": database_settings(env.str("DATABASE_URL", default=""), VAR_DIR)}
# How long a statement of a page may take on PostgreSQL; workers and commands have no limit.
PAGE_STATEMENT_SECONDS = whole_number(env, "PAGE_STATEMENT_SECONDS", default=20, least=1)
# Whether connections of pages keep plans of statements there (portal.ui.kept_plans).
PAGE_PLANS_KEPT = switch(env, "PAGE_PLANS_KEPT", default=True)
# Public key of age that backups are encrypted for; the key that opens them is not on this machine.
BACKUP_RECIPIENT = env.str("BACKUP_RECIPIENT", default="")
BACKUP_FOLDER = folder(env, "BACKUP_FOLDER", default=VAR_DIR / "backups")
# Outside the database, best on another disk: against it a trail that was cut off shows. Empty: a file in VAR_DIR.
AUDIT_HEAD_FILE = env.str("AUDIT_HEAD_FILE", default="")
AUDIT_KEPT_MONTHS = whole_number(env, "AUDIT_KEPT_MONTHS", default=24, least=1)
# Django's admin has no table here: it changes nothing, and what is read there is in the audit trail.
MIGRATION_MODULES = {"admin": None}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
Q_CLUSTER = worker_options(
    engine=DATABASES["default"]["ENGINE"], workers=whole_number(env, "PORTAL_WORKERS", default=0)
)
# How far a worker process yields the processor to pages (portal/jobs/priority.py).
PORTAL_WORKER_NICENESS = whole_number(env, "PORTAL_WORKER_NICENESS", default=10)

# The addresses that Nmbrs may be reached at. A connection can only name one of these.
NMBRS_HOSTS = items(
    env, "NMBRS_HOSTS", default="https://api.nmbrs.nl,https://api-sandbox.nmbrs.nl,https://api.nmbrs.se"
)
# The call rate is then always the connection's ceiling and never adapts: for measurements only.
NMBRS_FIXED_RATE = switch(env, "NMBRS_FIXED_RATE", default=False)
SYNC_LEASE_SECONDS = whole_number(env, "SYNC_LEASE_SECONDS", default=120, least=2)
SYNC_LEAST_FREE_MB = whole_number(env, "SYNC_LEAST_FREE_MB", default=200)
SYNC_FETCH_THREADS = whole_number(env, "SYNC_FETCH_THREADS", default=32, least=1)
SYNC_ROTATION_CALLS = whole_number(env, "SYNC_ROTATION_CALLS", default=20_000)
SYNC_NIGHTLY_HOUR = whole_number(env, "SYNC_NIGHTLY_HOUR", default=2)

INSTALLED_APPS = [
    "whitenoise.runserver_nostatic",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    # Templates and styles only; whether there are pages is for PORTAL_ADMIN to say.
    "portal.administration.django_admin.config.AdminWithoutLog",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "csp",
    "django_filters",
    "django_htmx",
    "django_q",
    "django_tables2",
    "portal.nmbrs",
    "portal.audit",
    "portal.jobs",
    "portal.backup",
    "portal.accounts",
    "portal.connections",
    "portal.mirror",
    "portal.ui",
    "portal.debtors",
    "portal.companies",
    "portal.employees",
    "portal.sync",
    "portal.deadlines",
    "portal.search",
    "portal.privacy",
    "portal.dashboards",
    "portal.administration",
    "portal.selfservice",
    "portal.demo",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "portal.accounts.middleware.PrivateAnswersMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "portal.accounts.acting.TrailMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "portal.accounts.signin.middleware.SessionMiddleware",
    "portal.accounts.looking_middleware.LookAsMiddleware",
    "portal.accounts.middleware.SignInRequiredMiddleware",
    "portal.accounts.signin.middleware.SecondFactorMiddleware",
    "portal.accounts.unsent.UnsentMiddleware",
    "portal.accounts.middleware.ReadOnlyMiddleware",
    "portal.accounts.middleware.PersonalLanguageMiddleware",
    "portal.ui.middleware.WordingMiddleware",
    "portal.ui.middleware.WrongMethodMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "portal.ui.hindered.UpdatingMiddleware",
    "portal.ui.slow_statements.SlowStatementMiddleware",
]

ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portal.ui.context.chrome",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "portal.ui.templatetags.carrying",
            ],
        },
    }
]

AUTH_USER_MODEL = "accounts.User"
LOGIN_URL = "accounts:sign_in"
LOGIN_REDIRECT_URL = "dashboards:board"
LOGOUT_REDIRECT_URL = "accounts:sign_in"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

LANGUAGE_CODE = "nl"
LANGUAGES = [("nl", "Nederlands"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "portal" / "locale"]
LANGUAGE_COOKIE_NAME = "portal-language"
TIME_ZONE = "Europe/Amsterdam"
USE_I18N = True
USE_TZ = True
USE_THOUSAND_SEPARATOR = True

STATIC_URL = "static/"
STATIC_ROOT = folder(env, "PORTAL_STATIC", default=BASE_DIR / "staticfiles")
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
# Every page names files by their hashed names only; packing the others too would double the time of collectstatic.
WHITENOISE_KEEP_ONLY_HASHED_FILES = True

DJANGO_TABLES2_TEMPLATE = "ui/table.html"

globals().update(security_settings(https=HTTPS))
globals().update(signin_settings(https=HTTPS, proxies=PROXY_COUNT))
globals().update(mail_settings(env.str("MAIL_URL", default=""), env.str("MAIL_FROM", default="")))

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "portal.settings.masking.MaskingFormatter",
            "format": "{asctime} {levelname} {name} {message}",
            "style": "{",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="") or "INFO"},
    "loggers": {
        # At DEBUG these write whole envelopes, token and personal data included.
        "zeep": {"level": "WARNING"},
        "urllib3": {"level": "WARNING"},
        "django.db.backends": {"level": "WARNING"},
    },
}
