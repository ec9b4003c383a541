"""Access that people ask for: their own page, and the page on which an administrator decides."""

from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.accounts import rights
from portal.accounts.fresh import fresh_sign_in_required
from portal.accounts.grants import firms_as
from portal.accounts.models import AccessRequest, Membership, RequestState
from portal.accounts.models.terms import in_force
from portal.accounts.roles import DEPUTISED, Capability
from portal.administration.acts import (
    after,
    attempt,
    below_people,
    chosen_firm,
    found,
    person_of,
    posted,
    require,
    sections,
)
from portal.administration.forms import AskForm
from portal.debtors.models import Debtor
from portal.ui.values import Crumb


@require_http_methods(["GET", "HEAD", "POST"])
def mine(request: HttpRequest) -> HttpResponse:
    """What I may see, what I asked for, and asking."""
    person = person_of(request)
    firms = firms_as(person, DEPUTISED)
    may_ask = bool(firms)
    form = AskForm(posted(request), firms=firms)
    if request.method == "POST":
        if form.is_valid():
            if not may_ask:
                raise rights.NotAllowed
            given = form.cleaned_data
            change = lambda: rights.ask(  # noqa: E731
                person,
                form.chosen,
                client=given["client"],
                reason=given["reason"],
                until=after(given["until"]),
            )
            if attempt(request, change, _("An administrator was asked.")):
                return redirect("administration:mine")
        elif not may_ask:
            raise rights.NotAllowed
    own = Membership.objects.in_force().filter(user=person).select_related("firm", "debtor", "company")
    context = {
        "heading": _("My access"),
        "subtitle": _("What you may see, and why"),
        "breadcrumb": [Crumb(_("My access"))],
        "places": own.order_by("pk"),
        "teams": person.team_places.filter(in_force()).select_related("team"),
        "standing_in": person.stands_in.in_force().select_related("absent"),
        "requests": person.access_requests.all()[:20],
        "form": form if may_ask else None,
    }
    return render(request, "administration/mine.html", context, status=422 if form.errors else 200)


@require_POST
def take_back(request: HttpRequest, pk: int) -> HttpResponse:
    """I no longer ask."""
    person = person_of(request)
    row = found(person.access_requests.all(), pk)
    attempt(request, lambda: rights.take_back(person, row), _("You no longer ask for this."))
    return redirect("administration:mine")


@require_safe
def requests(request: HttpRequest) -> HttpResponse:
    """What people ask for: the open ones with a client to choose, and the last decided ones."""
    require(request, Capability.MANAGE_USERS)
    by = person_of(request)
    rows = AccessRequest.objects.visible_to(by, Capability.MANAGE_USERS).select_related("user", "decided_by", "firm")
    firm = chosen_firm(request)
    if firm is not None:
        rows = rows.filter(firm=firm)
    waiting = [(one, _likely(request, one)) for one in rows.filter(state=RequestState.OPEN)]
    context: dict[str, Any] = {
        "heading": _("Requests"),
        "subtitle": _("Access that people of the office ask for"),
        "breadcrumb": below_people(Crumb(_("Requests"))),
        "sections": sections(request),
        "waiting": waiting,
        "decided": rows.exclude(state=RequestState.OPEN)[:50],
        "clients": Debtor.objects.visible_to(by, Capability.MANAGE_USERS),
    }
    return render(request, "administration/requests.html", context)


@require_POST
@fresh_sign_in_required
def approve(request: HttpRequest, pk: int) -> HttpResponse:
    """Give what was asked for, for the client that the administrator chose."""
    row, by = _request(request, pk), person_of(request)
    number = request.POST.get("debtor", "")
    clients = Debtor.objects.visible_to(by, Capability.MANAGE_USERS).filter(environment__firm_id=row.firm_id)
    client = found(clients, int(number) if number.isdecimal() and len(number) < 19 else 0)
    attempt(request, lambda: rights.approve(by, row, client.pk), _("Access was given until the day that was asked."))
    return redirect("administration:requests")


@require_POST
def decline(request: HttpRequest, pk: int) -> HttpResponse:
    """Refuse, and say why."""
    row = _request(request, pk)
    answer = request.POST.get("answer", "").replace("\0", "")[:255]
    attempt(request, lambda: rights.decline(person_of(request), row, answer), _("The request was refused."))
    return redirect("administration:requests")


def _request(request: HttpRequest, pk: int) -> AccessRequest:
    rows = AccessRequest.objects.visible_to(person_of(request), Capability.MANAGE_USERS).select_related("user")
    row: AccessRequest = found(rows, pk)
    return row


def _likely(request: HttpRequest, asked: AccessRequest) -> int | None:
    """The client that was probably meant: the first whose number or name is what was typed."""
    clients = Debtor.objects.visible_to(person_of(request), Capability.MANAGE_USERS)
    exact = Q(number=asked.client) | Q(name__icontains=asked.client)
    return clients.filter(exact, environment__firm_id=asked.firm_id).values_list("pk", flat=True).first()
