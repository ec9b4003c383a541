"""What a person may sync: the environment, client, company or employee that a form or a button names."""

from collections.abc import Mapping

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest

from portal.accounts.roles import Capability
from portal.companies.models import Company
from portal.connections.models import Environment
from portal.debtors.models import Debtor
from portal.employees.models import Employee
from portal.mirror.models import Freshness
from portal.source import Level
from portal.sync.models import SyncPlan
from portal.ui.permissions import holds_over

Target = Environment | Debtor | Company | Employee

#: The level of one person, below those that Nmbrs gives lists for.
PERSON_LEVEL = "employee"
MODELS: Mapping[str, type[Environment] | type[Debtor] | type[Company] | type[Employee]] = {
    Level.ENVIRONMENT: Environment,
    Level.DEBTOR: Debtor,
    Level.COMPANY: Company,
    PERSON_LEVEL: Employee,
}


def capability_for(row: Target | SyncPlan | Freshness) -> Capability:
    """What somebody must hold to sync this: more for a whole environment than for what lies in it."""
    whole = isinstance(row, Environment) or (isinstance(row, SyncPlan | Freshness) and row.debtor_id is None)
    return Capability.RESYNC_FIRM if whole else Capability.RESYNC


def found(request: HttpRequest, level: str, pk: int) -> Target:
    """The row to sync. Raises Http404 outside the person's scope and PermissionDenied inside it without the right."""
    row: Target | None = MODELS[level].objects.visible_to(request.user).filter(pk=pk).first()
    if row is None:
        # Somebody with a client in the environment knows that it is there; to all others it does not exist.
        if level == Level.ENVIRONMENT and Debtor.objects.visible_to(request.user).filter(environment=pk).exists():
            raise PermissionDenied
        raise Http404
    if not holds_over(request, row, capability_for(row)):
        raise PermissionDenied
    return row


def offered(request: HttpRequest, level: str, pk: int) -> bool:
    """Whether a button to sync this row belongs on the page."""
    row = MODELS[level](pk=pk)
    return holds_over(request, row, capability_for(row))


def of_freshness(row: Freshness) -> Target:
    """The environment, client or company that this Freshness is about."""
    return row.company or row.debtor or row.environment


def of_plan(plan: SyncPlan) -> Target:
    """What a plan was asked for."""
    return plan.employee or plan.company or plan.debtor or plan.environment
