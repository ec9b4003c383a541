"""What somebody has not seen, over 1.2 million rows of the change log: `python -m tests.benchmarks.changes`."""

import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

from tests.benchmarks.as_of import FIRM, INDEX
from tests.benchmarks.office import Office

DEBTORS, COMPANIES, EACH = 300, 4, 1000
ROUNDS = 15
#: Rows of the log: each company changes every 17 hours, for two years.
FILL = {
    "postgresql": (
        "SELECT n, now() - n * interval '17 hours' AS at FROM generate_series(1, {each}) AS n",
        "false",
    ),
    "sqlite": (
        "WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < {each}) "
        "SELECT n, strftime('%Y-%m-%d %H:%M:%f', 'now', '-' || (n * 17) || ' hours') AS at FROM s",
        "0",
    ),
}


def main() -> None:
    """Measure both databases; `inside`: what runs in the office's portal."""
    if sys.argv[1:] == ["inside"]:
        json.dump(inside(), sys.stdout)
        return
    for vendor in FILL:
        with Office(vendor, {}) as office:
            office.shell(FIRM)
            measured = json.loads(office.python("tests.benchmarks.changes", "inside"))
        print(f"{vendor}: {measured['rows']:,} rows of the change log, {DEBTORS} clients x {COMPANIES} companies")
        for name, (milliseconds, found, plan) in measured["asked"].items():
            print(f"  {name:<44}{milliseconds:7.1f} ms  {found:>7,} found  {plan}", flush=True)


def inside() -> dict[str, Any]:
    """Fill the log and time what the pages ask; the median of the rounds."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    django.setup()
    from django.db import connection
    from django.db.models import Q

    from portal import clock
    from portal.accounts.models import Membership, User
    from portal.accounts.roles import Role
    from portal.connections.models import Environment
    from portal.dashboards.changes.rows import fill, groups, of_client
    from portal.dashboards.changes.unseen import CAPABILITY, count, mark_seen, unseen_counts
    from portal.mirror.models import Change
    from tests.factories import make_company, make_debtor

    environment = Environment.objects.get()
    debtors = [make_debtor(environment, f"Client {number:03}") for number in range(DEBTORS)]
    for debtor in debtors:
        for number in range(COMPANIES):
            make_company(debtor, f"Company {number}", period=None)
    series, no = FILL[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO mirror_change (environment_id, debtor_id, company_id, resource, row_key, kind, field, old, "  # noqa: S608 -- our own words
            "new, sensitive, learned_at) SELECT c.environment_id, c.debtor_id, c.id, 'runs', 'k', 'changed', "
            f"'locked', 'False', 'True', {no}, s.at FROM companies_company c, ({series.format(each=EACH)}) s"
        )
        cursor.execute("ANALYZE")
    everything, some = (User.objects.create_user(f"{one}@bench.example", "Bench") for one in "ab")
    Membership.objects.create(user=everything, firm=environment.firm, role=Role.ADMINISTRATOR)
    for debtor in debtors[100:150]:
        Membership.objects.create(user=some, firm=environment.firm, role=Role.ACCOUNTANT, debtor=debtor)

    def newest(user: Any) -> list[Any]:
        found = groups(user, count(user, Q()))[:15]
        fill(user, found, Q(), None)
        return found

    def first_page(user: Any) -> list[Any]:
        rows = Change.objects.visible_to(user, CAPABILITY)
        return list(of_client(rows, user, debtors[120].pk, Q(), None)[:50])

    asked: dict[str, Callable[[], Any]] = {}
    for who, user in (("all clients", everything), ("50 clients", some)):
        asked |= {
            f"{who}, never marked: new by company": lambda user=user: unseen_counts(user),
            f"{who}, never marked: page of 15 clients": lambda user=user: newest(user),
            f"{who}, never marked: a client's first page": lambda user=user: first_page(user),
        }
    found = {name: timed(ask) for name, ask in asked.items()}
    now = clock.now()
    for who, user in (("all clients", everything), ("50 clients", some)):
        mark_seen(user, [debtor.pk for debtor in debtors], now)
        found[f"{who}, all seen: new by company"] = timed(lambda user=user: unseen_counts(user))
    return {"rows": Change.objects.count(), "asked": found}


def timed(ask: Callable[[], Any]) -> tuple[float, int, str]:
    """Milliseconds, how many were found, and the indexes of the log that the plan uses, or WALKS."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    times = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        found = ask()
        times.append((time.perf_counter() - begun) * 1000)
    with CaptureQueriesContext(connection) as captured:
        ask()
    used: set[str] = set()
    word = "EXPLAIN QUERY PLAN" if connection.vendor == "sqlite" else "EXPLAIN"
    for query in captured.captured_queries:
        if "mirror_change" in query["sql"]:
            with connection.cursor() as cursor:
                cursor.execute(f"{word} {query['sql']}")
                plan = "\n".join(str(row[-1]) for row in cursor.fetchall())
            used |= {name for name in INDEX.findall(plan) if name.startswith("change_")}
            if any(walk in plan for walk in ("Seq Scan on mirror_change", "SCAN mirror_change", "SCAN U0")):
                used.add("WALKS")
    number = sum(found.values()) if isinstance(found, dict) else len(found)
    return statistics.median(times), number, " ".join(sorted(used))


if __name__ == "__main__":
    main()
