"""Whose turn it is: clients go round, so that a small one is not kept waiting by a large one before it, nor the other
way round.

In each round every client has one of its companies read, with all the kinds that were asked for, or a slice of the
people of one. So a run's turn is the round in which it is done: its company's place among those of its client that are
planned with it. Whatever is asked for while others wait joins the round after the one that is being worked on, behind
those that are in that one already. A round is closed once it has begun, so newcomers, however many and however small,
put off what waits by one round only.

By company and not by run, because what is read of a company is worked on together best: what it waits for is known,
and a client is done before the whole office is.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from django.db.models import F, Max, Min, Q
from django.db.models.functions import Greatest

from portal.mirror.resource import Lane
from portal.sync.models import OPEN, Status, SyncPlan, SyncRun

if TYPE_CHECKING:
    from portal.sync.plans import Unit


def turns_of(environment_id: int, units: "Sequence[Unit]", priorities: Mapping[Lane, int]) -> list[int]:
    """The turn of each unit, in their order; at most one query for each priority among them."""
    rounds = {lane: _next_round(environment_id, priorities[lane]) for lane in {unit.lane for unit in units}}
    places: dict[int, dict[int, int]] = {}
    turns = []
    for unit in units:
        place = 0
        if unit.debtor_id is not None and unit.company_id is not None:
            companies = places.setdefault(unit.debtor_id, {})
            place = companies.setdefault(unit.company_id, len(companies))
        turns.append(rounds[unit.lane] + place)
    return turns


def move(plan: SyncPlan, old: int, new: int) -> None:
    """Give what waits of a plan another priority: there it joins the next round, in the order that it had."""
    waiting = plan.runs.filter(status=Status.DUE, priority=old)
    first = waiting.aggregate(first=Min("turn"))["first"]
    if first is not None:
        turn = Greatest(F("turn") - first, 0) + _next_round(plan.environment_id, new)
        waiting.update(priority=new, turn=turn)


def _next_round(environment_id: int, priority: int) -> int:
    """The round that has not begun: after the latest that somebody works on, else after the first that waits."""
    found = SyncRun.objects.filter(environment_id=environment_id, priority=priority, status__in=OPEN).aggregate(
        worked_on=Max("turn", filter=Q(status=Status.RUNNING)),
        waiting=Min("turn", filter=Q(status=Status.DUE)),
    )
    begun = [turn for turn in (found["worked_on"], found["waiting"]) if turn is not None]
    return begun[0] + 1 if begun else 0
