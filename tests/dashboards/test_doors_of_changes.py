"""Whether anything ever changed is told of what one may read the changes of, and of nothing beside it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from portal import clock
from portal.accounts.models import User
from portal.accounts.roles import Role
from portal.dashboards.changes.unseen import unseen_counts
from portal.debtors.models import DebtorContact
from portal.mirror.models import Change, ChangeKind
from tests.accounts.office import Office, give, make_office, somebody_new
from tests.factories import fetched_everything, make_company

pytestmark = pytest.mark.pages

SignIn = Callable[[User], Client]
NEVER = "Nothing has changed since the first sync"
NOTHING_NEW = "Nothing new"
ALL = "/changes/"


@pytest.fixture
def office(db: None) -> Office:
    """An office whose client had a change of its own, and one of a second company, so long ago that none is new."""
    made = make_office("one", "a")
    debtor = made.clients["a"].debtor
    second = make_company(debtor, "second company")
    fetched_everything(debtor)
    for resource, key, company in ((DebtorContact.resource.name, "1", None), ("runs", "2", second)):
        Change.objects.create(
            environment=made.environment,
            debtor=debtor,
            company=company,
            resource=resource,
            row_key=key,
            field="name",
            old="before",
            new="after",
            kind=ChangeKind.CHANGED,
            learned_at=clock.now() - timedelta(days=200),
        )
    return made


@pytest.fixture
def other(db: None) -> Office:
    """An office in which nothing ever changed."""
    made = make_office("two", "x")
    fetched_everything(made.clients["x"].debtor)
    return made


def of_client(office: Office) -> str:
    return f"/changes/{office.clients['a'].debtor.pk}/"


def told(browser: Client, address: str) -> str:
    answer = browser.get(address)
    assert answer.status_code == 200
    page = answer.content.decode()
    (found,) = [words for words in (NEVER, NOTHING_NEW) if words in page]
    return found


def test_that_something_changed_once_is_told_to_who_may_read_it(office: Office, as_user: SignIn) -> None:
    browser = as_user(office.administrator)
    assert [told(browser, address) for address in (ALL, of_client(office))] == [NOTHING_NEW] * 2


def test_changes_at_another_office_are_told_to_nobody_here(office: Office, other: Office, as_user: SignIn) -> None:
    assert told(as_user(other.administrator), ALL) == NEVER


def test_who_may_read_changes_elsewhere_learns_nothing_of_a_client_that_they_only_see(
    office: Office, other: Office, as_user: SignIn
) -> None:
    user = somebody_new("both")
    give(user, other, Role.ACCOUNTANT, "x")
    give(user, office, Role.CLIENT_USER, "a")
    assert told(as_user(user), ALL) == NEVER


def test_who_has_one_company_learns_nothing_of_the_others_of_its_client(office: Office, as_user: SignIn) -> None:
    user = somebody_new("of one company")
    give(user, office, Role.ACCOUNTANT, company="a")
    assert told(as_user(user), of_client(office)) == NEVER
    # Nor does seeing all of the client let them read its changes.
    give(user, office, Role.CLIENT_USER, "a")
    assert told(as_user(user), of_client(office)) == NEVER


def test_new_changes_are_counted_of_companies_whose_changes_one_may_read(office: Office, other: Office) -> None:
    (second,) = Change.objects.exclude(company=None).values_list("company", flat=True)
    Change.objects.update(learned_at=clock.now() - timedelta(days=1))
    assert unseen_counts(office.administrator) == {second: 1}
    assert unseen_counts(other.administrator) == {}
    user = somebody_new("both")
    give(user, other, Role.ACCOUNTANT, "x")
    give(user, office, Role.CLIENT_USER, "a")
    assert unseen_counts(user) == {}
