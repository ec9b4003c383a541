"""The embedded Nmbrs as a program: command, control address, clean stop."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import psutil
import pytest

from portal.nmbrs.sandbox import Sandbox, SandboxProcess
from portal.nmbrs.sandbox.firm import build_firm
from tests.nmbrs_sandbox.wire import call

ROOT = Path(__file__).resolve().parents[2]
TODAY = date(2026, 11, 22)
OPTIONS = ["--debtors", "2", "--employees", "3", "--seed", "9", "--today", "2026-11-22"]


@contextmanager
def command(*options: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """`manage.py nmbrs_sandbox` running, and its address."""
    process = subprocess.Popen(
        [sys.executable, "manage.py", "nmbrs_sandbox", "--port", "0", *OPTIONS, *options],
        cwd=ROOT,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "tests.settings"},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line.startswith("Nmbrs sandbox ready at http://127.0.0.1:")
        yield process, line.split()[4]
    finally:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_the_command_serves_the_firm_it_was_asked_for_and_stops_cleanly(stop: signal.Signals) -> None:
    with command() as (process, url):
        names = call(url, "DebtorService", "List_GetAll").texts("Name")
        assert names == [debtor.name for debtor in build_firm(2, 3, 9, TODAY).debtors]
        process.send_signal(stop)
        assert process.wait(10) == 0


def test_a_port_that_is_taken_is_said_in_one_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        ended = subprocess.run(
            [sys.executable, "manage.py", "nmbrs_sandbox", "--port", str(taken.getsockname()[1]), *OPTIONS],
            cwd=ROOT,
            env=os.environ | {"DJANGO_SETTINGS_MODULE": "tests.settings"},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert ended.returncode == 1
    assert ended.stderr.startswith("CommandError: Port ")
    assert "Traceback" not in ended.stderr


def test_it_listens_on_the_loopback_address_only(sandbox: Sandbox) -> None:
    assert sandbox.url.startswith("http://127.0.0.1:")
    port = int(sandbox.url.rpartition(":")[2])
    listening = [end for end in psutil.Process().net_connections() if end.status == psutil.CONN_LISTEN]
    assert [end.laddr.ip for end in listening if end.laddr.port == port] == ["127.0.0.1"]


def test_a_closed_sandbox_gives_its_port_back() -> None:
    with Sandbox(debtors=1, employees=1, seed=7, today=TODAY) as first:
        port = int(first.url.rpartition(":")[2])
        with pytest.raises(OSError, match="in use"):
            Sandbox(debtors=1, employees=1, seed=7, today=TODAY, port=port)
    with Sandbox(debtors=1, employees=1, seed=7, today=TODAY, port=port) as second:
        assert call(second.url, "DebtorService", "List_GetAll").status == 200


@pytest.fixture(scope="module")
def started() -> Iterator[SandboxProcess]:
    with SandboxProcess(debtors=2, employees=6, seed=7, today=TODAY) as running:
        yield running


@pytest.fixture
def process(started: SandboxProcess) -> Iterator[SandboxProcess]:
    """A child process that was asked nothing yet and answers at once, without faults."""
    started.forget_requests()
    yield started
    started.control("DELETE", "faults")
    started.control("PUT", "settings", {"latency": 0})


def test_a_child_process_has_the_same_firm_and_moves_on_with_it(process: SandboxProcess) -> None:
    before = process.firm.version
    for _ in range(2):
        assert process.control("GET", "firm") == json.loads(process.firm.as_json())
        process.advance()
    assert process.firm.version == before + 2


def test_the_control_address_tells_requests_and_forgets_them(process: SandboxProcess) -> None:
    call(process.url, "DebtorService", "List_GetAll")
    (recorded,) = process.requests
    assert (recorded.operation, recorded.status, recorded.delayed) == ("List_GetAll", 200, False)
    assert "demo-token" not in json.dumps(process.control("GET", "requests"))
    process.forget_requests()
    assert process.requests == []


def test_the_control_address_takes_fault_rules_and_settings(process: SandboxProcess) -> None:
    process.control("PUT", "faults", [{"kind": "fault", "code": 1002, "operation": "List_GetAll"}])
    assert "---> 1002: " in (call(process.url, "DebtorService", "List_GetAll").texts("faultstring")[0] or "")
    assert [rule["hits"] for rule in process.control("GET", "faults")] == [1]
    process.control("DELETE", "faults")
    assert process.control("PUT", "settings", {"latency": 0.2}) == {"latency": 0.2, "keep": 192, "limit": 150}
    assert call(process.url, "DebtorService", "List_GetAll").status == 200
    assert process.requests[-1].seconds >= 0.2


@pytest.mark.parametrize(
    ("method", "name", "data"),
    [
        ("PUT", "faults", [{"kind": "rain"}]),
        ("PUT", "settings", {}),
        ("PUT", "settings", {"latency": -1}),
        ("GET", "x", None),
    ],
)
def test_the_control_address_refuses_what_makes_no_sense(
    process: SandboxProcess, method: str, name: str, data: object
) -> None:
    with pytest.raises(RuntimeError, match=r": (400|404)$"):
        process.control(method, name, data)
    assert process.control("GET", "faults") == []


def test_a_child_process_ends_with_the_process_that_started_it() -> None:
    program = (
        "from datetime import date; from portal.nmbrs.sandbox import SandboxProcess; import os;"
        "child = SandboxProcess(debtors=1, employees=1, seed=7, today=date(2026, 11, 22));"
        "print(child.pid, flush=True); os._exit(0)"
    )
    started = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    pid = int(started.stdout)
    assert ended_within(pid, seconds=10)


def ended_within(pid: int, *, seconds: float) -> bool:
    """The process is gone, or nobody but its new parent has still to notice."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
            return True
        time.sleep(0.05)
    return False
