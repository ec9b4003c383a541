"""The secret address of one's own calendar: made, replaced, withdrawn."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from portal.accounts.fresh import fresh_sign_in_required
from portal.deadlines import feeds
from portal.deadlines.views import user_of
from portal.ui.permissions import of_client
from portal.ui.values import Crumb


@require_POST
@fresh_sign_in_required
def make_address(request: HttpRequest) -> HttpResponse:
    """A new secret address, shown in this one answer; the one before ends."""
    own_only = request.POST.get("own_only") == "on" and not of_client(request)
    made = feeds.make(user_of(request), own_only=own_only)
    context = {
        "heading": _("Your calendar's address"),
        "breadcrumb": [Crumb(_("Calendar"), reverse("deadlines:calendar")), Crumb(_("Your calendar's address"))],
        "address": f"{settings.PORTAL_URL}{reverse('deadlines:feed', args=[made.token])}",
    }
    return render(request, "deadlines/address.html", context)


@require_POST
def withdraw_address(request: HttpRequest) -> HttpResponse:
    """The secret address works no more."""
    if feeds.withdraw(user_of(request)):
        messages.success(request, _("The address works no more. Programs that read it get nothing."))
    else:
        messages.info(request, _("There was no address."))
    return redirect("deadlines:calendar")
