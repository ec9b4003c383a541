"""Pages stay readable while a firm of 300 debtors and 30,000 people is loaded (reliability.md R7)."""

import http.client
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import quantiles
from urllib.parse import urlencode

import psutil

from portal.nmbrs.sandbox import DOMAIN, TOKEN, USER, SandboxProcess
from tests.benchmarks.first_sync import LATENCY, OPEN_PLANS, SET_UP, START, TODAY
from tests.benchmarks.large import RATE, keep_answers
from tests.benchmarks.office import ROOT, Office, usage
from tests.demo.running import free_port

SIGN_IN = """
from portal.accounts.models import Firm, Membership, User
from portal.accounts.roles import Role
from tests.benchmarks.visiting import cookie_of
user = User.objects.create_user("bench@bench.example", "Bench")
Membership.objects.create(user=user, firm=Firm.objects.get(), role=Role.ADMINISTRATOR)
print(cookie_of(user))
"""
#: Lists, and the address whose POST writes.
LISTS = ("/", "/employees/", "/sync/")
WRITE, BACK = "/language/", "/sync/"
GOALS = {"list": 300, "write": 250}


@dataclass
class Reader:
    """A person at work: reads lists and writes, each at a steady pace, until told to stop."""

    port: int
    cookie: str
    stop: threading.Event = field(default_factory=threading.Event)
    times: dict[str, list[float]] = field(default_factory=lambda: {"list": [], "write": []})
    refused: list[tuple[int, str]] = field(default_factory=list)

    def read(self) -> None:
        """A list every quarter of a second."""
        turn = 0
        while not self.stop.wait(0.25):
            self._ask("list", "GET", LISTS[turn % len(LISTS)])
            turn += 1

    def write(self) -> None:
        """A change of language every half second: a row of the person, as any form would write one."""
        token = self.token()
        while not self.stop.wait(0.5):
            form = urlencode({"csrfmiddlewaretoken": token, "language": "nl", "next": BACK})
            self._ask("write", "POST", WRITE, form, token)

    def _ask(self, kind: str, method: str, address: str, body: str = "", token: str = "") -> None:
        begun = time.perf_counter()
        answer = self.call(method, address, body, token)
        self.times[kind].append((time.perf_counter() - begun) * 1000)
        # A list is a page; a write leads back to the page it came from, and not to the sign-in.
        if answer != ((200, "") if method == "GET" else (302, BACK)):
            self.refused.append(answer)

    def call(self, method: str, address: str, body: str = "", token: str = "") -> tuple[int, str]:
        """Status and where it leads to."""
        connection = http.client.HTTPConnection("localhost", self.port, timeout=60)
        cookie = f"{self.cookie}; portal-csrf={token}" if token else self.cookie
        headers = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
        connection.request(method, address, body or None, headers)
        answer = connection.getresponse()
        answer.read()
        connection.close()
        return answer.status, answer.headers.get("Location", "")

    def token(self) -> str:
        """The token that forms of this person carry."""
        connection = http.client.HTTPConnection("localhost", self.port, timeout=60)
        connection.request("GET", "/sync/", headers={"Cookie": self.cookie})
        answer = connection.getresponse()
        answer.read()
        found = re.search(r"portal-csrf=(\w+)", str(answer.headers.get_all("Set-Cookie")))
        if found is None:
            raise RuntimeError(f"the page answered {answer.status} and set no token")
        return found[1]


def report(vendors: Sequence[str], debtors: int = 300, people: int = 100) -> None:
    """Measure these databases one after the other, and print."""
    with SandboxProcess(debtors=debtors, companies=1, employees=people, seed=7, today=TODAY) as sandbox:
        set_up = SET_UP.format(domain=DOMAIN, url=sandbox.url, user=USER, token=TOKEN, ceiling=RATE)
        options = {"NMBRS_HOSTS": sandbox.url, "NMBRS_FIXED_RATE": "yes", "PORTAL_WORKERS": "1"}
        kinds = keep_answers(sandbox, options, set_up)
        sandbox.control("PUT", "settings", {"latency": LATENCY})
        for vendor in vendors:
            print(f"  {vendor}: the load of {debtors} x {people}")
            with Office(vendor, options) as office:
                office.shell(set_up)
                _report(office, kinds)


def _report(office: Office, kinds: str) -> None:
    cookie = office.shell(SIGN_IN)
    with serving(office) as (port, server), office.cluster():
        reader = Reader(port, cookie)
        seconds = _during(office, reader, kinds)
        largest = usage(server).peak
    statuses = office.ask("SELECT status, COUNT(*) FROM sync_syncrun GROUP BY status")
    for kind, goal in GOALS.items():
        each = reader.times[kind]
        middle, late = quantiles(each, n=20)[9], quantiles(each, n=20)[18]
        print(f"    {kind:<6}{len(each):>5} answers, p50 {middle:.0f} ms, p95 {late:.0f} ms (goal {goal})")
    print(f"    largest process of the server {largest:.0f} MB (goal 300)")
    print(f"    {len(reader.refused)} refused {reader.refused[:3]}, {seconds:.0f} s, {dict(statuses)}", flush=True)


def _during(office: Office, reader: Reader, kinds: str) -> float:
    """Read and write while the load lasts; its seconds."""
    office.shell(START.format(kinds=kinds))
    begun = time.monotonic()
    threads = [threading.Thread(target=reader.read), threading.Thread(target=reader.write)]
    for thread in threads:
        thread.start()
    while office.ask(OPEN_PLANS) != [(0,)]:
        time.sleep(1)
    seconds = time.monotonic() - begun
    reader.stop.set()
    for thread in threads:
        thread.join()
    return seconds


@contextmanager
def serving(office: Office, noted: Path | None = None) -> Iterator[tuple[int, psutil.Process]]:
    """The portal behind gunicorn, as `make run` serves it; the port and the server's main process.

    `noted`: a file for the server's own times, a line a request: the header X-Page, a tab, microseconds.
    """
    port = free_port()
    command = ["-m", "gunicorn", "portal.wsgi", "--bind", f"localhost:{port}", "--workers", "2", "--threads", "4"]
    if noted is not None:
        command += ["--access-logfile", str(noted), "--access-logformat", "%({x-page}i)s\t%(D)s"]
    process = subprocess.Popen(
        [sys.executable, *command, "--no-control-socket"],
        cwd=ROOT,
        env=office.environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        for _ in range(300):
            try:
                http.client.HTTPConnection("localhost", port, timeout=5).connect()
                break
            except OSError:
                time.sleep(0.1)
        yield port, psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait()


if __name__ == "__main__":
    report()
