"""How often a door that asks for no sign-in may be knocked at; counted where the limits of signing in are."""

from allauth.core.internal import ratelimit
from django.http import HttpRequest

#: Names these counts apart from allauth's own.
APP = "portal"


def allowed(request: HttpRequest, action: str, rates: str, key: str) -> bool:
    """Whether this request is within `rates` ("120/m/ip,30/h/key"); it counts from now on."""
    used = ratelimit.consume(request, app=APP, action=action, config={action: rates}, key=key, limit_get=True)
    return used is not None
