"""Somebody of two firms whose account is closed and opened again by who administers both, in one act each."""

import pytest

from portal.accounts import rights
from portal.accounts.models import Membership, User
from portal.accounts.rights import SYSTEM, NotAllowed, Place, Refused
from portal.accounts.roles import Role
from portal.audit.models import Entry
from tests.accounts.office import make_office, seen_clients
from tests.administration.pages import by, person, url

pytestmark = pytest.mark.pages


@pytest.fixture
def both(office, other) -> User:
    """Who administers the two firms."""
    user = office.administrator
    User.objects.filter(pk=user.pk).update(language="en")
    Membership.objects.create(user=user, firm=other.firm, role=Role.ADMINISTRATOR)
    return user


@pytest.fixture
def user(office, other) -> User:
    """Who works for the two firms."""
    user = person(office, Role.ACCOUNTANT, "a")
    rights.give(SYSTEM, user, Place(other.firm.pk, Role.ACCOUNTANT, other.clients["x"].debtor.pk))
    return user


def said(answer) -> list[str]:
    return [str(one) for one in answer.context["messages"]]


def entries(kind: str) -> list[int]:
    return sorted(Entry.objects.filter(kind=kind).values_list("firm_id", flat=True))


def test_it_is_closed_in_all_of_them_and_opened_with_all_that_it_had(office, other, both, user):
    firms, browser = sorted([office.firm.pk, other.firm.pk]), by(both)
    closed = browser.post(url("deactivate", user.pk), follow=True)
    assert said(closed) == ["The account was closed here; sessions have ended."]
    assert not User.objects.get(pk=user.pk).is_active
    assert entries("user_disabled") == firms
    assert not any(place.has_ended for place in user.memberships.all())
    opened = browser.post(url("reactivate", user.pk), follow=True)
    assert said(opened) == ["The account is open again."]
    assert entries("user_enabled") == firms
    assert seen_clients(user) == {"a", "x"}


def test_who_administers_one_of_them_does_not_open_what_waits_in_the_other(office, other, both, user):
    rights.deactivate(both, user, office.firm.pk, other.firm.pk)
    with pytest.raises(Refused, match="Invite"):
        rights.reactivate(other.administrator, user, other.firm.pk)
    with pytest.raises(NotAllowed):
        rights.reactivate(other.administrator, user, other.firm.pk, office.firm.pk)
    assert not User.objects.get(pk=user.pk).is_active


def test_nobody_closes_more_than_they_administer(office, other, user):
    with pytest.raises(NotAllowed):
        rights.deactivate(office.administrator, user, office.firm.pk, other.firm.pk)
    assert seen_clients(user) == {"a", "x"}


def test_where_one_of_them_would_be_left_without_an_administrator_it_is_closed_in_none(office, other, both, user):
    Membership.objects.create(user=user, firm=other.firm, role=Role.ADMINISTRATOR)
    rights.withdraw(SYSTEM, other.administrator.memberships.get())
    Membership.objects.filter(user=both, firm=other.firm).update(ends="2099-01-01T00:00:00Z")
    refused = by(both).post(url("deactivate", user.pk), follow=True)
    assert len(said(refused)) == 1 and "last administrator" in said(refused)[0]
    assert User.objects.get(pk=user.pk).is_active
    assert seen_clients(user) == {"a", "x"}
    assert entries("user_disabled") == []


def test_a_third_firm_keeps_the_account_and_both_lose_theirs(office, other, both, user):
    third = make_office("three", "z")
    rights.give(SYSTEM, user, Place(third.firm.pk, Role.ACCOUNTANT, third.clients["z"].debtor.pk))
    by(both).post(url("deactivate", user.pk))
    assert User.objects.get(pk=user.pk).is_active
    assert seen_clients(user) == {"z"}
    assert entries("user_disabled") == sorted([office.firm.pk, other.firm.pk])
