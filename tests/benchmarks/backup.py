"""A database of a gigabyte, backed up while somebody writes, and restored: `python -m tests.benchmarks.backup`.

Beside it the raw limit: what the database's own program needs to copy it, without packing, sealing or comparing.
"""

import os
import sqlite3
import subprocess
import tempfile
import threading
import time
from contextlib import closing
from pathlib import Path

import psycopg

from tests.benchmarks.as_of import FIRM, SIZE
from tests.benchmarks.office import Office

#: Rows of the change log for each company, on top of the people's histories: enough for a gigabyte.
EACH = {"postgresql": 3_000, "sqlite": 3_200}
GOAL_SECONDS, GOAL_SIZE = 300, 1_000_000_000
PAUSE = 0.05
SERIES = {
    "postgresql": "SELECT n FROM generate_series(1, {each}) AS n",
    "sqlite": "WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < {each}) SELECT n FROM s",
}
LOG = """
INSERT INTO mirror_change (environment_id, debtor_id, company_id, resource, row_key, kind, field, old, new, sensitive,
    learned_at)
SELECT c.environment_id, c.debtor_id, c.id, 'salaries', 'key ' || s.n, 'changed', 'amount', '2400.00',
    '2500.00', {no}, c.first_seen FROM companies_company c, ({series}) s
"""
WRITE = "UPDATE companies_company SET name = name || '' WHERE id = (SELECT MIN(id) FROM companies_company)"


def main() -> None:
    """Fill and measure both databases."""
    for vendor in ("sqlite", "postgresql"):
        with Office(vendor, {}) as office:
            office.shell(FIRM)
            office.shell(
                "from portal.connections.models import Environment\nfrom tests.benchmarks.filled import fill\n"
                f"fill(Environment.objects.get(), **{SIZE!r})"
            )
            execute(
                office,
                LOG.format(series=SERIES[vendor].format(each=EACH[vendor]), no="0" if sqlite(office) else "false"),
            )
            report(office)


def report(office: Office) -> None:
    """Print the raw copy, and the drill while somebody writes."""
    size = size_of(office)
    started = time.monotonic()
    raw_copy(office)
    raw = time.monotonic() - started
    ended = threading.Event()
    writes, refused = [], []
    writer = threading.Thread(target=keep_writing, args=(office, ended, writes, refused))
    writer.start()
    started = time.monotonic()
    try:
        said = office.manage("backup_drill").strip()
    finally:
        ended.set()
        writer.join()
    whole = time.monotonic() - started
    print(f"{office.vendor}: {size / 1e6:,.0f} MB{'' if size >= GOAL_SIZE else ', SMALLER than the goal is about'}")
    print(f"  {said}")
    times = f"{whole / raw:.1f} times the database's own copy of {raw:.1f} s"
    print(f"  whole drill {whole:.0f} s (goal {GOAL_SECONDS}), {times}")
    print(
        f"  {len(writes)} writes beside it, longest {max(writes) * 1000:.0f} ms, {len(refused)} refused {refused[:1]}",
        flush=True,
    )


def sqlite(office: Office) -> bool:
    """Whether the office's database is a file."""
    return office.vendor == "sqlite"


def file_of(office: Office) -> Path:
    """The database file of an office on SQLite."""
    return Path(office.folder.name) / "bench.sqlite3"


def execute(office: Office, statement: str) -> None:
    """One statement with its commit."""
    if sqlite(office):
        with closing(sqlite3.connect(file_of(office), timeout=20)) as database, database:
            database.execute(statement)
    else:
        with psycopg.connect(office.environment["DATABASE_URL"], autocommit=True) as database:
            database.execute(statement.encode())


def size_of(office: Office) -> int:
    """Bytes of the database."""
    if sqlite(office):
        execute(office, "PRAGMA wal_checkpoint(TRUNCATE)")
        return file_of(office).stat().st_size
    return int(str(office.ask("SELECT pg_database_size(current_database())")[0][0]))


def raw_copy(office: Office) -> None:
    """What the database offers for it: SQLite's backup, pg_dump as a plain archive."""
    with tempfile.TemporaryDirectory() as folder:
        if sqlite(office):
            with (
                closing(sqlite3.connect(file_of(office))) as source,
                closing(sqlite3.connect(f"{folder}/copy")) as target,
            ):
                source.backup(target)
        else:
            command = ["pg_dump", "--format=custom", "--compress=0", f"--file={folder}/copy"]
            subprocess.run([*command, office.environment["DATABASE_URL"]], check=True, env=os.environ)


def keep_writing(office: Office, ended: threading.Event, seconds: list[float], refused: list[str]) -> None:
    """A short write every twentieth of a second, until told to stop; how long each took, and what was refused."""
    while not ended.wait(PAUSE):
        started = time.monotonic()
        try:
            execute(office, WRITE)
        except (sqlite3.Error, psycopg.Error) as error:
            refused.append(str(error))
        seconds.append(time.monotonic() - started)


if __name__ == "__main__":
    main()
