"""Two firms with a row of everything that the pages of administrators are about, and what is posted to each address.

Who looks is the administrator of the first firm and auditor of the second: sees all of that one and manages nothing of
it. Whatever is kept about the second firm has MARK in its name, but the firm itself: its name stands in the frame.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.apps import apps
from django.test import Client as Browser
from django.urls import URLPattern, reverse

from portal.accounts import invitations, reviews, rights
from portal.accounts.models import Deputy, LogReview, Membership, SingleSignOn, TeamMember, User
from portal.accounts.rights import SYSTEM, Place
from portal.accounts.roles import Capability, Role
from portal.administration import urls
from portal.administration.first_start import urls as first_start_urls
from portal.clock import now, today
from portal.companies.models import Company
from portal.connections.models import Connection, FirstStart
from portal.debtors.models import Debtor
from portal.mirror.models import OptInChoice
from portal.mirror.resource import OptIn
from portal.privacy.models import LegalHold, PrivacyContact, Removal, RemovalState, RetentionTerm, SubProcessor
from portal.privacy.terms import CATEGORIES
from portal.sync.models import SyncPlan, Trigger
from tests.accounts.office import Office, make_office, somebody_new, tagged
from tests.administration.pages import person

MARK = "Verborgen"
OWN = "Eigen"
TAG = "tag"
ISSUER = "https://accounts.example"
PASSWORD = "a-good-password"


@dataclass
class Filled:
    """A firm, and by kind a row of it."""

    office: Office
    rows: dict[str, Any] = field(default_factory=dict)


@dataclass
class TwoFirms:
    """What the administrator has, and what they only see; `shared` works for both."""

    own: Filled
    foreign: Filled
    shared: User

    @property
    def boss(self) -> User:
        return self.own.office.administrator


def build() -> TwoFirms:
    """Make both firms."""
    own, foreign = make_office("one", "abc"), make_office("two", "abc")
    shared = somebody_new("shared", language="en")
    rights.give(SYSTEM, shared, Place(own.firm.pk, Role.ACCOUNTANT, own.clients["a"].debtor.pk))
    rights.give(SYSTEM, shared, Place(foreign.firm.pk, Role.CLIENT_USER, foreign.clients["b"].debtor.pk))
    world = TwoFirms(_filled(own, OWN, shared), _filled(foreign, MARK, shared), shared)
    rights.give(SYSTEM, world.boss, Place(foreign.firm.pk, Role.AUDITOR))
    # With a password there is something to confirm oneself with.
    world.boss.set_password(PASSWORD)
    world.boss.language = "en"
    world.boss.save()
    return world


def _filled(office: Office, mark: str, shared: User) -> Filled:
    firm, chief = office.firm, office.administrator
    User.objects.filter(pk=chief.pk).update(name=f"{mark} administrator", email=f"{mark}-administrator@people.example")
    chief.refresh_from_db()
    for letter, client in office.clients.items():
        Debtor.everything.filter(pk=client.debtor.pk).update(name=f"{mark} client {letter}")
        Company.everything.filter(pk=client.company.pk).update(name=f"{mark} company {letter}")
        type(client.person).everything.filter(pk=client.person.pk).update(display_name=f"{mark} employee {letter}")
        for row in (client.debtor, client.company, client.person):
            row.refresh_from_db()
    a, b, c = (office.clients[letter].debtor for letter in "abc")
    tagged(office.clients["a"], f"{mark} {TAG}")
    tagged(office.clients["b"], f"{mark} other {TAG}")
    staff = person(office, Role.ACCOUNTANT, "a", f"{mark} staff")
    second = person(office, Role.ASSISTANT, "b", f"{mark} second")
    user = person(office, Role.CLIENT_USER, "a", f"{mark} user")
    closed = person(office, Role.CLIENT_USER, "a", f"{mark} closed")
    rights.deactivate(chief, closed, firm.pk)
    TOTP.activate(user, generate_totp_secret())
    team = rights.create_team(chief, firm, f"{mark} team")
    rights.add_member(chief, team, staff, Role.ACCOUNTANT)
    rights.add_member(chief, team, shared, Role.ASSISTANT if mark == MARK else Role.ACCOUNTANT)
    rights.give_clients(chief, team, [a.pk])
    rights.add_rule(chief, team, f"{mark} {TAG}")
    later = now() + timedelta(days=30)
    rights.name_deputy(chief, firm.pk, staff, shared, ends=later)
    asked = rights.ask(staff, firm.pk, client=f"{mark} client", reason=f"{mark} reason", until=later)
    invited = invitations.invite(
        chief,
        Place(firm.pk, Role.CLIENT_USER, a.pk),
        email=f"{mark}-invited@people.example",
        name=f"{mark} invited",
        language="en",
    )
    review = reviews.start(chief, firm)
    LogReview.objects.create(
        firm=firm, since=now() - timedelta(days=2), until=now(), entries=1, remark=f"{mark} remark", reviewer=chief
    )
    SingleSignOn.objects.create(
        firm=firm, issuer=ISSUER, client_id=f"{mark} portal", client_secret="kept", domains=[f"{mark.lower()}.example"]
    )
    _kept_of_clients(office, mark)
    environment = office.environment
    type(environment).objects.filter(pk=environment.pk).update(domain=mark.lower())
    environment.refresh_from_db()
    Connection.objects.create(environment=environment, host="https://nmbrs.example", user=f"{mark} api", token="kept")
    FirstStart.objects.create(firm=firm, tried=now(), token="tried", domain=mark, chosen=[a.pk], found={"names": []})
    OptInChoice.objects.create(
        environment=environment, kind=OptIn.ABSENCE, on=True, reason=f"{mark} why", decided_at=now()
    )
    for resource in ("", "debtors,companies"):
        SyncPlan.objects.create(
            environment=environment,
            scope_key=f"environment:{environment.pk}",
            resource=resource,
            trigger=Trigger.PERSON,
        )
    removal = Removal.objects.create(
        environment=environment,
        debtor_pk=999_999,
        key="gone",
        name=f"{mark} removed",
        asked_by=chief,
        state=RemovalState.DONE,
    )
    PrivacyContact.objects.create(firm=firm, contact=f"{mark} contact")
    processor = SubProcessor.objects.create(
        firm=firm, name=f"{mark} hosting", purpose=f"{mark} hosting", country="NL", in_eea=True, agreed_on=today()
    )
    rows = {
        "person": user,
        "closed": closed,
        "staff": staff,
        "second": second,
        "place": Membership.objects.get(user=user),
        "invitation": invited.invitation,
        "team": team,
        "member": TeamMember.objects.get(team=team, user=staff),
        "given": team.clients.get(),
        "rule": team.rules.get(),
        "deputy": Deputy.objects.get(firm=firm),
        "request": asked,
        "review": review,
        "line": review.lines.get(user=staff, kind="membership"),
        "client": a,
        "held": b,
        "leaving": c,
        "removal": removal,
        "sub_processor": processor,
        "environment": environment,
    }
    return Filled(office, rows)


def _kept_of_clients(office: Office, mark: str) -> None:
    """A hold of before and one of now, and a term of its own."""
    held = office.clients["b"].debtor
    for lifted in (now(), None):
        LegalHold.objects.create(
            debtor=held, reason=f"{mark} dispute", until=today() + timedelta(days=9), lifted_at=lifted
        )
    category = next(one for one in CATEGORIES if one.bounds)
    RetentionTerm.objects.create(
        debtor=held,
        category=category.name,
        number=category.bounds.longest,
        reason=f"{mark} term",
        decided_by=office.administrator,
    )


# --- addresses -------------------------------------------------------------------------------------------------------


def names() -> Iterator[tuple[str, bool]]:
    """Every address of the administration by name, and whether it takes the number of a row."""
    for module in (urls, first_start_urls):
        for pattern in module.urlpatterns:
            assert isinstance(pattern, URLPattern)
            yield f"{module.app_name}:{pattern.name}", bool(pattern.pattern.converters)


#: What kind of row an address with a number is about.
ABOUT = {
    "administration:person": "person",
    "administration:give": "person",
    "administration:deactivate": "person",
    "administration:reactivate": "closed",
    "administration:reset_factor": "person",
    "administration:look": "person",
    "administration:withdraw": "place",
    "administration:limit": "place",
    "administration:switch": "place",
    "administration:invitation": "invitation",
    "administration:resend": "invitation",
    "administration:withdraw_invitation": "invitation",
    "administration:team": "team",
    "administration:rename_team": "team",
    "administration:remove_team": "team",
    "administration:add_member": "team",
    "administration:remove_member": "member",
    "administration:give_client": "team",
    "administration:take_client": "given",
    "administration:add_rule": "team",
    "administration:remove_rule": "rule",
    "administration:end_deputy": "deputy",
    "administration:approve": "request",
    "administration:decline": "request",
    "administration:take_back": "request",
    "administration:review": "review",
    "administration:finish_review": "review",
    "administration:export_review": "review",
    "administration:decide_line": "line",
    "administration:agreement": "client",
    "administration:client_terms": "held",
    "administration:place_hold": "client",
    "administration:lift_hold": "held",
    "administration:remove_client": "leaving",
    "administration:removal": "removal",
    "administration:lift_removal": "removal",
    "administration:sub_processor": "sub_processor",
    "administration:remove_sub_processor": "sub_processor",
    "first_start:kinds": "environment",
}


def _day(days: int = 3) -> str:
    return (today() + timedelta(days=days)).isoformat()


PROCESSOR = {"name": "Mail", "purpose": "sending mail", "country": "Germany", "in_eea": "on"}

#: What somebody posts who means it; nothing where the address says everything.
POSTED: dict[str, Callable[[Filled], dict[str, Any]]] = {
    "administration:give": lambda at: {"role": Role.ACCOUNTANT, "debtor": at.rows["held"].pk},
    "administration:limit": lambda at: {"until": _day()},
    "administration:switch": lambda at: {"capability": Capability.VIEW_SALARIES, "on": "1"},
    "administration:single_sign_on": lambda at: {
        "issuer": ISSUER,
        "client_id": "another",
        "secret": "another",
        "addresses": "people.example",
    },
    "administration:invite": lambda at: {
        "email": "new@people.example",
        "name": "New",
        "language": "en",
        "role": Role.CLIENT_USER,
        "debtor": at.rows["client"].pk,
    },
    "administration:teams": lambda at: {"name": "South"},
    "administration:rename_team": lambda at: {"name": "South"},
    "administration:add_member": lambda at: {"user": at.rows["second"].pk, "role": Role.AUDITOR},
    "administration:give_client": lambda at: {"client": at.rows["held"].pk},
    "administration:add_rule": lambda at: {"tag": f"{at.rows['client'].name.split()[0]} other {TAG}"},
    "administration:unassigned": lambda at: {
        "client": at.rows["leaving"].pk,
        "to": f"person-{at.rows['staff'].pk}",
        "role": Role.ACCOUNTANT,
    },
    "administration:deputies": lambda at: {
        "absent": at.rows["staff"].pk,
        "substitute": at.rows["second"].pk,
        "until": _day(),
    },
    "administration:approve": lambda at: {"debtor": at.rows["held"].pk},
    "administration:decline": lambda at: {"answer": "No"},
    "administration:decide_line": lambda at: {"decision": "withdrawn"},
    "administration:agreement": lambda at: {"role": "processor", "reference": "A1", "agreed_on": "2026-01-01"},
    "administration:client_terms": lambda at: {"reason": ""},
    "administration:place_hold": lambda at: {"reason": "A dispute", "until": _day()},
    "administration:remove_client": lambda at: {"typed": str(at.rows["leaving"])},
    "administration:sub_processors": lambda at: PROCESSOR,
    "administration:sub_processor": lambda at: PROCESSOR,
    "administration:privacy_contact": lambda at: {"contact": "A. Smit, 020-1234567"},
    "first_start:kinds": lambda at: {"family": "on", "family_reason": "asked"},
}


def address(name: str, at: Filled) -> str:
    """The address, about the row of this firm where it is about one."""
    return reverse(name, args=[at.rows[ABOUT[name]].pk] if name in ABOUT else [])


def posted(name: str, at: Filled) -> dict[str, Any]:
    """What is posted there, about this firm."""
    return POSTED[name](at) if name in POSTED else {}


def kept() -> dict[str, list[dict[str, Any]]]:
    """Every row that an administrator could change, for comparing before and after."""
    models = [
        model
        for app in ("accounts", "connections", "privacy", "sync")
        for model in apps.get_app_config(app).get_models()
    ]
    found = {
        model.__name__: [
            # Sealed text is compared as it lies there.
            {name: getattr(value, "stored", value) for name, value in row.items()}
            for row in model._base_manager.order_by("pk").values()
        ]
        for model in (*models, OptInChoice, Authenticator)
    }
    for row in found["User"]:
        # Moves whenever somebody signs in.
        del row["last_login"]
    return found


def signed_in(user: User) -> Browser:
    """A browser in which the person has just signed in."""
    browser = Browser()
    browser.force_login(user)
    return browser
