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
from portal.employees.models import Employee
from portal.mirror.models import Freshness
from portal.mirror.opt_ins import switched_on
from portal.mirror.resource import Lane, Resource, registry
from portal.mirror.scope import MirrorScope
from portal.source import Level
from portal.sync.models import HOURLY_KINDS, OPEN, PARKED, ROTATION, Priority, Status, SyncPlan, SyncRun, Trigger
from portal.sync.scopes import company_scope, key_of, person_key
from portal.sync.slow_lane import shares_of_rotation
from portal.sync.timetable import rotation_calls
from portal.sync.turns import move, turns_of

BATCH = 500
#: (a person waits, lane) -> whose turn it is.
PRIORITIES = {
    (True, Lane.FAST): Priority.PERSON,
    (True, Lane.SLOW): Priority.PERSON_SLOW_LANE,
    (False, Lane.FAST): Priority.FAST_LANE,
    (False, Lane.SLOW): Priority.SLOW_LANE,
}


Target = Environment | Debtor | Company | Employee


class Unit(NamedTuple):
    """One run that a plan wants."""

    scope_key: str
    resource: str
    stage: int
    lane: Lane
    debtor_id: int | None
    company_id: int | None
    employee_id: int | None = None
    people_left: int | None = None


def start(target: Target, *, trigger: Trigger, requested_by: User | None = None, resource: str = "") -> SyncPlan:
    """The plan for `target`; a plan for the same that is still open is joined, not doubled.

    `resource`: empty for everything, one resource, HOURLY_KINDS or ROTATION. Everything of an environment is its fast
    lane; below it, of a few clients, the slow lane comes along.
    """
    company = target if isinstance(target, Company) else target.company if isinstance(target, Employee) else None
    environment = target if isinstance(target, Environment) else target.environment
    debtor = target if isinstance(target, Debtor) else company.debtor if company else None
    plan, made = SyncPlan.objects.get_or_create(
        scope_key=key_of(target),
        resource=resource,
        finished=None,
        defaults={
            "environment": environment,
            "debtor": debtor,
            "company": company,
            "employee": target if isinstance(target, Employee) else None,
            "trigger": trigger,
            "requested_by": requested_by,
        },
    )
    if not made and plan.requested_by_id != (requested_by.pk if requested_by else None):
        # Several want it: it is nobody's alone, and does not end when one of them leaves.
        SyncPlan.objects.filter(pk=plan.pk).update(requested_by=None)
        plan.requested_by = None
    grow(plan)
    if trigger == Trigger.PERSON:
        for lane in Lane:
            move(plan, PRIORITIES[False, lane], PRIORITIES[True, lane])
    return plan


def grow(plan: SyncPlan) -> int:
    """Add the runs that the plan wants and does not have yet. Returns how many were added."""
    have = set(plan.runs.values_list("scope_key", "resource"))
    if plan.resource == ROTATION and have:
        # Its people were picked; picked anew, with those read since at the end, they would be others, beyond its calls.
        return 0
    wanted = {(unit.scope_key, unit.resource): unit for unit in _units(plan)}
    if plan.trigger not in (Trigger.PERSON, Trigger.COMMAND):
        # What was given up is tried again when a person asks for it, not every night.
        parked = Freshness.objects.filter(environment=plan.environment_id, error_kind=PARKED)
        for key in parked.values_list("scope_key", "resource"):
            wanted.pop(key, None)
    missing = [unit for key, unit in wanted.items() if key not in have]
    if not missing:
        return 0
    priorities = {lane: PRIORITIES[plan.trigger == Trigger.PERSON, lane] for lane in Lane}
    turns = turns_of(plan.environment_id, missing, priorities)
    with transaction.atomic():
        SyncRun.objects.bulk_create(
            [
                SyncRun(
                    environment_id=plan.environment_id,
                    debtor_id=unit.debtor_id,
                    company_id=unit.company_id,
                    employee_id=unit.employee_id,
                    people_left=unit.people_left,
                    scope_key=unit.scope_key,
                    resource=unit.resource,
                    stage=unit.stage,
                    trigger=plan.trigger,
                    priority=priorities[unit.lane],
                    turn=turn,
                )
                for unit, turn in zip(missing, turns, strict=True)
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


def kinds_of(target: Target, resource: str = "") -> list[Resource]:
    """The kinds that a sync of `target` reads, in dependency order; those that are not switched on are left out."""
    kinds = readable(target)
    if resource == HOURLY_KINDS:
        return [kind for kind in kinds if kind.hourly]
    if resource == ROTATION:
        return [kind for kind in kinds if kind.lane is Lane.SLOW]
    if resource:
        names = resource.split(",")
        return [kind for kind in kinds if kind.name in names]
    return [kind for kind in kinds if not (isinstance(target, Environment) and kind.lane is Lane.SLOW)]


def readable(target: Target) -> list[Resource]:
    """Every kind that the environment of `target` reads, in dependency order: those not switched on are left out."""
    on = switched_on(target.pk if isinstance(target, Environment) else target.environment_id)
    return [kind for kind in registry if kind.opt_in is None or kind.opt_in in on]


def _units(plan: SyncPlan) -> Iterator[Unit]:
    by_level: dict[Level, list[Resource]] = {level: [] for level in Level}
    target = plan.employee or plan.company or plan.debtor or plan.environment
    for resource in kinds_of(target, plan.resource):
        by_level[resource.level].append(resource)
    if plan.debtor_id is None and plan.company_id is None:
        key = f"{Level.ENVIRONMENT}:{plan.environment_id}"
        for resource in by_level[Level.ENVIRONMENT]:
            yield Unit(key, resource.name, registry.stage(resource), resource.lane, None, None)
    if plan.company_id is None:
        yield from _debtor_units(plan, by_level[Level.DEBTOR])
    yield from _company_units(plan, by_level[Level.COMPANY])


def _debtor_units(plan: SyncPlan, resources: list[Resource]) -> Iterator[Unit]:
    debtors = Debtor.objects.filter(environment_id=plan.environment_id)
    if plan.debtor_id is not None:
        debtors = debtors.filter(pk=plan.debtor_id)
    stages = [(resource, registry.stage(resource)) for resource in resources]
    for pk in debtors.order_by("pk").values_list("pk", flat=True):
        for resource, stage in stages:
            yield Unit(f"{Level.DEBTOR}:{pk}", resource.name, stage, resource.lane, pk, None)


def _company_units(plan: SyncPlan, resources: list[Resource]) -> Iterator[Unit]:
    companies = Company.objects.filter(environment_id=plan.environment_id, debtor__missing_since__isnull=True)
    if plan.company_id is not None:
        companies = companies.filter(pk=plan.company_id)
    elif plan.debtor_id is not None:
        companies = companies.filter(debtor_id=plan.debtor_id)
    stages = [(resource, registry.stage(resource)) for resource in resources]
    limits = _limits(plan, resources)
    for pk, debtor_id in companies.order_by("pk").values_list("pk", "debtor_id"):
        for resource, stage in stages:
            if resource.lane is Lane.SLOW and plan.employee_id is not None:
                key = person_key(plan.employee_id)
                yield Unit(key, resource.name, stage, Lane.SLOW, debtor_id, pk, plan.employee_id)
            else:
                limit = limits.get(pk, 0) if limits is not None and resource.lane is Lane.SLOW else None
                if limit != 0:
                    yield Unit(
                        f"{Level.COMPANY}:{pk}",
                        resource.name,
                        stage,
                        resource.lane,
                        debtor_id,
                        pk,
                        people_left=limit,
                    )


def _limits(plan: SyncPlan, resources: list[Resource]) -> dict[int, int] | None:
    """Company -> how many people of it a night's rotation reads; None where a plan has no such limit."""
    if plan.resource != ROTATION:
        return None
    # One company stands for all: the loops of its slow kinds are as long in every other one.
    company = (
        Company.objects.filter(environment=plan.environment_id, current__isnull=False)
        .select_related("current")
        .order_by("pk")
        .first()
    )
    scope = company_scope(company) if company else MirrorScope(plan.environment_id, Level.COMPANY)
    calls = sum(kind.calls_a_person(scope) for kind in resources)
    names = [kind.name for kind in resources if kind.lane is Lane.SLOW]
    return shares_of_rotation(plan.environment_id, names, rotation_calls(plan.environment) // calls) if calls else {}
