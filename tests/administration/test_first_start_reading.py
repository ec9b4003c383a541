"""The first step of a first start: which kinds a token may read, tried over a real wire before anything is stored."""

import re
import time
from html import unescape

import pytest
import time_machine
from django.urls import reverse
from pytest_django.fixtures import Settings

from portal.administration.first_start.reading import KINDS
from portal.connections import setup
from portal.connections.models import Connection, EnvironmentKind, FirstStart
from portal.mirror import opt_ins
from portal.mirror.resource import OptIn, registry
from portal.nmbrs.sandbox import Sandbox
from portal.source import Level
from tests.administration.pages import by
from tests.conftest import NOON

pytestmark = pytest.mark.pages

TOKEN = "demo-token"
PAGE = reverse("first_start:connection")
ALLOWED, REFUSED, UNTESTED = "may be read", "no permission in Nmbrs", "could not be tested"


@pytest.fixture
def sandbox(settings: Settings):
    with (
        time_machine.travel(NOON, tick=True),
        Sandbox(debtors=1, companies=2, employees=1, seed=7, today=NOON.date()) as running,
    ):
        settings.NMBRS_HOSTS = [running.url]
        yield running


@pytest.fixture
def boss(administrator):
    return by(administrator(language="en"))


def tried(boss, sandbox):
    """Try the credentials; the answer for each kind as the page says it, and the page."""
    form = {"host": sandbox.url, "user": "api@demo.example", "token": TOKEN, "kind": "accountant"}
    assert boss.post(PAGE, form).status_code == 302
    page = unescape(boss.get(PAGE).text)
    listed = page.partition("What it may read")[2].partition("<form")[0]
    lines = re.findall(r"<dt>(.*?)</dt>\s*<dd>(.*?)</dd>", listed, re.DOTALL)
    return {label.strip(): re.sub(r"<[^>]+>", "", said).strip() for label, said in lines}, page


def asked(sandbox):
    """Operation and company of each call about one company."""
    calls = [
        (call.operation, {name.lower(): value for name, value in call.parameters.items()}) for call in sandbox.requests
    ]
    return [(operation, given["companyid"]) for operation, given in calls if "companyid" in given]


def test_a_token_that_may_read_everything_is_said_to(boss, sandbox):
    answers, page = tried(boss, sandbox)
    assert set(answers.values()) == {ALLOWED}
    assert list(answers)[:2] == ["Employees", "Personal information"]
    assert "Reports (journal)" in answers
    assert f"Tried on {next(sandbox.firm.companies()).name}" in page
    assert "Ask the owner of the API user to allow in Nmbrs what" not in page
    assert TOKEN not in page


@pytest.mark.parametrize("code", [1002, 1003])
def test_what_nmbrs_refuses_is_named_and_the_connection_can_still_be_kept(boss, sandbox, code):
    for kind in ("salaries", "journal"):
        sandbox.faults.add("fault", code=code, operation=registry[kind].soap.operation)
    answers, page = tried(boss, sandbox)
    assert {label for label, said in answers.items() if said == REFUSED} == {"Salaries", "Reports (journal)"}
    assert answers["Runs"] == answers["Wage-tax returns"] == ALLOWED
    assert "Ask the owner of the API user to allow in Nmbrs what" in page
    assert not Connection.objects.exists()
    boss.post(reverse("first_start:keep"))
    assert Connection.objects.get().token == TOKEN
    assert FirstStart.objects.get().found == {}


def test_a_failure_is_no_refusal(boss, sandbox):
    sandbox.faults.add("500", operation=registry["runs"].soap.operation)
    sandbox.faults.add("html_200", operation=registry["contracts"].soap.operation)
    answers, page = tried(boss, sandbox)
    assert {label for label, said in answers.items() if said == UNTESTED} == {"Runs", "Contracts"}
    assert "did not answer in time, or not as expected" in page


def test_it_costs_one_call_for_each_kind_about_one_company(boss, sandbox):
    tried(boss, sandbox)
    company = str(next(sandbox.firm.companies()).id)
    assert asked(sandbox) == [(registry[name].soap.operation, company) for name in KINDS]


def test_somebody_who_waits_at_the_page_waits_for_a_bounded_time(boss, sandbox, monkeypatch):
    monkeypatch.setattr(setup, "SECONDS_OF_A_PROBE", 2.0)
    monkeypatch.setattr(setup, "SECONDS_OF_PROBES", 3.0)
    for kind in KINDS:
        sandbox.faults.add("timeout", seconds=60, operation=registry[kind].soap.operation)
    began = time.monotonic()
    answers, page = tried(boss, sandbox)
    assert time.monotonic() - began < 15
    assert set(answers.values()) == {UNTESTED}
    assert "did not answer in time, or not as expected" in page
    # None is tried twice, and once the time is over no other is begun.
    hits = [rule["hits"] for rule in sandbox.faults.as_data()]
    assert hits[0] == 1
    assert max(hits) == 1
    assert sum(hits) <= 2


def test_without_a_company_nothing_is_said_to_be_refused(boss, sandbox):
    sandbox.faults.add("fault", code=1002, operation="List_GetAll", service="CompanyService")
    answers, page = tried(boss, sandbox)
    assert set(answers.values()) == {UNTESTED}
    assert "There is no company to test it on" in page
    assert asked(sandbox) == []


def test_a_token_that_is_refused_while_it_is_tried_is_not_offered_for_keeping(boss, sandbox):
    sandbox.faults.add("fault", code=1001, operation=registry["salaries"].soap.operation)
    form = {"host": sandbox.url, "user": "api@demo.example", "token": TOKEN, "kind": "accountant"}
    answer = boss.post(PAGE, form)
    assert answer.status_code == 422
    assert "does not accept this user, token and domain together" in answer.text
    assert not FirstStart.objects.exists()


def test_a_sensitive_kind_is_tried_only_where_it_is_switched_on(boss, sandbox, firm):
    assert "Absences" not in tried(boss, sandbox)[0]
    credentials = setup.Credentials(sandbox.url, "api@demo.example", TOKEN)
    environment = setup.keep(firm, credentials, "demo", EnvironmentKind.ACCOUNTANT).environment
    opt_ins.choose(environment.pk, OptIn.ABSENCE, on=True, reason="return to work")
    opt_ins.choose(environment.pk, OptIn.LEASE_CARS, on=True, reason="addition")
    boss.post(reverse("first_start:forget"))
    answers, _page = tried(boss, sandbox)
    assert answers["Absences"] == answers["Lease cars"] == ALLOWED
    assert "Partners" not in answers


def test_every_kind_that_is_tried_is_asked_of_a_company_in_one_call():
    known = {"employee_type", "year", "period"}
    sensitive = [kind for kind in registry if kind.opt_in is not None]
    for kind in [*(registry[name] for name in KINDS), *sensitive]:
        assert kind.level is Level.COMPANY
        assert set(kind.loops) <= known
