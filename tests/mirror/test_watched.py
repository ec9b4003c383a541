"""What changes in a watched column of a person's records is in the log once: from what into what, from which day it
takes effect, when it was learned, and whose it is.
"""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine

from portal.employees.models import BsnCheck
from portal.employees.resources.work import HOURS
from portal.mirror.models import Change, ChangeKind, PersonFetch
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
INSURANCE = {
    **dict.fromkeys(("disability", "unemployment", "sickness"), "true"),
    **dict.fromkeys(("care_contribution", "employment_nature", "sequence"), "1"),
}
LEAVE = {
    "valid_from": "2026-01-15T00:00:00",
    "end_date": "2026-01-15T00:00:00",
    "hours": "8",
    "usage": "Withdrawal",
    "leave_type": "Type1",
    "status": "Approved",
}
ABSENCE = {**START, "percentage": "100", "dossier_number": "1", "dossier": "Geen vangnetgeval / Ziekte"}
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
        (
            "social_insurances",
            {**APRIL, **INSURANCE},
            "sickness",
            ("true", "false"),
            ("True", "False"),
            date(2026, 4, 1),
        ),
        (
            "employee_labour_agreements",
            {"number": "1"},
            "description",
            ("Horeca", "Bakkers"),
            ("Horeca", "Bakkers"),
            LATER.date(),
        ),
        ("leave", LEAVE, "hours", ("8", "4"), ("8", "4"), date(2026, 1, 15)),
        ("leave", LEAVE, "status", ("Pending", "Approved"), ("Pending", "Approved"), date(2026, 1, 15)),
        # Of where somebody lives and of their family only that it changed; of absence no day either.
        (
            "addresses",
            {**APRIL, "address_type": "HomeAddress"},
            "street",
            ("Kade", "Plein"),
            ("", ""),
            date(2026, 4, 1),
        ),
        ("partners", {}, "birthday", ("1980-01-01T00:00:00", "1981-01-01T00:00:00"), ("", ""), LATER.date()),
        (
            "children",
            {"first_name": "Bo"},
            "birthday",
            ("2020-01-01T00:00:00", "2020-02-01T00:00:00"),
            ("", ""),
            LATER.date(),
        ),
        ("absences", ABSENCE, "percentage", ("100", "50"), ("", ""), None),
        ("absences", ABSENCE, "end_date", (None, "2026-02-01T00:00:00"), ("", ""), None),
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
    effective: date | None,
) -> None:
    resource, person = registry[kind], place.people[0]
    of_person = {"employee": str(person.remote_id), "remote_id": "4711"}
    loops: dict[str, list[LoopValue]] = {PERSON: [str(person.remote_id)]} if PERSON in resource.loops else {}
    if "year" in resource.loops:
        loops["year"] = ["2025", "2026"]
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


def test_spells_that_stand_alone_are_not_compared_with_each_other(place: Place) -> None:
    person = str(place.people[0].remote_id)
    for kind, record, headline in (("leave", LEAVE, "hours"), ("absences", ABSENCE, "percentage")):
        resource = registry[kind]
        loops: dict[str, list[LoopValue]] = {PERSON: [person], "year": ["2026"]} if kind == "leave" else {}
        rows: list[Record] = [{**record, "employee": person, "remote_id": "1"}]
        with time_machine.travel(FIRST, tick=False):
            place.publish(resource, rows, loops=loops)
            PersonFetch.objects.create(employee=place.people[0], resource=kind, fetched_at=FIRST)
        rows.append({**record, "employee": person, "remote_id": "2", "valid_from": "2026-02-15T00:00:00"})
        with time_machine.travel(LATER, tick=False):
            place.publish(resource, rows, loops=loops)
        # The same hours, or the same part of the week, are news all the same, and one line.
        change = Change.objects.get(resource=kind)
        assert (change.kind, change.field, change.sensitive) == (ChangeKind.ADDED, headline, kind == "absences")
        assert (change.old, change.new) == ("", "8" if kind == "leave" else "")
        assert change.effective == (date(2026, 2, 15) if kind == "leave" else None)


def test_leave_of_a_year_that_was_never_asked_for_is_not_news(place: Place) -> None:
    person = place.people[0]
    resource, own = registry["leave"], {**LEAVE, "employee": str(person.remote_id)}

    def read(moment: datetime, years: list[str], rows: list[Record]) -> int:
        loops: dict[str, list[LoopValue]] = {PERSON: [str(person.remote_id)], "year": list(years)}
        with time_machine.travel(moment, tick=False):
            assert place.publish(resource, rows, loops=loops).quarantined == 0
        told = Change.objects.filter(learned_at=moment).count()
        PersonFetch.objects.update_or_create(employee=person, resource="leave", defaults={"fetched_at": moment})
        return told

    this = {**own, "remote_id": "1"}
    later = {**own, "remote_id": "2", "valid_from": "2027-05-01T00:00:00", "end_date": "2027-05-01T00:00:00"}
    entered = {**own, "remote_id": "3", "valid_from": "2027-06-01T00:00:00", "end_date": "2027-06-01T00:00:00"}
    assert read(datetime(2026, 12, 31, 4, tzinfo=UTC), ["2025", "2026"], [this]) == 0
    assert read(datetime(2027, 1, 1, 4, tzinfo=UTC), ["2026", "2027"], [this, later]) == 0
    assert read(datetime(2027, 1, 2, 4, tzinfo=UTC), ["2026", "2027"], [this, later, entered]) == 1


def test_somebody_who_moves_is_one_line(place: Place) -> None:
    person, resource = str(place.people[0].remote_id), registry["addresses"]
    home = {
        **APRIL,
        "employee": person,
        "remote_id": "1",
        "address_type": "HomeAddress",
        "street": "Kade",
        "city": "Urk",
    }
    may = {**home, "remote_id": "2", "start_period": "5", "street": "Plein", "city": "Ede"}
    place.publish(resource, [home])
    place.publish(resource, [home, may])
    change = Change.objects.get()
    assert (change.field, change.sensitive, change.old, change.new) == ("street", True, "", "")
    assert change.effective == date(2026, 5, 1)


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
