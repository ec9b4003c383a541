"""The resync button, what it costs, and what a press does."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.contrib.auth.models import AnonymousUser
from django.template import RequestContext, Template
from django.test import RequestFactory
from django.urls import reverse
from django.utils import translation
from django_htmx.middleware import HtmxDetails

from portal import clock
from portal.accounts.models import Membership
from portal.accounts.roles import Role
from portal.connections.models import Connection
from portal.jobs.queue import worker_count
from portal.mirror.resource import Lane, registry
from portal.periods import Period, PeriodType
from portal.source import Level
from portal.sync import tasks
from portal.sync.estimate import UNMEASURED, estimate, rate
from portal.sync.models import Priority, Status, SyncPlan, SyncRun, Trigger
from tests.factories import (
    fetched,
    make_company,
    make_debtor,
    make_employee_type,
    make_employment,
    make_environment,
    make_person,
)
from tests.sync_pages.conftest import connect, words

pytestmark = pytest.mark.pages

FAST = [kind for kind in registry if kind.lane is Lane.FAST and kind.opt_in is None]
SLOW = [kind for kind in registry if kind.lane is Lane.SLOW]
HTMX = {"HX-Request": "true", "HX-Current-URL": "http://testserver/clients/1/"}
BUTTON = '{% include "sync/resync_button.html" with scope=scope pk=pk only %}'


def button(user, scope, pk):
    """The button as another page includes it."""
    request = RequestFactory().get("/clients/1/")
    request.user = user
    request.htmx = HtmxDetails(request)
    with translation.override("en"):
        return " ".join(Template(BUTTON).render(RequestContext(request, {"scope": scope, "pk": pk})).split())


def price(scope, pk):
    return reverse("sync:price", args=[scope, pk])


def press(client, scope, pk, **more):
    return client.post(reverse("sync:start"), {"scope": scope, "pk": pk}, **more)


# --- the button ------------------------------------------------------------------------------------------------------


def test_the_button_is_there_for_those_who_may_and_only_for_them(office, administrator, accountant):
    boss, clerk = administrator(), accountant(office.a)
    stranger = administrator("stranger@test.example", of=office.other_firm)
    may = {
        (boss, "environment", office.environment.pk): True,
        (boss, "debtor", office.b.pk): True,
        (clerk, "environment", office.environment.pk): False,
        (clerk, "debtor", office.a.pk): True,
        (clerk, "company", office.company.pk): True,
        (clerk, "debtor", office.b.pk): False,
        (stranger, "debtor", office.a.pk): False,
        (AnonymousUser(), "debtor", office.a.pk): False,
    }
    shown = {key: "<dialog" in button(*key) for key in may}
    assert shown == may


def test_the_button_carries_its_target_and_a_token_although_it_is_included_alone(office, administrator):
    drawn = button(administrator(), "debtor", office.a.pk)
    assert 'name="scope" value="debtor"' in drawn
    assert f'name="pk" value="{office.a.pk}"' in drawn
    assert 'name="csrfmiddlewaretoken" value="' in drawn


def test_ids_are_written_without_grouping(office, administrator):
    debtor = make_debtor(office.environment, "Ver", pk=1_234_567)
    assert 'name="pk" value="1234567"' in button(administrator(), "debtor", debtor.pk)


def test_a_running_sync_of_the_same_shows_its_progress_beside_the_button(office, administrator, planned):
    user = administrator()
    assert "ui-progress" not in button(user, "debtor", office.a.pk)
    plan = planned(office.a)
    assert reverse("sync:progress", args=[plan.pk]) in button(user, "debtor", office.a.pk)
    assert "ui-progress" not in button(user, "debtor", office.b.pk)


# --- the price -------------------------------------------------------------------------------------------------------


@pytest.mark.database
def test_the_price_of_a_company_counts_the_loops_as_they_are_now(office):
    before = estimate(office.company).calls
    for name in ("Payroll", "Flexwerker", "Sollicitant"):
        make_employee_type(office.environment, name)
    # Two employee types: applicants are not asked.
    assert estimate(office.company).calls == before + 2
    make_employee_type(office.environment, "Stagiair")
    assert estimate(office.company).calls == before + 3
    assert estimate(office.company, "runs").calls == 3
    assert estimate(office.company, "salaries").calls == 1


@pytest.mark.database
def test_what_was_never_read_costs_what_its_first_reading_will(office):
    """The journal goes back over the thirteen months that the page of a client shows, a report for each period."""
    weekly = make_company(office.a, "Weekbedrijf", Period(2026, 47), PeriodType.WEEK)
    with time_machine.travel(datetime(2026, 11, 22, 12, tzinfo=UTC), tick=False):
        assert estimate(weekly, "journal").calls == 3 * 56
        fetched(weekly, "journal")
        assert estimate(weekly, "journal").calls < 3 * 8


def test_a_slow_lane_kind_costs_a_call_for_each_active_person(office):
    without = estimate(office.company).calls
    person = make_person(office.company)
    make_employment(person, date(2020, 1, 1))
    make_employment(make_person(office.company), date(2010, 1, 1), date(2011, 1, 1))
    assert estimate(office.company, "bank_accounts").calls == 1
    one = estimate(office.company).calls - without
    assert one == estimate(person).calls - without > len(SLOW)
    # A whole office reads people in rotation at night, not all of them when somebody presses a button.
    assert estimate(office.environment).calls == estimate(office.environment, "debtors").calls + sum(
        estimate(office.environment, kind.name).calls for kind in FAST if kind.name != "debtors"
    )


def test_the_price_of_a_client_and_of_the_office_grows_with_their_companies(office):
    make_employee_type(office.environment)
    own = len([kind for kind in FAST if kind.level is Level.DEBTOR])
    top = len([kind for kind in FAST if kind.level is Level.ENVIRONMENT])
    company = estimate(office.company).calls
    assert estimate(office.a).calls == own + company
    make_company(office.a, "Tweede BV")
    assert estimate(office.a).calls == own + 2 * company
    # What belongs to the environment once, to each of two clients, to each of three companies.
    assert estimate(office.environment).calls == top + 2 * own + 3 * company


def test_the_price_is_what_the_sync_then_asks(synced):
    from portal.sync.service import sync_now

    said = estimate(synced.environment).calls
    synced.sandbox.forget_requests()
    sync_now(synced.environment)
    assert len(synced.sandbox.requests) == said


def test_without_a_known_company_no_price_is_promised(office, administrator, signed_in):
    empty = make_debtor(office.environment, "Leeg BV")
    assert not estimate(empty).complete
    assert "the number of calls is not known" in words(signed_in(administrator()).get(price("debtor", empty.pk)))


def test_the_price_is_asked_for_when_the_dialog_opens(office, administrator, signed_in, django_assert_max_num_queries):
    boss = administrator()
    with django_assert_max_num_queries(3):
        drawn = button(boss, "company", office.company.pk)
    address = price("company", office.company.pk)
    assert f'hx-get="{address}"' in drawn
    fragment = signed_in(boss).get(address, headers=HTMX)
    assert "<html" not in fragment.content.decode()
    said = words(fragment)
    assert "Aardbeien Winkel BV" in said
    assert f"About {estimate(office.company).calls} calls to Nmbrs" in said
    # Without script the address is a page.
    assert "<html" in signed_in(boss).get(address).content.decode()


def test_a_price_is_told_only_to_those_who_may_start_the_sync(office, administrator, accountant, signed_in):
    clerk = signed_in(accountant(office.a))
    asked = {
        price("debtor", office.a.pk): 200,
        price("debtor", office.b.pk): 404,
        price("debtor", office.other.pk): 404,
        price("environment", office.environment.pk): 403,
        "/sync/price/firm/1/": 404,
    }
    assert {address: clerk.get(address).status_code for address in asked} == asked
    assert clerk.post(price("debtor", office.a.pk)).status_code == 405
    assert signed_in(None).get(price("debtor", office.a.pk)).status_code == 302


def test_seconds_follow_from_the_rate_of_the_last_sync(office, planned):
    assert rate(office.environment.pk) == UNMEASURED
    now = clock.now()
    runs = list(planned(office.environment).runs.order_by("pk"))
    for number, run in enumerate(runs):
        # Four calls each half second; the first long ago, in another sync.
        moment = now - (timedelta(hours=1) if number == 0 else timedelta(seconds=0.5 * number))
        SyncRun.objects.filter(pk=run.pk).update(status=Status.SUCCEEDED, finished=moment, calls=4)
    assert rate(office.environment.pk) == pytest.approx(8, rel=0.2)


# --- a press ---------------------------------------------------------------------------------------------------------


def test_a_press_plans_the_work_for_this_person_and_wakes_the_workers(office, accountant, signed_in, queued):
    user = accountant(office.a)
    answer = press(signed_in(user), "debtor", office.a.pk)
    plan = SyncPlan.objects.get()
    assert answer.url == reverse("sync:plan", args=[plan.pk])
    assert (plan.debtor, plan.trigger, plan.requested_by) == (office.a, Trigger.PERSON, user)
    assert set(plan.runs.values_list("priority", flat=True)) == {Priority.PERSON, Priority.PERSON_SLOW_LANE}
    assert queued() == [("portal.sync.tasks.work", (office.environment.pk,))] * worker_count()


@pytest.mark.database
def test_a_second_press_joins_the_first(office, administrator, accountant, signed_in):
    press(signed_in(accountant(office.a)), "debtor", office.a.pk)
    first = SyncPlan.objects.get()
    runs = SyncRun.objects.count()
    answer = press(signed_in(administrator()), "debtor", office.a.pk)
    assert answer.url == reverse("sync:plan", args=[first.pk])
    assert (SyncPlan.objects.count(), SyncRun.objects.count()) == (1, runs)


def test_one_kind_can_be_asked_for_alone(office, administrator, signed_in):
    signed_in(administrator()).post(
        reverse("sync:start"), {"scope": "company", "pk": office.company.pk, "resource": "runs"}
    )
    assert list(SyncRun.objects.values_list("resource", flat=True)) == ["runs"]


def test_pressed_by_htmx_the_answer_is_the_progress_and_not_a_page(office, administrator, signed_in):
    answer = press(signed_in(administrator()), "debtor", office.a.pk, headers=HTMX).content.decode()
    plan = SyncPlan.objects.get()
    assert "<html" not in answer
    assert f'hx-get="{reverse("sync:progress", args=[plan.pk])}"' in answer


def test_without_a_connection_nothing_is_planned_and_the_reason_is_said(office, administrator, signed_in):
    Connection.objects.all().delete()
    client = signed_in(administrator())
    page = client.post(reverse("sync:start"), {"scope": "debtor", "pk": office.a.pk}, follow=True).content.decode()
    assert "There is no connection to Nmbrs yet" in page
    assert press(client, "debtor", office.a.pk, headers=HTMX)["HX-Refresh"] == "true"
    assert not SyncPlan.objects.exists()


def test_a_forged_form_starts_nothing(office, administrator):
    from django.test import Client

    client = Client(enforce_csrf_checks=True)
    client.force_login(administrator())
    assert press(client, "debtor", office.a.pk).status_code == 403
    assert not SyncPlan.objects.exists()


@pytest.mark.database
def test_from_press_to_new_figures_over_the_wire(connected, administrator, signed_in):
    client = signed_in(administrator())
    answer = press(client, "environment", connected.environment.pk)
    tasks.work(connected.environment.pk)
    page = words(client.get(answer.url))
    assert "Done:" in page
    assert set(SyncRun.objects.values_list("status", flat=True)) == {Status.SUCCEEDED}
    assert SyncPlan.objects.get().finished is not None


# --- everything at once ----------------------------------------------------------------------------------------------


def test_who_looks_after_several_environments_can_renew_all_of_them_at_once(
    office, administrator, accountant, signed_in
):
    page, start_all, price_all = (reverse(f"sync:{name}") for name in ("overview", "start_all", "price_all"))
    boss = signed_in(administrator(language="en"))
    assert start_all not in boss.get(page).content.decode()
    second = make_environment(office.firm, "zwart")
    connect(second)
    make_environment(office.firm, "niet-verbonden")
    assert start_all in boss.get(page).content.decode()
    assert start_all not in signed_in(accountant(office.a)).get(page).content.decode()

    told = words(boss.get(price_all))
    one, other = (estimate(environment) for environment in (office.environment, second))
    assert f"About {one.calls} calls" in told
    assert "niet-verbonden" not in told
    assert "elders" not in told
    assert (one.complete, other.complete) == (True, False)

    assert "2 environments are renewed." in words(boss.post(start_all, follow=True))
    begun = SyncPlan.objects.order_by("environment")
    assert [plan.environment for plan in begun] == [office.environment, second]
    # A second press joins what runs.
    boss.post(start_all)
    assert SyncPlan.objects.count() == 2
    assert signed_in(accountant(office.a, email="second@test.example")).post(start_all).status_code == 403
    assert SyncPlan.objects.count() == 2


def test_without_a_connection_nothing_can_be_renewed_and_it_says_so(firm, administrator, signed_in):
    make_environment(firm)
    said = words(signed_in(administrator(language="en")).post(reverse("sync:start_all"), follow=True))
    assert "There is no connection to Nmbrs yet" in said
    assert not SyncPlan.objects.exists()


def test_an_environment_that_one_only_reads_is_not_renewed_with_the_own_ones(office, administrator, signed_in):
    boss = administrator(language="en")
    Membership.objects.create(user=boss, firm=office.other_firm, role=Role.AUDITOR)
    read = make_environment(office.other_firm, "alleen-lezen")
    connect(read)
    browser = signed_in(boss)
    assert read.domain in browser.get(reverse("sync:overview")).content.decode()
    assert read.domain not in words(browser.get(reverse("sync:price_all")))
    browser.post(reverse("sync:start_all"))
    assert [plan.environment for plan in SyncPlan.objects.all()] == [office.environment]
