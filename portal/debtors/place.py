"""Where a debtor stands in the pages: an office's client has its own level, a Business environment has none.

There the companies stand at the top; what Nmbrs keeps at the debtor is shown on the page of all companies. Give these
functions a debtor that was read with its environment.
"""

from django.apps import apps
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from portal.accounts.grants import has_single_companies
from portal.connections.models import EnvironmentKind
from portal.debtors.models import Debtor
from portal.ui.menu import mark_kind
from portal.ui.permissions import of_client
from portal.ui.places import mark
from portal.ui.values import Crumb


def is_client(debtor: Debtor) -> bool:
    """Whether it is a client of an office; else the one debtor of a Business environment."""
    return debtor.environment.kind != EnvironmentKind.BUSINESS


def page_of(debtor: Debtor) -> str:
    """The address of the client's page, or of the page of all companies."""
    return reverse("dashboards:debtor" if is_client(debtor) else "dashboards:business", args=[debtor.pk])


def home_of(debtor: Debtor) -> str:
    """The address where its own people begin."""
    return reverse("selfservice:client", args=[debtor.pk])


def people_of(debtor: Debtor) -> str:
    """The address of the people of all its companies."""
    return reverse("employees:of_debtor" if is_client(debtor) else "employees:of_business", args=[debtor.pk])


def records_of(debtor: Debtor, kind: str) -> str:
    """The address of a list of its records."""
    return reverse("debtors:records" if is_client(debtor) else "debtors:business_records", args=[debtor.pk, kind])


def is_seen(request: HttpRequest, debtor: Debtor) -> bool:
    """Whether the reader sees the debtor as a whole; somebody may have been given a company of it by itself."""
    if not has_single_companies(request.user):
        return True
    return Debtor.everything.visible_to(request.user).filter(pk=debtor.pk).exists()


def clients_seen(request: HttpRequest) -> frozenset[int] | None:
    """The keys of the clients that the reader sees as a whole; None: that of every company that they see.

    Who sees a company by itself reads nothing of its client, its name neither.
    """
    if not has_single_companies(request.user):
        return None
    return frozenset(Debtor.everything.visible_to(request.user).order_by().values_list("pk", flat=True))


def way_to(request: HttpRequest, debtor: Debtor, company: int | None = None) -> list[Crumb]:
    """The breadcrumb above whatever lies below the debtor, or below this company of it.

    Who does not see the debtor reads nothing of it. Also tells the frame where the page is.
    """
    seen = is_seen(request, debtor)
    mark(request, debtor.pk, company)
    mark_kind(request, EnvironmentKind(debtor.environment.kind) if seen else EnvironmentKind.BUSINESS)
    if not seen:
        companies = apps.get_model("companies", "Company")._default_manager.visible_to(request.user)
        return [Crumb(_("Companies"), reverse("dashboards:companies"))] if companies.order_by()[1:2].exists() else []
    if of_client(request):
        return [Crumb(str(debtor), home_of(debtor))]
    return [Crumb(str(debtor) if is_client(debtor) else _("Companies"), page_of(debtor))]


def with_query(request: HttpRequest, address: str) -> str:
    """`address` with the filter of the page asked for."""
    query = request.META.get("QUERY_STRING", "")
    return f"{address}?{query}" if query else address
