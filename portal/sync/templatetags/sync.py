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
from portal.sync.models import SyncPlan
from portal.sync.scopes import key_of
from portal.sync.targets import MODELS, PERSON_LEVEL, offered

register = template.Library()


@register.simple_tag(takes_context=True)
def resync_button(context: Context, scope: str, pk: int, in_place: bool = True, whole: bool = False) -> SafeString:
    """A button that resyncs an environment, debtor, company or person; nothing without the right.

    Which kinds can be chosen and what it costs is worked out when its dialog opens (`sync:price`).

    `in_place`: progress appears beside the button, also of a sync that runs already; else the answer is the page of
    the sync. `whole`: for the reader the debtor is everything there is, not a client.
    """
    request: HttpRequest = context.get("request") or context.request  # type: ignore[attr-defined]
    if not offered(request, scope, pk):
        return SafeString("")
    running = None
    if in_place:
        plans = SyncPlan.objects.visible_to(request.user).filter(scope_key=key_of(MODELS[scope](pk=pk)))
        running = (
            plans.filter(finished__isnull=True)
            .select_related("environment", "debtor", "company", "employee__company")
            # That of everything before one of a single kind.
            .order_by("resource", "pk")
            .first()
        )
    verb, question = _words(Level.ENVIRONMENT if whole else scope)
    values: dict[str, Any] = {
        "scope": scope,
        "pk": pk,
        "verb": verb,
        "question": question,
        "place": f"resync-{scope}-{pk}",
        "in_place": in_place,
        "progress": live.progress_for(request.user, running) if running else None,
    }
    return render_to_string("sync/resync.html", values, request)


def _words(scope: str) -> tuple[str, str]:
    """What the button says, and what its dialog asks."""
    if scope == Level.ENVIRONMENT:
        return _("Resync everything"), _("Resync everything?")
    if scope == PERSON_LEVEL:
        return _("Resync this person"), _("Resync this person?")
    if scope == Level.DEBTOR:
        return _("Resync this client"), _("Resync this client?")
    return _("Resync this company"), _("Resync this company?")
