"""Threat 28: Django's admin is off; switched on it only reads, for named administrators, and says so in the trail."""

import os
import subprocess
import sys

import pytest
from django.apps import apps
from django.contrib import admin
from django.db import connection
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from portal.accounts.models import SingleSignOn, Team
from portal.accounts.signin import second_factor
from portal.administration.django_admin.tables import TABLES
from portal.audit.kinds import Kind
from portal.audit.models import Entry
from portal.connections.models import Connection
from portal.vault import EncryptedTextField
from tests.access.browser import UNSAFE_OR_NOT, Browser, undone
from tests.access.checksums import checksums
from tests.access.matrix import METHODS
from tests.access.world import ACTORS
from tests.accounts.signin.grader import grade
from tests.house.test_public_pages import EVERY

ON = pytest.mark.urls("tests.access.with_admin")
NAMED = ("administrator", "accountant", "auditor", "other_administrator", "newcomer")
PAGES = ("admin:index", *(f"admin:{model._meta.label_lower.replace('.', '_')}_changelist" for model in TABLES))


@pytest.fixture
def named(settings):
    settings.PORTAL_ADMIN = frozenset(f"{actor}@people.example" for actor in NAMED)


def get(world, actor, address, **query):
    return Browser(world.sessions.get(actor, "")).send("GET", address, query)


def rows_of(world, name):
    """The numbers of the rows of each table that belong to an office."""
    firm = world.firms[name]
    return {
        model: list(model.objects.filter(**{model.scope_paths.firm: firm.pk}).values_list("pk", flat=True))
        for model in TABLES
    }


def row_address(model, pk):
    return reverse(f"admin:{model._meta.label_lower.replace('.', '_')}_change", args=[pk])


# --- off --------------------------------------------------------------------------------------------------------------


def test_it_is_off_unless_the_settings_name_somebody(world, settings):
    assert frozenset() == settings.PORTAL_ADMIN
    assert not any(name.startswith("admin:") for name in EVERY)
    for address in ("/django-admin/", "/admin/", "/django-admin/login/"):
        assert get(world, "administrator", address).status == 404


def test_the_setting_mounts_it():
    code = (
        "import django; django.setup(); from django.urls import reverse; from django.conf import settings;"
        "print(reverse('admin:index'), *sorted(settings.PORTAL_ADMIN))"
    )
    values = {
        **os.environ,
        "PORTAL_ADMIN": "Boss@One.example, it@one.example",
        "DJANGO_SETTINGS_MODULE": "tests.settings",
    }
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=values, check=True)
    assert ran.stdout.split() == ["/django-admin/", "boss@one.example", "it@one.example"]


def test_neither_its_log_nor_anybody_elses_tables_are_there(db):
    assert list(apps.get_app_config("admin").get_models()) == []
    assert "django_admin_log" not in connection.introspection.table_names()
    assert not admin.site._registry
    shown = {model._meta.app_label for model in TABLES}
    assert shown == {"accounts", "connections", "mirror", "sync", "privacy"}
    assert "django_q" in {app.label for app in apps.get_app_configs()}


# --- who --------------------------------------------------------------------------------------------------------------


@ON
@pytest.mark.parametrize("actor", ACTORS)
def test_only_administrators_who_are_named_come_in(world, named, actor):
    own = {"administrator": 200, "other_administrator": 200, "anonymous": 302, "ended": 302}.get(actor, 403)
    for page in PAGES:
        answer = get(world, actor, reverse(page))
        assert answer.status == own, page
        if own == 302:
            assert "Location: /sign-in/?next=/django-admin/" in answer.headers


@ON
def test_an_administrator_who_is_not_named_stays_out(world, settings):
    settings.PORTAL_ADMIN = frozenset({"other_administrator@people.example"})
    assert get(world, "administrator", "/django-admin/").status == 403
    assert get(world, "other_administrator", "/django-admin/").status == 200


@ON
def test_threat_28_there_is_no_side_door(world, named, client):
    """No form of its own, no password page, and nobody without the second factor."""
    names = {one.name for one in every_address()}
    assert names == {page.removeprefix("admin:") for page in PAGES} | {
        page.removeprefix("admin:").replace("changelist", "change") for page in PAGES[1:]
    }
    for word in ("login", "logout", "password_change", "autocomplete", "jsi18n", "r/1/1", "accounts/user"):
        assert get(world, "administrator", f"/django-admin/{word}/").status == 404
    client.force_login(world.users["administrator"])
    session = client.session
    session.pop(second_factor.KEY)
    session.save()
    assert client.get("/django-admin/")["Location"].startswith("/account/confirm/code/")


def every_address():
    for one in get_resolver("tests.access.with_admin").url_patterns:
        if isinstance(one, URLResolver) and one.namespace == "admin":
            yield from _walk(one)


def _walk(resolver):
    for one in resolver.url_patterns:
        if isinstance(one, URLPattern):
            yield one
        else:
            yield from _walk(one)


# --- what -------------------------------------------------------------------------------------------------------------


@ON
def test_everybody_sees_the_rows_of_their_own_office_only(world, named):
    own, others = rows_of(world, "one"), rows_of(world, "two")
    assert all(own.values()) and all(others.values())
    for model in TABLES:
        listed = get(world, "administrator", row_address(model, 1).rsplit("/", 2)[0] + "/")
        assert not world.planted.found_in(listed.whole) - world.sees("administrator"), model
        assert get(world, "administrator", row_address(model, own[model][0])).status == 200, model
        missing = get(world, "administrator", row_address(model, 2**70))
        foreign = get(world, "administrator", row_address(model, others[model][0]))
        assert missing.status == foreign.status == 404, model
        assert foreign.comparable(row_address(model, others[model][0])) == missing.comparable(row_address(model, 2**70))


@ON
def test_nothing_can_be_changed(world, named):
    with undone():
        pages = [reverse(page) for page in PAGES]
        pages += [row_address(model, pks[0]) for model, pks in rows_of(world, "one").items()]
        before = checksums()
        browser = Browser(world.sessions["administrator"])
        for address in pages:
            for method in METHODS:
                body = {"action": "delete_selected", "_selected_action": "1", "_save": "1"} if method == "POST" else {}
                answer = browser.send(method, address, body)
                assert answer.status == (200 if method in ("GET", "HEAD") else 405), (method, address)
            for more in ("add/", "1/delete/", "1/history/", "delete/", "history/"):
                assert browser.send("POST", address + more).status == 404
        assert checksums() == before
    assert set(METHODS) == set(UNSAFE_OR_NOT)


@ON
def test_secrets_have_no_column(world, named):
    for model, table in TABLES.items():
        fields = [model._meta.get_field(name) for name in table.columns]
        assert not [field for field in fields if isinstance(field, EncryptedTextField)]
        assert not {"token", "token_hash", "client_secret", "email", "employee", "error_detail", "digest"} & set(
            table.columns
        ), model
    single, way_in = SingleSignOn.objects.get(firm=world.firms["one"]), Connection.objects.order_by("pk").first()
    for row, secret in ((single, b">secret<"), (way_in, b"a-token")):
        assert secret not in get(world, "administrator", row_address(type(row), row.pk)).body


@ON
@pytest.mark.parametrize(
    "lookup", ["token__startswith", "client_secret", "environment__connections__token", "id", "pk__gt"]
)
def test_no_address_asks_for_what_is_not_shown(world, named, lookup):
    for page in ("admin:connections_connection_changelist", "admin:accounts_singlesignon_changelist"):
        assert get(world, "administrator", reverse(page), **{lookup: "a"}).status == 400


@ON
def test_each_page_that_is_opened_is_in_the_trail_once(world, named):
    row = Team.objects.filter(firm=world.firms["one"]).first()
    for address, kind, pk in (
        ("/django-admin/", "tables", None),
        (reverse("admin:accounts_team_changelist"), "team", None),
        (row_address(Team, row.pk), "team", row.pk),
    ):
        before = Entry.objects.count()
        assert get(world, "administrator", address).status == 200
        entry = Entry.objects.order_by("-number").first()
        assert Entry.objects.count() == before + 1
        assert (entry.kind, entry.object_type, entry.object_id) == (Kind.ADMIN_READ, kind, pk)
        assert (entry.actor_id, entry.firm_id) == (world.users["administrator"].pk, world.firms["one"].pk)


@ON
def test_its_pages_keep_the_rules_of_all_pages(world, named):
    """Nothing inline, no-store, and the same policy as everywhere."""
    for address in (reverse("admin:index"), reverse(PAGES[1])):
        answer = get(world, "administrator", address)
        assert "Cache-Control: no-store" in answer.headers
        assert grade(dict(line.split(": ", 1) for line in answer.headers.splitlines()), [])[1] == [
            "HSTS is missing or short"
        ]
        for inline in (b"<style", b" style=", b"onclick=", b"<form", b"<script>"):
            assert inline not in answer.body
