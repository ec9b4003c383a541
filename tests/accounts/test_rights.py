"""Who may change whose rights: administrators of the firm, client administrators a little, nobody their own."""

from datetime import timedelta

import pytest
import time_machine

from portal.accounts import rights
from portal.accounts.models import AccessRequest, Deputy, Membership, RequestState, Switch, TeamMember, User
from portal.accounts.rights import SYSTEM, NotAllowed, Place, Refused
from portal.accounts.roles import Capability, Role
from portal.audit.models import Entry
from portal.clock import now
from tests.accounts.office import Office, make_office, seen_clients, somebody_new

pytestmark = pytest.mark.database


@pytest.fixture
def office(db) -> Office:
    return make_office("one", "ab")


@pytest.fixture
def other(db) -> Office:
    return make_office("two", "x")


def at(office: Office, role: Role, client: str = "") -> Place:
    return Place(office.firm.pk, role, office.clients[client].debtor.pk if client else None)


def person(office: Office, role: Role, client: str = "", name: str = "") -> User:
    user = somebody_new(name or f"{role}-{client or 'firm'}")
    rights.give(SYSTEM, user, at(office, role, client))
    return user


def kinds() -> list[str]:
    return list(Entry.objects.order_by("number").values_list("kind", flat=True))


def test_an_administrator_gives_and_takes_and_each_leaves_one_entry(office):
    user = person(office, Role.ASSISTANT, "a")
    before = len(kinds())
    place = rights.give(office.administrator, user, at(office, Role.ACCOUNTANT, "b"))
    assert seen_clients(user) == {"a", "b"}
    rights.limit(office.administrator, place, None, now() + timedelta(days=1))
    rights.withdraw(office.administrator, place)
    assert seen_clients(user) == {"a"}
    rights.withdraw(office.administrator, place)
    assert kinds()[before:] == ["membership_given", "membership_changed", "membership_ended"]
    entry = Entry.objects.get(kind="membership_ended")
    assert (entry.actor_id, entry.object_type, entry.object_id) == (office.administrator.pk, "user", user.pk)
    assert (entry.firm_id, entry.debtor_id) == (office.firm.pk, office.clients["b"].debtor.pk)


def test_what_ended_stays_as_a_row_and_begins_anew_without_its_switches(office):
    user = person(office, Role.CLIENT_USER, "a")
    place = user.memberships.get()
    rights.switch(office.administrator, place, Capability.VIEW_SALARIES, on=True)
    rights.withdraw(office.administrator, place)
    assert Membership.objects.filter(pk=place.pk).exists()
    again = rights.give(SYSTEM, user, at(office, Role.CLIENT_USER, "a"))
    assert again.pk == place.pk
    assert seen_clients(user) == {"a"}
    assert seen_clients(user, Capability.VIEW_SALARIES) == set()


@pytest.mark.parametrize("role", [role for role in Role if role != Role.ADMINISTRATOR])
def test_nobody_but_an_administrator_gives_a_role_of_the_firm(office, role):
    giver = person(office, role, "a", "giver")
    user = person(office, Role.CLIENT_USER, "a", "receiver")
    for wanted in Role:
        for client in ("", "a", "b"):
            if role == Role.CLIENT_ADMINISTRATOR and (wanted, client) == (Role.CLIENT_USER, "a"):
                continue
            with pytest.raises((NotAllowed, Refused)):
                rights.give(giver, user, at(office, wanted, client))
    assert seen_clients(user) == {"a"}


def test_nobody_changes_their_own_rights_not_even_an_administrator(office):
    boss = office.administrator
    person(office, Role.ADMINISTRATOR, name="second")
    own = boss.memberships.get()
    for attempt in (
        lambda: rights.give(boss, boss, at(office, Role.ACCOUNTANT, "a")),
        lambda: rights.limit(boss, own, None, now() + timedelta(days=1)),
        lambda: rights.withdraw(boss, own),
        lambda: rights.deactivate(boss, boss, office.firm.pk),
        lambda: rights.name_deputy(boss, office.firm.pk, boss, boss, ends=now() + timedelta(days=1)),
    ):
        with pytest.raises(NotAllowed):
            attempt()
    team = rights.create_team(boss, office.firm, "north")
    with pytest.raises(NotAllowed):
        rights.add_member(boss, team, boss, Role.ACCOUNTANT)


def test_an_administrator_of_another_firm_can_do_nothing(office, other):
    user = person(office, Role.ACCOUNTANT, "a")
    stranger = other.administrator
    for attempt in (
        lambda: rights.give(stranger, user, at(office, Role.ACCOUNTANT, "b")),
        lambda: rights.give(stranger, user, at(other, Role.ACCOUNTANT, "x")),
        lambda: rights.withdraw(stranger, user.memberships.get()),
        lambda: rights.deactivate(stranger, user, office.firm.pk),
        lambda: rights.deactivate(stranger, user, other.firm.pk),
        lambda: rights.create_team(stranger, office.firm, "x"),
    ):
        with pytest.raises(NotAllowed):
            attempt()


def test_a_client_of_another_firm_cannot_be_given(office, other):
    user = person(office, Role.ACCOUNTANT, "a")
    with pytest.raises(NotAllowed):
        rights.give(office.administrator, user, Place(office.firm.pk, Role.ACCOUNTANT, other.clients["x"].debtor.pk))
    with pytest.raises(NotAllowed):
        rights.give(
            office.administrator,
            user,
            Place(office.firm.pk, Role.ACCOUNTANT, company=other.clients["x"].company.pk),
        )
    team = rights.create_team(office.administrator, office.firm, "north")
    with pytest.raises(NotAllowed):
        rights.give_clients(office.administrator, team, [office.clients["a"].debtor.pk, other.clients["x"].debtor.pk])
    assert team.clients.count() == 0


def test_the_last_lasting_administrator_stays(office):
    boss = office.administrator
    own = boss.memberships.get()
    second = person(office, Role.ADMINISTRATOR, name="second")
    seconds = second.memberships.get()
    rights.limit(boss, seconds, None, now() + timedelta(days=30))
    # The second one ends some day, so the first must stay, whoever asks.
    for attempt in (
        lambda: rights.withdraw(second, own),
        lambda: rights.limit(second, own, None, now() + timedelta(days=3)),
        lambda: rights.limit(second, own, now() + timedelta(days=3), None),
        lambda: rights.deactivate(second, boss, office.firm.pk),
        lambda: rights.withdraw(SYSTEM, own),
    ):
        with pytest.raises(Refused):
            attempt()
    rights.limit(boss, seconds, None, None)
    rights.withdraw(second, own)
    assert seen_clients(boss) == set()


def test_a_client_administrator_manages_client_users_of_the_own_client_with_what_they_hold(office):
    chief = person(office, Role.CLIENT_ADMINISTRATOR, "a")
    user, foreign = person(office, Role.CLIENT_USER, "a"), person(office, Role.CLIENT_USER, "b")
    accountant = person(office, Role.ACCOUNTANT, "a")
    own = user.memberships.get()
    rights.switch(chief, own, Capability.VIEW_SALARIES, on=True)
    assert seen_clients(user, Capability.VIEW_SALARIES) == {"a"}
    for attempt in (
        lambda: rights.switch(chief, own, Capability.VIEW_SICKNESS, on=True),
        lambda: rights.switch(chief, own, Capability.MANAGE_USERS, on=True),
        lambda: rights.switch(chief, foreign.memberships.get(), Capability.VIEW_SALARIES, on=True),
        lambda: rights.withdraw(chief, foreign.memberships.get()),
        lambda: rights.withdraw(chief, accountant.memberships.get()),
        lambda: rights.give(chief, accountant, at(office, Role.CLIENT_USER, "b")),
        lambda: rights.deactivate(chief, user, office.firm.pk),
    ):
        with pytest.raises(NotAllowed):
            attempt()
    # The firm gave it; the client's administrator may not take it either.
    rights.switch(office.administrator, own, Capability.VIEW_SICKNESS, on=True)
    with pytest.raises(NotAllowed):
        rights.switch(chief, own, Capability.VIEW_SICKNESS, on=False)
    rights.switch(chief, own, Capability.VIEW_SALARIES, on=False)
    rights.withdraw(chief, own)
    assert seen_clients(user) == set()


def test_a_right_that_was_lost_gives_nothing_with_the_old_object_in_hand(office):
    chief, user = person(office, Role.CLIENT_ADMINISTRATOR, "a"), person(office, Role.CLIENT_USER, "a")
    assert seen_clients(chief) == {"a"}
    User.objects.filter(pk=chief.pk).update(is_active=False)
    with pytest.raises(NotAllowed):
        rights.switch(chief, user.memberships.get(), Capability.VIEW_SALARIES, on=True)


def test_deactivating_ends_every_session_and_keeps_the_places_for_a_return(office, client):
    user = person(office, Role.ACCOUNTANT, "a")
    browsers = [client, type(client)(), type(client)()]
    for browser in browsers:
        browser.force_login(user)
    rights.deactivate(office.administrator, user, office.firm.pk)
    assert [browser.get("/")["Location"].startswith("/sign-in/") for browser in browsers] == [True] * 3
    assert seen_clients(user) == set()
    rights.reactivate(office.administrator, user, office.firm.pk)
    assert seen_clients(user) == {"a"}


def test_somebody_who_works_elsewhere_too_loses_this_firm_only(office, other):
    user = person(office, Role.ACCOUNTANT, "a")
    rights.give(SYSTEM, user, at(other, Role.ACCOUNTANT, "x"))
    team = rights.create_team(office.administrator, office.firm, "north")
    rights.add_member(office.administrator, team, user, Role.ASSISTANT)
    rights.deactivate(office.administrator, user, office.firm.pk)
    user.refresh_from_db()
    assert user.is_active
    assert seen_clients(user) == {"x"}
    assert TeamMember.objects.count() == 0
    # The other firm closes the account: this one cannot open it again.
    rights.deactivate(other.administrator, user, other.firm.pk)
    user.refresh_from_db()
    assert not user.is_active
    with pytest.raises(Refused):
        rights.reactivate(office.administrator, user, office.firm.pk)


def test_a_firm_does_nothing_to_somebody_who_left_it_and_gives_them_nothing(office, other):
    user, by, firm = person(office, Role.ACCOUNTANT, "a"), office.administrator, office.firm.pk
    rights.give(SYSTEM, user, at(other, Role.ACCOUNTANT, "x"))
    team = rights.create_team(by, office.firm, "north")
    rights.withdraw(by, user.memberships.get(firm=office.firm))
    for attempt in (
        lambda: rights.give(by, user, at(office, Role.CLIENT_USER, "a")),
        lambda: rights.add_member(by, team, user, Role.ASSISTANT),
        lambda: rights.reactivate(by, user, firm),
    ):
        with pytest.raises(Refused, match="Invite"):
            attempt()
    with pytest.raises(NotAllowed):
        rights.deactivate(by, user, firm)
    assert seen_clients(user) == {"x"}
    assert User.objects.get(pk=user.pk).is_active


def test_who_has_access_that_begins_later_is_somebody_of_the_firm(office, other):
    user, by = person(office, Role.ACCOUNTANT, "a"), office.administrator
    rights.limit(by, user.memberships.get(), now() + timedelta(days=9), None)
    rights.give(by, user, at(office, Role.ASSISTANT, "b"))
    assert seen_clients(user) == {"b"}
    # The other firm loses its own part only, although nothing of this one counts yet.
    rights.give(SYSTEM, user, at(other, Role.ACCOUNTANT, "x"))
    rights.withdraw(by, user.memberships.get(role=Role.ASSISTANT))
    rights.deactivate(other.administrator, user, other.firm.pk)
    assert User.objects.get(pk=user.pk).is_active
    assert seen_clients(user) == set()


def test_losing_the_last_place_ends_the_sessions_and_standing_in(office, client):
    user, absent = person(office, Role.ACCOUNTANT, "a"), person(office, Role.ACCOUNTANT, "b", "absent")
    rights.name_deputy(office.administrator, office.firm.pk, absent, user, ends=now() + timedelta(days=9))
    assert seen_clients(user) == {"a", "b"}
    client.force_login(user)
    rights.withdraw(office.administrator, user.memberships.get())
    assert seen_clients(user) == set()
    assert client.get("/")["Location"].startswith("/sign-in/")
    assert Deputy.objects.get().has_ended


@pytest.mark.parametrize("how", ["withdrawn", "put off", "a smaller role in the team"])
def test_losing_the_role_that_a_deputy_needs_ends_standing_in_also_for_who_keeps_another_place(office, how):
    user, absent = person(office, Role.CLIENT_USER, "b"), person(office, Role.ACCOUNTANT, "a", "absent")
    by, firm = office.administrator, office.firm.pk
    if how == "a smaller role in the team":
        team = rights.create_team(by, office.firm, "north")
        rights.add_member(by, team, user, Role.ASSISTANT)
    else:
        place = rights.give(by, user, at(office, Role.ACCOUNTANT, "b"))
    rights.name_deputy(by, firm, absent, user, ends=now() + timedelta(days=60))
    assert seen_clients(user, Capability.REVEAL_IBAN) >= {"a"}
    if how == "withdrawn":
        rights.withdraw(by, place)
    elif how == "put off":
        rights.limit(by, place, now() + timedelta(days=1), None)
    else:
        rights.add_member(by, team, user, Role.AUDITOR)
    assert seen_clients(user) == {"b"}
    assert Deputy.objects.get().has_ended


def test_nobody_stands_in_for_somebody_whose_account_was_closed_also_not_after_a_return(office):
    absent, substitute = person(office, Role.ACCOUNTANT, "a", "absent"), person(office, Role.ACCOUNTANT, "b")
    by, firm = office.administrator, office.firm.pk
    rights.name_deputy(by, firm, absent, substitute, ends=now() + timedelta(days=9))
    assert seen_clients(substitute) == {"a", "b"}
    rights.deactivate(by, absent, firm)
    assert seen_clients(substitute) == {"b"}
    assert Deputy.objects.get().has_ended
    rights.reactivate(by, absent, firm)
    assert seen_clients(absent) == {"a"}
    assert seen_clients(substitute) == {"b"}


def test_a_deputy_is_named_for_a_year_at_most(office):
    absent, substitute = person(office, Role.ACCOUNTANT, "a", "absent"), person(office, Role.ACCOUNTANT, "b")
    by, firm = office.administrator, office.firm.pk
    with pytest.raises(Refused):
        rights.name_deputy(by, firm, absent, substitute, ends=now() + timedelta(days=367))
    rights.name_deputy(by, firm, absent, substitute, ends=now() + timedelta(days=365))


def test_a_deputy_is_somebody_of_the_firm_and_named_by_an_administrator(office, other):
    absent, deputy = person(office, Role.ACCOUNTANT, "a"), person(office, Role.ASSISTANT, "b")
    client_user, auditor = person(office, Role.CLIENT_USER, "b"), person(office, Role.AUDITOR, "b")
    stranger = person(other, Role.ACCOUNTANT, "x")
    end, firm = now() + timedelta(days=1), office.firm.pk
    for substitute in (client_user, auditor):
        with pytest.raises(Refused):
            rights.name_deputy(office.administrator, firm, absent, substitute, ends=end)
    with pytest.raises(NotAllowed):
        rights.name_deputy(office.administrator, firm, absent, stranger, ends=end)
    for by in (absent, deputy, auditor, client_user, other.administrator):
        with pytest.raises(NotAllowed):
            rights.name_deputy(by, firm, absent, deputy, ends=end)
    with pytest.raises(Refused):
        rights.name_deputy(office.administrator, firm, absent, deputy, ends=now())
    named = rights.name_deputy(office.administrator, firm, absent, deputy, ends=end)
    rights.end_deputy(office.administrator, named)
    assert seen_clients(deputy) == {"b"}


def test_access_that_was_asked_for_is_given_until_the_day_and_ends(office):
    user = person(office, Role.ASSISTANT, "a")
    until = now() + timedelta(days=5)
    asked = rights.ask(user, office.firm.pk, client="client b", reason="holiday of Anke", until=until)
    assert seen_clients(user) == {"a"}
    with pytest.raises(NotAllowed):
        rights.approve(user, asked, office.clients["b"].debtor.pk)
    given = rights.approve(office.administrator, asked, office.clients["b"].debtor.pk)
    assert (given.role, given.ends, given.reason) == (Role.ASSISTANT, until, "holiday of Anke")
    assert seen_clients(user) == {"a", "b"}
    with pytest.raises(Refused):
        rights.decline(office.administrator, asked, "too late")
    with time_machine.travel(until, tick=False):
        assert seen_clients(user) == {"a"}
    assert kinds()[-3:] == ["access_asked", "membership_given", "access_granted"]


def test_a_request_is_refused_with_words_or_taken_back(office):
    user = person(office, Role.ACCOUNTANT, "a")
    until = now() + timedelta(days=5)
    first = rights.ask(user, office.firm.pk, client="b", reason="r", until=until)
    second = rights.ask(user, office.firm.pk, client="b", reason="r", until=until)
    rights.decline(office.administrator, first, "Not needed")
    rights.take_back(user, second)
    assert kinds()[-1] == "access_taken_back"
    count = len(kinds())
    rights.take_back(user, second)
    assert len(kinds()) == count
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, first.answer, second.state) == (RequestState.REFUSED, "Not needed", RequestState.WITHDRAWN)
    assert seen_clients(user) == {"a"}


def test_a_request_needs_a_reason_and_a_near_end_and_somebody_of_the_office(office):
    user, soon = person(office, Role.ACCOUNTANT, "a"), now() + timedelta(days=1)
    for wrong in ({"reason": " "}, {"client": ""}, {"until": now()}, {"until": now() + timedelta(days=200)}):
        with pytest.raises(Refused):
            rights.ask(user, office.firm.pk, **{"client": "b", "reason": "r", "until": soon, **wrong})
    for role in (Role.CLIENT_ADMINISTRATOR, Role.CLIENT_USER, Role.AUDITOR):
        with pytest.raises(NotAllowed):
            rights.ask(person(office, role, "a"), office.firm.pk, client="b", reason="r", until=soon)
    assert AccessRequest.objects.count() == 0


def test_a_request_never_shortens_what_somebody_has(office):
    user = person(office, Role.ACCOUNTANT, "a")
    asked = rights.ask(user, office.firm.pk, client="a", reason="r", until=now() + timedelta(days=1))
    with pytest.raises(Refused):
        rights.approve(office.administrator, asked, office.clients["a"].debtor.pk)
    assert user.memberships.get().ends is None


@pytest.mark.parametrize(
    ("kept", "expected"),
    [
        # From and until, in days from now; None: always, for good.
        ((-9, 2), (-9, 5)),
        ((3, None), (None, None)),
        ((3, 4), (None, 5)),
        ((5, 9), (None, 9)),
        ((20, None), "refused"),
        ((-9, None), "refused"),
        ((-9, 5), "refused"),
    ],
)
def test_access_that_was_asked_for_widens_what_somebody_has_and_never_leaves_less(office, kept, expected):
    user, moment = person(office, Role.ASSISTANT, "a"), now()

    def term(days: tuple) -> tuple:
        return tuple(None if one is None else moment + timedelta(days=one) for one in days)

    starts, ends = term(kept)
    place = Membership.objects.create(
        user=user,
        firm=office.firm,
        role=Role.ASSISTANT,
        debtor=office.clients["b"].debtor,
        starts=starts,
        ends=ends,
    )
    asked = rights.ask(user, office.firm.pk, client="b", reason="r", until=moment + timedelta(days=5))
    if expected == "refused":
        with pytest.raises(Refused):
            rights.approve(office.administrator, asked, office.clients["b"].debtor.pk)
        expected = kept
    else:
        rights.approve(office.administrator, asked, office.clients["b"].debtor.pk)
    place.refresh_from_db()
    assert (place.starts, place.ends) == term(expected)


def test_teams_are_changed_by_administrators_and_give_what_they_hold(office, other):
    boss, user = office.administrator, person(office, Role.ASSISTANT, "a")
    team = rights.create_team(boss, office.firm, "north")
    with pytest.raises(Refused):
        rights.create_team(boss, office.firm, "north")
    place = rights.add_member(boss, team, user, Role.ACCOUNTANT)
    assert rights.give_clients(boss, team, [office.clients["b"].debtor.pk]) == 1
    assert rights.give_clients(boss, team, [office.clients["b"].debtor.pk]) == 0
    rule = rights.add_rule(boss, team, "horeca")
    with pytest.raises(Refused):
        rights.add_member(boss, team, user, Role.ADMINISTRATOR)
    with pytest.raises(NotAllowed):
        rights.add_member(boss, team, person(other, Role.ACCOUNTANT, "x"), Role.ACCOUNTANT)
    for by in (user, other.administrator):
        for attempt in (
            lambda by=by: rights.add_rule(by, team, "x"),
            lambda by=by: rights.give_clients(by, team, []),
            lambda by=by: rights.remove_member(by, place),
            lambda by=by: rights.remove_rule(by, rule),
            lambda by=by: rights.rename_team(by, team, "x"),
            lambda by=by: rights.remove_team(by, team),
            lambda by=by: rights.take_client(by, team.clients.get()),
        ):
            with pytest.raises(NotAllowed):
                attempt()
    assert seen_clients(user, Capability.DECIDE_HOLD) == {"b"}
    rights.remove_team(boss, team)
    assert seen_clients(user) == {"a"}


def test_nobody_removes_a_team_that_they_are_in(office):
    boss, second = office.administrator, person(office, Role.ADMINISTRATOR, name="second")
    team = rights.create_team(boss, office.firm, "north")
    rights.add_member(second, team, boss, Role.ACCOUNTANT)
    with pytest.raises(NotAllowed):
        rights.remove_team(boss, team)
    rights.remove_team(second, team)
    assert not TeamMember.objects.exists()


def test_a_switch_belongs_to_client_users(office):
    place = person(office, Role.ASSISTANT, "a").memberships.get()
    with pytest.raises(NotAllowed):
        rights.switch(office.administrator, place, Capability.VIEW_SICKNESS, on=True)
    assert Switch.objects.count() == 0


def test_what_is_the_firms_to_switch_is_not_switched_by_a_client_administrator_who_holds_it_as_staff(office):
    chief, user = person(office, Role.CLIENT_ADMINISTRATOR, "a"), person(office, Role.CLIENT_USER, "a")
    rights.give(office.administrator, chief, at(office, Role.ACCOUNTANT, "a"))
    assert seen_clients(chief, Capability.VIEW_SICKNESS) == {"a"}
    with pytest.raises(NotAllowed):
        rights.switch(chief, user.memberships.get(), Capability.VIEW_SICKNESS, on=True)
