"""What changes in a watched column of a person's records is in the log once: from what into what, from which day it
takes effect, when it was learned, and whose it is.
"""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine

from portal.employees.models import BsnCheck
from portal.employees.resources.work import HOURS
from portal.mirror.models import Change, ChangeKind
from portal.mirror.resource import PERSON, registry
from portal.source import LoopValue, Record
from tests.mirror.places import Place

pytestmark = [pytest.mark.database, pytest.mark.django_db]

FIRST = datetime(2026, 3, 1, 4, tzinfo=UTC)
LATER = FIRST + timedelta(days=8)
START = {"valid_from": "2026-01-15T00:00:00", "created_at": "2026-01-10T12:00:00"}
#: April of a company that is paid by the month.
APRIL = {"start_year": "2026", "start_period": "4", "created_at": "2026-01-10T12:00:00"}
NO_END = "0001-01-01T00:00:00"
CONTRACT = {**START, "end_date": NO_END, "indefinite": "false", "employment_nature": "1", "sequence": "1"}
SCHEDULE = {**START, **dict.fromkeys(HOURS, "8.00")}
WAGE_TAX = {
    "credit": "true",
    "levy": "true",
    "colour_table": "2",
    "period_table": "3",
    "income_kind": "15",
    "year_wage": "30000.00",
    "special_rate": "37.10",
    "special_table": "0",
    "ruling": "0",
}
IBANS = ("NL91ABNA0417164300", "NL02ABNA0123456789")


@pytest.mark.parametrize(
    ("kind", "record", "field", "answers", "told", "effective"),
    [
        # An end takes effect on its day, whatever the record's start; whatever else changes, from the start.
        (
            "contracts",
            CONTRACT,
            "end_date",
            (NO_END, "2026-06-30T00:00:00"),
            ("", "2026-06-30"),
            date(2026, 6, 30),
        ),
        (
            "contracts",
            CONTRACT,
            "end_date",
            ("2026-06-30T00:00:00", "2026-09-30T00:00:00"),
            ("2026-06-30", "2026-09-30"),
            date(2026, 9, 30),
        ),
        # An end that is taken back has no day of its own.
        ("contracts", CONTRACT, "end_date", ("2026-06-30T00:00:00", NO_END), ("2026-06-30", ""), date(2026, 1, 15)),
        ("contracts", CONTRACT, "hours_per_week", ("32", "40"), ("32", "40"), date(2026, 1, 15)),
        (
            "employments",
            START,
            "end_date",
            (None, "2026-04-30T00:00:00"),
            ("", "2026-04-30"),
            date(2026, 4, 30),
        ),
        (
            "salaries",
            {**START, "salary_type": "Bruto"},
            "amount",
            ("3000.00", "3100.50"),
            ("3000", "3100.5"),
            date(2026, 1, 15),
        ),
        ("schedules", SCHEDULE, "part_time_percentage", ("100.00", "80.00"), ("100", "80"), date(2026, 1, 15)),
        (
            "departments",
            {**APRIL, "code": "1"},
            "description",
            ("Loods", "Kantoor"),
            ("Loods", "Kantoor"),
            date(2026, 4, 1),
        ),
        (
            "functions",
            {**APRIL, "function_id": "7", "code": "1"},
            "description",
            ("Monteur", "Voorman"),
            ("Monteur", "Voorman"),
            date(2026, 4, 1),
        ),
        # Nmbrs does not date these: they take effect on the day that they were seen.
        ("wage_tax_settings", WAGE_TAX, "credit", ("true", "false"), ("True", "False"), LATER.date()),
        # Of a secret only that it changed.
        ("bank_accounts", {"account_type": "Bankrekening1"}, "iban", IBANS, ("", ""), LATER.date()),
    ],
)
def test_a_watched_change_is_told_once_with_both_values_and_both_dates(
    place: Place,
    kind: str,
    record: Record,
    field: str,
    answers: tuple[str | None, str | None],
    told: tuple[str, str],
    effective: date,
) -> None:
    resource, person = registry[kind], place.people[0]
    of_person = {"employee": str(person.remote_id), "remote_id": "4711"}
    loops: dict[str, list[LoopValue]] = {PERSON: [str(person.remote_id)]} if PERSON in resource.loops else {}
    for moment, value in zip((FIRST, LATER), answers, strict=True):
        with time_machine.travel(moment, tick=False):
            outcome = place.publish(resource, [{**record, **of_person, field: value}], loops=loops)
        assert outcome.quarantined == 0
    change = Change.objects.get()
    assert (change.resource, change.kind, change.field) == (kind, ChangeKind.CHANGED, field)
    assert (change.old, change.new) == told
    assert (change.effective, change.learned_at) == (effective, LATER)
    assert (change.employee_id, change.company_id) == (person.pk, place.company.pk)
    assert change.sensitive == (field in resource.sensitive)


def test_another_key_of_hashes_is_no_change_of_a_number(place: Place, settings: Any) -> None:
    resource, person = registry["bsn_checks"], place.people[0]
    texts = {**APRIL, "employee": str(person.remote_id), "remote_id": "4711"}

    def learned(number: str) -> int:
        outcome = place.publish(resource, [{**texts, "bsn": number}])
        assert outcome.quarantined == 0
        return Change.objects.filter(field="bsn_fingerprint", kind=ChangeKind.CHANGED).count()

    first, other = "111222333", "123456782"
    assert learned(first) == 0
    before = BsnCheck.everything.get().bsn_fingerprint
    settings.HASH_KEY = "another key of hashes " * 3
    assert learned(first) == 0
    assert BsnCheck.everything.get().bsn_fingerprint != before
    assert learned(other) == 1
