"""A sync of everything at once, for who looks after several environments: the level above one environment."""

from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from portal.accounts.roles import Capability
from portal.connections.models import Environment
from portal.sync.actions import begin
from portal.sync.estimate import Estimate, estimate
from portal.ui.permissions import capabilities_of

if TYPE_CHECKING:
    from django.db.models import QuerySet


@require_safe
def price(request: HttpRequest) -> HttpResponse:
    """What it costs, by environment and in all. Asked by htmx: a fragment for the dialog; else a page with a button."""
    prices = [(one, estimate(one)) for one in _own(request)]
    whole = Estimate(
        calls=sum(price.calls for _one, price in prices),
        seconds=sum(price.seconds for _one, price in prices),
        complete=all(price.complete for _one, price in prices),
    )
    context = {"heading": _("Resync all environments"), "prices": prices, "estimate": whole}
    by_htmx = getattr(request, "htmx", False)
    return render(request, "sync/price_all.html" if by_htmx else "sync/price_all_page.html", context)


@require_POST
def start(request: HttpRequest) -> HttpResponse:
    """Start a sync of each environment, or join the one that runs there; the page of the sync shows them together."""
    begun = [plan for one in _own(request) if (plan := begin(request, one, ""))]
    if begun:
        said = ngettext("%(count)s environment is renewed.", "%(count)s environments are renewed.", len(begun))
        messages.success(request, said % {"count": len(begun)})
    else:
        messages.error(request, _("There is no connection to Nmbrs yet: an administrator has to make one."))
    return redirect("sync:overview")


def _own(request: HttpRequest) -> "QuerySet[Environment]":
    """The connected environments that the person may resync. Raises PermissionDenied for who may resync none."""
    if Capability.RESYNC_FIRM not in capabilities_of(request):
        raise PermissionDenied
    found = Environment.objects.visible_to(request.user, Capability.RESYNC_FIRM)
    return found.filter(connections__isnull=False).order_by("domain", "pk").distinct()
