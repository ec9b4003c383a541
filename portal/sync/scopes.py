"""From rows of ours to the scopes that the engine addresses."""

from dataclasses import replace

from portal.companies.models import Company, CurrentPeriod
from portal.connections.models import Environment
from portal.debtors.models import Debtor
from portal.employees.models import Employee
from portal.mirror.scope import MirrorScope
from portal.periods import PeriodType
from portal.source import Level
from portal.sync.models import SyncRun


def environment_scope(environment_id: int) -> MirrorScope:
    """All of an environment."""
    return MirrorScope(environment_id, Level.ENVIRONMENT)


def scope_of(run: SyncRun) -> MirrorScope:
    """The scope of a run; a company's with its current period, as far as it is known.

    Costs no query when the run was read with `company__current`, `debtor` and `employee`.
    """
    if run.company is not None:
        return replace(
            company_scope(run.company),
            employee_id=run.employee_id,
            employee_remote_id=run.employee.remote_id if run.employee else None,
        )
    if run.debtor is not None:
        return MirrorScope(
            run.environment_id, Level.DEBTOR, debtor_id=run.debtor_id, debtor_remote_id=run.debtor.remote_id
        )
    return environment_scope(run.environment_id)


def company_scope(company: Company) -> MirrorScope:
    """A company with its current period, as far as it is known. No query when it was read with `current`."""
    current: CurrentPeriod | None = getattr(company, "current", None)
    if current is not None and current.missing_since is not None:
        current = None
    return MirrorScope(
        company.environment_id,
        Level.COMPANY,
        debtor_id=company.debtor_id,
        company_id=company.pk,
        company_remote_id=company.remote_id,
        period_type=PeriodType(current.period_type) if current else None,
        current=current.period if current else None,
    )


def key_of(target: Environment | Debtor | Company | Employee) -> str:
    """The scope key of an environment, debtor, company or person."""
    if isinstance(target, Employee):
        return person_key(target.pk)
    level = {Environment: Level.ENVIRONMENT, Debtor: Level.DEBTOR, Company: Level.COMPANY}[type(target)]
    return f"{level}:{target.pk}"


def person_key(pk: int) -> str:
    """The scope key of a person's slow-lane kinds."""
    return f"employee:{pk}"
