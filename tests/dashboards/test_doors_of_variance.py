"""The comparison of wages is for who may see the wages of the company: its rows, its people and views of it."""

from decimal import Decimal

import pytest
from django.http import Http404, HttpRequest
from django.test import Client, RequestFactory

from portal.accounts.models import User
from portal.accounts.roles import Role
from portal.companies.models import RunWage
from portal.dashboards.variance.views import VarianceView
from portal.ui.models import SavedView
from tests.accounts.office import Office, give, make_office, somebody_new
from tests.factories import fetched_everything, make_run, mirrored

pytestmark = pytest.mark.pages


@pytest.fixture
def office(db: None) -> Office:
    """An office with one client, whose one person was paid in October."""
    made = make_office("one", "a")
    client = made.clients["a"]
    run = make_run(client.company, 2026, 10, number=10, locked=True)
    fetched_everything(client.debtor)
    own = {"company": client.company, "employee": client.person, "run": run, "year": 2026, "number": 10}
    mirrored(RunWage, made.environment, **own, code=1, description="Wage", amount=Decimal(1000))
    return made


@pytest.fixture
def reader(office: Office) -> User:
    """Who sees the client, and no wages of it."""
    user = somebody_new("reader")
    give(user, office, Role.CLIENT_USER, "a")
    return user


def opened(user: User, office: Office, query: str = "") -> VarianceView:
    """The page as somebody asks for it, before it is known whether they may have it."""
    request: HttpRequest = RequestFactory().get(f"/{query}")
    request.user = user
    view = VarianceView()
    view.setup(request, pk=office.clients["a"].company.pk)
    return view


def test_wages_are_compared_for_who_may_see_them(office: Office, reader: User) -> None:
    found = [opened(user, office).get_queryset().count() for user in (office.administrator, reader)]
    assert found == [1, 0]


def test_a_person_is_found_by_who_may_see_their_wages(office: Office, reader: User) -> None:
    person = office.clients["a"].person
    assert opened(office.administrator, office, f"?employee={person.pk}").employee == person
    view = opened(reader, office, f"?employee={person.pk}")
    with pytest.raises(Http404):
        _ = view.employee


def test_no_view_is_kept_of_a_comparison_that_one_may_not_open(office: Office, reader: User) -> None:
    answers = []
    for user in (reader, office.administrator):
        browser = Client()
        browser.force_login(user)
        at = f"/companies/{office.clients['a'].company.pk}/variance/?level=employee"
        answers.append(browser.post("/views/", {"at": at, "name": "Wages"}).status_code)
    assert answers == [403, 302]
    assert SavedView.objects.get().owner == office.administrator
