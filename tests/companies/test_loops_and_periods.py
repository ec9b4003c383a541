"""Which runs are asked again, and the current periods one after another."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from portal.accounts.models import Firm
from portal.companies.loops import (
    journal_periods,
    journal_periods_at_first,
    oldest_of_journal,
    periods_at_first,
    periods_to_ask,
    runs_at_first,
    runs_to_ask,
    scales_at_first,
    scales_to_ask,
)
from portal.companies.models import (
    Company,
    CompanySalaryScale,
    CompanySalaryStep,
    CurrentPeriod,
    PeriodSeen,
    Run,
    RunEmployee,
)
from portal.companies.panels import moves
from portal.mirror.engine import loop_values
from portal.mirror.freshness import load
from portal.mirror.models import Freshness, State
from portal.mirror.resource import registry
from portal.mirror.scope import MirrorScope
from portal.periods import Period, PeriodType
from portal.source import Level, LoopValue
from tests.factories import fetched, make_company, make_debtor, make_environment, make_person, make_run, mirrored
from tests.mirror.places import Place

pytestmark = [pytest.mark.database, pytest.mark.django_db]

NIGHT = datetime(2026, 11, 25, 2, tzinfo=UTC)


@pytest.fixture
def company(firm: Firm) -> Company:
    """A company in November 2026 whose runs were all read an hour after they were first seen."""
    found = make_company(make_debtor(make_environment(firm)))
    fetched(found, "run_people", at=NIGHT - timedelta(hours=2))
    return found


def scope(company: Company) -> MirrorScope:
    return MirrorScope(
        company.environment_id,
        Level.COMPANY,
        company_id=company.pk,
        company_remote_id=company.remote_id,
        period_type=PeriodType.MONTH,
        current=Period(2026, 11),
    )


def read_run(company: Company, year: int, period: int, **fields: object) -> Run:
    """A locked run whose people are known, seen long ago."""
    old = NIGHT - timedelta(days=400)
    values = {"locked": True, "run_at": old, "first_seen": old, "last_changed": old, **fields}
    run = make_run(company, year, period, **values)
    mirrored(RunEmployee, company.environment, company=company, employee=make_person(company), run=run)
    return run


def asked(company: Company, night: datetime) -> set[int]:
    with time_machine.travel(night, tick=False):
        return {int(value["id"]) for value in runs_to_ask(scope(company)) if not isinstance(value, str)}


def test_every_older_locked_run_has_its_turn_within_twelve_days(company: Company) -> None:
    runs = {read_run(company, 2026 - (month < 0), month % 12 + 1).remote_id for month in range(-2, 9)}
    recent = {read_run(company, 2026, month).remote_id for month in (10, 11)}
    nights = [asked(company, NIGHT + timedelta(days=day)) for day in range(12)]
    assert all(recent <= night for night in nights)
    assert set.union(*nights) == runs | recent
    assert max(len(night - recent) for night in nights) <= 2


def test_a_run_that_was_unlocked_and_locked_again_is_asked_the_next_night(company: Company) -> None:
    run = read_run(company, 2026, 3)
    other = read_run(company, 2026, 4)
    quiet = next(
        NIGHT + timedelta(days=day)
        for day in range(12)
        if not {run.remote_id, other.remote_id} & asked(company, NIGHT + timedelta(days=day))
    )
    Freshness.objects.filter(resource="run_people").update(last_success=quiet - timedelta(days=1))
    Run.objects.filter(pk=run.pk).update(last_changed=quiet - timedelta(hours=8))
    assert asked(company, quiet) == {run.remote_id}
    Freshness.objects.filter(resource="run_people").update(last_success=quiet)
    assert asked(company, quiet) == set()


def test_a_correction_over_an_earlier_year_is_asked_when_it_is_made(company: Company) -> None:
    """Corrections go up to five years back (payroll-rules.md); they are runs that are made now."""
    correction = make_run(company, 2024, 12, locked=True, run_at=NIGHT - timedelta(days=3))
    forgotten = read_run(company, 2024, 11, run_at=NIGHT - timedelta(days=700))
    assert correction.remote_id in asked(company, NIGHT)
    with time_machine.travel(NIGHT, tick=False):
        first = [value["id"] for value in runs_at_first(scope(company)) if not isinstance(value, str)]
    assert first == [str(correction.remote_id)]
    assert not any(forgotten.remote_id in asked(company, NIGHT + timedelta(days=day)) for day in range(12))


def test_the_journal_is_asked_for_the_periods_of_runs_that_are_new(company: Company) -> None:
    """A correction over an older period is booked there the next night, not when that period has its turn."""
    fetched(company, "journal", at=NIGHT)
    quiet = NIGHT + timedelta(days=1)
    read_run(company, 2026, 3)
    with time_machine.travel(quiet, tick=False):
        usual = list(journal_periods(scope(company)))
        assert usual == periods_to_ask(scope(company)) and len(usual) == 3
        new = [number for number in range(1, 9) if {"year": "2026", "number": str(number)} not in usual][:2]
        make_run(company, 2026, new[0], new[1], first_seen=quiet, last_changed=quiet)
        asked_now = [(value["year"], int(value["number"])) for value in map(dict, journal_periods(scope(company)))]
    assert asked_now == sorted(asked_now)
    assert set(asked_now) == {(value["year"], int(value["number"])) for value in map(dict, usual)} | {
        ("2026", number) for number in range(new[0], new[1] + 1)
    }


@pytest.mark.parametrize(
    ("covered", "fields"),
    [
        ((2025, 6), {"first_seen": NIGHT + timedelta(hours=8), "last_changed": NIGHT + timedelta(hours=8)}),
        ((2025, 6), {"last_changed": NIGHT + timedelta(hours=8)}),
        ((2025, 6), {"missing_since": NIGHT + timedelta(hours=8)}),
        # The company was set back.
        ((2026, 12), {"last_changed": NIGHT + timedelta(hours=8)}),
    ],
    ids=["new", "changed", "gone", "ahead of the current period"],
)
@pytest.mark.parametrize("failed", [False, True])
def test_the_journal_is_asked_for_a_run_whatever_its_period(
    company: Company, covered: tuple[int, int], fields: Any, failed: bool
) -> None:
    """What its period came to with it would be shown as whole without its lines."""
    fetched(company, "journal", at=NIGHT)
    quiet = NIGHT + timedelta(days=1)
    before = NIGHT - timedelta(days=700)
    read_run(company, *covered, run_at=before, **fields)
    read_run(company, 2025, 3, run_at=before)
    read_run(company, 2025, 4, run_at=before, missing_since=NIGHT - timedelta(days=300))
    with time_machine.travel(quiet, tick=False):
        usual = (periods_at_first if failed else periods_to_ask)(scope(company))
        wanted = [*usual, {"year": str(covered[0]), "number": str(covered[1])}]
        assert journal_asked(company, failed=failed) == sorted(wanted, key=place_of)
        fetched(company, "journal", at=quiet)
        assert journal_asked(company, failed=False) == periods_to_ask(scope(company))


def journal_asked(company: Company, *, failed: bool) -> Sequence[LoopValue]:
    """The periods that the next reading of the journal asks for."""
    if failed:
        Freshness.objects.filter(company=company, resource="journal").update(state=State.FAILING)
    resource, place = registry["journal"], scope(company)
    fresh = load([(resource, place)])[place.key, resource.name]
    return loop_values(resource, place, fresh)["period"]


def place_of(value: LoopValue) -> tuple[int, int]:
    """Year and number, to sort by."""
    assert not isinstance(value, str)
    return int(value["year"]), int(value["number"])


def test_the_journal_is_asked_at_first_for_corrections_over_older_periods(company: Company) -> None:
    """As the output of runs is; and never for a period that no year has."""
    make_run(company, 2024, 12, 32_000, run_at=NIGHT - timedelta(days=3))
    read_run(company, 2024, 11, run_at=NIGHT - timedelta(days=700))
    with time_machine.travel(NIGHT, tick=False):
        usual = periods_at_first(scope(company))
        assert journal_asked(company, failed=False) == [{"year": "2024", "number": "12"}, *usual]


@pytest.mark.parametrize(
    ("kind", "current", "since", "count"),
    [
        (PeriodType.WEEK, Period(2026, 47), Period(2025, 44), 56),
        (PeriodType.FOUR_WEEKS, Period(2026, 12), Period(2025, 11), 15),
        (PeriodType.MONTH, Period(2026, 11), Period(2025, 10), 14),
        # A company that is behind, and one that is ahead.
        (PeriodType.WEEK, Period(2026, 10), Period(2025, 9), 54),
        (PeriodType.MONTH, Period(2027, 2), Period(2025, 11), 16),
    ],
)
def test_the_journal_is_read_of_all_months_that_a_client_shows(
    company: Company, kind: PeriodType, current: Period, since: Period, count: int
) -> None:
    """The page shows thirteen calendar months; of the oldest, every period that ends in it."""
    place = replace(scope(company), period_type=kind, current=current)
    # So early that no other month begins in these nights.
    first = NIGHT - timedelta(days=20)
    with time_machine.travel(first, tick=False):
        asked = [Period(*place_of(value)) for value in journal_periods_at_first(place)]
        assert (asked[0], asked[-1], len(asked)) == (since, current, count)
        assert oldest_of_journal(kind, current) == since
    fetched(company, "journal", at=first)
    turns = []
    for day in range(12):
        with time_machine.travel(first + timedelta(days=day), tick=False):
            turns.append({Period(*place_of(value)) for value in journal_periods(place)})
    assert set.union(*turns) == set(asked)
    assert all(set(asked[-2:]) <= night for night in turns)
    assert max(map(len, turns)) <= 2 + -(-(count - 2) // 12)


def test_each_current_period_is_kept_with_the_moment_it_was_seen(company: Company) -> None:
    CurrentPeriod.everything.all().delete()
    place = Place(company, [])
    given = ["2026-11", "2026-11", "2026-12", "2025-12", "2026-12", "2027-1"]
    for day, text in enumerate(given):
        with time_machine.travel(NIGHT + timedelta(days=day), tick=False):
            place.publish(registry["current_period"], [{"remote_id": str(company.remote_id), "text": f"{text}-M"}])
    seen = list(PeriodSeen.objects.filter(company=company))
    assert [(str(one.period), one.seen_at - NIGHT) for one in reversed(seen)] == [
        (str(Period(*numbers)), timedelta(days=day))
        for day, numbers in ((0, (2026, 11)), (2, (2026, 12)), (3, (2025, 12)), (4, (2026, 12)), (5, (2027, 1)))
    ]
    assert [move.back for move in moves(seen)] == [False, False, True, False, False]


def make_scale(company: Company, name: str, number: int = 11, **fields: object) -> CompanySalaryScale:
    """A scale that was seen long ago."""
    old = NIGHT - timedelta(days=400)
    values = {"value": 3250, "percentage_min": "76.92", "percentage_max": 100, "first_seen": old, "last_changed": old}
    own = {"company": company, "year": 2026, "number": number, "scale": name, **values, **fields}
    made: CompanySalaryScale = mirrored(CompanySalaryScale, company.environment, **own)
    return made


def scales_asked(company: Company, night: datetime) -> list[str]:
    with time_machine.travel(night, tick=False):
        return [value["scale"] for value in scales_to_ask(scope(company)) if not isinstance(value, str)]


def test_every_scale_of_the_current_period_has_its_turn_within_twelve_days(company: Company) -> None:
    fetched(company, "company_salary_steps", at=NIGHT)
    names = {make_scale(company, str(number)).scale for number in range(300)}
    make_scale(company, "of another period", number=10)
    make_scale(company, "gone", missing_since=NIGHT)
    nights = [scales_asked(company, NIGHT + timedelta(days=day)) for day in range(12)]
    assert sorted(name for night in nights for name in night) == sorted(names)
    # 25 in the mean; which scale has which night depends on the company's number.
    assert max(map(len, nights)) < 60


def test_a_scale_that_changed_is_asked_and_all_of_them_when_the_period_did(company: Company) -> None:
    names = ["4", "5", "6"]
    scales = [make_scale(company, name) for name in names]
    # Without a reading every one, as a first sync does and its price is worked out.
    assert scales_asked(company, NIGHT) == names
    fetched(company, "company_salary_steps", at=NIGHT)
    quiet = next(night for day in range(1, 13) if not scales_asked(company, night := NIGHT + timedelta(days=day)))
    CompanySalaryScale.objects.filter(pk=scales[1].pk).update(last_changed=NIGHT + timedelta(hours=1))
    assert scales_asked(company, quiet) == ["5"]
    PeriodSeen.objects.create(company=company, year=2026, number=11, seen_at=NIGHT - timedelta(hours=1))
    assert scales_asked(company, quiet) == ["5"]
    PeriodSeen.objects.create(company=company, year=2026, number=11, seen_at=NIGHT + timedelta(hours=1))
    assert scales_asked(company, quiet) == names


def test_a_scale_is_asked_with_all_that_nmbrs_said_of_it(company: Company) -> None:
    make_scale(company, "A/4", description="Schaal 4", value="2500.0000")
    assert scales_at_first(scope(company)) == [
        {
            "year": "2026",
            "number": "11",
            "scale": "A/4",
            "description": "Schaal 4",
            "value": "2500",
            "percentage_min": "76.92",
            "percentage_max": "100",
        }
    ]


def record(name: str, **texts: str) -> dict[str, str | None]:
    place = {"company": "20001", "year": "2026", "number": "11", "scale": name}
    return {**place, "value": "3250", "percentage_min": "76.92", "percentage_max": "100", **texts}


def test_steps_go_and_come_back_with_their_scale(company: Company) -> None:
    place = Place(company, [])
    kind, steps = registry["company_salary_scales"], registry["company_salary_steps"]
    names = [str(number) for number in range(4, 10)]
    loops = {"period": [{"year": "2026", "number": "11"}]}
    asked = {"scale": [{"year": "2026", "number": "11", "scale": name} for name in names]}
    told = [record(name, step=step) for name in names for step in ("1", "2")]
    place.publish(kind, [record(name) for name in names], loops=loops)
    place.publish(steps, told, loops=asked)
    assert CompanySalaryStep.objects.count() == 12
    place.publish(kind, [record(name) for name in names[1:]], loops=loops)
    assert set(CompanySalaryStep.objects.values_list("scale", flat=True)) == set(names[1:])
    assert CompanySalaryStep.everything.filter(missing_since__isnull=False).count() == 2
    place.publish(kind, [record(name) for name in names], loops=loops)
    assert CompanySalaryStep.objects.count() == 10
    # Only of the scales that are asked again something may be missing.
    place.publish(steps, told[:1], loops={"scale": asked["scale"][:1]})
    assert sorted(CompanySalaryStep.objects.values_list("scale", flat=True)) == sorted(["4", *names[1:], *names[1:]])


def test_what_two_names_say_together_is_not_taken_for_another_pair(company: Company) -> None:
    place = Place(company, [])
    pairs = [("A", "B/1"), ("A/B", "1")]
    asked = {"scale": [{"year": "2026", "number": "11", "scale": scale} for scale, _ in pairs]}
    told = [record(scale, step=step, value=str(value)) for value, (scale, step) in enumerate(pairs)]
    place.publish(registry["company_salary_steps"], told, loops=asked)
    assert set(CompanySalaryStep.objects.values_list("scale", "step", "value")) == {("A", "B/1", 0), ("A/B", "1", 1)}


def test_runs_and_the_people_in_them_are_asked_by_period(company: Company) -> None:
    person = make_person(company)
    runs = [make_run(company, *covered) for covered in ((2026, 10), (2026, 11), (2026, 9, 12), (2025, 11))]
    for run in runs:
        mirrored(RunEmployee, company.environment, company=company, employee=person, run=run)
    wanted: dict[Period, set[int]] = {
        Period(2026, 8): set(),
        Period(2026, 9): {2},
        Period(2026, 10): {0, 2},
        Period(2026, 11): {1, 2},
        Period(2026, 12): {2},
        Period(2025, 11): {3},
    }
    for period, numbers in wanted.items():
        pks = {runs[number].pk for number in numbers}
        assert set(Run.objects.in_period(period).values_list("pk", flat=True)) == pks
        assert set(RunEmployee.objects.in_period(period).values_list("run", flat=True)) == pks
