"""The as-of queries behind a debtor's dashboard over 1.2 million history rows: `python -m tests.benchmarks.as_of`.

The plain questions one by one, planned each time; and what the page itself asks of dated histories, as a server that
has shown it before asks it.
"""

import json
import os
import re
import statistics
import sys
import time
from collections.abc import Callable
from datetime import date
from typing import Any

from tests.benchmarks.office import Office
from tests.benchmarks.visiting import cookie_of

SIZE = {"debtors": 250, "companies": 4, "people": 100}
ROUNDS = 30
#: Visits before: a connection keeps a plan after seven.
WARM = 8
DAY = date(2024, 3, 31)
#: How the databases name an index that they use.
INDEX = re.compile(r"(?:Index (?:Only )?Scan using|Bitmap Index Scan on|USING (?:COVERING )?INDEX) (\w+)")
#: How they name a table of people that they walk through.
WALK = re.compile(r"(?:Seq Scan on|SCAN) (employees_\w+)")
GOALS = {"postgresql": 20, "sqlite": 50}
FIRM = """
from portal.accounts.models import Firm
from portal.connections.models import Environment
Environment.objects.create(firm=Firm.objects.create(name="Bench"), domain="bench")
"""


def main() -> None:
    """Measure both databases; `inside`: what runs in the office's portal."""
    if sys.argv[1:] == ["inside"]:
        json.dump(inside(), sys.stdout)
        return
    for vendor, goal in GOALS.items():
        with Office(vendor, {}) as office:
            office.shell(FIRM)
            report(vendor, goal, json.loads(office.python("tests.benchmarks.as_of", "inside")))


def report(vendor: str, goal: int, measured: dict[str, Any]) -> None:
    """Print one database."""
    print(f"{vendor}: {measured['people']:,} people, {measured['history']:,} history rows, a debtor with 4 companies")
    for name, (milliseconds, rows, plan) in measured["queries"].items():
        print(f"  {name:<24}{milliseconds:6.1f} ms  {rows:>5} rows  {plan}")
    print(f"  all together            {measured['together']:6.1f} ms")
    for place, (milliseconds, plan) in enumerate(measured["page"]["statements"], 1):
        print(f"  the page's statement {place:<3}{milliseconds:6.1f} ms  {plan}")
    print(f"  the page, together      {measured['page']['together']:6.1f} ms (goal {goal})", flush=True)


def inside() -> dict[str, Any]:
    """Fill the database and time every query; the median of the rounds."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    django.setup()
    from django.db import connection

    from portal.accounts.models import Membership, User
    from portal.accounts.roles import Role
    from portal.connections.models import Environment
    from portal.debtors.models import Debtor
    from tests.benchmarks.filled import fill

    environment = Environment.objects.get()
    filled = fill(environment, **SIZE)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    user = User.objects.create_user("bench@bench.example", "Bench")
    debtors = list(Debtor.objects.order_by("pk"))
    for debtor in debtors[100:150]:
        Membership.objects.create(user=user, firm=environment.firm, role=Role.ACCOUNTANT, debtor=debtor)
    asked = {name: statement(ask) for name, ask in queries(user, debtors[120]).items()}
    times: dict[str, list[float]] = {name: [] for name in asked}
    rows = {}
    with connection.cursor() as cursor:
        for _ in range(ROUNDS):
            for name, sql in asked.items():
                begun = time.perf_counter()
                cursor.execute(sql)
                rows[name] = len(cursor.fetchall())
                times[name].append((time.perf_counter() - begun) * 1000)
    middle = {name: statistics.median(each) for name, each in times.items()}
    return {
        "people": filled.people,
        "history": filled.history,
        "queries": {name: (middle[name], rows[name], plan(sql)) for name, sql in asked.items()},
        "together": sum(middle.values()),
        "page": of_page(user, debtors[120]),
    }


def of_page(user: Any, debtor: Any) -> dict[str, Any]:
    """The page's statements that read dated histories: milliseconds of each with its plan, and of all in one visit."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from portal.mirror.models import EmployeeInterval
    from portal.mirror.resource import registry
    from portal.ui.kept_plans import keep_plans

    tables = {kind.model._meta.db_table for kind in registry if issubclass(kind.model, EmployeeInterval)}
    client = Client(HTTP_HOST="localhost", HTTP_COOKIE=cookie_of(user))
    address = f"/clients/{debtor.pk}/"

    def asks_history(sql: str) -> bool:
        return any(f'"{table}"' in sql for table in tables)

    if client.get(address).status_code != 200:
        raise RuntimeError(f"{address} did not answer 200")
    # Before plans are kept: Django cannot tell the text of a statement whose values go beside it.
    with CaptureQueriesContext(connection) as captured:
        client.get(address)
    asked = [str(one["sql"]) for one in captured.captured_queries if asks_history(str(one["sql"]))]
    connection.close()
    keep_plans()
    for _ in range(WARM):
        client.get(address)
    visits = []
    for _ in range(ROUNDS):
        watch = Timed(asks_history)
        if connection.vendor == "postgresql":
            with connection.execute_wrapper(watch):
                client.get(address)
        else:
            # SQLite works while rows are fetched, so the page's own call tells too little.
            with connection.cursor() as cursor:
                for sql in asked:
                    watch(lambda sql, *_, cursor=cursor: cursor.execute(sql).fetchall(), sql, None, False, None)
        visits.append(watch.times)
    plans = [plan(sql) for sql in asked]
    each = [statistics.median(times) for times in zip(*visits, strict=True)]
    return {
        "statements": list(zip(each, plans, strict=True)),
        "together": statistics.median(sum(times) for times in visits),
    }


class Timed:
    """For `connection.execute_wrapper`: the milliseconds of each statement that `which` holds for."""

    def __init__(self, which: Callable[[str], bool]) -> None:
        self.which = which
        self.times: list[float] = []

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        """Run the statement."""
        begun = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            if self.which(sql):
                self.times.append((time.perf_counter() - begun) * 1000)


def queries(user: Any, debtor: Any) -> dict[str, Callable[[], list[Any]]]:
    """What a debtor's dashboard and its lists ask of the intervals as of a day long ago."""
    from portal.employees import figures
    from portal.employees.models import Contract, Department, Employee, Employment, Salary, Schedule

    def of(model: Any) -> Any:
        return model.objects.visible_to(user).filter(company__debtor=debtor)

    return {
        "people in service": lambda: list(figures.in_service(of(Employee), DAY)),
        "contract wage": lambda: [figures.wages(of(Employee), DAY)],
        "salaries in force": lambda: list(of(Salary).as_of(DAY)),
        "schedules in force": lambda: list(of(Schedule).as_of(DAY)),
        "department in force": lambda: list(of(Department).as_of(DAY)),
        "contracts in force": lambda: list(of(Contract).as_of(DAY)),
        "joiners": lambda: list(figures.joiners(of(Employment), DAY.replace(day=1), DAY)),
        "leavers": lambda: list(figures.leavers(of(Employment), DAY.replace(day=1), DAY)),
    }


def statement(ask: Callable[[], list[Any]]) -> str:
    """The statement that this asks, with its values in place; what comes first tells what the reader may see."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as captured:
        ask()
    return str(captured.captured_queries[-1]["sql"])


def plan(sql: str) -> str:
    """The indexes that the database says it uses, and whether it walks through a whole history table."""
    from django.db import connection

    explain = "EXPLAIN QUERY PLAN " if connection.vendor == "sqlite" else "EXPLAIN "
    with connection.cursor() as cursor:
        cursor.execute(explain + sql)
        lines = [str(row[-1]) for row in cursor.fetchall()]
    used = sorted({name for line in lines for name in INDEX.findall(line)})
    whole = sorted({table for line in lines for table in WALK.findall(line)} - empty())
    return f"WALKS {', '.join(whole)}" if whole else f"by {', '.join(used)}"


def empty() -> set[str]:
    """Tables of people that the bench did not fill: no index is quicker than looking into one of them."""
    from portal.mirror.resource import registry

    models = {kind.model for kind in registry if kind.model._meta.db_table.startswith("employees_")}
    return {model._meta.db_table for model in models if not model.everything.exists()}


if __name__ == "__main__":
    main()
