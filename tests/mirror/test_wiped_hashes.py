"""After a HASH_KEY leaked nothing in the database was made with it, and nothing is lost or told as changed."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from portal.audit.kinds import Kind
from portal.audit.models import Entry
from portal.companies.models import WageCode
from portal.employees.models import BsnCheck
from portal.mirror.models import Change, Quarantine, Reason
from portal.mirror.resource import registry
from portal.source import Record
from portal.vault import WIPED, key_mark
from tests.mirror.places import Place

pytestmark = [pytest.mark.database, pytest.mark.django_db]

NUMBERS = ("111222333", "123456782")


def codes(place: Place, *found: int) -> None:
    remote = str(place.company.remote_id)
    place.publish(
        registry["wage_codes"], [{"company": remote, "code": str(code), "description": "Salaris"} for code in found]
    )


def checks(place: Place, *numbers: str) -> None:
    rows: list[Record] = [
        {
            "employee": str(person.remote_id),
            "remote_id": str(person.remote_id),
            "start_year": "2026",
            "start_period": "4",
            "created_at": "2026-01-10T12:00:00",
            "bsn": number,
        }
        for person, number in zip(place.people, numbers, strict=False)
    ]
    place.publish(registry["bsn_checks"], rows)


def wiped() -> str:
    said = StringIO()
    call_command("wipe_hashes", stdout=said)
    return said.getvalue()


def made_with(purpose: str, mark: bytes) -> list[str]:
    """Everything hashed that begins with the mark of a key."""
    hashes = [bytes(row.fingerprint) for kind in registry for row in kind.model.everything.all()]
    hashes += [bytes(row.mark) for row in Quarantine.objects.all()]
    texts = [row.bsn_fingerprint for row in BsnCheck.everything.all()]
    texts += [text for row in Quarantine.objects.all() for text in (*row.row_key.split("#"), row.field)]
    return [one.hex() for one in hashes if one.startswith(mark)] + [one for one in texts if mark.hex() in one]


def test_what_no_sync_hashes_anew_is_wiped_and_the_rest_comes_back_unchanged(place: Place, settings: Any) -> None:
    # What the fixtures made has a fingerprint of no key.
    wiped()
    codes(place, 10, 20)
    checks(place, *NUMBERS)
    old, old_bsn = key_mark("fingerprint"), key_mark("bsn")
    assert len(made_with("fingerprint", old)) == 4
    assert len(made_with("bsn", old_bsn)) == 2
    settings.HASH_KEY = "another key of hashes " * 3
    # One person's record and one code are in no answer any more.
    checks(place, NUMBERS[0])
    codes(place, 10)
    assert made_with("fingerprint", old)
    before = {kind.name: list(kind.model.everything.order_by("pk").values("pk", "last_changed")) for kind in registry}
    known = set(Change.objects.values_list("pk", flat=True))
    assert "3 hashes of other keys are wiped" in wiped()
    assert Entry.objects.filter(kind=Kind.KEYS_ROTATED).latest("number").detail == {"values": 3}
    assert made_with("fingerprint", old) == made_with("bsn", old_bsn) == []
    # As all of it would be where no sync came first.
    WageCode.everything.update(fingerprint=WIPED.encode())
    BsnCheck.everything.update(fingerprint=WIPED.encode(), bsn_fingerprint=WIPED)
    checks(place, NUMBERS[0])
    codes(place, 10)
    after = {kind.name: list(kind.model.everything.order_by("pk").values("pk", "last_changed")) for kind in registry}
    assert after == before
    assert set(Change.objects.values_list("pk", flat=True)) == known
    assert BsnCheck.objects.get().bsn_fingerprint.startswith(key_mark("bsn").hex())
    assert "0 hashes of other keys" in wiped()


def test_a_record_in_quarantine_keeps_its_text_and_loses_its_hash(place: Place, settings: Any) -> None:
    codes(place, 10)
    place.publish(registry["wage_codes"], [{"company": str(place.company.remote_id), "code": "?", "description": "x"}])
    row = Quarantine.objects.get()
    old, before = key_mark("fingerprint"), (row.raw, row.reason, row.first_seen)
    assert before[0]
    assert made_with("fingerprint", old)
    settings.HASH_KEY = "another key of hashes " * 3
    wiped()
    row = Quarantine.objects.get()
    assert (row.raw, row.reason, row.first_seen) == before
    assert row.reason == Reason.UNREADABLE
    assert made_with("fingerprint", old) == []
    # Read well again, it leaves.
    codes(place, 10)
    assert not Quarantine.objects.exists()
