"""Random sequences of everything that people without the right try: nobody ever sees or may do more (threat 15, S3)."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RULE_MARKER, RuleBasedStateMachine, precondition, rule, run_state_machine_as_test

from portal.accounts import grants, invitations, rights
from portal.accounts.models import AccessRequest, Deputy, Membership, Switch, Team, TeamMember, User
from portal.accounts.rights import SYSTEM, NotAllowed, Place, Refused
from portal.accounts.rights.guards import staff_roles
from portal.accounts.roles import CAPABILITIES, DEPUTISED, Capability, Role, roles_with
from portal.clock import now
from tests.accounts.office import Office, clients_seen_by, make_office, somebody_new

# On SQLite only, for its time: the rules are Python, and what they write is tested on both databases beside.
pytestmark = pytest.mark.django_db

ACTORS = {
    "accountant": (Role.ACCOUNTANT, "a"),
    "assistant": (Role.ASSISTANT, "a"),
    "auditor": (Role.AUDITOR, "b"),
    "client-administrator": (Role.CLIENT_ADMINISTRATOR, "a"),
    "client-user": (Role.CLIENT_USER, "a"),
    "client-user-b": (Role.CLIENT_USER, "b"),
}
#: What a client administrator may give to users of the own client.
GIVABLE = {("a", Capability.VIEW), ("a", Capability.VIEW_SALARIES)}
#: What somebody of the office can have over the clients of whom they stand in for, as long as they work there.
LENT = {(client, one) for client in "ab" for role in DEPUTISED for one in CAPABILITIES[role]}

people = st.sampled_from(sorted(ACTORS))
roles = st.sampled_from(Role)
clients = st.sampled_from(["", "a", "b", "x"])
capabilities = st.sampled_from(Capability)


class World:
    """Two firms; made once, put back after each sequence."""

    def __init__(self) -> None:
        self.one, self.two = make_office("one", "ab"), make_office("two", "x")
        self.users = {name: somebody_new(name) for name in ACTORS}
        for name, (role, client) in ACTORS.items():
            rights.give(SYSTEM, self.users[name], Place(self.one.firm.pk, role, self.debtor(client)))
        boss = self.one.administrator
        self.team = rights.create_team(boss, self.one.firm, "north")
        rights.give_clients(boss, self.team, [self.debtor("b")])
        rights.add_member(boss, self.team, self.users["assistant"], Role.ASSISTANT)
        self.request = rights.ask(
            self.users["accountant"], self.one.firm.pk, client="b", reason="r", until=now() + timedelta(days=1)
        )

    def office_of(self, client: str) -> Office:
        return self.two if client == "x" else self.one

    def debtor(self, client: str) -> int | None:
        return self.office_of(client).clients[client].debtor.pk if client else None

    def held(self, user: User) -> set[tuple[str, Capability]]:
        fresh = User.objects.get(pk=user.pk)
        # Capabilities of the same roles reach as far as one another; what is switched on for a person may not.
        alike: dict[object, list[Capability]] = {}
        switched = Switch.objects.filter(membership__user=fresh).exists()
        for one in grants.capabilities(fresh):
            alike.setdefault(one if switched else tuple(roles_with(one)), []).append(one)
        return {(name, one) for some in alike.values() for name in clients_seen_by(fresh, some[0]) for one in some}


def machine(world: World) -> type[RuleBasedStateMachine]:
    """The machine over this world."""
    allowed = {name: world.held(user) for name, user in world.users.items()}
    allowed["client-user"] = allowed["client-user"] | GIVABLE
    # Whoever a client administrator lets in as a client user of a.
    allowed = {name: held | GIVABLE for name, held in allowed.items()}

    class Attempts(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            self.undo = transaction.atomic()
            self.undo.__enter__()
            self.made: list[User] = []
            self.done = 0
            self.clock: time_machine.travel | None = None

        def teardown(self) -> None:
            self.stop()
            transaction.set_rollback(True)
            self.undo.__exit__(None, None, None)

        def attempt(self, call: Any) -> Any:
            """Try it; whatever was let through must not have widened anything."""
            try:
                with transaction.atomic():
                    result = call()
            except (NotAllowed, Refused):
                return None
            self.done += 1
            self.look()
            return result

        def look(self) -> None:
            """What a deputy is lent is held by people of the office alone, and never beyond the roles that are lent."""
            for name, user in world.users.items():
                if more := world.held(user) - allowed[name]:
                    assert more <= LENT, (name, more)
                    assert staff_roles(user, world.one.firm.pk) & DEPUTISED, (name, more)
            for user in self.made:
                assert world.held(user) <= GIVABLE

        def stop(self) -> None:
            if self.clock is not None:
                self.clock.stop()
                self.clock = None

        @rule(days=st.integers(1, 12))
        def wait(self, days: int) -> None:
            """Days go by, and what ends by itself has ended."""
            later = now() + timedelta(days=days)
            self.stop()
            self.clock = time_machine.travel(later, tick=False)
            self.clock.start()
            self.look()

        @rule(absent=people, substitute=people, days=st.integers(1, 60))
        def boss_names_a_deputy(self, absent: str, substitute: str, days: int) -> None:
            """The administrator does what is theirs to do."""
            boss, firm, end = world.one.administrator, world.one.firm.pk, now() + timedelta(days=days)
            self.attempt(lambda: rights.name_deputy(boss, firm, world.users[absent], world.users[substitute], ends=end))

        @rule(to=people, days=st.integers(0, 9))
        def boss_takes(self, to: str, days: int) -> None:
            """A place ends now, or some day."""
            boss, end = world.one.administrator, now() + timedelta(days=days)
            for place in Membership.objects.filter(user=world.users[to]):
                if days:
                    self.attempt(lambda p=place: rights.limit(boss, p, None, end))
                else:
                    self.attempt(lambda p=place: rights.withdraw(boss, p))

        @rule(by=people, to=people, role=roles, client=clients, company=st.booleans())
        def give(self, by: str, to: str, role: Role, client: str, company: bool) -> None:
            office = world.office_of(client)
            of = office.clients[client].company.pk if company and client else None
            place = Place(office.firm.pk, role, None if of else world.debtor(client), of)
            self.attempt(lambda: rights.give(world.users[by], world.users[to], place))

        @rule(by=people, to=people, capability=capabilities, on=st.booleans())
        def switch(self, by: str, to: str, capability: Capability, on: bool) -> None:
            for place in Membership.objects.filter(user=world.users[to]):
                self.attempt(lambda p=place: rights.switch(world.users[by], p, capability, on=on))

        @rule(by=people, to=people, days=st.integers(-2, 9))
        def limit(self, by: str, to: str, days: int) -> None:
            end = now() + timedelta(days=days)
            for place in Membership.objects.filter(user=world.users[to]):
                self.attempt(lambda p=place: rights.limit(world.users[by], p, None, end))

        @rule(by=people, to=people)
        def withdraw(self, by: str, to: str) -> None:
            for place in Membership.objects.filter(user=world.users[to]):
                self.attempt(lambda p=place: rights.withdraw(world.users[by], p))

        @rule(by=people, to=people, role=roles, client=clients)
        def team(self, by: str, to: str, role: Role, client: str) -> None:
            user, of = world.users[by], Team.objects.get(pk=world.team.pk)
            self.attempt(lambda: rights.add_member(user, of, world.users[to], role))
            self.attempt(lambda: rights.give_clients(user, of, [world.debtor(client) or 0]))
            self.attempt(lambda: rights.add_rule(user, of, "tag"))
            self.attempt(lambda: rights.create_team(user, world.one.firm, "mine"))

        @rule(by=people, absent=people, substitute=people)
        def deputy(self, by: str, absent: str, substitute: str) -> None:
            user, firm, end = world.users[by], world.one.firm.pk, now() + timedelta(days=1)
            self.attempt(lambda: rights.name_deputy(user, firm, world.users[absent], world.users[substitute], ends=end))

        @rule(by=people, client=clients)
        def approve(self, by: str, client: str) -> None:
            request = AccessRequest.objects.get(pk=world.request.pk)
            self.attempt(lambda: rights.approve(world.users[by], request, world.debtor(client) or 0))

        @rule(by=people)
        def ask(self, by: str) -> None:
            user, end = world.users[by], now() + timedelta(days=1)
            self.attempt(lambda: rights.ask(user, world.one.firm.pk, client="b", reason="r", until=end))

        @rule(by=people, to=people)
        def deactivate(self, by: str, to: str) -> None:
            for office in (world.one, world.two):
                self.attempt(lambda o=office: rights.deactivate(world.users[by], world.users[to], o.firm.pk))
                self.attempt(lambda o=office: rights.reactivate(world.users[by], world.users[to], o.firm.pk))

        @precondition(lambda self: len(self.made) < 3)
        @rule(by=people, role=roles, client=clients, switches=st.sets(capabilities, max_size=2), own=st.booleans())
        def invite(self, by: str, role: Role, client: str, switches: set[Capability], own: bool) -> None:
            place = Place(world.office_of(client).firm.pk, role, world.debtor(client))
            email = world.users[by].email if own else f"new{len(self.made)}@people.example"
            invited = self.attempt(
                lambda: invitations.invite(
                    world.users[by], place, email=email, name="n", language="en", switches=switches
                )
            )
            if invited:
                accept = lambda: invitations.accept_as_new(  # noqa: E731
                    invited.token, name="n", password="a quiet sentence of words"
                )
                user = self.attempt(accept)
                if user:
                    self.made.append(user)

    return Attempts


def only(name: str, attempts: type[RuleBasedStateMachine]) -> type[RuleBasedStateMachine]:
    """The machine with one of its rules."""
    rules = {of for of, one in vars(attempts).items() if hasattr(one, RULE_MARKER)}
    return type(name, (attempts,), dict.fromkeys(rules - {name}))


def run(sequences: int, phases: tuple[Phase, ...] = tuple(Phase), *, of: str = "") -> None:
    world = World()
    before = {model: model.objects.count() for model in (Deputy, TeamMember, Switch)}
    attempts = machine(world)
    run_state_machine_as_test(
        only(of, attempts) if of else attempts,
        settings=settings(
            max_examples=sequences,
            stateful_step_count=8,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            database=None,
            phases=phases,
            derandomize=sequences < 1000,
        ),
    )
    assert {model: model.objects.count() for model in before} == before


@pytest.mark.timeout(900)
def test_threat_15_200_random_sequences_widen_nothing(db):
    run(200)


@pytest.mark.long
@pytest.mark.timeout(7200)
def test_2000_random_sequences_widen_nothing(db):
    run(2000)


@pytest.mark.timeout(900)
def test_the_machine_sees_an_escalation_where_there_is_one(db, monkeypatch):
    """Without the question who gives, the machine must fail: it can.

    Of its rules it has the one that gives: whether it comes to that soon enough among all others is chance.
    """
    from portal.accounts.rights import memberships

    monkeypatch.setattr(memberships, "may_give", lambda by, place: True)
    with pytest.raises(AssertionError):
        run(150, (Phase.generate,), of="give")
