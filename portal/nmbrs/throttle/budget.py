"""The budget: how fast one environment may be called, and how that adapts.

Each caller reserves the next free slot and sleeps until it (GCRA without burst), so calls of all processes are
evenly spread. The rate starts low, grows while it is used and latency stays flat, and halves when Nmbrs' half-second
delays appear, because other integrations of the environment use the same 150 calls a second.
"""

import math
import time

from portal.nmbrs.throttle.store import State, Store
from portal.nmbrs.throttle.watch import SETTLE, WINDOW, Verdict, watch_of

#: Calls a second that no setting can exceed: Nmbrs delays beyond 150, and the worst second is rate + processes.
HARD_CEILING = 145.0
#: Slots lie this much further apart than the rate says: a caller that wakes late leaves together with the next one, and
#: yet no second may see more calls than the rate, plus one for each process (docs/benchmarks.md).
WIDER = 1.05
#: Calls a second below which the rate never falls, so that a sync goes on beside a busy integration.
FLOOR = 5.0
#: A kept slot further ahead (seconds) comes from another boot's clock and counts as none.
FAR_AHEAD = 60.0
#: A rate learnt this long ago (seconds without a call) says nothing about the present.
STALE = 600.0
#: Seconds without a slot after giving way, for every process.
PAUSE = 0.5
#: Growth a second: by this factor at first, by this share of the ceiling after the budget gave way.
FAST_GROWTH = 1.1
SLOW_GROWTH = 0.005


class Budget:
    """The call budget of one environment. Safe to use from several threads and processes at once.

    `ceiling` and `start` are calls a second. With `fixed` the rate is the ceiling and never changes (measurements).
    Raises ValueError for a ceiling above 145 or a start that is not between 0 and the ceiling.
    """

    def __init__(self, store: Store, *, ceiling: float = 100.0, start: float = 20.0, fixed: bool = False) -> None:
        if not 0 < ceiling <= HARD_CEILING:
            raise ValueError(f"The ceiling must be above 0 and at most {HARD_CEILING:g} calls a second.")
        self._store = store
        self._ceiling = ceiling
        self._start = ceiling if fixed else min(start, ceiling)
        if self._start <= 0:
            raise ValueError("The start must be above 0 calls a second.")
        self._floor = ceiling if fixed else min(FLOOR, self._start)
        self._fixed = fixed
        self._watch = watch_of(store.name)

    def acquire(self) -> float:
        """Wait for the next slot. Once per try of a call. Returns the wait in seconds."""
        wait, slowed = self._store.exchange(self._reserve)
        self._watch.taken(wait, slowed)
        if wait > 0:
            time.sleep(wait)
        return wait

    def observe(self, latency: float, kind: str = "") -> None:
        """Tell how long (seconds, without the wait for the slot) an answered call took.

        `kind` names calls that should take equally long: the operation and the size class of its answer.
        """
        if self._fixed:
            return
        verdict = self._watch.answered(latency, kind)
        if verdict is Verdict.GIVE_WAY:
            self.give_way()
        elif verdict is Verdict.GROW:
            self._store.exchange(self._grow)

    def give_way(self) -> None:
        """Halve the rate and push the next slot ahead. Users who notice the same delays do so once together."""
        if not self._fixed:
            self._store.exchange(self._halve)

    def rate(self) -> float:
        """The present rate in calls a second."""
        return self._store.exchange(lambda state, now: (kept := self._valid(state, now), kept.rate))

    def _reserve(self, state: State | None, now: float) -> tuple[State, tuple[float, float]]:
        kept = self._valid(state, now)
        slot = max(now, kept.slot)
        return kept._replace(slot=slot + WIDER / kept.rate), (slot - now, kept.slowed)

    def _grow(self, state: State | None, now: float) -> tuple[State, None]:
        kept = self._valid(state, now)
        # Several processes ask for growth: the time since the last one's is shared, so it is never taken twice.
        elapsed = min(max(0.0, now - kept.grown), 2 * WINDOW)
        if now - kept.slowed < STALE:
            rate = kept.rate + SLOW_GROWTH * self._ceiling * elapsed
        else:
            rate = kept.rate * FAST_GROWTH**elapsed
        return kept._replace(rate=min(rate, self._ceiling), grown=now), None

    def _halve(self, state: State | None, now: float) -> tuple[State, None]:
        kept = self._valid(state, now)
        if now - kept.slowed < SETTLE:
            return kept, None
        rate = max(self._floor, kept.rate / 2)
        return State(slot=max(now, kept.slot) + PAUSE, rate=rate, slowed=now, grown=now + SETTLE), None

    def _valid(self, state: State | None, now: float) -> State:
        """The kept state, or a first one where it is missing, damaged, from another boot, or of another ceiling."""
        fresh = State(slot=now, rate=self._start, slowed=-math.inf, grown=now)
        if state is None or not all(map(math.isfinite, (state.slot, state.rate, state.grown))):
            return fresh
        if max(state.slot, state.slowed, state.grown) > now + FAR_AHEAD or math.isnan(state.slowed):
            return fresh
        if state.slot < now - STALE:
            state = state._replace(rate=min(state.rate, self._start), grown=now)
        return state._replace(rate=min(max(state.rate, self._floor), self._ceiling))
