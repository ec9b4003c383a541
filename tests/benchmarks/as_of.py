"""The as-of queries behind a debtor's dashboard over 1.2 million history rows: `python -m tests.benchmarks.as_of`."""

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

SIZE = {"debtors": 250, "companies": 4, "people": 100}
ROUNDS = 30
DAY = date(2024, 3, 31)
#: How the databases name an index that they use.
INDEX = re.compile(r"(?:Index (?:Only )?Scan using|Bitmap Index Scan on|USING (?:COVERING )?INDEX) (\w+)")
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
    print(f"  all together            {measured['together']:6.1f} ms (goal {goal})", flush=True)


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
    }


def queries(user: Any, debtor: Any) -> dict[str, Callable[[], list[Any]]]:
    """What a debtor's dashboard and its lists ask of the intervals as of a day long ago."""
    from portal.employees import figures
    from portal.employees.models import Contract, Department, Employee, Employment, Salary, Schedule
    from portal.employees.panels import by_department

    def of(model: Any) -> Any:
        return model.objects.visible_to(user).filter(company__debtor=debtor)

    return {
        "people in service": lambda: list(figures.in_service(of(Employee), DAY)),
        "contract wage": lambda: [figures.wages(of(Employee), DAY)],
        "salaries in force": lambda: list(of(Salary).as_of(DAY)),
        "schedules in force": lambda: list(of(Schedule).as_of(DAY)),
        "departments": lambda: list(by_department(figures.in_service(of(Employee), DAY), DAY)),
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
    whole = [
        line.strip()
        for line in lines
        if line.strip().lstrip("-> ").startswith(("SCAN employees", "Seq Scan on employees"))
    ]
    return f"by {', '.join(used)}" if used and not whole else f"WALKS {'; '.join(whole) or '; '.join(lines)}"


if __name__ == "__main__":
    main()
