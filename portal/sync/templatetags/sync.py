"""The resync button, for pages of any room."""

from typing import Any

from django import template
from django.http import HttpRequest
from django.template.context import Context
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from portal.source import Level
from portal.sync import live
from portal.sync.estimate import estimate
from portal.sync.models import SyncPlan
from portal.sync.scopes import key_of
from portal.sync.targets import offered

register = template.Library()


@register.simple_tag(takes_context=True)
def resync_button(context: Context, scope: str, pk: int, in_place: bool = True) -> SafeString:
    """A button that resyncs an environment, debtor or company after saying what it costs; nothing without the right.

    `in_place`: progress appears beside the button, also of a sync that runs already; else the answer is the page of
    the sync.
    """
    request: HttpRequest = context.get("request") or context.request  # type: ignore[attr-defined]
    target = offered(request, scope, pk)
    if target is None:
        return SafeString("")
    running = None
    if in_place:
        plans = SyncPlan.objects.visible_to(request.user).filter(scope_key=key_of(target), resource="")
        running = plans.filter(finished__isnull=True).select_related("environment", "debtor", "company").first()
    values: dict[str, Any] = {
        "scope": scope,
        "pk": pk,
        "name": live.name_of(target),
        "verb": _verb(scope),
        "estimate": estimate(target),
        "place": f"resync-{scope}-{pk}",
        "in_place": in_place,
        "progress": live.progress_for(request.user, running) if running else None,
    }
    return render_to_string("sync/resync.html", values, request)


def _verb(scope: str) -> str:
    if scope == Level.ENVIRONMENT:
        return _("Resync everything")
    return _("Resync this client") if scope == Level.DEBTOR else _("Resync this company")
