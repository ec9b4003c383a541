"""The guided first start, walked by an administrator over a real wire."""

import re
import socket
from html import unescape

import pytest
import time_machine
from django.db import connection as database
from django.urls import reverse
from pytest_django.fixtures import Settings

from portal.accounts.models import Firm
from portal.accounts.rights import SYSTEM, Place, give
from portal.accounts.roles import Role
from portal.accounts.signin.sessions import SIGNED_IN
from portal.audit.models import Entry
from portal.clock import now
from portal.connections import first_start
from portal.connections.models import Connection, Environment, FirstStart
from portal.debtors.models import Debtor
from portal.mirror.models import Freshness
from portal.mirror.opt_ins import switched_on
from portal.mirror.resource import OptIn
from portal.nmbrs.sandbox import Sandbox
from portal.sync import tasks
from portal.sync.models import SyncPlan
from tests.administration.pages import by
from tests.conftest import NOON

TOKEN = "demo-token"


@pytest.fixture
def sandbox(settings: Settings):
    """Two clients of one company each are enough to choose between."""
    with (
        time_machine.travel(NOON, tick=True),
        Sandbox(debtors=2, companies=1, employees=1, seed=7, today=NOON.date()) as running,
    ):
        settings.NMBRS_HOSTS = [running.url]
        yield running


@pytest.fixture
def boss(administrator):
    return by(administrator(language="en"))


def url(name, *args):
    return reverse(f"first_start:{name}", args=args)


def form(sandbox, **other):
    return {"host": sandbox.url, "user": "api@demo.example", "token": TOKEN, "kind": "accountant", **other}


def test_an_office_goes_from_nothing_to_its_first_figures(boss, sandbox, firm, django_assert_max_num_queries):
    # Without a connection the start page is the first start, and the menu has it.
    assert boss.get("/")["Location"] == url("overview")
    overview = boss.get(url("overview")).text
    assert f'href="{url("connection")}"' in overview
    assert f'href="{url("clients")}"' not in overview
    assert boss.get(url("clients"))["Location"] == boss.get(url("sync"))["Location"] == url("connection")

    # 1. What the token opens is shown before anything is stored.
    assert boss.post(url("connection"), form(sandbox))["Location"] == url("connection")
    shown = unescape(boss.get(url("connection")).text)
    assert sandbox.firm.debtors[0].name in shown
    assert "Nothing is stored yet" in shown
    assert TOKEN not in shown
    assert not Connection.objects.exists()
    with database.cursor() as cursor:
        cursor.execute("SELECT token FROM connections_firststart")
        assert TOKEN not in cursor.fetchone()[0]
    kept = boss.post(url("keep"))
    stored = Connection.objects.select_related("environment").get()
    environment = stored.environment
    assert (environment.firm, stored.token) == (firm, TOKEN)
    assert kept["Location"] == url("kinds", environment.pk)
    start = FirstStart.objects.get()
    assert (start.token, start.user, start.found, start.tried) == ("", "", {}, None)
    assert Entry.objects.filter(kind="connection_added", firm_id=firm.pk).count() == 1

    # 2. The kinds, each with its reason; they may be left for later.
    assert boss.post(url("kinds", environment.pk), {"absence": "on"}).status_code == 422
    assert "your turn" in boss.get(url("overview")).text
    going_on = boss.post(url("kinds", environment.pk), {"absence": "on", "absence_reason": "return to work"})
    assert going_on["Location"] == url("clients")
    assert switched_on(environment.pk) == {OptIn.ABSENCE}

    # 3. The list is being read by itself; nothing of a company is read with it.
    assert "The list of clients is being read" in boss.get(url("clients")).text
    tasks.work(environment.pk)
    assert not Freshness.objects.filter(company__isnull=False).exists()
    page = unescape(boss.get(url("clients")).text)
    assert re.search(r"nightly sync, <time[^>]*>23 Nov 2026", page)
    first, *others = Debtor.objects.order_by("pk")
    assert all(one.name in page for one in others)
    assert boss.post(url("clients"), {"which": "some"}).status_code == 422
    assert boss.post(url("clients"), {"which": "some", "debtors": [first.pk, 10**6]}).status_code == 422
    assert boss.post(url("clients"), {"which": "some", "debtors": [first.pk]})["Location"] == url("sync")

    # 4. Only the chosen client is read.
    assert re.search(r"About .{1,60} calls to Nmbrs", boss.get(url("sync")).text)
    assert boss.post(url("sync"))["Location"] == url("sync")
    assert list(SyncPlan.objects.filter(resource="").values_list("debtor", flat=True)) == [first.pk]
    assert "Running now" in boss.get(url("sync")).text
    entry = f'href="{url("overview")}"'
    assert entry in boss.get(reverse("sync:overview")).text
    tasks.work(environment.pk)
    read = set(Freshness.objects.filter(company__isnull=False).values_list("company__debtor", flat=True))
    assert read == {first.pk}
    with django_assert_max_num_queries(25):
        assert "The first figures are there" in boss.get(url("sync")).text

    # 5. And the entry of the menu goes.
    assert boss.post(url("colleagues"))["Location"] == url("overview")
    done = boss.get(url("overview")).text
    assert done.count("Look again") == 5
    assert entry not in boss.get(reverse("sync:overview")).text


@pytest.mark.database
def test_what_goes_wrong_is_said_and_nothing_is_lost(boss, sandbox, firm, settings, administrator):
    def said(**other):
        answer = boss.post(url("connection"), form(sandbox, **other))
        assert answer.status_code == 422
        assert TOKEN not in answer.text
        assert "another-secret" not in answer.text
        return answer.text

    refused = said(token="another-secret")
    assert "does not accept this user, token and domain together" in refused
    assert 'value="api@demo.example"' in refused
    assert "not one of NMBRS_HOSTS" in said(host="https://evil.example")
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        down = f"http://127.0.0.1:{nobody.getsockname()[1]}"
    settings.NMBRS_HOSTS = [sandbox.url, down]
    assert "could not be reached" in said(host=down)
    assert not FirstStart.objects.exists()

    # What was tried is not kept for ever, nor by somebody of another office.
    boss.post(url("connection"), form(sandbox))
    other = by(administrator("other@test.example", of=Firm.objects.create(name="Elsewhere")))
    other.post(url("keep"))
    assert sandbox.firm.debtors[0].name not in unescape(other.get(url("connection")).text)
    assert other.post(url("keep"), {"firm": firm.pk}).status_code == 404
    FirstStart.objects.update(tried=now() - first_start.TRIED_KEPT)
    first_start.forget_old()
    assert FirstStart.objects.get().token == ""
    assert boss.post(url("keep"))["Location"] == url("connection")
    assert not Connection.objects.exists()


@pytest.mark.database
def test_what_is_kept_or_let_go_is_what_the_page_showed(boss, sandbox, firm, administrator):
    colleague = by(administrator("colleague@test.example", language="en"))

    def tries(browser, **other):
        assert browser.post(url("connection"), form(sandbox, **other)).status_code == 302
        return re.search(r'name="sign" value="(\w+)"', browser.get(url("connection")).text)[1]

    seen = tries(boss)
    newer = tries(colleague, domain="demo", kind="business")
    assert seen != newer
    for act in ("keep", "forget"):
        assert boss.post(url(act), {"sign": seen})["Location"] == url("connection")
        assert not Connection.objects.exists()
        page = boss.get(url("connection")).text
        assert "Other credentials were tried while you had this page open" in page
        assert f'value="{newer}"' in page
    # The same once more is another try all the same: what it opens may have changed.
    assert tries(colleague, domain="demo", kind="business") != newer
    assert boss.post(url("keep"), {"sign": newer})["Location"] == url("connection")
    assert boss.post(url("keep"), {"sign": tries(boss)})["Location"] == url("kinds", Environment.objects.get().pk)
    assert Connection.objects.get().environment.kind == "accountant"
    assert TOKEN not in newer


@pytest.mark.parametrize("name", ["connection", "keep", "forget"])
def test_what_concerns_the_token_takes_a_fresh_sign_in(boss, firm, name):
    FirstStart.objects.create(firm=firm, tried=now(), token="tried")
    session = boss.session
    session[SIGNED_IN] -= 600
    session.save()
    assert boss.post(url(name), {})["Location"].startswith("/account/confirm/?next=")
    assert FirstStart.objects.get().token == "tried"


def test_it_is_the_administrators_alone(firm, accountant, administrator):
    clerk = by(accountant())
    assert {clerk.get(url(name)).status_code for name in ("overview", "connection", "clients", "sync")} == {403}
    # Who manages two offices is asked about one at a time.
    user = administrator(language="en")
    second = Firm.objects.create(name="Second office")
    give(SYSTEM, user, Place(second.pk, Role.ADMINISTRATOR))
    page = by(user).get(f"{url('overview')}?firm={second.pk}").text
    assert "Second office" in page
    assert f"{url('connection')}?firm={second.pk}" in page
