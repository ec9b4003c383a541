"""The secret addresses of one's own calendar, of everything or of one client: made, replaced, withdrawn."""

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from portal.accounts.fresh import fresh_sign_in_required
from portal.deadlines import feeds
from portal.deadlines.views import user_of
from portal.debtors.models import Debtor
from portal.ui.permissions import of_client
from portal.ui.values import Crumb


@require_POST
@fresh_sign_in_required
def make_address(request: HttpRequest) -> HttpResponse:
    """A new secret address, shown in this one answer; the one before ends."""
    own_only = request.POST.get("own_only") == "on" and not of_client(request)
    made = feeds.make(user_of(request), own_only=own_only, debtor=_client(request))
    context = {
        "heading": _("Your calendar's address"),
        "breadcrumb": [Crumb(_("Calendar"), reverse("deadlines:calendar")), Crumb(_("Your calendar's address"))],
        "address": f"{settings.PORTAL_URL}{reverse('deadlines:feed', args=[made.token])}",
    }
    return render(request, "deadlines/address.html", context)


@require_POST
def withdraw_address(request: HttpRequest) -> HttpResponse:
    """The secret address works no more."""
    client = request.POST.get("client", "")
    if feeds.withdraw(user_of(request), int(client) if _is_key(client) else None):
        messages.success(request, _("The address works no more. Programs that read it get nothing."))
    else:
        messages.info(request, _("There was no address."))
    return redirect("deadlines:calendar")


def _client(request: HttpRequest) -> Debtor | None:
    """The client that the address is of alone; None: of everything. One that the person does not see is not there."""
    asked = request.POST.get("client", "")
    if not asked:
        return None
    found = Debtor.objects.visible_to(request.user).filter(pk=int(asked)).first() if _is_key(asked) else None
    if found is None:
        raise Http404
    return found


def _is_key(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 19
