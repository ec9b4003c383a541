"""Who left one client of a firm and is still at another: what the administrator of the first one reads and may do."""

import pytest

from portal.accounts import invitations, rights
from portal.accounts.models import Membership, User
from portal.accounts.rights import SYSTEM, NotAllowed, Place, Refused
from portal.accounts.roles import Role
from portal.clock import now
from tests.accounts.office import Office, give, seen_clients, somebody_new
from tests.administration.pages import by, person, url

pytestmark = pytest.mark.pages


@pytest.fixture
def chief(office) -> User:
    """The administrator of client a."""
    return person(office, Role.CLIENT_ADMINISTRATOR, "a", "chief")


@pytest.fixture
def left(office) -> User:
    """Was a user of client a, and is one of client b."""
    user = person(office, Role.CLIENT_USER, "a", "left")
    rights.give(SYSTEM, user, at(office, "b"))
    rights.withdraw(office.administrator, user.memberships.get(debtor=office.clients["a"].debtor))
    User.objects.filter(pk=user.pk).update(last_login=now())
    return user


def at(office: Office, client: str, role: Role = Role.CLIENT_USER) -> Place:
    return Place(office.firm.pk, role, office.clients[client].debtor.pk)


def status_of(browser, user: User) -> str:
    rows = {row.record: row for row in browser.get(url("people")).context["table"].rows}
    return rows[user].get_cell("is_active")


def form(office: Office, client: str) -> dict:
    return {"role": Role.CLIENT_USER, "debtor": office.clients[client].debtor.pk}


def test_the_list_says_what_is_true_of_the_own_client_and_nothing_of_the_firm(office, chief, left, boss):
    browser = by(chief)
    told = status_of(browser, left)
    assert "no access any more" in told and "firm" not in told
    assert "may sign in" in status_of(boss, left)
    Membership.objects.filter(user=left).update(ends=now())
    assert "not of this firm any more" in status_of(boss, left)
    assert "no access any more" in status_of(browser, left)


def test_no_form_and_no_post_gives_access_without_the_persons_own_yes(office, chief, left):
    browser = by(chief)
    page = browser.get(url("person", left.pk)).text
    assert "Invite them" in page
    assert url("give", left.pk) not in page
    answer = browser.post(url("give", left.pk), form(office, "a"), follow=True)
    assert "Invite them to give them access." in answer.text
    assert seen_clients(left) == {"b"}
    invited = invitations.invite(chief, at(office, "a"), email=left.email, name="x", language="en")
    invitations.accept_as(invited.token, left)
    assert seen_clients(left) == {"a", "b"}


def test_who_is_of_the_client_in_any_way_is_given_more(office, chief):
    """By a place at one of its companies, that begins later, or that the office gave to be an administrator too."""
    debtor, company = office.clients["a"].debtor, office.clients["a"].company
    for name, term in {
        "company": {"role": Role.CLIENT_USER, "company": "a"},
        "to-come": {"role": Role.CLIENT_USER, "company": "a", "starts": now().replace(year=2099)},
        "administrator": {"role": Role.CLIENT_ADMINISTRATOR, "client": "a"},
    }.items():
        user = somebody_new(name, language="en")
        give(user, office, **term)
        rights.give(chief, user, at(office, "a"))
        assert user.memberships.get(role=Role.CLIENT_USER, debtor=debtor).is_in_force, name
    assert company.debtor_id == debtor.pk


def test_who_was_made_an_administrator_has_not_left(office, chief):
    user = person(office, Role.CLIENT_USER, "a", "risen")
    rights.give(SYSTEM, user, at(office, "a", Role.CLIENT_ADMINISTRATOR))
    own = user.memberships.get(role=Role.CLIENT_ADMINISTRATOR)
    rights.withdraw(office.administrator, user.memberships.get(role=Role.CLIENT_USER))
    browser = by(chief)
    assert "may sign in" in status_of(browser, user)
    page = browser.get(url("person", user.pk)).text
    assert "Client administrator" in page and "no access here any more" not in page
    # It is told, and remains the office's to change.
    assert url("withdraw", own.pk) not in page
    assert browser.post(url("withdraw", own.pk)).status_code == 404


def test_somebody_who_works_for_the_office_is_no_user_of_the_client(office, chief):
    user = person(office, Role.CLIENT_USER, "a", "hired")
    rights.give(SYSTEM, user, at(office, "a", Role.ACCOUNTANT))
    rights.withdraw(office.administrator, user.memberships.get(role=Role.CLIENT_USER))
    assert url("give", user.pk) not in by(chief).get(url("person", user.pk)).text
    with pytest.raises(Refused, match="Invite"):
        rights.give(chief, user, at(office, "a"))


def test_of_two_clients_with_one_administrator_each_takes_the_persons_yes(office, chief, left):
    rights.give(SYSTEM, chief, at(office, "b", Role.CLIENT_ADMINISTRATOR))
    browser = by(chief)
    assert "may sign in" in status_of(browser, left)
    answer = browser.post(url("give", left.pk), form(office, "a"), follow=True)
    assert "This person has no access here now" in answer.text
    assert seen_clients(left) == {"b"}


def test_a_stranger_is_given_nothing(office, other, chief):
    with pytest.raises(NotAllowed):
        rights.give(chief, person(other, Role.CLIENT_USER, "x", "stranger"), at(office, "a"))
