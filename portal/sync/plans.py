"""Plans: what was asked becomes runs, grows as debtors and companies are found, and ends when nothing is left.

Every step can be repeated: after a crash the next worker finds the same missing runs and adds them.
"""

from collections.abc import Iterator
from typing import NamedTuple

from django.db import transaction

from portal import clock
from portal.accounts.models import User
from portal.companies.models import Company
from portal.connections.models import Environment
from portal.debtors.models import Debtor
from portal.mirror.resource import Resource, registry
from portal.source import Level
from portal.sync.models import OPEN, Priority, Status, SyncPlan, SyncRun, Trigger
from portal.sync.scopes import key_of

BATCH = 500


class Unit(NamedTuple):
    """One run that a plan wants."""

    scope_key: str
    resource: str
    stage: int
    debtor_id: int | None
    company_id: int | None


def start(
    target: Environment | Debtor | Company, *, trigger: Trigger, requested_by: User | None = None, resource: str = ""
) -> SyncPlan:
    """The plan for `target`; a plan for the same that is still open is joined, not doubled."""
    environment = target if isinstance(target, Environment) else target.environment
    debtor = target.debtor if isinstance(target, Company) else target if isinstance(target, Debtor) else None
    plan, _ = SyncPlan.objects.get_or_create(
        scope_key=key_of(target),
        resource=resource,
        finished=None,
        defaults={
            "environment": environment,
            "debtor": debtor,
            "company": target if isinstance(target, Company) else None,
            "trigger": trigger,
            "requested_by": requested_by,
        },
    )
    grow(plan)
    if trigger == Trigger.PERSON:
        plan.runs.filter(status=Status.DUE).update(priority=Priority.PERSON)
    return plan


def grow(plan: SyncPlan) -> int:
    """Add the runs that the plan wants and does not have yet. Returns how many were added."""
    have = set(plan.runs.values_list("scope_key", "resource"))
    wanted = {(unit.scope_key, unit.resource): unit for unit in _units(plan)}
    missing = [unit for key, unit in wanted.items() if key not in have]
    if not missing:
        return 0
    with transaction.atomic():
        SyncRun.objects.bulk_create(
            [
                SyncRun(
                    environment_id=plan.environment_id,
                    debtor_id=unit.debtor_id,
                    company_id=unit.company_id,
                    scope_key=unit.scope_key,
                    resource=unit.resource,
                    stage=unit.stage,
                    trigger=plan.trigger,
                    priority=Priority.PERSON if plan.trigger == Trigger.PERSON else Priority.FAST_LANE,
                )
                for unit in missing
            ],
            batch_size=BATCH,
            # One that is open already, for another plan, serves this one too.
            ignore_conflicts=True,
        )
        open_runs = SyncRun.objects.filter(environment_id=plan.environment_id, status__in=OPEN)
        keys = {(unit.scope_key, unit.resource) for unit in missing}
        mine = [
            pk
            for pk, scope_key, name in open_runs.values_list("pk", "scope_key", "resource")
            if (scope_key, name) in keys
        ]
        link = SyncRun.plans.through
        link.objects.bulk_create(
            [link(syncrun_id=pk, syncplan_id=plan.pk) for pk in mine], batch_size=BATCH, ignore_conflicts=True
        )
    return len(mine)


def finish_or_grow(environment_id: int) -> bool:
    """Close the environment's plans that have nothing left; let the others grow. Returns whether one grew."""
    grew = False
    for plan in SyncPlan.objects.filter(environment_id=environment_id, finished__isnull=True):
        if grow(plan):
            grew = True
        elif not plan.runs.filter(status__in=OPEN).exists():
            SyncPlan.objects.filter(pk=plan.pk, finished__isnull=True).update(finished=clock.now())
    return grew


def cancel(plan: SyncPlan) -> int:
    """Take back what has not begun and no other open plan wants. Returns how many runs that were."""
    now = clock.now()
    others = SyncPlan.objects.filter(environment_id=plan.environment_id, finished__isnull=True).exclude(pk=plan.pk)
    mine = plan.runs.filter(status=Status.DUE).values("pk")
    shared = SyncRun.objects.filter(plans__in=others, status=Status.DUE).values("pk")
    taken = (
        SyncRun.objects.filter(pk__in=mine, status=Status.DUE)
        .exclude(pk__in=shared)
        .update(status=Status.CANCELLED, finished=now)
    )
    SyncPlan.objects.filter(pk=plan.pk).update(finished=now)
    return taken


def _units(plan: SyncPlan) -> Iterator[Unit]:
    wanted = [resource for resource in registry if plan.resource in ("", resource.name)]
    by_level: dict[Level, list[Resource]] = {level: [] for level in Level}
    for resource in wanted:
        by_level[resource.level].append(resource)
    if plan.debtor_id is None and plan.company_id is None:
        for resource in by_level[Level.ENVIRONMENT]:
            yield Unit(
                f"{Level.ENVIRONMENT}:{plan.environment_id}", resource.name, registry.stage(resource), None, None
            )
    if plan.company_id is None:
        yield from _debtor_units(plan, by_level[Level.DEBTOR])
    yield from _company_units(plan, by_level[Level.COMPANY])


def _debtor_units(plan: SyncPlan, resources: list[Resource]) -> Iterator[Unit]:
    debtors = Debtor.objects.filter(environment_id=plan.environment_id)
    if plan.debtor_id is not None:
        debtors = debtors.filter(pk=plan.debtor_id)
    stages = {resource.name: registry.stage(resource) for resource in resources}
    for pk in debtors.order_by("pk").values_list("pk", flat=True):
        for name, stage in stages.items():
            yield Unit(f"{Level.DEBTOR}:{pk}", name, stage, pk, None)


def _company_units(plan: SyncPlan, resources: list[Resource]) -> Iterator[Unit]:
    companies = Company.objects.filter(environment_id=plan.environment_id, debtor__missing_since__isnull=True)
    if plan.company_id is not None:
        companies = companies.filter(pk=plan.company_id)
    elif plan.debtor_id is not None:
        companies = companies.filter(debtor_id=plan.debtor_id)
    stages = {resource.name: registry.stage(resource) for resource in resources}
    for pk, debtor_id in companies.order_by("pk").values_list("pk", "debtor_id"):
        for name, stage in stages.items():
            yield Unit(f"{Level.COMPANY}:{pk}", name, stage, debtor_id, pk)
