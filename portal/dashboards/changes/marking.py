"""Marking changes as seen, and the number of new ones beside the menu."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from portal import clock
from portal.accounts.grants import roles_of
from portal.accounts.roles import READ_ONLY
from portal.companies.models import Company
from portal.dashboards.changes import unseen
from portal.dashboards.changes.filters import ChangeFilter
from portal.debtors.models import Debtor
from portal.mirror.forgotten import not_forgotten
from portal.mirror.models import Change
from portal.ui.exports.asking import place_of
from portal.ui.permissions import capabilities_of

#: The number beside the menu counts no further.
MOST = 99


def can_mark(request: HttpRequest) -> bool:
    """Whether the reader's marks are kept: not those of who only reads, nor of who looks as somebody else."""
    roles = roles_of(request.user)
    return getattr(request, "look", None) is None and bool(roles) and not roles <= READ_ONLY


def box(request: HttpRequest) -> dict[str, Any]:
    """What the forms that mark need. What is marked as seen was learned before the page was made."""
    return {
        "csrf_token": get_token(request),
        "made_at": clock.now().isoformat(),
        "can_mark": can_mark(request),
        "here": request.get_full_path(),
    }


def check(request: HttpRequest, debtor: int) -> None:
    """Raise what answers somebody who may not read the changes of this client."""
    if not _sees(request, debtor):
        raise Http404
    if not _sees(request, debtor, unseen.CAPABILITY):
        raise PermissionDenied


def _sees(request: HttpRequest, debtor: int, *capability: Any) -> bool:
    """Whether the client, or a company of it, is in the reader's scope."""
    whole = Debtor.everything.visible_to(request.user, *capability).filter(not_forgotten("debtors"), pk=debtor)
    parts = Company.everything.visible_to(request.user, *capability)
    parts = parts.filter(not_forgotten("debtors", "debtor__"), debtor=debtor)
    return whole.exists() or parts.exists()


@require_POST
def seen(request: HttpRequest, pk: str) -> HttpResponse:
    """Mark what a page showed of one client as seen."""
    check(request, int(pk))
    return _marked(request, [int(pk)])


@require_POST
def all_seen(request: HttpRequest) -> HttpResponse:
    """Mark everything new as seen that a page showed."""
    if unseen.CAPABILITY not in capabilities_of(request):
        raise PermissionDenied
    return _marked(request, unseen.count(request.user, Q()).by_debtor)


@require_safe
def number(request: HttpRequest) -> HttpResponse:
    """How many changes are new, for the menu: a fragment, so that no page waits for it."""
    if unseen.CAPABILITY not in capabilities_of(request):
        raise PermissionDenied
    total = unseen.count(request.user, Q()).total
    context = {"total": total, "most": MOST, "over": total > MOST}
    return render(request, "dashboards/changes/number.html", context)


def _marked(request: HttpRequest, debtors: Any) -> HttpResponse:
    until = _moment(request.POST.get("until", ""))
    if until is None:
        messages.error(request, _("This page does not say what you saw. Nothing was marked; reload it and try again."))
    elif _shows_a_part(request):
        text = _(
            "This page shows a part of what is new, so nothing was marked. Clear the filter to see all of it first."
        )
        messages.error(request, text)
    else:
        unseen.mark_seen(request.user, debtors, until)  # type: ignore[arg-type]  # nobody else passes the checks above
        messages.success(request, _("Marked as seen."))
    back = request.POST.get("back", "")
    safe = url_has_allowed_host_and_scheme(back, allowed_hosts=None) and back.startswith("/")
    return redirect(back if safe else reverse("dashboards:changes"))


def _shows_a_part(request: HttpRequest) -> bool:
    """Whether it was sent from a list of changes under a filter: a mark is about all changes of a client."""
    place = place_of(request.POST.get("back", ""))
    filterset = getattr(place.view_class, "filterset_class", None) if place else None
    if place is None or filterset is None or not issubclass(filterset, ChangeFilter):
        return False
    rows = Change.objects.visible_to(request.user, unseen.CAPABILITY)
    return bool(filterset(QueryDict(place.query), queryset=rows, request=request).asked)


def _moment(text: str) -> datetime | None:
    try:
        found = parse_datetime(text)
    except ValueError:
        return None
    return found if found is not None and found.tzinfo is not None else None
