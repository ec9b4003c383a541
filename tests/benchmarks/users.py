"""Eight accountants at work on a large firm: `make bench ARGS=users`.

Outside: each of them opens board, clients, a client and a person in turn through gunicorn, with a second of thinking.
Inside, without a server: what one page costs, its statements and its size, beside SQL by hand for the same figures and
beside the change list of the Django admin over the same rows.
"""

import http.client
import json
import os
import random
import statistics
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.benchmarks.as_of import FIRM, WARM
from tests.benchmarks.office import Office, usage
from tests.benchmarks.reading import serving
from tests.benchmarks.stopwatch import StopWatch
from tests.benchmarks.visiting import cookie_of

#: What is filled, and the goal of the slowest page in twenty, in milliseconds.
SIZES: dict[str, tuple[dict[str, int], int]] = {
    "postgresql": ({"debtors": 250, "companies": 4, "people": 100}, 150),
    "sqlite": ({"debtors": 300, "companies": 1, "people": 100}, 250),
}
CYCLES = 20
THINKING = 1.0
ROUNDS = 10
#: Names the page in a request, for what the server notes.
PAGE_HEADER = "X-Page"
PAGES = ("period board", "clients", "client", "person")
#: Those whose figures grow with what the reader may see.
LISTS = ("period board", "clients")
MOST_QUERIES, MOST_BYTES, MOST_TIMES = 25, 150 * 1024, 3.0


def main() -> None:
    """Measure both databases; `fill` and `measure`: what runs in the office's portal."""
    if sys.argv[1:2] == ["fill"]:
        json.dump(fill(json.loads(sys.argv[2])), sys.stdout)
    elif sys.argv[1:2] == ["measure"]:
        json.dump(measure(), sys.stdout)
    else:
        for vendor, (size, goal) in SIZES.items():
            with Office(vendor, {}) as office:
                office.shell(FIRM)
                filled = json.loads(office.python("tests.benchmarks.users", "fill", json.dumps(size)))
                print(f"{vendor}: {filled['companies']:,} companies, {filled['people']:,} people", end="")
                print(f", {filled['history']:,} history rows, {len(filled['visitors'])} users", flush=True)
                outside(office, filled["visitors"], goal)
                inside(json.loads(office.python("tests.benchmarks.users", "measure")))


# --- from outside ----------------------------------------------------------------------------------------------------


@dataclass
class Visitor:
    """One person: the cookie of the session, the clients and people to open, and how long each page took."""

    cookie: str
    debtors: list[int]
    people: list[int]
    port: int = 0
    times: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    wrong: list[tuple[str, int]] = field(default_factory=list)

    def work(self) -> None:
        """Go round the pages; the first round is for the caches of a server that was just started."""
        chance = random.Random(self.cookie)
        time.sleep(chance.random() * THINKING)
        for cycle in range(CYCLES + 1):
            for page in PAGES:
                address = self.address(page, chance)
                begun = time.perf_counter()
                status = self.get(address, page if cycle else "")
                if cycle:
                    self.times[page].append((time.perf_counter() - begun) * 1000)
                if status != 200:
                    self.wrong.append((address, status))
                time.sleep(THINKING)

    def address(self, page: str, chance: random.Random) -> str:
        """Where the page is, for one of the person's own clients and people."""
        return {
            "period board": "/",
            "clients": "/clients/",
            "client": f"/clients/{chance.choice(self.debtors)}/",
            "person": f"/employees/{chance.choice(self.people)}/",
        }[page]

    def get(self, address: str, page: str) -> int:
        """Until the last byte. The server notes its own time with the name of the page."""
        connection = http.client.HTTPConnection("localhost", self.port, timeout=60)
        connection.request("GET", address, headers={"Cookie": self.cookie, PAGE_HEADER: page})
        answer = connection.getresponse()
        answer.read()
        connection.close()
        return answer.status


def everybody_works(given: list[dict[str, Any]], port: int) -> list[Visitor]:
    """Let all of them work at once, until each has done their rounds."""
    visitors = [Visitor(**one, port=port) for one in given]
    threads = [threading.Thread(target=visitor.work) for visitor in visitors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if wrong := [one for visitor in visitors for one in visitor.wrong]:
        raise RuntimeError(f"{len(wrong)} pages did not answer 200: {wrong[:3]}")
    return visitors


def outside(office: Office, given: list[dict[str, Any]], goal: int) -> None:
    """Let all of them work at once, and print what they waited."""
    noted = Path(office.folder.name) / "server-times"
    with serving(office, noted) as (port, server):
        visitors = everybody_works(given, port)
        largest = usage(server).peak
    served = server_times(noted)
    heads = f"{'waited p50':>12}{'p95':>9}{'slowest':>9}{'server p50':>12}{'p95':>9}"
    print(f"  {len(visitors)} users, {THINKING:.0f} s of thinking{heads}")
    for page in PAGES:
        waited = [taken for visitor in visitors for taken in visitor.times[page]]
        print(f"    {page:<22}{_spread(waited)}{_half_and_late(served[page])}")
    waited = [taken for visitor in visitors for page in PAGES for taken in visitor.times[page]]
    whole = [taken for page in PAGES for taken in served[page]]
    print(f"    {'all':<22}{_spread(waited)}{_half_and_late(whole)}   (goal of the server: p95 {goal} ms)")
    print(f"    largest process of the server {largest:.0f} MB (goal 300)", flush=True)


def server_times(noted: Path) -> dict[str, list[float]]:
    """Milliseconds from a request's first line read until its answer was sent, by page, without the first round."""
    found: dict[str, list[float]] = defaultdict(list)
    for line in noted.read_text(encoding="utf-8").splitlines():
        page, microseconds = line.split("\t")
        if page in PAGES:
            found[page].append(int(microseconds) / 1000)
    return found


def _half_and_late(times: list[float]) -> str:
    return f"{statistics.median(times):9.0f} ms{statistics.quantiles(times, n=20)[18]:6.0f} ms"


def _spread(times: list[float]) -> str:
    return f"{_half_and_late(times)}{max(times):6.0f} ms"


def inside(measured: dict[str, Any]) -> None:
    """Print what a page costs by itself: `times` is figures / by hand, `whole` all of its database time / by hand."""
    heads = f"{'page':>8}{'database':>10}{'figures':>10}{'by hand':>9}{'times':>7}{'whole':>7}{'queries':>9}{'HTML':>9}"
    print(f"  {'one page':<26}{heads}")
    for page, one in measured["pages"].items():
        figures = one["database"] - one["frame"]
        times = figures / one["by_hand"]
        marks = [
            word
            for word, missed in (
                (f"more than {MOST_TIMES:.0f} times by hand", times > MOST_TIMES),
                (f"more than {MOST_QUERIES} queries", one["queries"] > MOST_QUERIES),
                ("too long", one["bytes"] > MOST_BYTES),
            )
            if missed
        ]
        print(
            f"    {page:<24}{one['page']:5.0f} ms{one['database']:7.1f} ms{figures:7.1f} ms{one['by_hand']:6.1f} ms"
            f"{times:7.1f}{one['database'] / one['by_hand']:7.1f}{one['queries']:9}{one['bytes'] / 1024:6.0f} KB"
            f"  {', '.join(marks)}"
        )
    for name, one in measured["beside"].items():
        print(
            f"    {name:<24}{one['page']:5.0f} ms{one['database']:7.1f} ms{'':>33}"
            f"{one['queries']:9}{one['bytes'] / 1024:6.0f} KB",
            flush=True,
        )


# --- inside the office's portal --------------------------------------------------------------------------------------


def _begin() -> None:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    django.setup()


def fill(size: dict[str, int]) -> dict[str, Any]:
    """Fill the database; the sizes, and who may open what."""
    _begin()
    from django.db import connection

    from portal.accounts.models import User
    from portal.connections.models import Environment
    from portal.debtors.models import Debtor
    from portal.employees.models import Employee
    from tests.benchmarks import filled, firm

    environment = Environment.objects.get()
    done = filled.fill(environment, **size)
    users = firm.furnish(environment)
    with connection.cursor() as cursor:
        # A server that was just filled tidies up for minutes beside the measurement; a firm's was filled long ago.
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
    visitors = []
    for user in User.objects.filter(pk__in=users):
        people = Employee.objects.visible_to(user).order_by("pk").values_list("pk", flat=True)
        visitors.append(
            {
                "cookie": cookie_of(user),
                "debtors": list(Debtor.objects.visible_to(user).values_list("pk", flat=True)),
                "people": list(people[::50]),
            }
        )
    return {"companies": done.companies, "people": done.people, "history": done.history, "visitors": visitors}


def measure() -> dict[str, Any]:
    """Medians of what one page costs an accountant with an eighth of the firm; beside it one with all of it."""
    _begin()
    from django.db.models import Count
    from django.test import Client

    from portal import clock
    from portal.accounts.models import User
    from portal.companies.models import Company
    from portal.debtors.models import Debtor
    from portal.employees.models import Employee
    from portal.periods import PeriodType, bounds, containing
    from portal.ui.kept_plans import keep_plans
    from tests.benchmarks import admin_peer, by_hand
    from tests.benchmarks.firm import HEAD

    keep_plans()

    user = User.objects.filter(email__startswith="accountant").order_by("pk")[3]
    client = Client(HTTP_HOST="localhost", HTTP_COOKIE=cookie_of(user))
    debtor = Debtor.objects.visible_to(user).annotate(size=Count("companies")).order_by("-size", "pk")[0]
    company = Company.objects.filter(debtor=debtor).order_by("pk")[0]
    person = Employee.objects.filter(company=company).order_by("pk")[7]
    today = clock.today()
    month = containing(PeriodType.MONTH, today)
    days = bounds(PeriodType.MONTH, month)
    given = {
        "user": user.pk,
        "debtor": debtor.pk,
        "company": company.pk,
        "person": person.pk,
        "today": today,
        "soon": today + timedelta(days=60),
        "month_ago": clock.now() - timedelta(days=30),
        "month_start": days.first,
        "month_end": days.last,
        "two_years_ago": days.last - timedelta(days=366 * 2),
        "year": month.year,
        "month": month.number,
    }
    addresses = {
        "period board": "/",
        "clients": "/clients/",
        "client": f"/clients/{debtor.pk}/",
        "person": f"/employees/{person.pk}/",
    }

    whole_firm = Client(HTTP_HOST="localhost", HTTP_COOKIE=cookie_of(User.objects.get(email=HEAD)))

    def answer(address: str, client: Client = client) -> bytes:
        found = client.get(address)
        if found.status_code != 200:
            raise RuntimeError(f"{address} answered {found.status_code}")
        return bytes(found.content)

    statements = by_hand.pages()
    pages = {
        name: timed(lambda address=address: answer(address)) | {"by_hand": raw(statements[name], given)}
        for name, address in addresses.items()
    }
    everything = {
        f"{name}, whole firm": timed(lambda address=addresses[name]: answer(address, whole_firm)) for name in LISTS
    }
    return {"pages": pages, "beside": everything | {name: timed(ask) for name, ask in admin_peer.lists().items()}}


def timed(ask: Callable[[], bytes]) -> dict[str, float]:
    """Milliseconds of a page, of its statements and of those around its figures, medians; statements and bytes."""
    from django.db import connection

    pages, databases, frames, queries, size = [], [], [], 0, 0
    for _ in range(WARM):
        ask()
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        with connection.execute_wrapper(watch := StopWatch()):
            size = len(ask())
        pages.append((time.perf_counter() - begun) * 1000)
        databases.append(watch.seconds * 1000)
        frames.append(watch.frame * 1000)
        queries = watch.statements
    return {
        "page": statistics.median(pages),
        "database": statistics.median(databases),
        "frame": statistics.median(frames),
        "queries": queries,
        "bytes": size,
    }


def raw(statements: tuple[str, ...], given: dict[str, Any]) -> float:
    """Milliseconds of the statements by hand, the median."""
    from django.db import connection

    times = []
    for _ in range(WARM + ROUNDS):
        with connection.cursor() as cursor:
            begun = time.perf_counter()
            for statement in statements:
                cursor.execute(statement, given)
                cursor.fetchall()
            times.append((time.perf_counter() - begun) * 1000)
    return statistics.median(times[WARM:])


if __name__ == "__main__":
    main()
