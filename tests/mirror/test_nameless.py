"""Records whose key cannot be read are told apart one by one, without a word of theirs, and without end."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from portal.mirror import quarantine
from portal.mirror.models import Quarantine
from portal.mirror.resource import registry
from portal.periods import PeriodType
from portal.source import Record
from tests.mirror.places import Place

pytestmark = [pytest.mark.database, pytest.mark.django_db]

SALARIES = registry["salaries"]
WORKFLOW = registry["payroll_workflow"]
NOW = datetime(2026, 11, 25, 3, tzinfo=UTC)


def salary(place: Place, amount: str, remote_id: str = "not a number", person: int = 0) -> Record:
    return {
        "employee": str(place.people[person].remote_id),
        "remote_id": remote_id,
        "created_at": None,
        "valid_from": "2026-01-01T00:00:00",
        "amount": amount,
        "salary_type": "Bruto",
    }


def action(place: Place, number: str, name: str) -> Record:
    return {
        "company": str(place.company.remote_id),
        "year": "2026",
        "number": number,
        "track": "Run",
        "action_id": "not a number",
        "name": name,
        "run_at": None,
    }


def waiting() -> dict[str, datetime]:
    return dict(Quarantine.objects.values_list("row_key", "first_seen"))


def test_each_is_a_row_of_its_own_that_names_whose_it_is_and_says_nothing(place: Place) -> None:
    bad = [salary(place, "4321.00"), salary(place, "4322.00"), salary(place, "4323.00", person=1)]
    outcome = place.publish(SALARIES, [*bad, dict(bad[0]), salary(place, "2000.00", "1")])
    assert outcome.quarantined == 4
    # Two alike are one.
    rows = list(Quarantine.objects.order_by("pk"))
    assert [row.row_key.split("#")[0] for row in rows] == [f"{place.people[who].remote_id}/?" for who in (0, 0, 1)]
    assert {row.field for row in rows} == {"remote_id"}
    for row in rows:
        for text in ("4321", "4322", "4323", "not a number"):
            assert text not in row.row_key
            assert text.encode() not in bytes(row.mark)
    assert sorted("4321" in row.raw for row in rows) == [False, False, True]


def test_they_stay_the_same_rows_while_they_come_again_and_go_when_they_read_well(place: Place) -> None:
    bad = [salary(place, "4321.00"), salary(place, "4322.00")]
    with time_machine.travel(NOW, tick=False):
        place.publish(SALARIES, bad)
    first = waiting()
    with time_machine.travel(NOW + timedelta(days=1), tick=False):
        place.publish(SALARIES, bad)
    assert waiting() == first
    place.publish(SALARIES, [bad[0], salary(place, "4322.00", "2")])
    assert len(waiting()) == 1
    place.publish(SALARIES, [salary(place, "4321.00", "1"), salary(place, "4322.00", "2")])
    assert waiting() == {}


def test_a_window_that_was_not_asked_keeps_its_own(place: Place) -> None:
    scope = place.scope(PeriodType.MONTH)
    october, november = ({"year": "2026", "number": number} for number in ("10", "11"))
    both = {"period": [october, november]}
    place.publish(WORKFLOW, [action(place, "10", "a"), action(place, "11", "b")], scope, both)
    assert len(waiting()) == 2
    place.publish(WORKFLOW, [], scope, {"period": [november]})
    assert ["2026/10" in key for key in waiting()] == [True]
    place.publish(WORKFLOW, [], scope, {"period": [october]})
    assert waiting() == {}


def test_texts_that_differ_every_night_do_not_pile_up(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quarantine, "MOST", 5)
    scope, asked = place.scope(), {"period": [{"year": "2026", "number": "11"}]}
    for night in range(4):
        # What names another window than was asked cannot be told from the others of the kind.
        rows = [action(place, "7", f"{night} {number}") for number in range(3)]
        with time_machine.travel(NOW + timedelta(days=night), tick=False):
            place.publish(WORKFLOW, rows, scope, asked)
        assert len(waiting()) <= 5
    newest = Quarantine.objects.order_by("-last_seen")[:3]
    assert {row.last_seen for row in newest} == {NOW + timedelta(days=3)}
