"""A new HASH_KEY is no news: what says the same keeps its days, and what says something else is told as ever."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine

from portal.companies.models import WageCode
from portal.employees.models import AccountOfEmployee, Contract
from portal.mirror.models import Change, ChangeKind
from portal.mirror.resource import PERSON, registry
from portal.source import Record
from portal.vault import key_mark
from tests.mirror.places import Place

pytestmark = [pytest.mark.database, pytest.mark.django_db]

MARCH, MAY = datetime(2026, 3, 1, 12, tzinfo=UTC), datetime(2026, 5, 1, 12, tzinfo=UTC)
NEW = "another key of hashes " * 3
CODES = {"10": "Salaris", "20": "Toeslag"}


@pytest.fixture(params=["kept", "leaked"])
def new_key(settings: Any, request: pytest.FixtureRequest) -> Any:
    """`new_key()`: from now on with another HASH_KEY, the old one counting on or not."""

    def change() -> None:
        settings.HASH_KEY_FALLBACKS = [settings.HASH_KEY] if request.param == "kept" else []
        settings.HASH_KEY = NEW

    return change


def codes(place: Place, moment: datetime, found: dict[str, str]) -> Any:
    company = str(place.company.remote_id)
    with time_machine.travel(moment, tick=False):
        return place.publish(
            registry["wage_codes"],
            [{"company": company, "code": code, "description": text} for code, text in found.items()],
        )


def test_what_is_observed_is_known_since_the_day_it_was_first_seen(place: Place, new_key: Any) -> None:
    codes(place, MARCH, CODES)
    before = list(WageCode.everything.order_by("pk").values_list("pk", "key", "first_seen", "last_changed"))
    new_key()
    outcome = codes(place, MAY, {**CODES, "30": "Bonus"})
    assert (outcome.added, outcome.changed, outcome.missing) == (1, 0, 0)
    known = WageCode.everything.order_by("code").values_list("code", "valid_from", "valid_until")
    assert list(known) == [
        (10, date(2026, 3, 1), None),
        (20, date(2026, 3, 1), None),
        (30, date(2026, 5, 1), None),
    ]
    kept = WageCode.everything.exclude(code=30).order_by("pk")
    assert list(kept.values_list("pk", "key", "first_seen", "last_changed")) == before
    assert {bytes(row.fingerprint)[:4] for row in WageCode.everything.all()} == {key_mark("fingerprint")}
    assert codes(place, MAY, {**CODES, "30": "Bonus"}).changed == 0


def test_another_value_under_another_key_is_a_change(place: Place, new_key: Any) -> None:
    codes(place, MARCH, CODES)
    new_key()
    outcome = codes(place, MAY, {"10": "Loon", "20": "Toeslag"})
    assert (outcome.added, outcome.changed) == (0, 1)
    known = WageCode.everything.order_by("code", "valid_from").values_list("description", "valid_from", "valid_until")
    assert list(known) == [
        ("Salaris", date(2026, 3, 1), date(2026, 5, 1)),
        ("Loon", date(2026, 5, 1), None),
        ("Toeslag", date(2026, 3, 1), None),
    ]


def test_a_dated_row_changed_when_nmbrs_changed_it(place: Place, new_key: Any) -> None:
    record: Record = {
        "employee": str(place.people[0].remote_id),
        "remote_id": "4711",
        "valid_from": "2026-01-15T00:00:00",
        "created_at": "2026-01-10T12:00:00.123",
        "end_date": "2026-06-30T00:00:00",
        "indefinite": "false",
        "employment_nature": "1",
        "sequence": "1",
        "hours_per_week": "32",
    }
    for moment, hours, changed in ((MARCH, "32", MARCH), (MAY, "32.00", MARCH), (MAY, "40", MAY)):
        with time_machine.travel(moment, tick=False):
            place.publish(registry["contracts"], [{**record, "hours_per_week": hours}])
        row = Contract.everything.get()
        assert (row.first_seen, row.last_changed) == (MARCH, changed)
        assert bytes(row.fingerprint)[:4] == key_mark("fingerprint")
        new_key()
    assert [(one.field, one.old, one.new) for one in Change.objects.all()] == [("hours_per_week", "32", "40")]


def test_an_account_that_stays_the_same_is_not_told_and_another_one_is(place: Place, new_key: Any) -> None:
    person = str(place.people[0].remote_id)

    def learned(moment: datetime, iban: str) -> list[str]:
        record = {"employee": person, "remote_id": "4711", "account_type": "Bankrekening1", "iban": iban}
        with time_machine.travel(moment, tick=False):
            place.publish(registry["bank_accounts"], [record], loops={PERSON: [person]})
        return list(Change.objects.filter(kind=ChangeKind.CHANGED).values_list("field", flat=True))

    learned(MARCH, "NL91ABNA0417164300")
    new_key()
    assert learned(MAY, "NL91ABNA0417164300") == []
    row = AccountOfEmployee.everything.get()
    assert (row.iban, row.valid_from) == ("NL91ABNA0417164300", date(2026, 3, 1))
    assert learned(MAY, "NL02ABNA0123456789") == ["iban"]


def test_every_answer_is_read_once_more_after_a_new_key(settings: Any) -> None:
    def versions() -> dict[str, bytes]:
        return {kind.name: kind.version(binding) for kind in registry if (binding := kind.soap or kind.rest)}

    before = versions()
    old, settings.HASH_KEY = settings.HASH_KEY, NEW
    after = versions()
    assert len(before) > 50
    assert {name for name in before if after[name] == before[name]} == set()
    settings.HASH_KEY = old
    assert versions() == before
