"""Where a firm closed an account its administrators let the person in again, no client of theirs, whatever followed."""

from datetime import timedelta
from importlib import import_module

import pytest
import time_machine
from django.apps import apps

from portal.accounts import invitations, reviews, rights
from portal.accounts.models import Decision, Membership, User
from portal.accounts.rights import SYSTEM, Place, Refused
from portal.accounts.rights.closings import may_let_in
from portal.accounts.roles import Role
from portal.clock import now
from tests.accounts.office import Office, make_office, seen_clients, somebody_new

pytestmark = pytest.mark.database
PASSWORD = "a quiet sentence of words"


@pytest.fixture
def office(db) -> Office:
    return make_office("one", "ab")


@pytest.fixture
def other(db) -> Office:
    return make_office("two", "x")


@pytest.fixture
def user(office) -> User:
    return placed(office, Role.CLIENT_USER, "a", "known")


@pytest.fixture
def of_client(office) -> User:
    """The administrator of client a."""
    return placed(office, Role.CLIENT_ADMINISTRATOR, "a", "of-client")


def at(office: Office, role: Role, client: str) -> Place:
    return Place(office.firm.pk, role, office.clients[client].debtor.pk)


def placed(office: Office, role: Role, client: str, name: str) -> User:
    user = somebody_new(name)
    rights.give(SYSTEM, user, at(office, role, client))
    return user


def invited(by: User, user: User, office: Office, client: str = "a") -> str:
    place = at(office, Role.CLIENT_USER, client)
    return invitations.invite(by, place, email=user.email, name="x", language="en").token


def accept(token: str) -> User:
    return invitations.accept_as_new(token, name="Known", password=PASSWORD)


def shut(office: Office, user: User) -> None:
    rights.deactivate(office.administrator, user, office.firm.pk)


def tidied_by_a_review(office: Office, user: User) -> timedelta:
    """The office withdraws what waited for a return."""
    review = reviews.start(office.administrator, office.firm)
    for line in review.lines.filter(user=user):
        reviews.decide(office.administrator, line, Decision.WITHDRAWN)
    assert all(place.has_ended for place in user.memberships.all())
    return timedelta()


def tidied_by_the_clock(office: Office, user: User) -> timedelta:
    """What waited for a return passes its last day."""
    user.memberships.update(ends=now() + timedelta(days=2))
    return timedelta(days=3)


@pytest.mark.parametrize("tidied", [tidied_by_a_review, tidied_by_the_clock])
def test_no_client_opens_what_the_office_closed_also_when_nothing_waits_any_more(office, user, of_client, tidied):
    shut(office, user)
    with time_machine.travel(now() + tidied(office, user)):
        with pytest.raises(Refused, match="The office closed"):
            accept(invited(of_client, user, office))
        user.refresh_from_db()
        assert not user.is_active and not user.check_password(PASSWORD)
        # The office itself may, and what it opened is a client's to give to again.
        accept(invited(office.administrator, user, office))
        assert seen_clients(user) == {"a"}
        assert may_let_in(of_client, user, office.firm.pk)


def test_nor_after_a_place_in_a_team_that_leaves_no_trace(office, of_client):
    user = somebody_new("known")
    team = rights.create_team(office.administrator, office.firm, "north")
    rights.add_member(SYSTEM, team, user, Role.ASSISTANT)
    shut(office, user)
    rights.remove_member(office.administrator, team.members.get())
    with pytest.raises(Refused, match="The office closed"):
        accept(invited(of_client, user, office))


def test_an_account_that_is_opened_again_is_closed_by_nobody(office, user, of_client):
    shut(office, user)
    rights.reactivate(office.administrator, user, office.firm.pk)
    rights.withdraw(office.administrator, user.memberships.get())
    invitations.accept_as(invited(of_client, user, office), user)
    assert seen_clients(user) == {"a"}


def test_of_several_firms_that_closed_an_account_each_answers_for_itself(office, other, user, of_client):
    theirs = placed(other, Role.CLIENT_ADMINISTRATOR, "x", "of-the-other")
    rights.give(SYSTEM, user, at(other, Role.CLIENT_USER, "x"))
    # For the first firm the account was only one of two; the second one closes it altogether.
    shut(office, user)
    with pytest.raises(Refused, match="The office closed"):
        invitations.accept_as(invited(of_client, user, office), user)
    shut(other, User.objects.get(pk=user.pk))
    for by, of in ((of_client, office), (theirs, other)):
        with pytest.raises(Refused, match="The office closed"):
            accept(invited(by, user, of, "a" if of is office else "x"))
    accept(invited(office.administrator, user, office))
    assert may_let_in(of_client, user, office.firm.pk)
    # The other one did not change its mind.
    assert not may_let_in(theirs, user, other.firm.pk)
    with pytest.raises(Refused, match="The office closed"):
        invitations.accept_as(invited(theirs, user, other, "x"), User.objects.get(pk=user.pk))
    invitations.accept_as(invited(other.administrator, user, other, "x"), User.objects.get(pk=user.pk))
    assert may_let_in(theirs, user, other.firm.pk)
    assert seen_clients(user) == {"a", "x"}


def test_a_firm_that_closed_nothing_may_let_in_also_who_was_with_it_before(office, other, user, of_client):
    rights.withdraw(office.administrator, user.memberships.get())
    rights.give(SYSTEM, user, at(other, Role.ACCOUNTANT, "x"))
    shut(other, user)
    accept(invited(of_client, user, office))
    assert seen_clients(user) == {"a"}


def test_more_for_a_closed_account_opens_no_door_to_a_client(office, user, of_client):
    shut(office, user)
    rights.give(office.administrator, user, at(office, Role.CLIENT_USER, "b"))
    with pytest.raises(Refused, match="The office closed"):
        accept(invited(of_client, user, office))


def test_who_is_appointed_at_the_machine_is_let_in_again(office, other, user, of_client):
    rights.give(SYSTEM, user, at(other, Role.ACCOUNTANT, "x"))
    shut(office, user)
    assert not may_let_in(of_client, user, office.firm.pk)
    rights.give(SYSTEM, user, at(office, Role.CLIENT_USER, "b"))
    assert may_let_in(of_client, user, office.firm.pk)


def test_who_closed_an_account_before_it_was_remembered_is_found(office, other, user):
    """By what waits for a return, by the trail, and else by who knew the person."""
    migration = import_module("portal.accounts.migrations.0014_who_closed_accounts")
    in_team, old, came_and_went = somebody_new("team"), somebody_new("old"), placed(other, Role.ACCOUNTANT, "x", "left")
    team = rights.create_team(office.administrator, office.firm, "north")
    rights.add_member(SYSTEM, team, in_team, Role.ASSISTANT)
    rights.give(SYSTEM, came_and_went, at(office, Role.CLIENT_USER, "a"))
    rights.withdraw(other.administrator, came_and_went.memberships.get(firm=other.firm))
    Membership.objects.create(user=old, firm=office.firm, role=Role.AUDITOR, ends=now())
    User.objects.filter(pk=old.pk).update(is_active=False, closed_at=now())
    for one in (user, in_team, came_and_went):
        shut(office, one)
    rights.remove_member(office.administrator, team.members.get())
    for place in Membership.objects.filter(user__in=[user, came_and_went], firm=office.firm):
        rights.withdraw(office.administrator, place)
    opened = placed(office, Role.CLIENT_USER, "b", "opened")
    shut(office, opened)
    rights.reactivate(office.administrator, opened, office.firm.pk)
    User.closed_by.through.objects.all().delete()
    migration.who_closed(apps, None)
    found = set(User.closed_by.through.objects.values_list("user_id", "firm_id"))
    assert found == {(one.pk, office.firm.pk) for one in (user, in_team, old, came_and_went)}
