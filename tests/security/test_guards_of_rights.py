"""Every function of the rights service asks first: tests that the mutator (S5) found to be missing."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine

from portal.accounts import rights
from portal.accounts.models import AccessRequest, Deputy, Membership, RequestState, Team, TeamMember, User
from portal.accounts.rights import SYSTEM, NotAllowed, Place, Refused
from portal.accounts.rights.guards import has_place, staff_roles
from portal.accounts.roles import Role
from portal.clock import now
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
        user=user, firm=office.firm, role=Role.ACCOUNTANT, debtor=office.clients["b"].debtor, starts=now() + LATER * 5
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
    with time_machine.travel(now() + LATER * 2):
        assert staff_roles(user, office.firm.pk) == set()
        assert not has_place(user)
        assert not has_place(user, firm=office.firm.pk)
        assert not has_place(user, not_in=other.firm.pk)
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
