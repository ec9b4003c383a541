"""A masked account number is shown whole once, to whoever may, with a reason, and leaves one entry (threats 11, 41)."""

import logging

import pytest
from django.apps import apps
from django.contrib.sessions.models import Session
from django.urls import reverse

from portal.accounts.roles import CAPABILITIES, Capability, Role
from portal.audit.models import Entry
from portal.mirror.resource import registry
from portal.ui.fields import RULES, Sight, sight
from portal.vault import EncryptedTextField
from tests.accounts.office import make_office
from tests.factories import fetched_everything
from tests.privacy.conftest import GROUPED, IBAN, accounts_of, entries, grown_old

pytestmark = pytest.mark.pages

KINDS = ("bank_accounts", "company_bank_account", "debtor_bank_account")
#: The parts of the number that a masked form does not have.
SECRETS = (IBAN, GROUPED, "0417164300", "0417 1643", "ABNA0417")


def url(kind, row):
    return reverse("ui:reveal", args=[kind, row.pk])


@pytest.mark.parametrize("kind", KINDS)
def test_the_number_is_shown_once_and_the_trail_says_so_without_it(office, by, kind, caplog):
    rows, browser = accounts_of(office), by(Role.ACCOUNTANT)
    caplog.set_level(logging.DEBUG)
    question = browser.get(url(kind, rows[kind]))
    assert question.status_code == 200
    assert "NL •••• 4300" in question.content.decode()
    assert not any(secret in question.content.decode() for secret in SECRETS)
    assert not entries("revealed"), "asking is no revealing"

    answer = browser.post(url(kind, rows[kind]), {"reason": "check_payment"})
    assert answer.status_code == 200
    assert GROUPED in answer.content.decode()
    assert answer.headers["Cache-Control"] == "no-store"
    (entry,) = entries("revealed")
    assert entry.detail == {"kind": kind, "field": "iban", "reason": "check_payment"}
    assert (entry.object_type, entry.object_id) == (rows[kind]._meta.model_name, rows[kind].pk)
    assert entry.debtor_id == office.clients["a"].debtor.pk
    assert entry.employee_id == (office.clients["a"].person.pk if kind == "bank_accounts" else None)
    assert not any(secret in caplog.text for secret in SECRETS)
    kept = [session.get_decoded() for session in Session.objects.all()]
    assert not any(secret in str(kept) for secret in SECRETS)
    assert not any(secret in str(vars(one)) for one in Entry.objects.all() for secret in SECRETS)

    again = browser.get(url(kind, rows[kind]))
    assert not any(secret in again.content.decode() for secret in SECRETS), "it is shown once"
    browser.post(url(kind, rows[kind]), {"reason": "investigation"})
    assert len(entries("revealed")) == 2


@pytest.mark.parametrize("reason", ["", "because", "Mr. Jansen asked"])
def test_without_one_of_the_reasons_nothing_is_shown_and_nothing_is_entered(office, by, reason):
    row = accounts_of(office)["bank_accounts"]
    answer = by(Role.ACCOUNTANT).post(url("bank_accounts", row), {"reason": reason})
    assert answer.status_code == 422
    assert not any(secret in answer.content.decode() for secret in SECRETS)
    assert not entries("revealed")


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("role", [role for role in Role if Capability.REVEAL_IBAN not in CAPABILITIES[role]], ids=str)
def test_who_may_not_reveal_gets_403(office, by, role, method):
    row = accounts_of(office)["bank_accounts"]
    answer = getattr(by(role), method)(url("bank_accounts", row), {"reason": "check_payment"})
    assert answer.status_code == 403
    assert not any(secret in answer.content.decode() for secret in SECRETS)
    assert not entries("revealed")


@pytest.mark.parametrize("kind", KINDS)
def test_other_clients_and_other_offices_do_not_exist(office, by, kind):
    foreign = [accounts_of(office, "b")[kind], accounts_of(make_office("two", "a"))[kind]]
    browser = by(Role.ACCOUNTANT)
    missing = browser.post(reverse("ui:reveal", args=[kind, 999_999]), {"reason": "check_payment"})
    assert missing.status_code == 404
    for row in foreign:
        answer = browser.post(url(kind, row), {"reason": "check_payment"})
        assert answer.status_code == 404
    assert not entries("revealed")


def test_a_kind_without_a_masked_field_has_no_such_page(office, by):
    row = accounts_of(office)["bank_accounts"]
    for kind in ("salaries", "bsn_checks", "nonsense"):
        assert by(Role.ADMINISTRATOR).get(reverse("ui:reveal", args=[kind, row.pk])).status_code == 404


def test_an_old_sign_in_has_to_be_confirmed_first(office, by):
    row, browser = accounts_of(office)["bank_accounts"], grown_old(by(Role.ACCOUNTANT))
    for answer in (
        browser.get(url("bank_accounts", row)),
        browser.post(url("bank_accounts", row), {"reason": "check_payment"}),
    ):
        assert answer.status_code == 302
        assert "/account/confirm/" in answer.url
        assert IBAN not in answer.url
    assert not entries("revealed")


def test_when_the_trail_cannot_be_written_the_number_stays_hidden(office, by):
    row, browser = accounts_of(office)["bank_accounts"], by(Role.ACCOUNTANT)
    browser.raise_request_exception = False
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_head RENAME TO audit_head_away")
    try:
        answer = browser.post(url("bank_accounts", row), {"reason": "check_payment"})
        assert answer.status_code == 500
        assert not any(secret in answer.content.decode() for secret in SECRETS)
    finally:
        if connection.vendor == "sqlite" or not connection.needs_rollback:
            with connection.cursor() as cursor:
                cursor.execute("ALTER TABLE audit_head_away RENAME TO audit_head")


def pages(office):
    client = office.clients["a"]
    return {
        "bank_accounts": reverse("employees:person", args=[client.person.pk]),
        "company_bank_account": reverse("companies:records", args=[client.company.pk, "company_bank_account"]),
        "debtor_bank_account": reverse("debtors:records", args=[client.debtor.pk, "debtor_bank_account"]),
    }


@pytest.mark.parametrize("role", Role, ids=str)
@pytest.mark.parametrize("kind", KINDS)
def test_pages_show_of_an_account_what_the_table_says(office, by, role, kind):
    rows = accounts_of(office)
    fetched_everything(office.clients["a"].debtor)
    answer = by(role).get(pages(office)[kind])
    body = answer.content.decode()
    allowed = sight(registry[kind], "iban", CAPABILITIES[role])
    masked, way = "•••• 4300" in body, url(kind, rows[kind]) in body
    assert (masked, way) == {
        Sight.HIDDEN: (False, False),
        Sight.MASKED: (True, False),
        Sight.FULL: (True, True),
    }[allowed]
    assert not any(secret in body for secret in SECRETS)


def test_every_encrypted_field_of_the_mirror_is_in_the_table():
    encrypted = {
        (kind.name, field.name)
        for kind in registry
        for field in kind.model._meta.get_fields()
        if isinstance(field, EncryptedTextField)
    }
    assert encrypted == {place for place, rule in RULES.items() if rule.whole is not None}
    for kind, field in RULES:
        assert registry[kind].model._meta.get_field(field)
    assert apps.get_model("employees", "AccountOfEmployee")


def test_the_table_knows_three_answers():
    accounts, tax, bsn = registry["bank_accounts"], registry["wage_tax_settings"], registry["bsn_checks"]
    every = set(Capability)
    assert sight(accounts, "iban", every) is Sight.FULL
    assert sight(accounts, "iban", every - {Capability.REVEAL_IBAN}) is Sight.MASKED
    assert sight(accounts, "iban", every - {Capability.VIEW_BANK_ACCOUNTS}) is Sight.HIDDEN
    assert sight(accounts, "account_type", {Capability.VIEW_BANK_ACCOUNTS}) is Sight.FULL
    assert sight(tax, "year_wage", every - {Capability.VIEW_SALARIES}) is Sight.HIDDEN
    assert sight(bsn, "bsn_fingerprint", every) is Sight.HIDDEN
