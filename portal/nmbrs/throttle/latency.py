"""Finds Nmbrs' half-second delays in the latencies of calls.

Beyond 150 calls in a second Nmbrs delays each further call by half a second, without fault or header
(soap_wire "Limits"). A delayed call is one that takes at least 0.4 s longer than calls of its kind take otherwise.
The share of such calls counts, not their median: when another integration uses part of the 150, only the calls
beyond the limit are delayed, and a median would stay flat until half of them are.
"""

#: A call this much (seconds) above the flat latency of its kind was delayed.
DELAY = 0.4
#: Kinds slower than this (seconds) vary by more than the delay; they are no evidence.
QUICK = 0.5
#: The flat latency follows a lower value at once and a lasting higher one by this share a call.
DRIFT = 0.0005


class Latencies:
    """The flat latency (seconds) per kind of call, and how many recent calls were delayed. For one process."""

    def __init__(self) -> None:
        self._flat: dict[str, float] = {}
        #: Calls of quick kinds since the last `forget()`, and those of them that were delayed.
        self.seen = 0
        self.delayed = 0

    def add(self, kind: str, latency: float) -> None:
        """Take one call. `kind` names calls that should take equally long."""
        flat = self._flat.get(kind)
        if flat is None:
            self._flat[kind] = latency
            return
        self._flat[kind] = latency if latency < flat else flat + DRIFT * (latency - flat)
        if flat <= QUICK:
            self.seen += 1
            self.delayed += latency >= flat + DELAY

    @property
    def share(self) -> float:
        """The delayed share of the calls seen."""
        return self.delayed / self.seen if self.seen else 0.0

    def forget(self) -> None:
        """Begin to count anew; the flat latencies stay."""
        self.seen = self.delayed = 0
