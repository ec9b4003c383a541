"""When the demo's door may exist at all: one rule for the system check, the sign-in page and the view."""

from django.conf import settings
from django.http import HttpRequest

LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]", "::1"})
LOOPBACK_ADDRESSES = frozenset({"127.0.0.1", "::1"})


def unsafe_settings() -> list[str]:
    """Why these settings forbid a door; empty when they allow it."""
    reasons = []
    strange = sorted(set(settings.ALLOWED_HOSTS) - LOOPBACK_NAMES)
    if strange or not settings.ALLOWED_HOSTS:
        reasons.append(f"ALLOWED_HOSTS reaches beyond this machine: {', '.join(strange) or 'it is empty'}.")
    if settings.HTTPS:
        reasons.append("PORTAL_HTTPS is on, as on a real installation.")
    if getattr(settings, "SECURE_PROXY_SSL_HEADER", None):
        reasons.append("PORTAL_BEHIND_PROXY is on: behind a proxy every visitor seems to be this machine.")
    if settings.DEBUG:
        reasons.append("PORTAL_DEBUG is on; the demo runs as a real installation does.")
    return reasons


def stands_open(request: HttpRequest) -> bool:
    """Whether this request may use the door: demo settings, and asked from this machine without a proxy between."""
    return (
        settings.DEMO
        and not unsafe_settings()
        and request.META.get("REMOTE_ADDR") in LOOPBACK_ADDRESSES
        and "HTTP_X_FORWARDED_FOR" not in request.META
        and "HTTP_FORWARDED" not in request.META
    )
