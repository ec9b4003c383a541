"""Where somebody begins who has no list of clients: people of a client, and people who see companies alone."""

from datetime import datetime
from typing import Any

from django.db.models import Count, QuerySet, Value
from django.http import HttpRequest
from django.urls import reverse

from portal import clock
from portal.accounts.assignment import assigned_to_nobody
from portal.accounts.grants import environment_kinds_of, has_single_companies
from portal.accounts.models import Firm, User
from portal.accounts.people import firms_managed_by
from portal.accounts.prepared import Prepared
from portal.accounts.roles import Capability
from portal.companies.models import Company
from portal.debtors.models import Debtor
from portal.debtors.place import home_of
from portal.ui.permissions import capabilities_of, of_client, without_clients
from portal.ui.places import Place, marked


def start(request: HttpRequest) -> str | None:
    """The address of one's own organisation, of the only company, or of the list of companies.

    An administrator of an office without a connection to Nmbrs begins with making one. None for people of an office
    with clients: they begin at the period board.
    """
    if Capability.MANAGE_CONNECTIONS in capabilities_of(request) and not environment_kinds_of(request.user):
        return reverse("first_start:overview")
    if of_client(request):
        first = _organisations(request).first()
        if first is not None:
            return home_of(first)
    if not without_clients(request):
        return None
    seen = Company.objects.visible_to(request.user).filter(debtor__missing_since__isnull=True)
    found = list(seen.order_by().values_list("pk", flat=True)[:2])
    if len(found) != 1:
        return reverse("dashboards:companies")
    return reverse("selfservice:period" if of_client(request) else "companies:company", args=found)


def nobodys_of(request: HttpRequest) -> dict[Firm, int]:
    """How many clients nobody looks after, by firm; for who can give them to somebody."""
    user = request.user
    if not isinstance(user, User) or Capability.MANAGE_USERS not in capabilities_of(request):
        return {}
    found = ((firm, _count_of_nobody(user, firm.pk, moment=clock.now())) for firm in firms_managed_by(user))
    return {firm: number for firm, rows in found for (number,) in rows if number}


@Prepared
def _count_of_nobody(user: User, firm: int, *, moment: datetime) -> "QuerySet[Any, Any]":
    clients = assigned_to_nobody(Debtor.objects.visible_to(user, Capability.MANAGE_USERS), firm, moment)
    # One row, also of no clients: all are counted together.
    counted: QuerySet[Any, Any] = clients.order_by().values(all=Value(1)).annotate(number=Count("pk"))
    return counted.values_list("number")


def single_companies(request: HttpRequest) -> "QuerySet[Company]":
    """The companies that the person sees without seeing the client as a whole."""
    seen = Company.objects.visible_to(request.user).filter(debtor__missing_since__isnull=True)
    if not has_single_companies(request.user):
        return seen.none()
    whole = Debtor.objects.visible_to(request.user)
    return seen.exclude(debtor__in=whole.order_by().values("pk"))


def own_places(request: HttpRequest) -> list[Place]:
    """The organisations of somebody of a client, and the companies that they see by themselves."""
    debtor, company = marked(request)
    return [
        *(Place(str(one), home_of(one), one.pk == debtor) for one in _organisations(request)),
        *(
            Place(str(one), reverse("companies:company", args=[one.pk]), one.pk == company)
            for one in single_companies(request).order_by("name", "pk")
        ),
    ]


def _organisations(request: HttpRequest) -> "QuerySet[Debtor]":
    return Debtor.objects.visible_to(request.user).select_related("environment").order_by("name", "pk")
