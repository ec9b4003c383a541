"""From rows of ours to the scopes that the engine addresses."""

from portal.companies.models import Company
from portal.connections.models import Environment
from portal.debtors.models import Debtor
from portal.mirror.scope import MirrorScope
from portal.periods import PeriodType
from portal.source import Level
from portal.sync.models import SyncRun


def environment_scope(environment_id: int) -> MirrorScope:
    """All of an environment."""
    return MirrorScope(environment_id, Level.ENVIRONMENT)


def scope_of(run: SyncRun) -> MirrorScope:
    """The scope of a run; a company's with its period type, as far as it is known.

    Costs no query when the run was read with `company__current` and `debtor`.
    """
    if run.company is not None:
        current = getattr(run.company, "current", None)
        kind = current.period_type if current is not None and current.missing_since is None else None
        return MirrorScope(
            run.environment_id,
            Level.COMPANY,
            debtor_id=run.company.debtor_id,
            company_id=run.company_id,
            company_remote_id=run.company.remote_id,
            period_type=PeriodType(kind) if kind else None,
        )
    if run.debtor is not None:
        return MirrorScope(
            run.environment_id, Level.DEBTOR, debtor_id=run.debtor_id, debtor_remote_id=run.debtor.remote_id
        )
    return environment_scope(run.environment_id)


def key_of(target: Environment | Debtor | Company) -> str:
    """The scope key of an environment, debtor or company."""
    level = {Environment: Level.ENVIRONMENT, Debtor: Level.DEBTOR, Company: Level.COMPANY}[type(target)]
    return f"{level}:{target.pk}"
