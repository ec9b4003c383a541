"""A resync of one kind of record, chosen in its dialog: which kinds are on offer, to whom, and at what price."""

import re
from datetime import date

import pytest
from django.urls import reverse

from portal.accounts.models import Membership
from portal.accounts.roles import Capability, Role
from portal.mirror.opt_ins import choose
from portal.mirror.resource import Lane, OptIn, registry
from portal.source import Level
from portal.sync.estimate import estimate
from portal.sync.models import SyncPlan, SyncRun
from tests.factories import make_employment, make_person
from tests.sync_pages.conftest import words
from tests.sync_pages.test_starting import HTMX, button, price

pytestmark = pytest.mark.pages


@pytest.fixture
def assistant(office, accountant, signed_in):
    """Sees salaries of client `a` and no bank accounts."""
    user = accountant(email="assistant@test.example")
    Membership.objects.create(user=user, firm=office.firm, role=Role.ASSISTANT, debtor=office.a)
    return signed_in(user)


@pytest.fixture
def person(office):
    """Somebody who works at client `a`."""
    made = make_person(office.company)
    make_employment(made, date(2020, 1, 1))
    return made


def offered(client, scope, pk, **query):
    """The kinds in the dialog, as the form would post them."""
    answer = client.get(price(scope, pk), query, headers=HTMX)
    assert answer.status_code == 200
    return re.findall(r'<option value="([^"]*)"', answer.content.decode())


def start(client, scope, pk, kind):
    return client.post(reverse("sync:start"), {"scope": scope, "pk": pk, "resource": kind}).status_code


def kinds(*levels):
    """What is read without being switched on, at these levels."""
    return {kind.name for kind in registry if kind.level in levels and kind.opt_in is None}


def test_everything_comes_first_and_then_the_kinds_of_the_level(office, administrator, signed_in):
    client = signed_in(administrator())
    company, debtor = offered(client, "company", office.company.pk), offered(client, "debtor", office.a.pk)
    whole = offered(client, "environment", office.environment.pk)
    assert company[0] == debtor[0] == whole[0] == ""
    assert set(company[1:]) == kinds(Level.COMPANY)
    assert set(debtor[1:]) == kinds(Level.COMPANY, Level.DEBTOR)
    assert set(whole[1:]) == kinds(Level.COMPANY, Level.DEBTOR, Level.ENVIRONMENT)
    assert len(whole) == len(set(whole))


def test_of_a_person_only_what_says_something_of_people_is_on_offer(office, person, administrator, signed_in):
    on_offer = set(offered(signed_in(administrator()), "employee", person.pk)[1:])
    assert {"employees", "salaries", "bank_accounts"} <= on_offer
    assert {kind.name for kind in registry if kind.lane is Lane.SLOW} <= on_offer
    assert not {"hour_codes", "runs", "companies", "debtors"} & on_offer


def test_a_sensitive_kind_is_on_offer_where_it_is_switched_on(office, administrator, signed_in):
    client = signed_in(administrator())
    assert "lease_cars" not in offered(client, "company", office.company.pk)
    assert start(client, "company", office.company.pk, "lease_cars") == 400
    choose(office.environment.pk, OptIn.LEASE_CARS, on=True, reason="private use")
    assert "lease_cars" in offered(client, "company", office.company.pk)
    assert start(client, "company", office.company.pk, "lease_cars") == 302


def test_what_somebody_may_not_see_is_neither_offered_nor_read_again_for_them(office, assistant):
    hidden = {kind.name for kind in registry if kind.capability == Capability.VIEW_BANK_ACCOUNTS}
    on_offer = set(offered(assistant, "company", office.company.pk))
    assert hidden
    assert "salaries" in on_offer
    assert not hidden & on_offer
    assert assistant.get(price("company", office.company.pk), {"resource": "bank_accounts"}).status_code == 403
    assert start(assistant, "company", office.company.pk, "bank_accounts") == 403
    assert not SyncPlan.objects.exists()
    assert start(assistant, "company", office.company.pk, "salaries") == 302
    # Everything may be read again by whoever may resync: it shows them no more than before.
    assert start(assistant, "company", office.company.pk, "") == 302


@pytest.mark.parametrize("kind", ["debtors", "companies", "passwords", "@rotation", "salaries,runs", "%00"])
def test_a_kind_that_is_not_there_for_the_level_is_refused(office, administrator, signed_in, kind):
    client = signed_in(administrator())
    assert client.get(price("company", office.company.pk), {"resource": kind}).status_code == 400
    assert start(client, "company", office.company.pk, kind) == 400
    assert not SyncPlan.objects.exists()


def test_the_price_follows_the_choice(office, person, administrator, signed_in):
    client = signed_in(administrator())
    for target, scope in ((office.company, "company"), (person, "employee"), (office.environment, "environment")):
        for kind in ("", "salaries", "bank_accounts"):
            calls = estimate(target, kind).calls
            said = words(client.get(price(scope, target.pk), {"resource": kind}, headers=HTMX))
            assert f"About {calls} calls to Nmbrs" in said
    assert estimate(office.company, "salaries").calls < estimate(office.company).calls


def test_the_choice_asks_for_its_price_and_is_posted_with_the_dialog(office, administrator, signed_in):
    boss = administrator()
    fragment = signed_in(boss).get(price("company", office.company.pk), headers=HTMX).content.decode()
    (select,) = re.findall(r"<select[^>]*>", fragment)
    assert f'hx-get="{price("company", office.company.pk)}"' in select
    assert 'name="resource"' in select
    (target,) = re.findall(r'hx-target="#([^"]+)"', select)
    assert f'id="{target}"' in fragment
    # The details of the dialog lie inside its form.
    drawn = button(boss, "company", office.company.pk)
    form = drawn[drawn.index("<form") : drawn.index("</form>")]
    assert f'id="resync-company-{office.company.pk}-dialog-details"' in form


def test_of_an_office_everything_leaves_out_what_is_read_person_by_person(office, administrator, signed_in):
    client = signed_in(administrator())
    words_of = "Everything but what is read person by person"
    assert words_of in words(client.get(price("environment", office.environment.pk), headers=HTMX))
    assert words_of not in words(client.get(price("debtor", office.a.pk), headers=HTMX))


def test_without_script_the_price_is_a_page_from_which_the_choice_is_started(office, administrator, signed_in):
    client = signed_in(administrator())
    page = client.get(price("company", office.company.pk), {"resource": "salaries"}).content.decode()
    assert '<option value="salaries" selected>' in page
    assert '<input type="hidden" name="resource" value="salaries">' in page
    assert f'action="{reverse("sync:start")}"' in page
    assert "hx-get" not in re.findall(r"<select[^>]*>", page)[0]


def test_one_kind_of_one_person_is_read_for_that_person_alone(office, person, administrator, signed_in):
    make_person(office.company)
    assert start(signed_in(administrator()), "employee", person.pk, "bank_accounts") == 302
    run = SyncRun.objects.get()
    assert (run.resource, run.employee, run.company) == ("bank_accounts", person, office.company)


def test_a_running_sync_of_one_kind_shows_beside_the_button_behind_that_of_everything(office, administrator, planned):
    user = administrator()
    one = planned(office.a, "companies")
    assert reverse("sync:progress", args=[one.pk]) in button(user, "debtor", office.a.pk)
    whole = planned(office.a)
    drawn = button(user, "debtor", office.a.pk)
    assert reverse("sync:progress", args=[whole.pk]) in drawn
    assert reverse("sync:progress", args=[one.pk]) not in drawn
