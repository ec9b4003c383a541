"""R2: many kinds of fault at once, a twentieth of the calls each. Whatever happens, nothing that Nmbrs has is called
missing, nothing is doubled, and the first honest round makes the mirror equal to Nmbrs again.
"""

from collections.abc import Callable, Iterator
from datetime import date, timedelta

import pytest
import stamina
import time_machine
from django.db.models import Count, Sum

from portal import clock
from portal.companies.loops import TURNS, periods_at_first, periods_to_ask
from portal.companies.models import Company, CurrentPeriod
from portal.connections.models import Environment, Health
from portal.employees.models import Contract, Employee
from portal.mirror.models import Freshness, Quarantine, State
from portal.mirror.resource import registry
from portal.mirror.scope import MirrorScope
from portal.nmbrs.sandbox import SandboxProcess
from portal.periods import Period, PeriodType, containing, following
from portal.source import Level
from portal.sync import breaker
from portal.sync.models import ROTATION, SyncPlan, SyncRun
from portal.sync.service import sync_now
from tests.conftest import NOON
from tests.reliability.mixture import HONEST, LYING, put, stop
from tests.reliability.reader import Reader, States, look
from tests.reliability.truth import assert_equal, check

# SQLite only: the engine's statements are the same on both databases, and R1 runs on both.
pytestmark = [pytest.mark.django_db(transaction=True)]

#: Seconds between two looks of the reader.
PAUSE = 0.25
ALL_PEOPLE = "GetAll_AllEmployeesByCompany"


@pytest.fixture(autouse=True)
def no_waiting() -> Iterator[None]:
    """Four tries as in real life, without the pauses between them."""
    with stamina.set_testing(True, attempts=4):
        yield


@pytest.fixture
def quick_budget(settings: object) -> None:
    settings.NMBRS_FIXED_RATE = True  # type: ignore[attr-defined]


#: Kinds of which a night asks the current periods, runs or years, and of the older ones some in turn.
IN_TURN = {kind.name for kind in registry if kind.loops}
#: What a kind with a window of periods needs, and two such kinds.
KINDS = ("debtors", "companies", "current_period", "company_wage_fixed", "payroll_workflow")


def sync_kinds(environment: Environment, *names: str) -> None:
    """Sync these kinds, one after another."""
    for name in names:
        sync_now(environment, resource=name)


def synced_under_faults(
    connect: Callable[[str], Environment], settings: object, *, rounds: int, people: int, seed: int
) -> None:
    with (
        SandboxProcess(debtors=2, companies=1, employees=people, seed=7, today=clock.today()) as sandbox,
        Reader(PAUSE) as reader,
    ):
        settings.NMBRS_HOSTS = [sandbox.url]  # type: ignore[attr-defined]
        environment = connect(sandbox.url)
        before: States = {}

        def synced() -> list[SyncPlan]:
            """Sync both lanes; what the reader saw of a company meanwhile stood there before or stands there now."""
            nonlocal before
            plans = [sync_now(environment), sync_now(environment, resource=ROTATION)]
            after = look()
            assert reader.problem is None
            assert reader.strange(before, after) == [], f"seed {seed}"
            before = after
            reader.forget()
            return plans

        synced()
        assert_equal(environment, least=500, slow=True)
        sandbox.advance()
        hits: dict[str, int] = {}
        statuses: dict[str, int] = {}
        for number in range(rounds):
            put(sandbox, HONEST, seed + number)
            plans = synced()
            for kind, count in stop(sandbox).items():
                hits[kind] = hits.get(kind, 0) + count
            for status in SyncRun.objects.filter(plans__in=plans).values_list("status", flat=True):
                statuses[status] = statuses.get(status, 0) + 1
            # Refused answers may leave the mirror older; they may not make it wrong.
            verdict = check(environment, slow=True, moved=True)
            assert (verdict.falsely_missing, verdict.doubled) == ([], []), f"seed {seed}, round {number}: {verdict}"
            assert not Freshness.objects.filter(state=State.HELD).exists()
            breaker.reset(environment.pk)
        plans = synced()
        assert set(SyncRun.objects.filter(plans__in=plans).values_list("status", flat=True)) == {"succeeded"}
        verdict = assert_equal(environment, least=500, slow=True, moved=True)
        assert not Quarantine.objects.exists()
        assert set(Freshness.objects.values_list("state", flat=True)) == {State.FRESH}
        assert environment.connections.get().health == Health.WORKING
    missed = {str(rule["kind"]) for rule in HONEST} - {kind for kind, count in hits.items() if count}
    assert len({rule["kind"] for rule in HONEST}) >= 20
    assert not missed, f"seed {seed}: never hit: {missed}"
    assert reader.looks > 2 * rounds
    print(
        f"R2 seed {seed}: {rounds} rounds, {sum(hits.values())} faults {hits}; runs {statuses}; then {verdict}; "
        f"{reader.looks} looks of the reader, 0 strange"
    )


@pytest.mark.timeout(600)
def test_twenty_kinds_of_fault_at_once_make_nothing_missing_and_one_honest_round_heals_all(
    connect: Callable[[str], Environment], settings: object, quick_budget: None
) -> None:
    synced_under_faults(connect, settings, rounds=3, people=4, seed=10)


#: Spoiled in every record of one company's answer: what it does, and the kind that it does it to.
PLANTED: list[tuple[dict[str, object], str]] = [
    ({"kind": "bad_type", "element": "Value", "value": "twelve", "operation": f"Salary_{ALL_PEOPLE}"}, "salaries"),
    ({"kind": "nil_required", "element": "StartDate", "operation": f"Schedule_{ALL_PEOPLE}"}, "schedules"),
    ({"kind": "missing_required", "element": "StartDate", "operation": f"Employment_{ALL_PEOPLE}"}, "employments"),
]
#: Faults of the way between, which the sync gets over by itself.
ON_THE_WAY = ("reset", "500", "503", "502_html", "html_200", "truncated", "short_body", "wrong_charset")


@pytest.mark.timeout(120)
def test_as_many_records_are_quarantined_as_were_planted_while_calls_fail_too(
    connect: Callable[[str], Environment], settings: object, quick_budget: None
) -> None:
    names = [name for _, name in PLANTED]
    kinds = ",".join(["debtors", "companies", "current_period", "employee_types", "employees", *names])
    with SandboxProcess(debtors=2, companies=1, employees=4, seed=7, today=clock.today()) as sandbox:
        settings.NMBRS_HOSTS = [sandbox.url]  # type: ignore[attr-defined]
        environment = connect(sandbox.url)
        sync_now(environment, resource=kinds)
        assert check(environment, only=kinds.split(",")).equal
        company, other = Company.objects.order_by("pk")
        planted = {name: registry[name].model.objects.filter(company=company).count() for name in names}
        assert all(planted.values()), planted
        rules = [{**rule, "company": company.remote_id, "rate": 1} for rule, _ in PLANTED]
        put(sandbox, [*({"kind": kind} for kind in ON_THE_WAY), *rules], 40)
        plan = sync_now(environment, resource=kinds)
        stop(sandbox)
        found = Quarantine.objects.values("resource").annotate(count=Count("pk", distinct=True))
        assert {row["resource"]: row["count"] for row in found} == planted
        assert plan.runs.aggregate(Sum("quarantined"))["quarantined__sum"] == sum(planted.values())
        assert not Quarantine.objects.filter(company=other).exists()
        # Each old row stays where it was.
        assert check(environment, only=kinds.split(",")).equal
        sync_now(environment, resource=kinds)
        assert not Quarantine.objects.exists()
        assert check(environment, only=kinds.split(",")).equal
    print(f"R2 quarantine: {planted} planted and found")


@pytest.mark.long
@pytest.mark.timeout(1800)
def test_ten_rounds_of_twenty_kinds_of_fault_make_nothing_missing_and_one_honest_round_heals_all(
    connect: Callable[[str], Environment], settings: object, quick_budget: None
) -> None:
    synced_under_faults(connect, settings, rounds=10, people=30, seed=20)


@pytest.mark.long
@pytest.mark.timeout(1800)
def test_answers_in_order_that_lie_are_held_or_healed_at_once_and_in_older_periods_within_twelve_nights(
    connect: Callable[[str], Environment], settings: object, quick_budget: None
) -> None:
    with SandboxProcess(debtors=3, companies=2, employees=12, seed=7, today=clock.today()) as sandbox:
        settings.NMBRS_HOSTS = [sandbox.url]  # type: ignore[attr-defined]
        environment = connect(sandbox.url)
        sync_now(environment)
        assert_equal(environment, least=500)
        said: list[str] = []
        for number in range(5):
            put(sandbox, LYING, 30 + number)
            sync_now(environment)
            hits = stop(sandbox)
            held = Freshness.objects.filter(state=State.HELD).count()
            said.append(f"{sum(hits.values())} lies, {held} held, {len(check(environment).falsely_missing)} missing")
        for _ in range(2):
            sync_now(environment)
        # What is left stands in older periods, whose turn it was not: each is asked again within twelve nights.
        late = check(environment)
        assert {line.split()[0] for line in (*late.lost, *late.different, *late.falsely_missing)} <= IN_TURN
        assert not (late.doubled or late.surplus)
        nights = 0
        with time_machine.travel(clock.now(), tick=True) as traveller:
            while not check(environment).equal:
                nights += 1
                assert nights <= TURNS, str(check(environment))
                traveller.shift(timedelta(days=1))
                sync_now(environment)
            verdict = assert_equal(environment, least=500)
    print(
        f"R2 lies: {said}; after two honest rounds {len(late.lost)} rows of older periods missing, "
        f"after {nights} nights none; then {verdict}"
    )


@pytest.mark.timeout(120)
def test_a_record_whose_key_cannot_be_read_leaves_its_old_row_alone(
    connect: Callable[[str], Environment], settings: object, quick_budget: None
) -> None:
    with SandboxProcess(debtors=1, companies=1, employees=2, seed=7, today=clock.today()) as sandbox:
        settings.NMBRS_HOSTS = [sandbox.url]  # type: ignore[attr-defined]
        environment = connect(sandbox.url)
        sync_kinds(environment, "debtors", "companies", "employee_types", "current_period", "employees", "contracts")
        contracts = Contract.objects.count()
        assert contracts
        rule = {"kind": "absurd_date", "element": "StartDate", "operation": f"Contract_{ALL_PEOPLE}"}
        sandbox.control("PUT", "faults", [rule])
        sync_now(environment, resource="contracts")
    assert not Freshness.objects.filter(state=State.HELD).exists()
    assert Contract.objects.count() == contracts


@pytest.mark.timeout(120)
def test_a_quarantined_record_of_an_older_period_is_read_again_or_goes_on_waiting(
    connect: Callable[[str], Environment], settings: object, quick_budget: None
) -> None:
    with SandboxProcess(debtors=1, companies=1, employees=4, seed=7, today=clock.today()) as sandbox:
        settings.NMBRS_HOSTS = [sandbox.url]  # type: ignore[attr-defined]
        environment = connect(sandbox.url)
        rule = {"kind": "bad_type", "element": "Value", "value": "twelve", "operation": "WageComponentFixed_Get"}
        sandbox.control("PUT", "faults", [rule])
        sync_kinds(environment, *KINDS)
        assert Quarantine.objects.filter(resource="company_wage_fixed").exists()
        sandbox.control("DELETE", "faults")
        sync_kinds(environment, *KINDS)
        verdict = check(environment, only=KINDS)
        assert Quarantine.objects.exists() or verdict.equal, str(verdict)


@pytest.mark.timeout(120)
def test_a_kind_that_failed_for_two_periods_gets_the_periods_it_missed(
    connect: Callable[[str], Environment], settings: object, quick_budget: None
) -> None:
    with SandboxProcess(debtors=1, companies=1, employees=4, seed=7, today=clock.today()) as sandbox:
        settings.NMBRS_HOSTS = [sandbox.url]  # type: ignore[attr-defined]
        environment = connect(sandbox.url)
        sync_kinds(environment, *KINDS)
        sandbox.control("PUT", "faults", [{"kind": "fault", "code": 1002, "operation": "WageComponentFixed_Get"}])
        for _ in range(3):
            sandbox.advance()
            sync_kinds(environment, *KINDS)
        sandbox.control("DELETE", "faults")
        sync_kinds(environment, *KINDS)
        assert check(environment, moved=True, only=KINDS).lost == []


@pytest.mark.timeout(180)
def test_what_changes_in_an_older_period_reaches_the_mirror_within_two_weeks(
    connect: Callable[[str], Environment], settings: object, quick_budget: None
) -> None:
    with (
        time_machine.travel(NOON, tick=True) as travel,
        SandboxProcess(debtors=1, companies=1, employees=2, seed=7, today=NOON.date()) as sandbox,
    ):
        settings.NMBRS_HOSTS = [sandbox.url]  # type: ignore[attr-defined]
        environment = connect(sandbox.url)
        sync_kinds(environment, *KINDS)
        for _ in range(3):
            sandbox.advance()
            sync_kinds(environment, *KINDS)
        outdated = check(environment, moved=True, only=KINDS).outdated
        assert outdated
        nights = 0
        while check(environment, moved=True, only=KINDS).outdated:
            nights += 1
            assert nights < 14, outdated
            travel.shift(timedelta(days=1))
            sandbox.forget_requests()
            sync_kinds(environment, *KINDS[-2:])
            # The current period, the last one, and one more.
            assert len(sandbox.requests) == 3 * len(KINDS[-2:])
    print(f"D7: {len(outdated)} outdated rows were read again within {nights} nights")


@pytest.mark.parametrize("kind", list(PeriodType))
def test_each_older_period_has_its_turn_and_no_night_asks_more_than_one(kind: PeriodType) -> None:
    with time_machine.travel(NOON, tick=False) as travel:
        asked: dict[Period, int] = {}
        period = containing(kind, NOON.date())
        scope = MirrorScope(1, Level.COMPANY, company_id=1, period_type=kind, current=period)
        everything = {(value["year"], value["number"]) for value in map(dict, periods_at_first(scope))}
        for _ in range(12):
            night = [(value["year"], value["number"]) for value in map(dict, periods_to_ask(scope))]
            assert len(night) == 3
            assert night[-1] == (str(period.year), str(period.number))
            for one in night:
                asked[one] = asked.get(one, 0) + 1
            travel.shift(timedelta(days=1))
        assert set(asked) == everything


def test_none_is_passed_over_when_the_next_period_begins() -> None:
    with time_machine.travel(NOON, tick=False) as travel:
        current = Period(2026, 11)
        last: dict[Period, date] = {}
        longest = 0
        for _ in range(400):
            scope = MirrorScope(1, Level.COMPANY, company_id=1, period_type=PeriodType.MONTH, current=current)
            for value in map(dict, periods_to_ask(scope)):
                period = Period(int(value["year"]), int(value["number"]))
                if period in last:
                    longest = max(longest, (clock.today() - last[period]).days)
                last[period] = clock.today()
            travel.shift(timedelta(days=1))
            if clock.today().day == 25:
                current = following(PeriodType.MONTH, current)
        assert longest <= 13


@pytest.mark.timeout(120)
def test_a_sync_that_learns_of_a_new_year_asks_for_it_at_once(
    connect: Callable[[str], Environment], settings: object, quick_budget: None
) -> None:
    december = NOON.replace(month=12, day=20)
    kinds = "debtors,companies,current_period,runs"
    with (
        time_machine.travel(december, tick=True),
        SandboxProcess(debtors=1, companies=1, employees=2, seed=7, today=december.date()) as sandbox,
    ):
        settings.NMBRS_HOSTS = [sandbox.url]  # type: ignore[attr-defined]
        environment = connect(sandbox.url)
        sync_now(environment, resource=kinds)
        years = {current.year for current in CurrentPeriod.objects.all()}
        while {current.year for current in CurrentPeriod.objects.all()} == years:
            sandbox.advance()
            sandbox.forget_requests()
            sync_now(environment, resource=kinds)
        asked = {dict(call.parameters)["Year"] for call in sandbox.requests if call.operation == "Run_GetList"}
        assert str(max(years) + 1) in asked
        assert check(environment, only=("runs",)).equal


PEOPLE = {"operation": "List_GetByCompany", "service": "EmployeeService"}


@pytest.mark.timeout(120)
def test_what_hangs_on_a_person_comes_back_with_the_person(
    connect: Callable[[str], Environment], settings: object, quick_budget: None
) -> None:
    with SandboxProcess(debtors=1, companies=1, employees=8, seed=7, today=clock.today()) as sandbox:
        settings.NMBRS_HOSTS = [sandbox.url]  # type: ignore[attr-defined]
        environment = connect(sandbox.url)
        kinds = ("debtors", "companies", "employee_types", "current_period", "employees", "employments")
        sync_kinds(environment, *kinds)
        # Few enough for the guard. Employments are read in full meanwhile, as after any change of one of them.
        sandbox.control("PUT", "faults", [{"kind": "half_list", **PEOPLE}])
        Freshness.objects.filter(resource="employments").update(digest=b"")
        sync_kinds(environment, *kinds)
        assert Employee.everything.exclude(missing_since=None).exists()
        sandbox.control("DELETE", "faults")
        sync_kinds(environment, *kinds, *kinds)
        assert check(environment, only=("employees",)).equal
        verdict = check(environment, only=kinds)
        assert verdict.equal, str(verdict)


@pytest.mark.timeout(120)
def test_a_person_whom_another_company_listed_for_once_comes_back(
    connect: Callable[[str], Environment], settings: object, quick_budget: None
) -> None:
    with SandboxProcess(debtors=1, companies=2, employees=6, seed=7, today=clock.today()) as sandbox:
        settings.NMBRS_HOSTS = [sandbox.url]  # type: ignore[attr-defined]
        environment = connect(sandbox.url)
        kinds = ("debtors", "companies", "employee_types", "employees")
        sync_kinds(environment, *kinds)
        company = next(iter(sandbox.firm.companies()))
        sandbox.control("PUT", "faults", [{"kind": "moved_employee", "company": company.id, **PEOPLE}])
        sync_kinds(environment, *kinds)
        sandbox.control("DELETE", "faults")
        sync_kinds(environment, *kinds, *kinds)
        verdict = check(environment, only=kinds)
        assert verdict.equal, str(verdict)
