"""What search is made of: nothing that its reader does not see, whichever part of it is asked."""

import pytest
from django.test import RequestFactory

from portal.accounts.models import User
from portal.accounts.roles import Role
from portal.search import shown
from portal.search.finding import lately, opened_lately
from portal.search.index.lately import remember
from portal.search.models import EntryKind
from tests.search.conftest import Office

pytestmark = pytest.mark.pages

BAKERY = "Bakkerij De Gouden Aar"


@pytest.fixture
def stranger(other_office: Office) -> User:
    return other_office.member(Role.ADMINISTRATOR)


def test_what_was_opened_lately_is_forgotten_with_the_right(rf: RequestFactory, office: Office) -> None:
    user = office.member(Role.ACCOUNTANT, debtor=office.clients[BAKERY])
    request = rf.get("/")
    request.user = user
    remember(request, office.clients[BAKERY])
    assert [bool(lately(user)), bool(opened_lately(user, 5))] == [True, True]
    user.memberships.all().delete()
    user = User.objects.get(pk=user.pk)
    assert [lately(user), opened_lately(user, 5)] == [[], []]


def test_an_index_that_is_out_of_date_names_nothing_that_one_does_not_see(
    office: Office, boss: User, stranger: User
) -> None:
    rows = {
        EntryKind.DEBTOR: office.clients[BAKERY],
        EntryKind.COMPANY: office.companies[BAKERY],
        EntryKind.EMPLOYEE: office.people["Bakker, B."],
    }
    for kind, row in rows.items():
        assert shown._rows(boss, kind, [row.pk]) == {row.pk: row}
        assert shown._rows(stranger, kind, [row.pk]) == {}


def test_the_client_of_a_company_that_was_given_by_itself_has_no_name(office: Office) -> None:
    user = office.member(Role.CLIENT_USER, company=office.companies[BAKERY])
    rows = {kind: {} for kind in EntryKind} | {EntryKind.COMPANY: {1: office.companies[BAKERY]}}
    assert shown._seen_clients(user, rows) == set()
    whole = office.member(Role.ACCOUNTANT, debtor=office.clients[BAKERY])
    assert shown._seen_clients(whole, rows) is None
