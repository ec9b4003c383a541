"""Refuses to start with settings that are unsafe where others can reach the portal."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.exceptions import ImproperlyConfigured

from portal.settings.safety import unsafe_reasons


@register(Tags.security)
def check_settings(**_: Any) -> list[CheckMessage]:
    """One error for each reason; every management command stops at it, the worker too."""
    return [
        Error(reason, hint=".env.example explains every name.", id="accounts.E001")
        for reason in unsafe_reasons(settings)
    ]


def refuse_unsafe_settings() -> None:
    """For the web server, which runs no checks. Raises ImproperlyConfigured with every reason."""
    reasons = unsafe_reasons(settings)
    if reasons:
        raise ImproperlyConfigured("The portal does not start with these settings. " + " ".join(reasons))
