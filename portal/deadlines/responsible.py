"""Who sees to a company, told to those alone who work at its office: somebody may also be a client of another one."""

from typing import TYPE_CHECKING, Any

from django.db.models import Case, F, Q, QuerySet, When

from portal.accounts.roles import INTERNAL
from portal.companies.models import Company

if TYPE_CHECKING:
    from portal.companies.freshness import Person


def of_own_office(user: "Person", path: str = "") -> Q:
    """The rows of whose company the person works at the office; `path` leads to the company."""
    own = Company.objects.visible_to(user, INTERNAL).order_by()
    return Q(**{f"{path}pk__in": own.values("pk")})


def with_responsible(rows: "QuerySet[Any]", user: "Person", path: str = "") -> "QuerySet[Any]":
    """The rows with who is responsible for their company, whether that is to be told (`internal`), and the name to sort
    by: of others it would tell by the order.
    """
    name = F(f"{path}arrangement__responsible__name")
    told = rows.select_related(f"{path}arrangement__responsible").annotate(internal=of_own_office(user, path))
    named: QuerySet[Any] = told.annotate(responsible_name=Case(When(internal=True, then=name)))
    return named
