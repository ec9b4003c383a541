"""Clients take turns: a small one that asks later does not wait for a large one, and nobody waits for ever."""

from collections.abc import Iterator

import pytest

from portal.connections.models import Connection, Environment
from portal.debtors.models import Debtor
from portal.mirror.engine import Outcome
from portal.mirror.models import State
from portal.sync import claims, plans
from portal.sync.models import OPEN, Priority, Status, SyncPlan, SyncRun, Trigger
from tests.factories import make_company, make_debtor

pytestmark = [pytest.mark.database, pytest.mark.django_db]

#: Some that wait for others.
KINDS = ("current_period", "employees", "employments", "hour_codes", "salaries", "contracts")
LARGE = 12


@pytest.fixture
def environment(firm: object) -> Environment:
    made = Environment.objects.create(firm=firm, domain="demo")
    Connection.objects.create(environment=made, host="http://127.0.0.1:1", user="u", token="t")
    return made


def client(environment: Environment, companies: int) -> Debtor:
    debtor = make_debtor(environment)
    for _ in range(companies):
        make_company(debtor, period=None)
    return debtor


def ask(target: Environment | Debtor, trigger: Trigger = Trigger.PERSON) -> SyncPlan:
    return plans.start(target, trigger=trigger, resource=",".join(KINDS))


def work(environment: Environment, at_once: int = 4) -> Iterator[list[SyncRun]]:
    """What a worker takes, hand by hand; all of it succeeds."""
    while hand := claims.claim(environment.pk, "one", at_once):
        for run in hand:
            claims.RunLease(run).fence(Outcome(State.FRESH))
        yield hand


def left(debtor: Debtor) -> int:
    return SyncRun.objects.filter(debtor=debtor, status__in=OPEN).count()


def test_a_small_client_that_asks_later_is_done_long_before_a_large_one(environment: Environment) -> None:
    large, small = client(environment, LARGE), client(environment, 1)
    ask(large)
    hands = work(environment)
    for _ in range(3):
        next(hands)
    before = left(large)
    ask(small)
    while left(small):
        next(hands)
    # Meanwhile the large one had what was left of its company, and one more.
    assert before - left(large) <= 2 * len(KINDS)
    assert left(large) > LARGE * len(KINDS) / 2
    assert sum(map(len, hands)) >= left(large) == 0


def test_small_clients_that_keep_coming_do_not_starve_a_large_one(environment: Environment) -> None:
    large = client(environment, LARGE)
    ask(large)
    came = 0
    # As much is asked for as a worker can do, for as long as the large one waits.
    for _ in work(environment, at_once=len(KINDS)):
        if not left(large):
            break
        ask(client(environment, 1))
        came += 1
        assert came < LARGE * LARGE, f"{left(large)} of the large client still wait"
    assert left(large) == 0
    assert came > LARGE


def test_small_clients_wait_for_one_round_however_many_companies_the_large_ones_have(environment: Environment) -> None:
    for _ in range(3):
        ask(client(environment, LARGE))
    hands = work(environment)
    next(hands)
    small = client(environment, 1)
    ask(small)
    done = 0
    while left(small):
        done += len(next(hands))
    assert done <= 2 * 3 * len(KINDS) + 2 * len(KINDS)


def test_within_a_company_the_order_is_that_of_what_waits_for_what(environment: Environment) -> None:
    for companies in (1, 3):
        ask(client(environment, companies))
    order: dict[int, list[str]] = {}
    for hand in work(environment, at_once=1):
        for run in hand:
            order.setdefault(run.company_id or 0, []).append(run.resource)
    assert len(order) == 4
    for kinds in order.values():
        assert sorted(kinds) == sorted(KINDS)
        assert kinds.index("employees") < kinds.index("employments")
        assert kinds.index("employees") < kinds.index("salaries")
        assert kinds.index("current_period") < kinds.index("salaries")


def test_all_of_an_office_goes_round_its_clients(environment: Environment) -> None:
    clients = [client(environment, companies) for companies in (3, 1, 2)]
    plan = plans.start(environment, trigger=Trigger.NIGHTLY)
    turns = {
        debtor: sorted(
            {
                (company, turn)
                for company, turn in plan.runs.filter(debtor=debtor).values_list("company_id", "turn")
                if company
            }
        )
        for debtor in clients
    }
    assert {debtor: [turn for _, turn in found] for debtor, found in turns.items()} == {
        clients[0]: [0, 1, 2],
        clients[1]: [0],
        clients[2]: [0, 1],
    }
    assert set(plan.runs.filter(company=None).values_list("turn", flat=True)) == {0}


def test_who_joins_a_sync_of_the_night_joins_the_next_round_of_those_who_wait(environment: Environment) -> None:
    large, other = client(environment, LARGE), client(environment, 2)
    ask(large, Trigger.NIGHTLY)
    waits = ask(other)
    running = next(work(environment, at_once=1))[0]
    assert running.debtor == other
    plan = ask(large)
    kept = list(plan.runs.order_by("turn", "pk").values_list("priority", "turn").distinct())
    assert {priority for priority, _ in kept} == {Priority.PERSON}
    first = SyncRun.objects.filter(plans=waits, status=Status.DUE).order_by("turn")[0].turn
    assert sorted({turn for _, turn in kept}) == list(range(first + 1, first + 1 + LARGE))
