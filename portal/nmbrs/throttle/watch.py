"""What one process sees of a budget: how its calls waited and how long they took, judged window by window."""

import math
import os
import threading
import time
from enum import Enum
from functools import cache

from portal.nmbrs.throttle.latency import Latencies

#: A verdict needs at least this much time (seconds) and this many calls.
WINDOW = 1.0
ENOUGH = 10
#: Shares of delayed calls: from the first on the rate does not grow, from the second on it halves.
SUSPICIOUS = 0.03
DELAYED = 0.1
FEWEST_DELAYED = 3
#: Seconds after giving way until calls are evidence again.
SETTLE = 2.0


class Verdict(Enum):
    """What the calls of a window say about the rate."""

    STAY = "stay"
    GROW = "grow"
    GIVE_WAY = "give way"


class Watch:
    """The calls of one process. Every Budget of the same store uses the same one, so short-lived ones learn too."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._latencies = Latencies()
        self._since = time.monotonic()
        self._waited = 0
        self._taken = 0
        self._slowed = -math.inf
        self._deaf_until = -math.inf

    def taken(self, wait: float, slowed: float) -> None:
        """A slot was taken after `wait` seconds; the budget last gave way at `slowed`."""
        with self._guard:
            self._taken += 1
            self._waited += wait > 0
            if slowed > self._slowed:
                self._deaf_until = time.monotonic() + SETTLE
                self._begin()
            self._slowed = slowed

    def answered(self, latency: float, kind: str) -> Verdict:
        """A call of this kind took `latency` seconds."""
        now = time.monotonic()
        with self._guard:
            # A call sent before the pause took effect tells of the rate before it.
            if now - latency < self._deaf_until:
                return Verdict.STAY
            seen = self._latencies
            seen.add(kind, latency)
            if now - self._since < WINDOW or seen.seen < ENOUGH:
                return Verdict.STAY
            verdict = Verdict.STAY
            if seen.delayed >= FEWEST_DELAYED and seen.share >= DELAYED:
                verdict = Verdict.GIVE_WAY
            elif seen.share < SUSPICIOUS and 2 * self._waited >= self._taken:
                # Only a rate that callers wait for is in use; a higher one would be untried.
                verdict = Verdict.GROW
            self._begin()
            return verdict

    def _begin(self) -> None:
        self._since = time.monotonic()
        self._waited = self._taken = 0
        self._latencies.forget()


@cache
def watch_of(store: str) -> Watch:
    """The Watch of this process for the store of that name."""
    return Watch()


# A fork while another thread holds a guard would leave the child waiting for ever.
os.register_at_fork(after_in_child=watch_of.cache_clear)
