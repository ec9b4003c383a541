"""All users of a budget together keep its rate, fairly, whatever happens to the file that they share."""

import math
import multiprocessing
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from portal.nmbrs.throttle import HARD_CEILING, Budget, FileStore, State
from portal.nmbrs.throttle.latency import Latencies

FORKING = multiprocessing.get_context("fork")


def worst_second(moments: list[float]) -> int:
    """Most moments in any window of one second."""
    moments = sorted(moments)
    worst = first = 0
    for last, moment in enumerate(moments):
        while moment - moments[first] >= 1.0:
            first += 1
        worst = max(worst, last - first + 1)
    return worst


def use(path: Path, rate: float, seconds: float) -> list[float]:
    """Take slots as fast as they come; the moments at which each was free."""
    budget = Budget(FileStore(path), ceiling=rate, fixed=True)
    end = time.monotonic() + seconds
    moments = []
    while time.monotonic() < end:
        budget.acquire()
        moments.append(time.monotonic())
    return moments


@pytest.mark.parametrize("processes", [1, 4])
def test_processes_together_keep_the_rate_and_share_it_fairly(tmp_path: Path, processes: int) -> None:
    rate, seconds = 100.0, 2.5
    with FORKING.Pool(processes) as pool:
        shares = pool.starmap(use, [(tmp_path / "slot", rate, seconds)] * processes)
    moments = [moment for share in shares for moment in share]
    assert worst_second(moments) <= rate + processes
    assert len(moments) >= 0.85 * rate * (max(moments) - min(moments))
    assert min(map(len, shares)) >= 0.8 * max(map(len, shares))


def test_threads_together_keep_the_rate(tmp_path: Path) -> None:
    budget = Budget(FileStore(tmp_path / "slot"), ceiling=100, fixed=True)

    def one(_: int) -> float:
        budget.acquire()
        return time.monotonic()

    with ThreadPoolExecutor(8) as pool:
        moments = list(pool.map(one, range(200)))
    assert worst_second(moments) <= 100 + 8
    assert max(moments) - min(moments) == pytest.approx(1.99, abs=0.3)


def test_an_idle_budget_gives_a_slot_at_once_and_saves_none_up(tmp_path: Path) -> None:
    budget = Budget(FileStore(tmp_path / "slot"), ceiling=10, fixed=True)
    assert budget.acquire() == 0
    time.sleep(0.5)
    assert budget.acquire() == 0
    assert budget.acquire() == pytest.approx(0.1, abs=0.05)


def keep(path: Path, change: Callable[[float], State]) -> None:
    FileStore(path).exchange(lambda state, now: (change(now), None))


@pytest.mark.parametrize(
    "change",
    [
        lambda now: State(slot=now + 1e6, rate=50, slowed=-math.inf, grown=now),
        lambda now: State(slot=now, rate=50, slowed=now + 1e6, grown=now),
        lambda now: State(slot=math.nan, rate=50, slowed=-math.inf, grown=now),
        lambda now: State(slot=math.inf, rate=50, slowed=-math.inf, grown=now),
        lambda now: State(slot=now, rate=math.nan, slowed=math.nan, grown=now),
        lambda now: State(slot=now - 1e6, rate=99, slowed=-math.inf, grown=now - 1e6),
    ],
    ids=["slot of another boot", "pause of another boot", "no number", "never", "no rate", "learnt long ago"],
)
def test_a_state_that_says_nothing_about_now_counts_as_none(tmp_path: Path, change: Callable[[float], State]) -> None:
    keep(tmp_path / "slot", change)
    budget = Budget(FileStore(tmp_path / "slot"), ceiling=100, start=20)
    assert budget.acquire() == 0
    assert budget.rate() == 20


@pytest.mark.parametrize("content", [b"", b"\x00" * 7, b"\x00" * 32, b"\xff" * 32, b"x" * 100])
def test_a_damaged_file_never_stops_a_call(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "slot").write_bytes(content)
    budget = Budget(FileStore(tmp_path / "slot"), ceiling=100)
    assert budget.acquire() < 0.2
    assert 5 <= budget.rate() <= 100


def test_the_file_belongs_to_its_user_alone(tmp_path: Path) -> None:
    Budget(FileStore(tmp_path / "budgets" / "slot")).acquire()
    assert (tmp_path / "budgets" / "slot").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(("ceiling", "start"), [(HARD_CEILING + 1, 20), (0, 20), (-5, 20), (100, 0)])
def test_rates_outside_the_limits_are_refused(tmp_path: Path, ceiling: float, start: float) -> None:
    with pytest.raises(ValueError, match="calls a second"):
        Budget(FileStore(tmp_path / "slot"), ceiling=ceiling, start=start)


def test_a_lower_ceiling_holds_at_once(tmp_path: Path) -> None:
    keep(tmp_path / "slot", lambda now: State(slot=now, rate=140, slowed=-math.inf, grown=now))
    assert Budget(FileStore(tmp_path / "slot"), ceiling=60).rate() == 60


# --- how the rate adapts ---------------------------------------------------------------------------------------------


def drive(budget: Budget, seconds: float, latency: Callable[[int], float]) -> list[float]:
    """Call as fast as the budget allows; the rate after each call."""
    end, rates = time.monotonic() + seconds, []
    while time.monotonic() < end:
        budget.acquire()
        budget.observe(latency(len(rates)), "small")
        rates.append(budget.rate())
    return rates


def test_the_rate_grows_by_a_tenth_a_second_while_latency_stays_flat(tmp_path: Path) -> None:
    budget = Budget(FileStore(tmp_path / "slot"), ceiling=100, start=20)
    rates = drive(budget, 4.5, lambda call: 0.01)
    assert rates[0] == 20
    assert 20 * 1.1**3 <= rates[-1] <= 20 * 1.1**5


def test_budgets_that_live_for_a_few_calls_learn_together(tmp_path: Path) -> None:
    def brief(seconds: float, latency: Callable[[int], float]) -> float:
        end, calls = time.monotonic() + seconds, 0
        while time.monotonic() < end:
            budget = Budget(FileStore(tmp_path / "slot"), ceiling=100, start=40)
            for _ in range(3):
                budget.acquire()
                budget.observe(latency(calls), "small")
                calls += 1
        return budget.rate()

    grown = brief(3.5, lambda call: 0.05)
    assert grown >= 40 * 1.1**2
    assert brief(2.5, lambda call: 0.55) <= 0.6 * grown


def test_the_rate_stops_at_the_ceiling(tmp_path: Path) -> None:
    budget = Budget(FileStore(tmp_path / "slot"), ceiling=21, start=20)
    assert drive(budget, 2.5, lambda call: 0.01)[-1] == 21


def test_a_rate_that_nobody_needs_does_not_grow(tmp_path: Path) -> None:
    budget = Budget(FileStore(tmp_path / "slot"), ceiling=100, start=50)
    for _ in range(25):
        budget.acquire()
        budget.observe(0.01, "small")
        time.sleep(0.1)
    assert budget.rate() == 50


def test_a_fixed_rate_never_changes(tmp_path: Path) -> None:
    budget = Budget(FileStore(tmp_path / "slot"), ceiling=60, fixed=True)
    assert set(drive(budget, 2.5, lambda call: 0.01 if call < 20 else 0.6)) == {60}
    budget.give_way()
    assert budget.rate() == 60


def test_half_second_delays_of_some_calls_halve_the_rate(tmp_path: Path) -> None:
    budget = Budget(FileStore(tmp_path / "slot"), ceiling=100, start=60)
    drive(budget, 0.5, lambda call: 0.05)
    assert min(drive(budget, 2.0, lambda call: 0.55 if call % 4 == 0 else 0.05)) == 30


def test_every_user_feels_the_pause_and_the_lower_rate(tmp_path: Path) -> None:
    one, other = (Budget(FileStore(tmp_path / "slot"), ceiling=100, start=80) for _ in range(2))
    one.acquire()
    one.give_way()
    assert other.acquire() == pytest.approx(0.5, abs=0.1)
    assert other.rate() == 40


def test_users_who_see_the_same_delays_give_way_once(tmp_path: Path) -> None:
    budgets = [Budget(FileStore(tmp_path / "slot"), ceiling=100, start=80) for _ in range(4)]
    for budget in budgets:
        budget.give_way()
    assert budgets[0].rate() == 40


def test_the_rate_never_falls_below_the_floor(tmp_path: Path) -> None:
    keep(tmp_path / "slot", lambda now: State(slot=now, rate=6, slowed=-math.inf, grown=now))
    budget = Budget(FileStore(tmp_path / "slot"), ceiling=100)
    budget.give_way()
    assert budget.rate() == 5


def test_after_giving_way_the_rate_grows_slowly(tmp_path: Path) -> None:
    keep(tmp_path / "slot", lambda now: State(slot=now, rate=40, slowed=now - 10, grown=now))
    budget = Budget(FileStore(tmp_path / "slot"), ceiling=100)
    # A rate that gave way just before this user came says nothing about its own calls for two seconds.
    rates = drive(budget, 5.5, lambda call: 0.01)
    assert 40.7 < rates[-1] < 43


def test_several_users_do_not_grow_the_rate_faster_than_one(tmp_path: Path) -> None:
    budgets = [Budget(FileStore(tmp_path / "slot"), ceiling=100, start=40) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        last = [rates[-1] for rates in pool.map(lambda budget: drive(budget, 3.5, lambda call: 0.01), budgets)]
    assert 40 * 1.1**2 <= max(last) <= 40 * 1.1**3.6


def test_calls_of_different_kinds_are_not_compared() -> None:
    latencies = Latencies()
    for call in range(100):
        latencies.add("small", 0.05)
        latencies.add("list", 0.45 + 0.01 * (call % 5))
    assert (latencies.delayed, latencies.seen) == (0, 198)


def test_kinds_that_are_slow_by_themselves_are_no_evidence() -> None:
    latencies = Latencies()
    for call in range(100):
        latencies.add("bulk", 1.0 + (call % 7) * 0.3)
    assert latencies.seen == 0


def test_a_lasting_higher_latency_becomes_the_flat_one_only_after_many_calls() -> None:
    latencies = Latencies()
    latencies.add("small", 0.05)
    for _ in range(100):
        latencies.add("small", 0.55)
    assert latencies.delayed == 100
    for _ in range(3000):
        latencies.add("small", 0.55)
    latencies.forget()
    latencies.add("small", 0.55)
    assert (latencies.seen, latencies.delayed) == (1, 0)
