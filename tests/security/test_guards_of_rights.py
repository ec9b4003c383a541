"""Every function of the rights service asks first: tests that the mutator (S5) found to be missing."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.test import Client as Browser
from django.test import RequestFactory
from django.urls import reverse

from portal.accounts import invitations, reviews, rights
from portal.accounts.models import (
    AccessRequest,
    Decision,
    Deputy,
    Invitation,
    LogReview,
    Membership,
    RequestState,
    Team,
    TeamMember,
    User,
)
from portal.accounts.rights import SYSTEM, NotAllowed, Place, Refused
from portal.accounts.rights.guards import has_place, is_elsewhere, is_present, staff_roles
from portal.accounts.roles import Capability, Role
from portal.administration import acts
from portal.clock import now
from portal.dashboards import settings_of_firm
from portal.deadlines import views as deadlines_views
from portal.ui.saved import views as saved_views
from tests.accounts.office import Office, make_office, somebody_new

pytestmark = pytest.mark.pages

LATER = timedelta(days=3)


@pytest.fixture
def office(db: None) -> Office:
    return make_office("one", "ab")


@pytest.fixture
def other(db: None) -> Office:
    return make_office("two", "x")


def works(office: Office, name: str, role: Role = Role.ACCOUNTANT, client: str = "a") -> User:
    """Somebody with this role for a client."""
    user = somebody_new(name)
    rights.give(SYSTEM, user, Place(office.firm.pk, role, office.clients[client].debtor.pk))
    return user


def second_administrator(office: Office, **term: object) -> User:
    """Another administrator, who also looks after a client."""
    user = works(office, "second")
    Membership.objects.create(user=user, firm=office.firm, role=Role.ADMINISTRATOR, **term)
    return user


def asked(office: Office, user: User) -> AccessRequest:
    return rights.ask(user, office.firm.pk, client="b", reason="holidays", until=now() + LATER)


def deputy(office: Office, absent: User, substitute: User) -> Deputy:
    return rights.name_deputy(SYSTEM, office.firm.pk, absent=absent, substitute=substitute, ends=now() + LATER)


def team_of(office: Office, *users: User) -> Team:
    team = Team.objects.create(firm=office.firm, name="Team")
    for user in users:
        rights.add_member(SYSTEM, team, user, Role.ACCOUNTANT)
    return team


Act = Callable[[User, Office, User], object]
ACTS: dict[str, Act] = {
    "end a deputy": lambda by, office, user: rights.end_deputy(by, deputy(office, works(office, "away"), user)),
    "open an account": lambda by, office, user: rights.reactivate(by, user, office.firm.pk),
    "close an account": lambda by, office, user: rights.deactivate(by, user, office.firm.pk),
    "approve": lambda by, office, user: rights.approve(by, asked(office, user), office.clients["b"].debtor.pk),
    "decline": lambda by, office, user: rights.decline(by, asked(office, user), "no"),
    "take out of a team": lambda by, office, user: rights.remove_member(by, team_of(office, user).members.get()),
    "put in a team": lambda by, office, user: rights.add_member(by, team_of(office), user, Role.ACCOUNTANT),
    "give": lambda by, office, user: rights.give(
        by, user, Place(office.firm.pk, Role.ACCOUNTANT, office.clients["b"].debtor.pk)
    ),
    "withdraw": lambda by, office, user: rights.withdraw(by, user.memberships.get(role=Role.ACCOUNTANT)),
}


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
def test_an_administrator_may_and_an_accountant_or_one_of_another_firm_may_not(
    act: Act, office: Office, other: Office
) -> None:
    for by in (works(office, "colleague"), other.administrator, other_user(other)):
        with pytest.raises(NotAllowed):
            act(by, office, works(office, f"about-{by.pk}"))
        Deputy.objects.all().delete()
        Team.objects.all().delete()
        User.objects.filter(email__startswith="away").delete()
    act(office.administrator, office, works(office, "about"))


def other_user(office: Office) -> User:
    return works(office, "stranger", client="x")


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
def test_nobody_does_it_for_themselves(act: Act, office: Office) -> None:
    second = second_administrator(office)
    with pytest.raises(NotAllowed):
        act(second, office, second)


def test_an_account_of_another_firm_is_not_opened(office: Office, other: Office) -> None:
    stranger = other_user(other)
    User.objects.filter(pk=stranger.pk).update(is_active=False)
    with pytest.raises(NotAllowed):
        rights.reactivate(office.administrator, stranger, office.firm.pk)
    assert not User.objects.get(pk=stranger.pk).is_active


def test_a_request_is_taken_back_by_who_made_it(office: Office) -> None:
    request = asked(office, works(office, "asks"))
    for by in (works(office, "colleague"), office.administrator):
        with pytest.raises(NotAllowed):
            rights.take_back(by, request)
    rights.take_back(request.user, request)
    assert AccessRequest.objects.get().state == RequestState.WITHDRAWN


def test_what_has_not_begun_does_not_stand_in_the_way_of_a_request(office: Office) -> None:
    user = works(office, "asks")
    Membership.objects.create(
        user=user, firm=office.firm, role=Role.ACCOUNTANT, debtor=office.clients["b"].debtor, starts=now() + LATER / 2
    )
    rights.approve(office.administrator, asked(office, user), office.clients["b"].debtor.pk)
    assert AccessRequest.objects.get().state == RequestState.APPROVED


def test_a_place_that_has_ended_is_none(office: Office, other: Office) -> None:
    user = works(office, "left")
    user.memberships.update(ends=now() + LATER)
    place = TeamMember.objects.create(
        team=team_of(office), user=user, role=Role.ASSISTANT, ends=now() + LATER, starts=now() - LATER
    )
    assert staff_roles(user, office.firm.pk) == {Role.ACCOUNTANT, Role.ASSISTANT}
    assert has_place(user, firm=office.firm.pk)
    assert is_present(user, office.firm.pk) and is_elsewhere(user, other.firm.pk)
    assert not is_present(user, other.firm.pk) and not is_elsewhere(user, office.firm.pk)
    with time_machine.travel(now() + LATER * 2):
        assert staff_roles(user, office.firm.pk) == set()
        assert not has_place(user)
        assert not has_place(user, firm=office.firm.pk)
        assert not is_present(user, office.firm.pk)
        assert not is_elsewhere(user, other.firm.pk)
        with pytest.raises(NotAllowed):
            asked(office, user)
    assert place.team.firm_id == office.firm.pk


def test_an_administrator_who_begins_later_does_not_keep_the_firm_open(office: Office) -> None:
    by = second_administrator(office, ends=now() + LATER)
    later = works(office, "later")
    Membership.objects.create(user=later, firm=office.firm, role=Role.ADMINISTRATOR, starts=now() + LATER)
    with pytest.raises(Refused):
        rights.deactivate(by, office.administrator, office.firm.pk)
    assert User.objects.get(pk=office.administrator.pk).is_active


# --- invitations -----------------------------------------------------------------------------------------------------


def invite(by: User, office: Office, email: str, **more: object) -> invitations.Invited:
    place = Place(office.firm.pk, Role.ASSISTANT, None if "team" in more else office.clients["a"].debtor.pk)
    return invitations.invite(by, place, email=email, name="Somebody", language="en", **more)  # type: ignore[arg-type]


def test_nobody_invites_oneself(office: Office) -> None:
    with pytest.raises(NotAllowed):
        invite(office.administrator, office, office.administrator.email.upper())
    assert not Invitation.objects.exists()


def test_nobody_takes_a_place_that_they_offered_to_an_address_which_became_theirs(office: Office) -> None:
    sent = invite(office.administrator, office, "new@people.example")
    User.objects.filter(pk=office.administrator.pk).update(email="new@people.example")
    with pytest.raises(Refused):
        invitations.accept_as(sent.token, User.objects.get(pk=office.administrator.pk))
    assert office.administrator.memberships.get().role == Role.ADMINISTRATOR


def test_nobody_takes_a_place_that_was_offered_by_an_account_which_is_gone(office: Office) -> None:
    second = second_administrator(office)
    sent = invite(second, office, "new@people.example")
    second.delete()
    with pytest.raises(Refused):
        invitations.accept_as_new(sent.token, name="New", password="a quiet sentence of words")
    assert not User.objects.filter(email="new@people.example").exists()


def test_an_accountant_may_not_invite_into_a_team_and_an_administrator_may(office: Office) -> None:
    team = team_of(office)
    with pytest.raises(NotAllowed):
        invite(works(office, "colleague"), office, "new@people.example", team=team)
    assert invite(office.administrator, office, "new@people.example", team=team).invitation.team == team


# --- reviews ---------------------------------------------------------------------------------------------------------


def test_an_administrator_may_review_and_an_accountant_or_one_of_another_firm_may_not(
    office: Office, other: Office
) -> None:
    accountant = works(office, "colleague")
    review = reviews.start(office.administrator, office.firm)
    line = review.lines.get(user=accountant)
    for by in (works(office, "curious"), other.administrator):
        with pytest.raises(NotAllowed):
            reviews.decide(by, line, Decision.CONFIRMED)
        with pytest.raises(NotAllowed):
            reviews.sign_trail(by, office.firm, now() - LATER, now(), "read")
    reviews.decide(office.administrator, line, Decision.CONFIRMED)
    review.delete()
    for by in (accountant, other.administrator):
        with pytest.raises(NotAllowed):
            reviews.start(by, office.firm)
    reviews.start(office.administrator, office.firm)
    reviews.sign_trail(office.administrator, office.firm, now() - LATER, now(), "read")
    assert LogReview.objects.get().reviewer == office.administrator


# --- who may what ----------------------------------------------------------------------------------------------------


def test_who_may_manage_a_membership(office: Office, other: Office) -> None:
    accountant = works(office, "colleague").memberships.get()
    chief = works(office, "chief", Role.CLIENT_ADMINISTRATOR)
    own, foreign = (works(office, f"user-{one}", Role.CLIENT_USER, one).memberships.get() for one in "ab")
    assert all(rights.may_manage(office.administrator, one) for one in (accountant, own, foreign))
    assert [rights.may_manage(chief, one) for one in (accountant, own, foreign)] == [False, True, False]
    for by in (accountant.user, other.administrator):
        assert not any(rights.may_manage(by, one) for one in (accountant, own, foreign))


def test_people_are_visible_to_who_manages_them_and_by_that_capability_alone(office: Office) -> None:
    accountant = works(office, "colleague")
    seen = User.objects.visible_to(office.administrator, Capability.MANAGE_USERS)
    assert set(seen) == {office.administrator, accountant}
    assert not User.objects.visible_to(office.administrator, Capability.EXPORT).exists()
    assert not User.objects.visible_to(None).exists()
    office.administrator.is_active = False
    assert not User.objects.visible_to(office.administrator).exists()


def test_places_in_teams_and_deputies_are_in_force_until_they_end(office: Office) -> None:
    absent, substitute = works(office, "away"), works(office, "stands-in")
    named = deputy(office, absent, substitute)
    place = team_of(office, absent).members.get()
    TeamMember.objects.update(ends=now() + LATER)
    assert list(TeamMember.objects.in_force()) == [place]
    assert list(Deputy.objects.in_force()) == [named]
    with time_machine.travel(now() + LATER * 2):
        assert not TeamMember.objects.in_force().exists()
        assert not Deputy.objects.in_force().exists()


def test_the_read_only_middleware_refuses_what_a_view_would_let_an_auditor_do(office: Office) -> None:
    """How a list begins is each reader's own choice, and still a change."""
    for role, status in ((Role.AUDITOR, 403), (Role.ASSISTANT, 302)):
        browser = Browser()
        browser.force_login(works(office, str(role), role))
        assert browser.post(reverse("ui:no_start_view"), {"at": "/employees/"}).status_code == status


@pytest.mark.parametrize(
    "person_of",
    [acts.person_of, settings_of_firm.person_of, deadlines_views.user_of, saved_views._person],
    ids=["administration", "dashboards", "deadlines", "ui"],
)
def test_the_person_of_a_request_is_somebody_who_signed_in(
    person_of: Callable[[HttpRequest], User], rf: RequestFactory
) -> None:
    """Every page of these rooms is behind the sign-in; one that were not would be refused, and not act for nobody."""
    request = rf.get("/")
    request.user = AnonymousUser()
    with pytest.raises(PermissionDenied):
        person_of(request)
