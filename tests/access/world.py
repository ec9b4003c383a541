"""The world of the proofs: two firms, clients full of marks, and the twelve people of security.md section 2."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.usersessions.models import UserSession
from django.apps import apps
from django.db import models
from django.test import Client
from django.utils import timezone

from portal.accounts import invitations, reviews, rights
from portal.accounts.models import (
    Deputy,
    Firm,
    Invitation,
    Membership,
    SignOnIdentity,
    SingleSignOn,
    TeamDebtor,
    TeamMember,
    User,
)
from portal.accounts.rights import SYSTEM, Place
from portal.accounts.roles import Role
from portal.accounts.signin import second_factor
from portal.audit.kinds import Kind
from portal.audit.recording import record
from portal.companies.models import Company
from portal.connections.models import Connection, Environment, EnvironmentKind
from portal.deadlines import feeds
from portal.debtors.models import Debtor
from portal.employees.models import Employee
from portal.mirror.models import Change, Freshness, OptInChoice, Quarantine, State
from portal.mirror.resource import registry
from portal.search.index import keeping
from portal.search.models import Entry, EntryKind, Opened
from portal.sync.models import Status, SyncPlan, SyncRun, Trigger
from portal.ui.models import Export, SavedView
from tests.access.canaries import Planted
from tests.access.filling import SEEN, Filling
from tests.access.passkeys import add_passkey
from tests.accounts.world import tenant_models
from tests.factories import fetched_everything, summed

#: The clients by letter: their firm, and whether they are the one organisation of a Business environment.
CLIENTS = {"a": "one", "b": "one", "p": "one", "q": "one", "x": "two", "y": "two"}
#: Clients that only make the crowd larger.
CROWD = {"c": "one", "d": "one", "u": "two", "v": "two", "w": "two", "z": "two"}
BUSINESS = {"p", "q", "y"}
#: A page about a client of a Business environment is asked for these in place of a, b and x.
TWIN = {"a": "p", "b": "q", "x": "y"}
#: Role and clients of every actor; no client: the whole firm.
ACTORS: dict[str, list[tuple[Role, str]]] = {
    "anonymous": [],
    "administrator": [(Role.ADMINISTRATOR, "one")],
    "other_administrator": [(Role.ADMINISTRATOR, "two")],
    "accountant": [(Role.ACCOUNTANT, "a"), (Role.ACCOUNTANT, "p")],
    "assistant": [(Role.ASSISTANT, "a"), (Role.ASSISTANT, "p")],
    "newcomer": [],
    "auditor": [(Role.AUDITOR, "one")],
    "client_administrator": [(Role.CLIENT_ADMINISTRATOR, "a"), (Role.CLIENT_ADMINISTRATOR, "p")],
    "client_user": [(Role.CLIENT_USER, "a"), (Role.CLIENT_USER, "p")],
    "client_user_b": [(Role.CLIENT_USER, "b"), (Role.CLIENT_USER, "q")],
    "both": [(Role.ACCOUNTANT, letter) for letter in "abpq"],
    "ended": [(Role.ACCOUNTANT, "a")],
}
MISSING = 999_999_937
PASSWORD = "a-good-password"


@dataclass
class World:
    """`ids[kind][letter]` is the primary key of the row of that kind that belongs to the client."""

    planted: Planted = field(default_factory=Planted)
    firms: dict[str, Firm] = field(default_factory=dict)
    environments: dict[str, Environment] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)
    sessions: dict[str, str] = field(default_factory=dict)
    ids: dict[str, dict[str, Any]] = field(default_factory=dict)
    #: Of whom each row of a client is, so that a test can add more.
    fillings: dict[str, Filling] = field(default_factory=dict)

    def keep(self, kind: str, letter: str, value: Any) -> None:
        self.ids.setdefault(kind, {})[letter] = value.pk if isinstance(value, models.Model) else value

    def sees(self, actor: str) -> set[str]:
        """The letters of the clients whose marks the actor may receive."""
        seen: set[str] = set()
        for _, what in ACTORS[actor] if actor != "ended" else []:
            seen |= {letter for letter, firm in {**CLIENTS, **CROWD}.items() if what in (letter, firm)}
        return seen


def build(*, crowd: bool = False) -> World:
    """Make the world. With `crowd` twelve clients in place of six."""
    world = World()
    clients = CLIENTS | CROWD if crowd else CLIENTS
    for name in ("one", "two"):
        world.firms[name] = Firm.objects.create(name=f"Firm {name}")
        world.environments[name] = _environment(world.firms[name], name, EnvironmentKind.ACCOUNTANT)
    _people(world)
    for letter, firm in clients.items():
        _client(world, letter, world.firms[firm])
    _places(world)
    for letter, firm in clients.items():
        _access(world, letter, world.firms[firm])
    for name, firm in world.firms.items():
        boss = world.users["administrator" if name == "one" else "other_administrator"]
        review = reviews.start(boss, firm)
        for letter in (one for one, of in clients.items() if of == name):
            world.keep("review", letter, review)
            world.keep("line", letter, review.lines.get(subject=world.ids["membership"][letter], kind="membership"))
        _single_sign_on(world, firm, name, clients)
    _sign_in(world)
    for actor in ACTORS:
        if actor != "anonymous":
            world.sessions[actor] = _session(world.users[actor])
            _own_account(world, actor)
    _searched(world)
    ended = timezone.now() - timedelta(days=1)
    Membership.objects.filter(user=world.users["ended"]).update(starts=ended - timedelta(days=9), ends=ended)
    return world


def _searched(world: World) -> None:
    """Everything can be found, and everybody opened everything once, as if they had been allowed to."""
    keeping.rebuild()
    for entry in Entry.objects.exclude(kind=EntryKind.COMPANY):
        Opened.objects.bulk_create(
            Opened(user=world.users[actor], entry=entry, at=SEEN) for actor in ACTORS if actor != "anonymous"
        )


def _environment(firm: Firm, domain: str, kind: EnvironmentKind) -> Environment:
    made = Environment.objects.create(firm=firm, domain=domain, kind=kind)
    Connection.objects.create(
        environment=made, host="http://127.0.0.1:9", user=f"api@{domain}.example", token="a-token", ceiling=145
    )
    OptInChoice.objects.create(environment=made, kind="absence", on=True, reason="a reason", decided_at=SEEN)
    return made


def _people(world: World) -> None:
    for actor in ACTORS:
        if actor != "anonymous":
            world.users[actor] = User.objects.create_user(
                f"{actor}@people.example", f"The {actor}", PASSWORD, language="en"
            )
    for actor in ("administrator", "other_administrator", "auditor"):
        for role, firm in ACTORS[actor]:
            rights.give(SYSTEM, world.users[actor], Place(world.firms[firm].pk, role))


def _places(world: World) -> None:
    for actor, places in ACTORS.items():
        for role, letter in places:
            if letter in CLIENTS:
                debtor = Debtor.objects.get(pk=world.ids["client"][letter])
                rights.give(SYSTEM, world.users[actor], Place(debtor.environment.firm_id, role, debtor.pk))


def _client(world: World, letter: str, firm: Firm) -> None:
    """A debtor with two companies and three people, and one row of every other model that belongs to a debtor."""
    if letter in BUSINESS:
        environment = _environment(firm, f"business-{letter}", EnvironmentKind.BUSINESS)
    else:
        environment = world.environments[firm.name.removeprefix("Firm ")]
    planted = world.planted
    staff, substitute, user = (
        User.objects.create_user(f"{planted.text(letter)}@people.example", planted.text(letter), language="en")
        for _ in range(3)
    )
    world.users |= {f"staff-{letter}": staff, f"substitute-{letter}": substitute, f"user-{letter}": user}
    filling = Filling(planted, letter, {Firm: firm, Environment: environment, User: staff}, staff)
    world.fillings[letter] = filling
    debtor = filling.another(Debtor)
    filling.owners[Debtor] = debtor
    second = filling.another(Company)
    filling.another(Employee, company=second)
    company = filling.owners[Company] = filling.another(Company)
    filling.another(Employee)
    person = filling.owners[Employee] = filling.another(Employee)
    by_hand = {Freshness, Quarantine, Change, SyncPlan, SyncRun, Invitation, Entry, Opened}
    # Still to be done: a calendar has no others.
    filling.row(_model("deadlines.Deadline"), open=True)
    for model in tenant_models():
        if model.scope_paths.debtor and model not in by_hand and model._meta.managed and not model._meta.proxy:
            filling.row(model)
    fetched_everything(debtor)
    summed(company, second)
    world.keep("client", letter, debtor)
    world.keep("environment", letter, environment)
    world.keep("company", letter, company)
    world.keep("second_company", letter, second)
    world.keep("employee", letter, person)
    world.keep("company_account", letter, filling.row(_model("companies.CompanyBankAccount")))
    world.keep("run", letter, filling.row(_model("companies.Run")))
    world.keep("moved_date", letter, filling.row(_model("deadlines.MovedDate")))
    # Of a client that is gone: that of one that is there would hide it.
    world.keep("removal", letter, filling.another(_model("privacy.Removal"), debtor_pk=MISSING + debtor.pk))
    world.keep("sub_processor", letter, filling.another(_model("privacy.SubProcessor")))
    _sync(world, filling, debtor, company)
    record(Kind.PERSON_READ, person)


def _sync(world: World, filling: Filling, debtor: Debtor, company: Company) -> None:
    """A hold, a record left out, a change, and a sync that is under way."""
    letter, mark = filling.letter, filling.planted.text(filling.letter)
    held = Freshness.objects.get(scope_key=f"company:{company.pk}", resource="salaries")
    held.state, held.held_digest, held.held_at = State.HELD, b"held-answer-0001", SEEN
    held.save()
    world.keep("hold", letter, held)
    scope = {"environment": debtor.environment, "debtor": debtor, "company": company}
    key = f"company:{company.pk}"
    left_out = Quarantine.objects.create(
        **scope,
        scope_key=key,
        resource="salaries",
        row_key=mark,
        field="amount",
        raw=mark,
        first_seen=SEEN,
        last_seen=SEEN,
    )
    world.keep("quarantine", letter, left_out)
    filling.another(Change, resource="companies", field="name", old=filling.planted.text(letter), new=mark)
    filling.another(Change, resource="salaries", field="amount", old="1", new=mark)
    plan = SyncPlan.objects.create(
        environment=debtor.environment,
        debtor=debtor,
        scope_key=f"debtor:{debtor.pk}",
        trigger=Trigger.PERSON,
        requested_by=filling.user,
    )
    runs = [
        SyncRun.objects.create(**scope, scope_key=key, resource=one, trigger=Trigger.PERSON, **more)
        for one, more in (
            ("salaries", {"status": Status.DUE}),
            ("employees", {"status": Status.FAILED, "finished": SEEN, "error_kind": "fault", "error_detail": mark}),
        )
    ]
    for run in runs:
        run.plans.add(plan)
    world.keep("plan", letter, plan)


def _access(world: World, letter: str, firm: Firm) -> None:
    """People with a place, a team, a rule, a deputy, a request and an invitation for the client."""
    planted, boss = world.planted, world.users["administrator" if firm.name == "Firm one" else "other_administrator"]
    debtor = world.ids["client"][letter]
    staff, substitute, user = (world.users[f"{who}-{letter}"] for who in ("staff", "substitute", "user"))
    rights.give(SYSTEM, staff, Place(firm.pk, Role.ACCOUNTANT, debtor))
    membership = rights.give(SYSTEM, user, Place(firm.pk, Role.CLIENT_USER, debtor))
    team = rights.create_team(boss, firm, planted.text(letter))
    rights.give_clients(boss, team, [debtor])
    rights.add_member(boss, team, staff, Role.ASSISTANT)
    tag = Filling(planted, letter, {**world.fillings[letter].owners}, staff).another(_model("debtors.DebtorTag"))
    rule = rights.add_rule(boss, team, tag.text)
    later = timezone.now() + timedelta(days=30)
    rights.give(SYSTEM, substitute, Place(firm.pk, Role.ASSISTANT, debtor))
    rights.name_deputy(boss, firm.pk, staff, substitute, ends=later)
    asked = rights.ask(staff, firm.pk, client=planted.text(letter), reason=planted.text(letter), until=later)
    invited = invitations.invite(
        boss,
        Place(firm.pk, Role.CLIENT_USER, debtor),
        email=f"{planted.text(letter)}@people.example",
        name=planted.text(letter),
        language="en",
    )
    rights.give(SYSTEM, user, Place(firm.pk, Role.CLIENT_USER, company=world.ids["second_company"][letter]))
    for kind, value in {
        "person": user,
        "staff": staff,
        "membership": membership or Membership.objects.get(user=user, debtor=debtor),
        "team": team,
        "member": TeamMember.objects.get(team=team),
        "given": TeamDebtor.objects.get(team=team),
        "rule": rule or team.rules.get(),
        "deputy": Deputy.objects.get(absent=staff),
        "request": asked,
        "invitation": invited.invitation,
        "token": invited.token,
    }.items():
        world.keep(kind, letter, value)


def _model(label: str) -> Any:
    return apps.get_model(label)


def _single_sign_on(world: World, firm: Firm, name: str, clients: dict[str, str]) -> None:
    single = SingleSignOn.objects.create(
        firm=firm, issuer="http://127.0.0.1:9", client_id="client", client_secret="secret", domains=[f"{name}.example"]
    )
    SignOnIdentity.objects.create(single_sign_on=single, user=world.users["newcomer"], subject=f"subject-{name}")
    for letter in (one for one, of in clients.items() if of == name):
        world.keep("provider", letter, f"firm-{firm.pk}")


def _sign_in(world: World) -> None:
    for user in world.users.values():
        TOTP.activate(user, generate_totp_secret())


def _session(user: User) -> str:
    client = Client()
    client.force_login(user)
    session = client.session
    session[second_factor.KEY] = user.pk
    session.save()
    key: str = session.session_key
    return key


def _own_account(world: World, actor: str) -> None:
    """A passkey and a second session of the person; rows of oneself are asked for under one's own name."""
    user = world.users[actor]
    world.keep("passkey", actor, add_passkey(user, actor))
    _session(user)
    world.keep("saved_view", actor, SavedView.objects.create(owner=user, page="dashboards:clients", name="A view"))
    world.keep("export", actor, Export.objects.create(user=user, path="/clients/", format="csv", language="en"))
    # The address of the calendar, and the one that it took the place of.
    world.keep("replaced_feed", actor, feeds.make(user, own_only=False).token)
    made = feeds.make(user, own_only=False)
    world.keep("feed", actor, made.token)
    # That it is read is written down once an hour; here it was just now, so that looking changes nothing.
    feeds.note_read(made.feed, made.token)
    world.keep("session", actor, UserSession.objects.filter(user=user).exclude(session_key=world.sessions[actor]).get())


def resources_with_pages(level: str) -> list[str]:
    """The kinds of record that have a list at this level, by name."""
    from portal.ui.records import kinds_of

    return [resource.name for resource in kinds_of(level)]


__all__ = ["ACTORS", "CLIENTS", "MISSING", "TWIN", "World", "build", "registry"]
