"""Where somebody begins who has no list of clients: people of a client, and people who see companies alone."""

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse

from portal.accounts.grants import environment_kinds_of, has_single_companies
from portal.accounts.models import Firm, User
from portal.accounts.roles import Capability
from portal.companies.models import Company
from portal.debtors.models import Debtor
from portal.debtors.place import home_of
from portal.debtors.unassigned import unassigned_by_firm
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
    return unassigned_by_firm(user)


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
            Place(str(one), reverse("selfservice:period", args=[one.pk]), one.pk == company)
            for one in single_companies(request).order_by("name", "pk")
        ),
    ]


def _organisations(request: HttpRequest) -> "QuerySet[Debtor]":
    return Debtor.objects.visible_to(request.user).select_related("environment").order_by("name", "pk")
