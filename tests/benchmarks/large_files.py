"""A file of 100,000 people, made as a worker makes it: `make bench ARGS=large_files`.

Each file is made by a process of its own, so that the largest memory that the kernel saw of it is that of the file.
"""

import json
import os
import resource
import sys
import time
from pathlib import Path
from typing import Any

from tests.benchmarks.as_of import FIRM
from tests.benchmarks.office import Office
from tests.lanes import postgres_problem, postgres_url

SIZE = {"debtors": 250, "companies": 4, "people": 100}
#: Megabytes that a worker may take for it.
GOAL = 300
LIST = "/employees/?service=all"
KINDS = ("xlsx", "csv")


def main() -> None:
    """Measure and print, on both databases where there are both."""
    for vendor in ("sqlite", "postgresql"):
        if vendor == "postgresql" and postgres_problem(postgres_url()):
            continue
        with Office(vendor, {}) as office:
            office.shell(FIRM)
            office.python("tests.benchmarks.large_files", "fill")
            for kind in KINDS:
                made = json.loads(office.python("tests.benchmarks.large_files", "make", kind))
                print(
                    f"  {vendor:<11} {kind:<5}{made['rows']:>9,} rows in {made['seconds']:.0f} s, "
                    f"{made['bytes'] / 2**20:.1f} MB, memory {made['before']:.0f} MB before it, "
                    f"{made['peak']:.0f} MB at most (goal {GOAL}), of which {made['mapped']:.0f} MB mapped files; "
                    f"{made['cpu']:.0f} s of processor time",
                    flush=True,
                )


def inside(what: str, kind: str = "") -> None:
    """Fill the office's portal, or make one file in it."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    django.setup()
    if what == "fill":
        _fill()
    else:
        json.dump(_make(kind), sys.stdout)


def _fill() -> None:
    from django.db import connection

    from portal.accounts.models import User
    from portal.accounts.roles import Role
    from portal.connections.models import Environment
    from tests.benchmarks.filled import fill

    environment = Environment.objects.get()
    fill(environment, **SIZE)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    user = User.objects.create_user("bench@bench.example", "Bench")
    user.memberships.create(firm=environment.firm, role=Role.ADMINISTRATOR)


def _make(kind: str) -> dict[str, Any]:
    from portal.accounts.models import User
    from portal.ui.exports import files, tasks
    from portal.ui.models import Export, ExportStatus

    path, _, query = LIST.partition("?")
    row = Export.objects.create(user=User.objects.get(), path=path, query=query, format=kind, language="nl")
    before, begun = _memory(), time.perf_counter()
    tasks.make(row.pk)
    seconds = time.perf_counter() - begun
    row.refresh_from_db()
    assert row.status == ExportStatus.DONE, row.status
    size = (files.folder() / row.file).stat().st_size
    return {
        "rows": row.rows,
        "seconds": seconds,
        "cpu": time.process_time(),
        "bytes": size,
        "before": before,
        "peak": _memory(),
        "mapped": _mapped(),
    }


def _memory() -> float:
    """The most memory that this process had at any moment, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _mapped() -> float:
    """Files seen as memory, in MB: of SQLite up to 64 MB of the database, which the system takes back."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("RssFile")) / 1024


if __name__ == "__main__":
    if sys.argv[1:]:
        inside(*sys.argv[1:])
    else:
        main()
