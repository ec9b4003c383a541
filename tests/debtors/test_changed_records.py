"""What changes in what Nmbrs has on file about a client: observed rows end and begin."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
import time_machine

from portal.debtors import models
from portal.mirror.models import Change, ChangeKind, Freshness, State
from portal.nmbrs.sandbox.firm.debtor_records import Tag
from portal.sync.service import sync_now
from tests.conftest import NOON, Connected

pytestmark = [pytest.mark.pages, pytest.mark.django_db, pytest.mark.timeout(300)]

KINDS = "debtors,debtor_bank_account,debtor_tags,service_level"


def resync(mirrored: Connected) -> None:
    mirrored.sandbox.forget_answers()
    sync_now(mirrored.environment, resource=KINDS)


def test_account_numbers_are_encrypted_and_never_in_the_change_log(mirrored: Connected) -> None:
    from django.db import connection

    firm_debtor = mirrored.sandbox.firm.debtors[0]
    account = firm_debtor.records.bank_account
    assert account is not None
    before = account.iban
    account.iban = "NL02ABNA0123456789"
    resync(mirrored)
    with connection.cursor() as cursor:
        cursor.execute("SELECT iban FROM debtors_debtorbankaccount")
        stored = " ".join(row[0] for row in cursor.fetchall())
    assert before not in stored
    assert "0123456789" not in stored
    change = Change.objects.get(resource="debtor_bank_account")
    assert (change.field, change.old, change.new, change.sensitive) == ("iban", "", "", True)


def test_another_value_closes_the_row_and_opens_one_from_the_day_it_was_seen(mirrored: Connected) -> None:
    firm_debtor = mirrored.sandbox.firm.debtors[0]
    tags = models.DebtorTag.objects.filter(debtor__remote_id=firm_debtor.id)
    levels = models.ServiceLevel.objects.filter(debtor__remote_id=firm_debtor.id)
    old_level, old_tag = levels.get().level, tags.first()
    assert old_tag is not None
    firm_debtor.records.service_level.level = "Directie"
    firm_debtor.records.tags[:] = [
        *[replace(tag) for tag in firm_debtor.records.tags if tag.number != old_tag.number],
        Tag(9, "#000000", "Nieuw"),
    ]
    later = NOON + timedelta(days=3)
    with time_machine.travel(later, tick=True):
        resync(mirrored)
    day = later.date()
    assert list(levels.order_by("valid_from").values_list("level", "valid_from", "valid_until")) == [
        (old_level, NOON.date(), day),
        ("Directie", day, None),
    ]
    assert [row.level for row in levels.as_of(day - timedelta(days=1))] == [old_level]
    assert [row.level for row in levels.as_of(day)] == ["Directie"]
    old_tag.refresh_from_db()
    assert old_tag.valid_until == day
    assert tags.get(number=9).valid_from == day
    log = {
        (change.resource, change.kind, change.old, change.new, change.effective)
        for change in Change.objects.filter(debtor__remote_id=firm_debtor.id)
    }
    assert ("service_level", ChangeKind.CHANGED, old_level, "Directie", day) in log
    assert ("debtor_tags", ChangeKind.ADDED, "", "Nieuw", day) in log
    assert ("debtor_tags", ChangeKind.REMOVED, old_tag.text, "", day) in log


def test_a_record_that_is_gone_waits_for_a_person_before_its_row_ends(mirrored: Connected) -> None:
    firm_debtor = mirrored.sandbox.firm.debtors[0]
    row = models.DebtorBankAccount.objects.get(debtor__remote_id=firm_debtor.id)
    firm_debtor.records.bank_account = None
    with time_machine.travel(NOON + timedelta(days=1), tick=True):
        resync(mirrored)
    row.refresh_from_db()
    assert row.valid_until is None
    held = Freshness.objects.get(resource="debtor_bank_account", debtor=row.debtor)
    assert held.state == State.HELD
    Freshness.objects.filter(pk=held.pk).update(accepted_digest=held.held_digest)
    with time_machine.travel(NOON + timedelta(days=2), tick=True):
        resync(mirrored)
    row.refresh_from_db()
    assert row.valid_until == date(2026, 11, 24)
