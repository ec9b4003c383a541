"""What the sandbox remembers of its calls, and the throttle rule of Nmbrs."""

import threading
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

#: Rule of Nmbrs (soap_wire: limits): calls a second over all clients, and how long each call beyond it waits.
CALLS_A_SECOND: Final = 150
DELAY_SECONDS: Final = 0.5
_REMEMBERED: Final = 200_000


@dataclass(frozen=True, slots=True)
class RecordedCall:
    """One SOAP call as it arrived. The token is not kept."""

    #: Arrival, seconds since the epoch.
    time: float
    service: str
    #: Empty when the request could not be understood.
    operation: str
    #: Name of the authentication header that was sent, or empty.
    header: str
    user: str
    soap_version: str
    parameters: Mapping[str, str]
    #: HTTP status; 0 when the connection was cut on purpose.
    status: int
    #: The throttle rule made this call wait.
    delayed: bool
    #: Seconds from arrival until the answer was ready to be sent.
    seconds: float


class CallLog:
    """The recorded calls and WSDL reads, oldest first. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._calls: deque[RecordedCall] = deque(maxlen=_REMEMBERED)
        self._wsdl_reads: deque[str] = deque(maxlen=_REMEMBERED)

    def add(self, call: RecordedCall) -> None:
        """Remember a call that has been answered."""
        with self._lock:
            self._calls.append(call)

    def add_wsdl_read(self, service: str) -> None:
        """Remember that a WSDL was fetched."""
        with self._lock:
            self._wsdl_reads.append(service)

    def calls(self) -> list[RecordedCall]:
        """The calls so far, in the order in which they were answered."""
        with self._lock:
            return list(self._calls)

    def wsdl_reads(self) -> list[str]:
        """The services whose WSDL was fetched, once per fetch."""
        with self._lock:
            return list(self._wsdl_reads)

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._calls.clear()
            self._wsdl_reads.clear()


class ThrottleRule:
    """Beyond 150 calls within the last second, over all clients, a call waits for half a second. No fault."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._arrivals: deque[float] = deque()
        #: Calls a second that are not made to wait.
        self.limit = CALLS_A_SECOND

    def delay(self) -> float:
        """Count a call that arrives now; the seconds it has to wait."""
        with self._lock:
            now = time.monotonic()
            self._arrivals.append(now)
            while self._arrivals[0] <= now - 1:
                self._arrivals.popleft()
            return DELAY_SECONDS if len(self._arrivals) > self.limit else 0.0
