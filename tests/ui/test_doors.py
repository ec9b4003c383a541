"""What frame, lists and files tell of rows that their reader does not see, or may not take out: nothing."""

from datetime import date

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.test import Client, RequestFactory
from django.urls import reverse

from portal.accounts.models import User
from portal.accounts.roles import Capability, Role
from portal.connections.models import Environment, EnvironmentKind
from portal.dashboards.views import ClientsView
from portal.deadlines.several_views import ArrangementsView
from portal.debtors.models import DebtorTag
from portal.ui import record_overview, records
from portal.ui.exports.stamp import _has_more
from portal.ui.models import Export, ExportFormat
from portal.ui.permissions import environment_kinds, holds_over
from portal.ui.saved import views
from portal.ui.views import ScopedListView
from tests.accounts.office import Office, asked_by, give, make_office, somebody_new, tagged
from tests.factories import make_company, make_debtor

pytestmark = pytest.mark.pages

TAGS = DebtorTag.resource.name


@pytest.fixture
def office(db: None) -> Office:
    return make_office("one", "ab")


@pytest.fixture
def clerk(office: Office) -> User:
    """Who works for client a."""
    user = somebody_new("clerk")
    give(user, office, Role.ACCOUNTANT, "a")
    return user


def test_records_are_counted_for_who_may_see_them(office: Office, stranger: User) -> None:
    debtor, reader = office.clients["a"].debtor, somebody_new("reader")
    tagged(office.clients["a"], "Tag")
    give(reader, office, Role.CLIENT_USER, "a")
    of_tags = {"column": "debtor", "kinds": (TAGS,), "past": (TAGS,), "when": records.When(date(2026, 11, 20))}
    for user, number in ((office.administrator, 1), (stranger, 0), (reader, 0)):
        told = list(record_overview._counts(user, debtor.pk, **of_tags))
        assert [row for row in sorted(told) if row[1]] == [(TAGS, 1, False), (TAGS, 1, True)][: 2 * number]


def leaves_out(user: User, page: type[ScopedListView]) -> bool:
    """Whether a file of the list says that it lacks rows which its reader sees."""
    view = page()
    view.setup(asked_by(User.objects.get(pk=user.pk)))
    return _has_more(view)


def test_a_file_says_that_there_are_more_rows_which_its_reader_sees(office: Office, clerk: User) -> None:
    """And nothing of those that its reader does not see."""
    assert not leaves_out(clerk, ClientsView)
    assert not leaves_out(clerk, ArrangementsView)
    give(clerk, office, Role.CLIENT_USER, "b")
    assert leaves_out(clerk, ClientsView)
    assert not leaves_out(clerk, ArrangementsView)
    give(clerk, office, Role.ASSISTANT, "b")
    assert leaves_out(clerk, ArrangementsView)


def test_a_list_view_has_the_rows_over_which_one_holds_its_capability_and_not_all_that_one_sees(
    office: Office, clerk: User
) -> None:
    """One sees more than that."""
    give(clerk, office, Role.CLIENT_USER, "b")
    lists = {}
    for page in (ClientsView, ArrangementsView):
        view = page()
        view.setup(asked_by(clerk))
        lists[page] = [str(row) for row in view.get_queryset()]
    assert lists == {ClientsView: ["a", "b"], ArrangementsView: ["company a"]}


def test_files_of_others_are_not_among_ones_own(office: Office, clerk: User) -> None:
    asked = {"path": "/clients/", "format": ExportFormat.CSV, "language": "en"}
    Export.objects.create(user=office.administrator, title="Theirs", **asked)
    Export.objects.create(user=clerk, title="Mine", **asked)
    browser = Client()
    browser.force_login(clerk)
    page = browser.get(reverse("ui:exports")).content.decode()
    assert "Mine" in page
    assert "Theirs" not in page


def test_nobody_keeps_views_who_is_not_signed_in(db: None) -> None:
    """Also when no page before it asked who it is."""
    request = RequestFactory().get("/")
    request.user = AnonymousUser()
    for view in (views.views, views.new):
        with pytest.raises(PermissionDenied):
            view(request)


def test_kinds_of_environment_are_those_that_one_sees_and_not_all_that_the_office_has(
    office: Office, clerk: User
) -> None:
    business = Environment.objects.create(firm=office.firm, domain="employer", kind=EnvironmentKind.BUSINESS)
    make_company(make_debtor(business, "Employer"))
    assert environment_kinds(asked_by(clerk)) == {EnvironmentKind.ACCOUNTANT}
    assert environment_kinds(asked_by(office.administrator)) == set(EnvironmentKind)


def test_nobody_keeps_a_view_of_a_list_that_they_may_not_open(office: Office, clerk: User, as_user) -> None:
    trail, own = reverse("administration:trail"), reverse("dashboards:clients")
    for at, kept, plain in ((own, 200, 302), (trail, 403, 403)):
        browser = as_user(clerk)
        assert browser.get(reverse("ui:new_view"), {"at": at}).status_code == kept
        assert browser.post(reverse("ui:no_start_view"), {"at": at}).status_code == plain


def test_a_right_over_one_client_is_none_over_another_that_one_only_sees(office: Office, clerk: User) -> None:
    give(clerk, office, Role.AUDITOR, "b")
    request = asked_by(User.objects.get(pk=clerk.pk))
    companies = {letter: one.company for letter, one in office.clients.items()}
    held = {letter: holds_over(request, one, Capability.SET_DEADLINES) for letter, one in companies.items()}
    assert held == {"a": True, "b": False}
    assert all(holds_over(request, one, Capability.VIEW) for one in companies.values())
