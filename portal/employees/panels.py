"""What this room adds to the page of a company: who joined and left in the period, and its departments."""

from typing import Any

from django.db.models import Count, F, OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from portal.accounts.roles import Capability
from portal.companies.freshness import PEOPLE_KINDS, ever_fetched
from portal.companies.models import Company
from portal.companies.panels import PAGE
from portal.companies.periods import chosen
from portal.employees import figures
from portal.employees.models import Department, Employee, Employment
from portal.employees.people import NEWEST_FIRST
from portal.ui import panels
from portal.ui.panels import Panel


def movements(request: HttpRequest, company: Company) -> dict[str, Any]:
    """Who joined and who left in the period, by name."""
    choice = chosen(request, company)
    if choice is None or not ever_fetched(request.user, company, *PEOPLE_KINDS):
        return {"never": True}
    first, last = choice.days
    own = Employment.objects.visible_to(request.user).filter(company=company).select_related("employee")
    return {
        "when": choice.label,
        "joiners": list(figures.joiners(own, first, last).order_by("valid_from", "employee", "pk")),
        "leavers": list(figures.leavers(own, first, last).order_by("end_date", "employee", "pk")),
    }


def departments(request: HttpRequest, company: Company) -> dict[str, Any]:
    """Head count a department on the last day of the period."""
    choice = chosen(request, company)
    if choice is None or not ever_fetched(request.user, company, *PEOPLE_KINDS, "departments"):
        return {"never": True}
    own = Employee.objects.visible_to(request.user).filter(company=company)
    rows = list(by_department(figures.in_service(own, choice.last_day), choice.last_day))
    return {
        "day": choice.last_day,
        "departments": rows,
        "total": sum(row["people"] for row in rows),
        "company": company,
    }


def by_department(people: "QuerySet[Employee]", day: Any) -> "QuerySet[Any]":
    """Rows of `department` (None: no department on the day) and `people`, the largest first."""
    rows = Department.objects.filter(employee=OuterRef("pk")).as_of(day).order_by(*NEWEST_FIRST)
    return (
        people.order_by()
        .annotate(department=Subquery(rows.values("description")[:1]))
        .values("department")
        .annotate(people=Count("pk"))
        .order_by("-people", F("department").asc(nulls_last=True))
    )


def register() -> None:
    """Put the panels on the company's page."""
    panels.register(
        PAGE,
        Panel(
            name="movements",
            title=_("Joiners and leavers of this period"),
            template="employees/panels/movements.html",
            capability=Capability.VIEW,
            context=movements,
            resources=PEOPLE_KINDS,
            order=30,
        ),
    )
    panels.register(
        PAGE,
        Panel(
            name="departments",
            title=_("Head count by department"),
            template="employees/panels/departments.html",
            capability=Capability.VIEW,
            context=departments,
            resources=(*PEOPLE_KINDS, "departments"),
            order=40,
        ),
    )
