"""Refuses to run a demo where others could reach its door."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error

from portal.demo.door import unsafe_settings


def check_door(**_: Any) -> list[CheckMessage]:
    """One error per reason, only when PORTAL_DEMO is on."""
    if not settings.DEMO:
        return []
    hint = "Set PORTAL_DEMO=no. The demo runs with `make demo` only."
    return [
        Error(f"PORTAL_DEMO lets everybody in without a password. {reason}", hint=hint, id="demo.E001")
        for reason in unsafe_settings()
    ]
