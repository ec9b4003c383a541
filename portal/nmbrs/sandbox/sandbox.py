"""The embedded Nmbrs as an object: in a thread of this process."""

import threading
from datetime import date
from typing import Self

from portal.nmbrs.sandbox.calls import RecordedCall
from portal.nmbrs.sandbox.fault_plan import FaultPlan
from portal.nmbrs.sandbox.firm import Firm, build_firm
from portal.nmbrs.sandbox.server import SandboxServer
from portal.nmbrs.sandbox.state import State
from portal.nmbrs.sandbox.tasks import Tasks


class Sandbox:
    """Serves a generated firm on a loopback port from construction until `close()`.

    with Sandbox(debtors=12, employees=40, seed=7, today=date(2026, 11, 22)) as sandbox:
        ask(sandbox.url)

    `debtors`, `employees` (people per company), `seed`, `today` and `companies` (exactly so many per debtor; None
    gives them 1 to 4) make the firm; `business` is the environment of one employer: a single debtor, however many are
    asked for; `port` 0 takes a free one; every call waits `latency` seconds.
    Raises OSError when the port is taken.
    """

    def __init__(
        self,
        *,
        debtors: int = 12,
        employees: int = 40,
        seed: int = 7,
        today: date,
        companies: int | None = None,
        port: int = 0,
        latency: float = 0.0,
        business: bool = False,
    ) -> None:
        self._state = State(build_firm(1 if business else debtors, employees, seed, today, companies), latency)
        self._server = SandboxServer(self._state, port)
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, name="nmbrs-sandbox", daemon=True
        )
        self._thread.start()

    @property
    def url(self) -> str:
        """Scheme, host and port, e.g. `http://127.0.0.1:40123`."""
        return self._server.url

    @property
    def firm(self) -> Firm:
        """The raw data behind the answers."""
        return self._state.firm

    @property
    def faults(self) -> FaultPlan:
        """Faults on request: `sandbox.faults.add("fault", code=1002, operation="Run_GetList")`."""
        return self._state.faults

    @property
    def tasks(self) -> Tasks:
        """Background reports: `enqueued_polls` and `executing_polls` say how long they take."""
        return self._state.tasks

    @property
    def requests(self) -> list[RecordedCall]:
        """The SOAP calls so far."""
        return self._state.log.calls()

    @property
    def wsdl_reads(self) -> list[str]:
        """The services whose WSDL was fetched, once per fetch."""
        return self._state.log.wsdl_reads()

    @property
    def latency(self) -> float:
        """Seconds that every call waits before it is answered."""
        return self._state.latency

    @latency.setter
    def latency(self, seconds: float) -> None:
        self._state.latency = seconds

    def forget_requests(self) -> None:
        """Empty the record of calls and WSDL reads."""
        self._state.log.clear()

    def forget_answers(self) -> None:
        """Answer from the raw data as it is now; call it after changing `firm` by hand."""
        self._state.forget_answers()

    def advance(self) -> None:
        """Move every company to its next period: a new run, new changes."""
        self._state.advance()

    def close(self) -> None:
        """Stop serving and give the port back; safe to call twice."""
        if self._thread.is_alive():
            self._server.close()
            self._thread.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()
