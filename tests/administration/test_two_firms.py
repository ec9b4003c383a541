"""Who manages one firm and only reads another sees nothing of the other one's administration and changes none of it."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpRequest
from django.urls import reverse

from portal.accounts.models import AccessRequest, Deputy, Membership, TeamMember
from portal.accounts.roles import Capability, Role
from portal.accounts.trail import TrailEntry
from portal.administration import acts, client_terms, requests, single_sign_on
from portal.administration.django_admin.tables import TABLES
from portal.administration.filters import TrailFilter
from portal.administration.first_start import clients as clients_step
from portal.administration.first_start import watching
from portal.administration.first_start.steps import LISTS as LISTS_OF_CLIENTS
from portal.administration.first_start.steps import Standing
from portal.administration.names import Names
from portal.audit.kinds import Kind
from portal.audit.recording import record
from portal.clock import now
from portal.connections.models import FirstStart
from portal.privacy.models import Agreement
from portal.sync.estimate import estimate
from portal.sync.models import SyncPlan
from tests.accounts.office import Client, make_office, somebody_new
from tests.administration.pages import by, url
from tests.administration.two_firms import ABOUT, MARK, OWN, address, kept, names, posted

pytestmark = pytest.mark.pages

#: An auditor reads the trail of their firm, here the second one.
READ_BY_AN_AUDITOR = {"administration:trail", "administration:trail_export"}
LISTS = sorted(name for name, numbered in names() if not numbered and name not in READ_BY_AN_AUDITOR)
NUMBERED = sorted(name for name, numbered in names() if numbered)
#: What lies there an auditor may see, so that it is refused and not missing.
SEEN = {
    "administration:agreement",
    "administration:client_terms",
    "administration:place_hold",
    "administration:lift_hold",
    "administration:remove_client",
    "administration:removal",
    "administration:team",
    "first_start:kinds",
}


@pytest.fixture
def request_of_boss(browser) -> HttpRequest:
    """A request as the pages get it: with its session, its messages and who is signed in."""
    return browser.get(url("people")).wsgi_request


# --- pages -----------------------------------------------------------------------------------------------------------


def test_no_page_names_what_another_firm_keeps(world, browser):
    before = kept()
    for name in LISTS:
        answer = browser.get(address(name, world.own))
        # What is only posted to has no page; a step of the first start may send to another.
        assert answer.status_code in (200, 302, 405), name
        assert MARK.lower() not in answer.text.lower(), name
    assert kept() == before


def test_the_page_of_an_own_row_names_nothing_of_another_firm(world, browser):
    before = kept()
    for name in NUMBERED:
        answer = browser.get(address(name, world.own))
        assert answer.status_code in (200, 405), name
        text = answer.getvalue().decode() if answer.streaming else answer.text
        assert MARK.lower() not in text.lower(), name
    assert kept() == before


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_row_of_another_firm_is_not_there_and_stays_as_it_is(world, browser, method):
    before = kept()
    for name in NUMBERED:
        answer = getattr(browser, method)(address(name, world.foreign), posted(name, world.foreign))
        assert answer.status_code in ((403, 405) if name in SEEN else (404, 405)), name
        assert kept() == before, name


def test_every_address_with_a_number_is_about_some_kind_of_row():
    assert set(NUMBERED) == set(ABOUT)


def test_the_lists_name_what_the_own_firm_keeps(world, browser):
    """Otherwise the pages above could be empty."""
    shown = {
        "people": "user",
        "invitations": "invited",
        "teams": "team",
        "deputies": "staff",
        "requests": "reason",
        "reviews": "remark",
        "agreements": "client a",
        "removals": "removed",
        "retention": "client b",
        "why": "company a",
        "invite": "company a",
    }
    for name, what in shown.items():
        assert f"{OWN} {what}" in browser.get(url(name)).text, name


def test_somebody_of_two_firms_is_shown_with_their_places_in_the_own_one(world, browser):
    page = browser.get(url("person", world.shared.pk)).text
    assert f"{OWN} team" in page
    assert f"for {OWN} staff until" in page
    assert MARK not in page
    (row,) = (one for one in browser.get(url("people")).context["table"].rows if one.record == world.shared)
    assert row.get_cell("roles") == "Payroll accountant"


def test_an_employee_of_another_firm_is_not_explained_nor_taken_from_a_link(world, browser):
    office = world.foreign.office
    for what in ("debtor", "company", "employee"):
        client = office.clients["a"]
        pk = {"debtor": client.debtor, "company": client.company, "employee": client.person}[what].pk
        answer = browser.get(url("why"), {"user": world.shared.pk, what: pk})
        assert answer.context["ways"] is None
        assert MARK not in answer.text
        assert MARK not in browser.get(url("why"), {what: pk}).text


def test_a_client_of_another_firm_is_to_a_team_as_if_it_did_not_exist(world, browser):
    before, there = kept(), address("administration:give_client", world.own)
    for pk in (world.foreign.rows["client"].pk, 999_999):
        assert browser.post(there, {"client": pk})["Location"] == url("team", world.own.rows["team"].pk)
    assert kept() == before


# --- where another guard stands before or behind ---------------------------------------------------------------------


@pytest.fixture
def standing_elsewhere(world, request_of_boss) -> Standing:
    """The first start of the firm that the person does not manage; no page gets this far."""
    return Standing(request_of_boss, world.foreign.office.firm, [], "overview")


@pytest.fixture
def standing_let_by(world, standing_elsewhere) -> Standing:
    """The same, as if the steps before had let the person by."""
    connection = world.foreign.rows["environment"].connections.get()
    vars(standing_elsewhere).update(connection=connection, start=FirstStart.objects.get(firm=standing_elsewhere.firm))
    return standing_elsewhere


def test_the_first_start_of_a_firm_tells_nothing_to_who_does_not_connect_it(standing_elsewhere):
    assert standing_elsewhere.connection is None
    assert standing_elsewhere.start is None
    assert standing_elsewhere.invited == 0


def test_the_syncs_and_choices_of_a_first_start_are_of_who_manages_it(standing_let_by):
    assert not standing_let_by.plans.exists()
    assert standing_let_by._chose_kinds() is False


def test_the_clients_of_a_first_start_are_of_who_manages_it(world, standing_let_by):
    form = clients_step.ClientsForm(standing=standing_let_by)
    assert not form.fields["debtors"].queryset.exists()
    assert watching._chosen(standing_let_by) is None


def test_how_far_the_reading_of_clients_is_shows_to_who_may_see_syncs(world, standing_let_by):
    """An auditor may; somebody of the client itself may not, also when their client alone is read."""
    assert clients_step._list_under_way(standing_let_by) is not None
    SyncPlan.objects.filter(resource=LISTS_OF_CLIENTS).update(debtor=world.foreign.rows["client"])
    standing_let_by.user = world.foreign.rows["person"]
    assert SyncPlan.objects.visible_to(standing_let_by.user).filter(resource=LISTS_OF_CLIENTS).exists()
    assert clients_step._list_under_way(standing_let_by) is None


def test_the_price_of_a_first_start_counts_no_company_of_another_firm(world, standing_let_by):
    client = world.foreign.office.clients["a"].debtor
    assert estimate(standing_let_by.environment).calls > 0
    price = watching._price(standing_let_by, [client])
    assert (price.calls, price.complete) == (0, False)


def test_the_client_that_somebody_of_another_firm_meant_is_not_looked_up(world, request_of_boss):
    asked = AccessRequest.objects.get(firm=world.foreign.office.firm)
    assert requests._likely(request_of_boss, asked) is None
    own = AccessRequest.objects.get(firm=world.own.office.firm)
    assert requests._likely(request_of_boss, own) is not None


def test_holds_and_terms_of_a_client_are_shown_to_who_may_set_them(world, request_of_boss):
    client = world.foreign.rows["held"]
    page = client_terms._page(request_of_boss, client, client_terms.TermsForm(debtor=client), client_terms.HoldForm())
    text = page.content.decode()
    assert f"{MARK} client" in text
    # What the forms hold was put there by this test; the holds of before and the last decision are looked up.
    assert f"{MARK} administrator" not in text
    assert text.count(f"{MARK} dispute") <= 1


def test_the_single_sign_on_of_another_firm_is_not_there(world, request_of_boss):
    assert single_sign_on._of(request_of_boss, world.foreign.office.firm) is None
    assert single_sign_on._of(request_of_boss, world.own.office.firm) is not None


def test_nobody_is_no_person():
    request = HttpRequest()
    request.user = AnonymousUser()
    with pytest.raises(PermissionDenied):
        acts.person_of(request)


# --- the trail -------------------------------------------------------------------------------------------------------


@pytest.fixture
def third(world) -> Client:
    """A client of a firm in which the person has no place; somebody read the page of its employee."""
    client = make_office("three", "z").clients["z"]
    record(Kind.PERSON_READ, client.person)
    return client


def test_an_entry_about_a_client_that_the_reader_does_not_see_gives_numbers_in_place_of_names(world, third):
    entry = TrailEntry.objects.get(employee_id=third.person.pk)
    names = Names(world.boss, [entry])
    assert names.debtor(entry) == f"number {third.debtor.pk}"
    assert names.company(entry) == f"number {third.company.pk}"
    assert names.employee(entry) == f"number {third.person.pk}"


@pytest.mark.parametrize(("field", "what"), [("client", "debtor"), ("employee", "person")])
def test_the_trail_is_not_searched_by_names_that_the_reader_does_not_see(world, request_of_boss, third, field, what):
    """Otherwise the filter would tell whose numbers an entry has."""
    record(Kind.PERSON_READ, world.own.office.clients["a"].person)

    def found(row: Model) -> bool:
        entries = TrailEntry.objects.filter(kind=Kind.PERSON_READ)
        return TrailFilter({field: str(row)}, queryset=entries, request=request_of_boss).qs.exists()

    assert found(getattr(world.own.office.clients["a"], what))
    assert not found(getattr(third, what))


# --- Django's admin --------------------------------------------------------------------------------------------------


@pytest.mark.urls("tests.access.with_admin")
@pytest.mark.parametrize(
    "model", [model for model, table in TABLES.items() if table.capability != Capability.VIEW_SYNC]
)
def test_a_table_of_the_admin_has_the_rows_that_one_manages(world, browser, settings, model):
    settings.PORTAL_ADMIN = frozenset({world.boss.email.lower()})
    page = browser.get(reverse(f"admin:{model._meta.label_lower.replace('.', '_')}_changelist"))
    assert page.status_code == 200
    own, foreign = world.own.office.firm, world.foreign.office.firm
    counted = {row.pk for row in page.context["cl"].result_list}
    firm_of = model.scope_paths.firm
    assert counted == set(model.objects.filter(**{firm_of: own}).values_list("pk", flat=True))
    assert model is Agreement or model.objects.filter(**{firm_of: foreign}).exists()


# --- what has ended --------------------------------------------------------------------------------------------------


@pytest.fixture
def ended(db) -> dict:
    return {"starts": now() - timedelta(days=2), "ends": now() - timedelta(days=1)}


def test_a_deputy_whose_time_is_over_stands_in_for_nobody_on_the_page_of_a_person(world, browser, ended):
    second = world.own.rows["second"]
    Deputy.objects.create(firm=world.own.office.firm, absent=second, substitute=world.shared, **ended)
    page = browser.get(url("person", world.shared.pk)).text
    assert f"for {OWN} staff until" in page
    assert f"for {OWN} second until" not in page


def test_ones_own_page_has_no_access_whose_time_is_over(world, ended):
    firm, clerk = world.own.office.firm, somebody_new("clerk", language="en")
    client, second = world.own.rows["client"], world.own.rows["second"]
    Membership.objects.create(user=clerk, firm=firm, role=Role.ACCOUNTANT, debtor=client, **ended)
    TeamMember.objects.create(user=clerk, team=world.own.rows["team"], role=Role.ACCOUNTANT, **ended)
    Deputy.objects.create(firm=firm, absent=second, substitute=clerk, **ended)
    held = world.own.rows["held"]
    Membership.objects.create(user=clerk, firm=firm, role=Role.ASSISTANT, debtor=held)
    page = by(clerk).get(url("mine"))
    assert [place.debtor for place in page.context["places"]] == [held]
    assert list(page.context["teams"]) == []
    assert list(page.context["standing_in"]) == []


def test_a_colleague_who_has_left_is_none(ended):
    office = make_office("alone", "a")
    Membership.objects.create(user=somebody_new("gone"), firm=office.firm, role=Role.AUDITOR, **ended)
    request = by(office.administrator).get(url("people")).wsgi_request
    assert Standing(request, office.firm, [office.firm]).colleagues == 0
    Membership.objects.create(user=somebody_new("here"), firm=office.firm, role=Role.AUDITOR)
    assert Standing(request, office.firm, [office.firm]).colleagues == 1


# --- roles -----------------------------------------------------------------------------------------------------------


def test_an_auditor_opens_no_removal_although_they_see_that_the_client_went(world):
    Membership.objects.filter(user=world.boss, firm=world.own.office.firm).delete()
    assert by(world.boss).get(url("removal", world.foreign.rows["removal"].pk)).status_code == 403


def test_who_left_is_on_the_list_by_name_alone_and_is_invited_to_come_back(world, browser):
    firm, left = world.own.office.firm, somebody_new("left", language="en", last_login=now())
    client = world.own.rows["client"]
    Membership.objects.create(user=left, firm=firm, role=Role.ACCOUNTANT, debtor=client, ends=now() - timedelta(days=9))
    elsewhere = world.foreign.rows["client"]
    Membership.objects.create(user=left, firm=world.foreign.office.firm, role=Role.ACCOUNTANT, debtor=elsewhere)
    shown = {one.record: one for one in browser.get(url("people")).context["table"].rows}
    assert "not of this firm any more" in shown[left].get_cell("is_active")
    assert str(shown[left].get_cell("last_login")) == str(shown[world.own.rows["staff"]].get_cell("last_login"))
    assert "may sign in" in shown[world.shared].get_cell("is_active")
    page = browser.get(url("person", left.pk)).text
    assert "Invite them to give them access again" in page
    for name in ("deactivate", "reactivate", "reset_factor", "give"):
        assert url(name, left.pk) not in page
    # The answer says why.
    given = {"role": Role.ACCOUNTANT, "debtor": client.pk}
    assert "Invite them" in browser.post(url("give", left.pk), given, follow=True).text
    assert left.memberships.filter(firm=firm).get().has_ended
    for name in ("deactivate", "reactivate", "reset_factor"):
        assert browser.post(url(name, left.pk)).status_code == 403


def test_the_second_step_of_somebody_of_two_firms_is_not_reset_from_one(world, browser):
    page = browser.get(url("person", world.shared.pk)).text
    assert "cannot be reset from here" in page
    assert url("reset_factor", world.shared.pk) not in page
    assert browser.post(url("reset_factor", world.shared.pk)).status_code == 403
    own = browser.get(url("person", world.own.rows["staff"].pk)).text
    assert url("reset_factor", world.own.rows["staff"].pk) in own
    assert "cannot be reset from here" not in own
