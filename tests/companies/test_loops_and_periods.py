"""Which runs are asked again, and the current periods one after another."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from portal.accounts.models import Firm
from portal.companies.loops import runs_at_first, runs_to_ask
from portal.companies.models import Company, CurrentPeriod, PeriodSeen, Run, RunEmployee
from portal.companies.panels import moves
from portal.mirror.models import Freshness
from portal.mirror.resource import registry
from portal.mirror.scope import MirrorScope
from portal.periods import Period, PeriodType
from portal.source import Level
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
