"""The demo as a visitor meets it: from nothing to a board of companies, a clean stop, and a quick second start."""

import http.cookiejar
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from pathlib import Path

import pytest

from tests.demo.running import Demo, free_port
from tests.demo.test_children import runs, wait_for


def processes_with(marker: str) -> dict[int, str]:
    """Programs whose environment names the folder of this demo, and their command lines."""
    found = {}
    for status in Path("/proc").glob("[0-9]*"):
        try:
            if marker.encode() in (status / "environ").read_bytes() and runs(int(status.name)):
                found[int(status.name)] = (status / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue
    return found


def sign_in(address: str, persona: str) -> str:
    """Go through the door as a browser does and return the first page."""
    jar = http.cookiejar.CookieJar()
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    page = browser.open(f"{address}/sign-in/").read().decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
    assert token
    form = urllib.parse.urlencode({"csrfmiddlewaretoken": token[1]}).encode()
    return str(browser.open(f"{address}/demo/enter/{persona}/", form).read().decode())


def companies_on(page: str) -> set[str]:
    """The companies that a page leads to."""
    return set(re.findall(r'href="(/companies/\d+/)"', page))


@pytest.fixture
def folder(tmp_path: Path):
    yield tmp_path / "demo"
    for pid in processes_with(str(tmp_path / "demo")):
        os.kill(pid, signal.SIGKILL)


@pytest.fixture
def start(folder: Path):
    """Starts a demo in the folder. A process that nobody waited for would be an error of whichever test comes next."""
    started: list[Demo] = []

    def make(portal_port: int, sandbox_port: int, **how: bool) -> Demo:
        started.append(Demo(folder, portal_port, sandbox_port, **how))
        return started[-1]

    yield make
    for demo in started:
        demo.end()


@pytest.mark.timeout(400)
def test_a_demo_starts_shows_companies_stops_cleanly_and_goes_on_where_it_was(folder, start):
    ports = free_port(), free_port()
    demo = start(*ports)
    demo.wait_until_open()
    programs = " ".join(processes_with(str(folder)).values())
    assert all(name in programs for name in ("nmbrs_sandbox", "gunicorn", "qcluster"))
    everything, assigned = sign_in(demo.address, "administrator"), sign_in(demo.address, "accountant")
    assert "Bakkerij" in everything
    assert companies_on(everything) > companies_on(assigned) > set()
    assert demo.stop() == 0
    assert processes_with(str(folder)) == {}

    again = start(*ports)
    started = time.monotonic()
    again.wait_until_open()
    assert time.monotonic() - started < 60
    assert "First sync" not in again.said()
    assert "Bakkerij" in sign_in(again.address, "administrator")

    worker = next(pid for pid, line in sorted(processes_with(str(folder)).items()) if "qcluster" in line)
    os.kill(worker, signal.SIGKILL)
    assert again.wait() == 1
    assert "The worker was ended by SIGKILL" in again.said()
    assert processes_with(str(folder)) == {}


@pytest.mark.parametrize("variable", ["PORTAL_PORT", "SANDBOX_PORT"])
def test_a_port_that_is_taken_is_said_plainly_and_nothing_is_started(folder, start, variable):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        demo = start(*((port, free_port()) if variable == "PORTAL_PORT" else (free_port(), port)))
        assert demo.wait() == 1
    assert f"Port {port}" in demo.said()
    assert f"{variable}={port + 1}" in demo.said()
    assert processes_with(str(folder)) == {}


@pytest.mark.parametrize("text", ["http", "0", "70000", "-1"])
def test_a_port_that_is_none_is_refused(folder, text):
    environment = {"PATH": os.environ["PATH"], "PORTAL_PORT": text}
    answer = subprocess.run(
        [sys.executable, "-m", "portal.demo", "--folder", str(folder)],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 1
    assert f"PORTAL_PORT={text}" in answer.stderr


def test_ending_it_in_the_middle_of_the_set_up_leaves_nothing_running(folder, start):
    demo = start(free_port(), free_port(), from_nothing=True)
    wait_for(lambda: "Preparing the database" in demo.said(), 60)
    assert demo.stop(signal.SIGTERM) == 0
    assert processes_with(str(folder)) == {}
