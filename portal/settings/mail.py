"""Mail settings from one address; without an address mails are printed."""

from typing import Any

from django.core.exceptions import ImproperlyConfigured
from environ import Env

#: Seconds that a mail server gets: the sync waits for it.
TIMEOUT = 10


def mail_settings(url: str, sender: str) -> dict[str, Any]:
    """Django's settings for mail that goes to `url` and comes from `sender`.

    Raises ImproperlyConfigured for an address of another kind, and for a server without a sender. Its text leaves the
    address out, which may hold a password.
    """
    try:
        config: dict[str, Any] = dict(Env.email_url_config(url or "consolemail://"))
    except (ImproperlyConfigured, ValueError):
        raise ImproperlyConfigured(
            "MAIL_URL must look like smtp+tls://user:password@host:587, smtp+ssl://user:password@host:465 or "
            "consolemail:// (percent-encode / and @ in the password)."
        ) from None
    # django-environ's word for more options, which Django does not know.
    config.pop("OPTIONS", None)
    if config["EMAIL_BACKEND"].endswith("smtp.EmailBackend") and not sender:
        raise ImproperlyConfigured("MAIL_URL names a mail server, so MAIL_FROM must say who the mail comes from.")
    config["EMAIL_HOST_USER"] = config["EMAIL_HOST_USER"] or ""
    config["EMAIL_HOST_PASSWORD"] = config["EMAIL_HOST_PASSWORD"] or ""
    config["EMAIL_PORT"] = config["EMAIL_PORT"] or (465 if config.get("EMAIL_USE_SSL") else 587)
    sender = sender or "portal@localhost"
    return {**config, "EMAIL_TIMEOUT": TIMEOUT, "DEFAULT_FROM_EMAIL": sender, "SERVER_EMAIL": sender}
