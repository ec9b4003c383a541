"""The peer: the same records loaded into the same PostgreSQL by `dlt`, read with the package `nmbrs`.

`python -m tests.benchmarks.dlt_peer http://127.0.0.1:… postgres://…` prints what it took.
"""

import hashlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from tests.benchmarks import plain_loop
from tests.benchmarks.office import ROOT, peak_memory

#: The pipeline's own reports to its makers stay off.
QUIET = {"RUNTIME__DLTHUB_TELEMETRY": "false", "RUNTIME__LOG_LEVEL": "CRITICAL"}


def measure(url: str, database: str) -> plain_loop.Loop:
    """Run the pipeline in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.dlt_peer", url, database],
        cwd=ROOT,
        env={**os.environ, **QUIET},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stdout + done.stderr)
    return plain_loop.Loop(**json.loads(done.stdout.splitlines()[-1]))


def main(url: str, database: str) -> None:
    """Read everything as the plain loop does, a table for each kind of record, and merge it in."""
    import dlt

    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        pipeline = dlt.pipeline(
            "peer",
            pipelines_dir=folder,
            destination=dlt.destinations.postgres(with_password(database)),
            dataset_name="peer",
        )
        tables, calls = plain_loop.read_tables(url)
        loads = [
            dlt.resource(keyed(rows), name=name, write_disposition="merge", primary_key="row_key")
            for name, rows in tables.items()
        ]
        pipeline.run(loads)
    times = os.times()
    rows = sum(map(len, tables.values()))
    cpu = times.user + times.system + times.children_user + times.children_system
    taken = {"calls": calls, "rows": rows, "seconds": time.monotonic() - started, "cpu": cpu}
    print(json.dumps({**taken, "peak": peak_memory(os.getpid())}))


def with_password(database: str) -> str:
    """The address with a password: dlt asks for one, also of a server that takes everybody on this machine."""
    parts = urlsplit(database)
    if parts.password is not None:
        return database
    return urlunsplit(parts._replace(netloc=f"{parts.username or 'postgres'}:none@{parts.netloc.rpartition('@')[2]}"))


def keyed(rows: list[Any]) -> Iterator[dict[str, Any]]:
    """The records as dicts; those without an id of their own are told apart by what they say."""
    for row in rows:
        values = row.to_dict()
        digest = hashlib.blake2b(json.dumps(values, default=str, sort_keys=True).encode(), digest_size=16)
        yield {**values, "row_key": digest.hexdigest()}


if __name__ == "__main__":
    main(*sys.argv[1:])
