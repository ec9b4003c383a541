"""What the Sync pages show, and to whom."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from portal import clock
from portal.connections.models import Connection, Health
from portal.jobs import health as worker_health
from portal.mirror.models import Freshness, State
from portal.sync import plans
from portal.sync.models import Status, SyncPlan, SyncRun, Trigger
from portal.sync.problems import HOLDS
from tests.factories import fetched, make_company, make_debtor, make_environment
from tests.sync_pages.conftest import connect

pytestmark = pytest.mark.pages

#: No page may need more (R16).
MOST_QUERIES = 25
SCRIPT = "<script>alert(1)</script>"


def text(response):
    """The page with its white space folded."""
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def content(page):
    """Of a page what is its own, without the frame and its search."""
    return page.partition("<main")[2].partition("</main>")[0]


def end(runs, **fields):
    """End these runs as a worker would have."""
    now = clock.now()
    runs.update(**{"status": Status.SUCCEEDED, "started": now, "finished": now, "calls": 1, **fields})


# --- the overview ----------------------------------------------------------------------------------------------------


def test_an_administrator_sees_the_connection_and_never_the_token(office, administrator, signed_in):
    page = text(signed_in(administrator()).get(reverse("sync:overview")))
    assert "The connection to Nmbrs works." in page
    assert "http://127.0.0.1:9" in page
    assert "api-user@test.example" in page
    assert "secret-token" not in page
    assert "Resync everything" in page


def test_an_accountant_sees_the_state_but_not_the_connection(office, accountant, signed_in):
    page = text(signed_in(accountant(office.a)).get(reverse("sync:overview")))
    assert "The connection to Nmbrs works." in page
    assert "api-user@test.example" not in page
    assert "Resync everything" not in page


@pytest.mark.parametrize("health", list(Health))
def test_every_health_of_a_connection_is_a_sentence(office, administrator, signed_in, health):
    Connection.objects.filter(environment=office.environment).update(health=health)
    page = text(signed_in(administrator()).get(reverse("sync:overview")))
    said = {
        Health.UNTRIED: "was not tried yet",
        Health.WORKING: "The connection to Nmbrs works",
        Health.UNAVAILABLE: "Nmbrs cannot be reached",
        Health.REFUSED: "Nmbrs refuses the user, the token or the domain",
        Health.DISABLED: "Nmbrs has disabled this environment",
    }
    assert [other for other in Health if said[other] in page] == [health]


def test_an_environment_without_a_connection_says_so_and_offers_no_sync(firm, administrator, signed_in):
    make_environment(firm)
    page = text(signed_in(administrator()).get(reverse("sync:overview")))
    assert "There is no connection to Nmbrs yet" in page
    assert "Resync everything" not in page


def test_somebody_without_clients_is_told_so(office, accountant, signed_in):
    page = text(signed_in(accountant()).get(reverse("sync:overview")))
    assert "No client is assigned to you" in page
    assert "demo" not in page


def test_a_missing_worker_is_said_and_a_living_one_is_not(office, administrator, signed_in):
    client = signed_in(administrator())
    assert "No worker is running" in text(client.get(reverse("sync:overview")))
    worker_health.beat()
    assert "No worker is running" not in text(client.get(reverse("sync:overview")))


def test_problems_and_syncs_of_others_are_not_shown(office, accountant, signed_in, planned):
    for debtor in (office.a, office.b, office.other):
        fetched(debtor.companies.get(), "salaries", state=State.FAILING, error_kind="unavailable")
        planned(debtor)
    page = text(signed_in(accountant(office.a)).get(reverse("sync:overview")))
    assert "Aardbeien BV" in page
    assert "Bramen" not in page
    assert "Citroenen" not in page


def test_calls_are_counted_for_what_the_person_sees(office, administrator, accountant, signed_in, planned):
    end(planned(office.a).runs, calls=7)
    end(planned(office.b).runs, calls=100)
    runs = SyncRun.objects.filter(debtor=office.a).count()
    page = text(signed_in(accountant(office.a)).get(reverse("sync:overview")))
    assert f'<span class="ui-num">{7 * runs}</span> <span class="ui-soft">for your clients</span>' in page


def test_problems_of_one_client_and_kind_are_one_item(office, administrator, signed_in):
    second = make_company(office.a, "Tweede BV")
    for company in (office.company, second):
        fetched(company, "salaries", state=State.NOT_PERMITTED, error_kind="not_permitted", error_code=1002)
    page = text(signed_in(administrator()).get(reverse("sync:overview")))
    assert "Salaries of 2 companies" in page
    assert page.count("The API user in Nmbrs may not read this. (Code 1002.)") == 1


@pytest.mark.parametrize(
    ("state", "fields", "said"),
    [
        (State.FAILING, {"error_kind": "malformed"}, "The answer of Nmbrs was cut off or could not be read."),
        (State.NOT_PERMITTED, {"error_kind": "not_permitted"}, "The API user in Nmbrs may not read this."),
        (State.HELD, {"error_kind": "held"}, "would remove far more than usual"),
        (State.FRESH, {"quarantined": 2}, "records left out"),
        (State.FRESH, {"at": datetime(2020, 1, 1, tzinfo=UTC)}, "No sync has renewed this since."),
    ],
)
def test_whatever_is_not_fresh_is_on_the_page(office, administrator, signed_in, state, fields, said):
    fetched(office.company, "salaries", state=state, **{"at": clock.now(), **fields})
    assert said in text(signed_in(administrator()).get(reverse("sync:overview")))


def test_what_is_fresh_is_no_problem(office, administrator, signed_in):
    fetched(office.company, "salaries", at=clock.now())
    page = text(signed_in(administrator()).get(reverse("sync:overview")))
    assert "Everything is up to date" in page


def test_before_the_first_sync_nothing_is_said_to_be_up_to_date(office, administrator, signed_in):
    page = text(signed_in(administrator()).get(reverse("sync:overview")))
    assert "Everything is up to date" not in page
    assert "Not fetched from Nmbrs yet" in page


def test_the_age_of_the_data_still_shown_stands_with_the_problem(office, administrator, signed_in):
    fetched(office.company, "salaries", at=datetime(2026, 11, 2, 6, 0, tzinfo=UTC))
    Freshness.objects.update(state=State.FAILING, error_kind="unavailable")
    page = text(signed_in(administrator()).get(reverse("sync:overview")))
    assert "Nothing was lost: the salaries shown are still those of 2 Nov 2026 07:00." in page


def test_left_out_records_are_told_by_column(office, administrator, signed_in, planned):
    plan = planned(office.company, "personal_info")
    end(plan.runs, quarantined=2, error_detail="birthday: 2")
    fetched(office.company, "personal_info", at=clock.now(), quarantined=2)
    page = text(signed_in(administrator()).get(reverse("sync:overview")))
    assert "2 records were left out because “date of birth” could not be read" in page


def test_the_filter_narrows_by_client_kind_and_problem(office, administrator, signed_in):
    fetched(office.company, "salaries", "contracts", state=State.FAILING, error_kind="unavailable")
    fetched(office.b.companies.get(), "salaries", state=State.NOT_PERMITTED, error_kind="not_permitted")
    client = signed_in(administrator())

    def problems(**query):
        table = client.get(reverse("sync:overview"), query).context["table"]
        return {(row.record.debtor_name, row.record.resource) for row in table.rows}

    a, b = "Aardbeien BV", "Bramen BV"
    assert problems() == {(a, "salaries"), (a, "contracts"), (b, "salaries")}
    assert problems(client="aardb") == {(a, "salaries"), (a, "contracts")}
    assert problems(client="20") == {(b, "salaries")}
    assert problems(kind="contracts") == {(a, "contracts")}
    assert problems(problem="not_permitted") == {(b, "salaries")}
    assert "Nothing matches this filter" in text(client.get(reverse("sync:overview"), {"client": "zzz"}))


def test_names_from_nmbrs_are_text_and_nothing_else(office, administrator, signed_in, planned):
    debtor = make_debtor(office.environment, SCRIPT)
    company = make_company(debtor, f"{SCRIPT} Winkel")
    fetched(company, "salaries", state=State.HELD, error_kind="held", held_digest=b"\x01" * 16)
    plan = planned(company, "salaries")
    end(plan.runs, status=Status.FAILED, error_kind="unavailable", error_detail=f"+{SCRIPT}: 1")
    client = signed_in(administrator())
    for address in (
        reverse("sync:overview"),
        reverse("sync:plan", args=[plan.pk]),
        reverse("sync:progress", args=[plan.pk]),
    ):
        page = text(client.get(address))
        assert SCRIPT not in page
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_more_holds_than_fit_are_announced(office, administrator, signed_in):
    client = signed_in(administrator())
    for number in range(HOLDS):
        company = make_company(office.a, f"Bedrijf {number}")
        fetched(company, "contracts", state=State.HELD, error_kind="held", held_digest=number.to_bytes(16, "big"))
    page = text(client.get(reverse("sync:overview")))
    assert content(page).count("<dialog") == 1 + HOLDS
    assert "More answers wait." not in page
    fetched(office.company, "contracts", state=State.HELD, error_kind="held", held_digest=b"x" * 16)
    page = text(client.get(reverse("sync:overview")))
    assert content(page).count("<dialog") == 1 + HOLDS
    assert "More answers wait." in page


# --- one sync --------------------------------------------------------------------------------------------------------


def test_a_sync_says_who_started_it_and_what_it_came_to(office, administrator, signed_in, planned):
    user = administrator()
    plan = planned(office.company, by=user)
    end(plan.runs, added=3, calls=2)
    end(plan.runs.filter(resource="salaries"), status=Status.FAILED, error_kind="unknown_fault", error_code=9999)
    SyncPlan.objects.update(finished=clock.now())
    page = text(signed_in(user).get(reverse("sync:plan", args=[plan.pk])))
    assert "Started by Administrator" in page
    assert "1 part not renewed" in page
    assert "Nmbrs answered with an error that this portal does not know. (Code 9999.)" in page
    assert "No salaries were ever fetched." in page
    assert "hx-trigger" not in content(page)


def test_a_sync_without_trouble_says_so(office, administrator, signed_in, planned):
    plan = planned(office.company)
    end(plan.runs)
    SyncPlan.objects.update(finished=clock.now())
    page = text(signed_in(administrator()).get(reverse("sync:plan", args=[plan.pk])))
    assert "Nothing needs attention" in page
    assert "Stop this sync" not in page


def test_new_elements_and_unknown_values_are_told_though_the_sync_succeeded(office, administrator, signed_in, planned):
    plan = planned(office.company, "runs")
    end(plan.runs, unknown_elements=4, unknown_values=1, error_detail="+NewField: 4")
    page = text(signed_in(administrator()).get(reverse("sync:plan", args=[plan.pk])))
    assert "Nmbrs sends a field that this portal does not know, “NewField”" in page
    assert "1 value is not in the lists this portal knows" in page


def test_a_running_sync_asks_for_its_progress_every_second_and_can_be_reloaded_without_a_script(
    office, administrator, signed_in, planned
):
    plan = planned(office.company)
    page = text(signed_in(administrator()).get(reverse("sync:plan", args=[plan.pk])))
    assert f'hx-get="{reverse("sync:progress", args=[plan.pk])}" hx-trigger="every 1s"' in page
    assert "<noscript>" in page
    assert "Reload to see how far it is" in page


def test_progress_is_a_fragment_that_stops_asking_when_the_work_is_over(office, administrator, signed_in, planned):
    plan = planned(office.company)
    client = signed_in(administrator())
    total = plan.runs.count()
    address = reverse("sync:progress", args=[plan.pk])

    waiting = client.get(address)
    assert "no worker is running" in text(waiting)
    assert "<html" not in text(waiting)
    assert "HX-Trigger" not in waiting

    end(plan.runs.filter(resource="runs"), added=5)
    going_on = client.get(address)
    assert f'<span class="ui-num">1</span> / <span class="ui-num">{total}</span>' in text(going_on)
    assert "5 new" in text(going_on)
    assert 'hx-trigger="every 1s"' in text(going_on)

    end(plan.runs, added=0)
    SyncPlan.objects.update(finished=clock.now())
    over = client.get(address, headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/clients/1/?on=x"})
    assert "hx-trigger" not in text(over)
    assert "Done: nothing changed." in text(over)
    assert 'href="/clients/1/?on=x"' in text(over)
    assert over["HX-Trigger"] == "syncFinished"


def test_the_way_back_leads_to_this_site_only(office, administrator, signed_in, planned):
    plan = planned(office.company)
    SyncPlan.objects.update(finished=clock.now())
    client = signed_in(administrator())
    for page in ("https://evil.example/", "javascript:alert(1)", "//evil.example/"):
        headers = {"HX-Request": "true", "HX-Current-URL": page}
        answer = text(client.get(reverse("sync:progress", args=[plan.pk]), headers=headers))
        assert "evil" not in answer
        assert "javascript:" not in answer


def test_cancelling_takes_back_what_has_not_begun_and_says_what_stays(office, administrator, signed_in, planned):
    plan = planned(office.company)
    end(plan.runs.filter(resource="runs"), added=1)
    client = signed_in(administrator())
    page = text(client.post(reverse("sync:cancel", args=[plan.pk]), follow=True))
    assert "The sync was cancelled. What it had done stays." in page
    assert set(plan.runs.values_list("status", flat=True)) == {Status.SUCCEEDED, Status.CANCELLED}
    again = text(client.post(reverse("sync:cancel", args=[plan.pk]), follow=True))
    assert "This sync had already ended." in again


# --- what pages cost -------------------------------------------------------------------------------------------------


def queries(client, address):
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def busy(office, clients, planned):
    """So many more clients, each with a failing kind, a hold, records left out, and syncs of the past."""
    for number in range(clients):
        debtor = make_debtor(office.environment, f"Klant {number}")
        company = make_company(debtor, f"Bedrijf {number}")
        fetched(company, "salaries", state=State.FAILING, error_kind="unavailable")
        fetched(company, "contracts", state=State.HELD, error_kind="held", held_digest=number.to_bytes(16, "big"))
        fetched(company, "personal_info", at=clock.now(), quarantined=1)
        plan = planned(debtor)
        end(plan.runs, status=Status.FAILED, error_kind="unavailable")
        plan.runs.filter(resource="personal_info").update(
            status=Status.SUCCEEDED, quarantined=1, error_detail="birthday: 1"
        )
        SyncPlan.objects.filter(pk=plan.pk, debtor=debtor).update(finished=clock.now() if number % 2 else None)


def test_the_overview_costs_the_same_for_few_and_for_many(office, administrator, signed_in, planned):
    client = signed_in(administrator())
    busy(office, 2, planned)
    few = queries(client, reverse("sync:overview"))
    busy(office, 12, planned)
    assert queries(client, reverse("sync:overview")) == few
    assert few <= MOST_QUERIES


def test_the_page_of_a_sync_costs_the_same_for_few_and_for_many(office, administrator, signed_in, planned):
    client = signed_in(administrator())
    small = planned(office.company)
    end(small.runs, status=Status.FAILED, error_kind="unavailable")
    few = queries(client, reverse("sync:plan", args=[small.pk]))
    for number in range(8):
        make_company(office.a, f"Bedrijf {number}")
    large = plans.start(office.environment, trigger=Trigger.NIGHTLY)
    end(large.runs, status=Status.FAILED, error_kind="unavailable")
    assert large.runs.count() > 5 * small.runs.count()
    assert queries(client, reverse("sync:plan", args=[large.pk])) == few
    assert few <= MOST_QUERIES


def test_asking_for_progress_is_cheap(office, administrator, signed_in, planned):
    client = signed_in(administrator())
    assert queries(client, reverse("sync:progress", args=[planned(office.company).pk])) <= 8


def test_a_second_environment_is_shown_beside_the_first(office, administrator, signed_in):
    connect(
        make_environment(office.firm, "tweede"), health=Health.REFUSED, health_since=clock.now() - timedelta(days=2)
    )
    page = text(signed_in(administrator()).get(reverse("sync:overview")))
    assert page.count("Next nightly sync") == 2
    assert "Nmbrs refuses the user" in page
