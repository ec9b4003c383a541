"""The embedded Nmbrs in a process of its own, for tests that need both cores."""

import http.client
import json
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any, Final, Self
from urllib.parse import urlsplit

from portal.nmbrs.sandbox.calls import RecordedCall
from portal.nmbrs.sandbox.firm import Firm, advance, build_firm
from portal.nmbrs.sandbox.serving import READY

_ROOT: Final = Path(__file__).resolve().parents[3]
_PATIENCE_SECONDS: Final = 60


class SandboxProcess:
    """As Sandbox, served by a child process, steered through its control address.

    `firm` is generated here as well from the same arguments and moves on with `advance()`. The child ends with
    `close()`, or by itself when this process dies. Raises RuntimeError when it does not start.
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
        self.firm: Firm = build_firm(1 if business else debtors, employees, seed, today, companies)
        options: dict[str, object] = {
            "debtors": debtors,
            "employees": employees,
            "seed": seed,
            "today": today.isoformat(),
            "port": port,
            "latency": latency,
        }
        if companies is not None:
            options["companies"] = companies
        arguments = [f"--{name}={value}" for name, value in options.items()]
        if business:
            arguments.append("--business")
        self._process = subprocess.Popen(  # noqa: S603 -- our own program with our own numbers
            [sys.executable, "-m", "portal.nmbrs.sandbox", "--stop-with-input", *arguments],
            cwd=_ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        line = self._process.stdout.readline() if self._process.stdout else ""
        if not line.startswith(READY):
            self.close()
            raise RuntimeError("the embedded Nmbrs did not start")
        self.url = line.removeprefix(READY).split(" ")[0]

    @property
    def pid(self) -> int:
        """The child's process id."""
        return self._process.pid

    @property
    def requests(self) -> list[RecordedCall]:
        """The SOAP calls so far."""
        return [RecordedCall(**call) for call in self.control("GET", "requests")["calls"]]

    @property
    def wsdl_reads(self) -> list[str]:
        """The services whose WSDL was fetched, once per fetch."""
        reads: list[str] = self.control("GET", "requests")["wsdl_reads"]
        return reads

    def forget_requests(self) -> None:
        """Empty the record of calls and WSDL reads."""
        self.control("DELETE", "requests")

    def advance(self) -> None:
        """Move every company to its next period, in the child and in `firm`."""
        self.control("POST", "advance")
        advance(self.firm)

    def control(self, method: str, name: str, data: object = None) -> Any:
        """Ask a control address, e.g. `control("PUT", "faults", [{"kind": "reset", "count": 1}])`.

        Raises RuntimeError when it refuses.
        """
        connection = http.client.HTTPConnection(urlsplit(self.url).netloc, timeout=_PATIENCE_SECONDS)
        try:
            connection.request(method, f"/control/{name}", None if data is None else json.dumps(data))
            response = connection.getresponse()
            body = response.read()
        finally:
            connection.close()
        if response.status != http.HTTPStatus.OK:
            raise RuntimeError(f"control {method} {name}: {response.status}")
        return json.loads(body)

    def close(self) -> int:
        """End the child and wait for it; its exit code. Safe to call twice."""
        if self._process.stdin and not self._process.stdin.closed:
            self._process.stdin.close()
        code = self._process.wait(_PATIENCE_SECONDS)
        if self._process.stdout:
            self._process.stdout.close()
        return code

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()
