"""Who may see and do what on the Sync pages: outside the scope 404, inside without the capability 403."""

import re

import pytest
from django.urls import reverse

from portal.accounts import roles
from portal.accounts.roles import Capability, Role
from portal.mirror.models import Freshness, State
from portal.sync.models import SyncPlan
from tests.factories import fetched

pytestmark = pytest.mark.pages

ANSWER = b"\x0f" * 16
LATER = 302


def start(client, scope, pk, **fields):
    return client.post(reverse("sync:start"), {"scope": scope, "pk": pk, **fields})


def without_token(response):
    """The page without the token against forged forms, which is another one each time."""
    return re.sub(rb'(X-CSRFToken": "|csrfmiddlewaretoken" value=")[^"]+', rb"\1", response.content)


@pytest.fixture
def people(office, administrator, accountant, signed_in):
    """Browsers by who uses them; the accountant has client `a`."""
    return {
        "administrator": signed_in(administrator()),
        "stranger": signed_in(administrator("stranger@test.example", of=office.other_firm)),
        "accountant": signed_in(accountant(office.a)),
        "nobody": signed_in(accountant(email="nobody@test.example")),
        "anonymous": signed_in(None),
    }


@pytest.fixture
def read_only(monkeypatch):
    """A role that sees syncs and may start none, as an auditor's will."""
    monkeypatch.setitem(roles.CAPABILITIES, Role.ACCOUNTANT, frozenset({Capability.VIEW, Capability.VIEW_SYNC}))


@pytest.mark.parametrize(
    ("who", "environment", "own", "colleague"),
    [
        ("administrator", LATER, LATER, LATER),
        ("accountant", 403, LATER, 404),
        ("stranger", 404, 404, 404),
        ("nobody", 404, 404, 404),
    ],
)
def test_starting_needs_the_scope_and_the_right(office, people, who, environment, own, colleague):
    company_of_b = office.b.companies.get()
    client = people[who]
    assert start(client, "environment", office.environment.pk).status_code == environment
    assert start(client, "debtor", office.a.pk).status_code == own
    assert start(client, "company", office.company.pk).status_code == own
    assert start(client, "debtor", office.b.pk).status_code == colleague
    assert start(client, "company", company_of_b.pk).status_code == colleague


@pytest.mark.parametrize("scope", ["environment", "debtor", "company"])
def test_a_foreign_row_and_a_missing_one_are_answered_alike(office, people, scope):
    foreign = {"environment": office.other.environment_id, "debtor": office.other.pk}.get(scope)
    foreign = foreign or office.other.companies.get().pk
    client = people["accountant"]
    seen, missing = start(client, scope, foreign), start(client, scope, 999_999)
    assert (seen.status_code, missing.status_code) == (404, 404)
    assert without_token(seen) == without_token(missing)
    assert not SyncPlan.objects.exists()


@pytest.mark.parametrize("scope", ["debtor", "company"])
def test_seeing_is_not_starting(office, read_only, accountant, signed_in, scope):
    client = signed_in(accountant(office.a))
    pk = office.a.pk if scope == "debtor" else office.company.pk
    assert start(client, scope, pk).status_code == 403
    assert not SyncPlan.objects.exists()
    assert client.get(reverse("sync:overview")).status_code == 200


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"scope": "firm", "pk": 1},
        {"scope": "debtor", "pk": "x"},
        {"scope": "debtor", "pk": 2**70},
        {"scope": "debtor", "pk": 1, "resource": "passwords"},
    ],
)
def test_a_form_that_makes_no_sense_is_refused(people, fields):
    assert people["administrator"].post(reverse("sync:start"), fields).status_code == 400
    assert not SyncPlan.objects.exists()


@pytest.mark.parametrize(
    ("who", "whole", "own", "colleague"),
    [
        ("administrator", 200, 200, 200),
        ("accountant", 404, 200, 404),
        ("stranger", 404, 404, 404),
        ("nobody", 404, 404, 404),
    ],
)
@pytest.mark.parametrize("page", ["sync:plan", "sync:progress"])
def test_a_sync_is_seen_by_those_who_see_what_it_is_about(office, people, planned, who, whole, own, colleague, page):
    wanted = {office.environment: whole, office.a: own, office.company: own, office.b: colleague}
    for target, status in wanted.items():
        assert people[who].get(reverse(page, args=[planned(target).pk])).status_code == status


@pytest.mark.parametrize(
    ("who", "whole", "own", "colleague"),
    [("administrator", LATER, LATER, LATER), ("accountant", 404, LATER, 404), ("stranger", 404, 404, 404)],
)
def test_a_sync_is_cancelled_by_those_who_could_start_it(office, people, planned, who, whole, own, colleague):
    for target, status in {office.environment: whole, office.a: own, office.b: colleague}.items():
        plan = planned(target)
        assert people[who].post(reverse("sync:cancel", args=[plan.pk])).status_code == status
        plan.refresh_from_db()
        assert (plan.finished is not None) == (status == LATER)


def test_seeing_a_sync_is_not_cancelling_it(office, planned, read_only, accountant, signed_in):
    plan = planned(office.a)
    client = signed_in(accountant(office.a))
    page = client.get(reverse("sync:plan", args=[plan.pk]))
    assert page.status_code == 200
    assert "Stop this sync" not in page.content.decode()
    assert client.post(reverse("sync:cancel", args=[plan.pk])).status_code == 403
    plan.refresh_from_db()
    assert plan.finished is None


@pytest.mark.parametrize(
    ("who", "own", "colleague", "whole"),
    [("administrator", LATER, LATER, LATER), ("accountant", LATER, 404, 404), ("stranger", 404, 404, 404)],
)
def test_a_held_answer_is_accepted_by_those_who_may_resync_it(office, people, who, own, colleague, whole):
    for target, resource in ((office.company, "employees"), (office.b, "companies"), (office.environment, "debtors")):
        fetched(target, resource, state=State.HELD, held_digest=ANSWER)
    wanted = {f"company:{office.company.pk}": own, f"debtor:{office.b.pk}": colleague}
    wanted[f"environment:{office.environment.pk}"] = whole
    for key, status in wanted.items():
        row = Freshness.objects.get(scope_key=key)
        address = reverse("sync:accept", args=[row.pk, ANSWER.hex()])
        assert people[who].post(address).status_code == status
        row.refresh_from_db()
        assert bytes(row.accepted_digest) == (ANSWER if status == LATER else b"")


def test_seeing_a_hold_is_not_accepting_it(office, read_only, accountant, signed_in):
    fetched(office.company, "employees", state=State.HELD, held_digest=ANSWER)
    row = Freshness.objects.get()
    client = signed_in(accountant(office.a))
    assert client.post(reverse("sync:accept", args=[row.pk, ANSWER.hex()])).status_code == 403
    row.refresh_from_db()
    assert bytes(row.accepted_digest) == b""
    assert "Accept the answer" not in client.get(reverse("sync:overview")).content.decode()


def test_nothing_is_started_cancelled_or_accepted_by_looking(office, people, planned):
    plan = planned(office.a)
    fetched(office.company, "employees", state=State.HELD, held_digest=ANSWER)
    row = Freshness.objects.get()
    addresses = [
        reverse("sync:start"),
        reverse("sync:cancel", args=[plan.pk]),
        reverse("sync:accept", args=[row.pk, ANSWER.hex()]),
    ]
    for address in addresses:
        for ask in ("get", "head", "put", "patch", "delete"):
            assert getattr(people["administrator"], ask)(address).status_code == 405
    plan.refresh_from_db()
    row.refresh_from_db()
    assert plan.finished is None
    assert bytes(row.accepted_digest) == b""


def test_reading_pages_take_no_forms(office, people, planned):
    plan = planned(office.a)
    for address in (
        reverse("sync:overview"),
        reverse("sync:plan", args=[plan.pk]),
        reverse("sync:progress", args=[plan.pk]),
    ):
        for ask in ("post", "put", "patch", "delete"):
            assert getattr(people["administrator"], ask)(address).status_code == 405


def test_nobody_sees_anything_without_signing_in(office, people, planned):
    plan = planned(office.a)
    for address in (reverse("sync:overview"), reverse("sync:plan", args=[plan.pk])):
        assert people["anonymous"].get(address).status_code == 302
    assert start(people["anonymous"], "debtor", office.a.pk).status_code == 302
    assert SyncPlan.objects.count() == 1


def test_htmx_headers_open_nothing(office, people, planned):
    plan = planned(office.b)
    headers = {"HX-Request": "true", "HX-Boosted": "true", "HX-Current-URL": "http://testserver/sync/"}
    client = people["accountant"]
    assert client.get(reverse("sync:progress", args=[plan.pk]), headers=headers).status_code == 404
    form = {"scope": "debtor", "pk": office.b.pk}
    assert client.post(reverse("sync:start"), form, headers=headers).status_code == 404
