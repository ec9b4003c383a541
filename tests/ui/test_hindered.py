"""Faults 31 and 33: where nothing can be written, reading goes on, and whatever is refused says why in plain words."""

import io
import logging
import re
import shutil
from types import SimpleNamespace

import pytest
from django.contrib.sessions.models import Session
from django.db import OperationalError
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client, RequestFactory
from django.urls import reverse
from psycopg.errors import DiskFull

from portal.accounts.models import Membership, User
from portal.accounts.roles import Role
from portal.accounts.signin.sessions import SEEN
from portal.audit.kinds import Kind
from portal.audit.models import Entry
from portal.audit.recording import record
from portal.deadlines.models import Arrangement
from portal.jobs.hindrance import _Schema
from portal.settings.masking import MaskingFormatter
from portal.ui.hindered import server_error
from portal.ui.views import ScopedView
from tests.factories import make_company, make_debtor, make_environment, make_person
from tests.full_disk import full_disk

FULL = {"en": "The disk of this portal is full", "nl": "De schijf van dit portaal is vol"}
AGREED = {"pay_rule": "day", "pay_number": "25", "pension": "own", "pension_days": "7"}
UPDATING = "This portal is being updated"


@pytest.fixture
def person(firm):
    return make_person(make_company(make_debtor(make_environment(firm))))


@pytest.fixture
def browser(administrator):
    client = Client(raise_request_exception=False)
    client.force_login(administrator(language="en"))
    return client


@pytest.mark.django_db(transaction=True)
@pytest.mark.pages
def test_fault_31_on_a_full_disk_lists_open_and_what_cannot_be_audited_is_refused_and_not_done(person, browser):
    page, form = reverse("employees:person", args=[person.pk]), reverse("deadlines:company", args=[person.company_id])
    assert browser.get(page).status_code == 200
    with full_disk():
        # The last page of the trail has room for a few entries.
        with pytest.raises(OperationalError):
            for _ in range(1000):
                record(Kind.SIGNED_OUT)
        entries = Entry.objects.count()
        for refused in (browser.get(page), browser.post(form, AGREED)):
            assert (refused.status_code, FULL["en"] in refused.content.decode()) == (503, True)
            assert "A. Jansen" not in refused.content.decode()
        assert Entry.objects.count() == entries
        assert not Arrangement.objects.exists()
        assert browser.get(reverse("dashboards:clients")).status_code == 200
    assert browser.get(page).status_code == 200
    assert browser.post(form, AGREED).status_code == 302
    assert Arrangement.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("language", FULL)
def test_fault_31_a_server_without_room_is_no_mistake_of_the_portal(language):
    from django.utils import translation

    def answer(error):
        with translation.override(language):
            try:
                raise error
            except OperationalError:
                return server_error(RequestFactory().get("/"))

    full = OperationalError("could not extend file")
    full.__cause__ = DiskFull("could not extend file")
    found = answer(full)
    assert (found.status_code, FULL[language] in found.content.decode()) == (503, True)
    assert answer(OperationalError("connection refused")).status_code == 500


@pytest.mark.django_db
def test_fault_33_a_page_that_needs_a_table_that_is_not_there_yet_says_so(monkeypatch):
    def answer():
        try:
            raise OperationalError("no such table: companies_new")
        except OperationalError:
            return server_error(RequestFactory().get("/"))

    assert answer().status_code == 500
    monkeypatch.setattr(_Schema, "fits", False)
    MigrationRecorder.Migration.objects.filter(app="sync").latest("pk").delete()
    found = answer()
    assert (found.status_code, UPDATING in found.content.decode()) == (503, True)


@pytest.mark.django_db
@pytest.mark.pages
def test_fault_31_staff_are_told_on_every_page_and_stay_signed_in(monkeypatch, person, browser):
    address, told = reverse("dashboards:clients"), "the disk of this portal is nearly full"
    assert told not in browser.get(address).content.decode()
    before = browser.session[SEEN] - 600
    session = browser.session
    session[SEEN] = before
    session.save()
    stored = Session.objects.get().session_data
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: SimpleNamespace(free=0))
    answer = browser.get(address)
    assert (answer.status_code, told in answer.content.decode()) == (200, True)
    assert Session.objects.get().session_data == stored


@pytest.mark.django_db
@pytest.mark.pages
def test_fault_31_clients_are_not_told_of_the_disk(monkeypatch, person, firm):
    user = User.objects.create_user("client@test.example", "Client", "a-good-password")
    Membership.objects.create(user=user, firm=firm, role=Role.CLIENT_USER, debtor=person.company.debtor)
    browser = Client()
    browser.force_login(user)
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: SimpleNamespace(free=0))
    answer = browser.get("/", follow=True)
    assert (answer.status_code, "nearly full" in answer.content.decode()) == (200, False)


@pytest.mark.django_db
@pytest.mark.database
@pytest.mark.pages
def test_fault_33_while_migrations_are_pending_pages_open_and_nothing_is_saved(monkeypatch, person, browser):
    monkeypatch.setattr(_Schema, "fits", False)
    last = MigrationRecorder.Migration.objects.filter(app="sync").latest("pk")
    MigrationRecorder.Migration.objects.filter(pk=last.pk).delete()
    form = reverse("deadlines:company", args=[person.company_id])
    posted = browser.post(form, AGREED)
    assert (posted.status_code, UPDATING in posted.content.decode()) == (503, True)
    assert not Arrangement.objects.exists()
    assert browser.get(form).status_code == 200
    last.save(force_insert=True)
    assert browser.post(form, AGREED).status_code == 302


@pytest.mark.django_db
@pytest.mark.pages
@pytest.mark.parametrize(("language", "words"), [("en", "Name this reference"), ("nl", "Noem dit kenmerk")])
def test_threat_38_a_mistake_has_a_reference_on_its_page_and_in_the_log(
    monkeypatch, person, administrator, language, words
):
    """Whoever reads the log finds the exception by what the reader of the page names; nothing of it is on the page."""

    def fail(*args, **kwargs):
        raise RuntimeError("what went wrong with A. Jansen")

    monkeypatch.setattr(ScopedView, "get_context_data", fail)
    browser = Client(raise_request_exception=False)
    browser.force_login(administrator(language=language))
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(MaskingFormatter(fmt="{levelname} {name} {message}", style="{"))
    logging.getLogger("django.request").addHandler(handler)
    try:
        pages = [browser.get(reverse("dashboards:clients")) for _ in range(2)]
    finally:
        logging.getLogger("django.request").removeHandler(handler)
    found = []
    for page in pages:
        shown = page.content.decode()
        assert page.status_code == 500 and words in shown and "Jansen" not in shown
        found += re.findall(r"<code>([2-9B-Z]{4}-[2-9B-Z]{4})</code>", shown)
        # For a part of a page, where the portal shows its own words in place of this page.
        assert page["X-Reference"] == found[-1]
    assert len(set(found)) == 2
    records = written.getvalue().split("ERROR django.request")[1:]
    assert len(records) == 2
    for reference, record_of in zip(found, records, strict=True):
        assert reference in record_of and "RuntimeError: what went wrong" in record_of
