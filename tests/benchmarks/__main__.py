"""`make bench`: every figure beside a peer or the raw limit, in one run. `make bench ARGS=as_of` for one part."""

import argparse
import platform
import sys
import time
from collections.abc import Callable

from tests.benchmarks import (
    as_of,
    backup,
    changes,
    exports,
    first_sync,
    large,
    large_files,
    person_by_person,
    reading,
    search,
    users,
)
from tests.benchmarks.plain_loop import Loop
from tests.benchmarks.sandbox_speed import calls_per_second
from tests.lanes import postgres_problem, postgres_url

LANES = {"sqlite": (30, 1), "postgresql": (60, 2)}


def first() -> None:
    """A first sync on both databases, beside the package `nmbrs` and `dlt`."""
    print(f"Embedded Nmbrs: {calls_per_second():,.0f} small calls a second")
    size = first_sync.DEBTORS * first_sync.COMPANIES
    print(
        f"First sync of {size} companies x {first_sync.PEOPLE} people, {first_sync.LATENCY:.1f} s latency, answers kept"
    )
    for lane in lanes():
        rate, workers = LANES[lane]
        report(lane, rate, workers, with_peer=lane == lanes()[-1])


PARTS: dict[str, tuple[str, Callable[[], None]]] = {
    "first": ("A first sync and an unchanged one", first),
    "people": ("What is read person by person", person_by_person.main),
    "search": ("Search over 100,000 people", search.main),
    "as_of": ("As of a day, over 1.2 million rows", as_of.main),
    "changes": ("What somebody has not seen, over 1.2 million changes", changes.main),
    "users": ("Eight users, 100,000 people; 30,000 on SQLite", users.main),
    "exports": ("Eight users while twenty files are made", exports.main),
    "large_files": ("A file of 100,000 people", large_files.main),
    "reading": ("Reading while a firm is loaded", lambda: reading.report(lanes())),
    "backup": ("A backup of a gigabyte and its restore", backup.main),
    "large": ("10,000 people in a company, 100,000 in a firm", large.main),
}


def main() -> None:
    """Print the figures as one report."""
    parser = argparse.ArgumentParser(prog="make bench", description="Measure the portal beside its peers.")
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], help="default: all")
    chosen = parser.parse_args().parts or list(PARTS)
    print(f"{time.strftime('%Y-%m-%d')}  {platform.machine()}  Python {platform.python_version()}")
    if problem := postgres_problem(postgres_url()):
        print(f"PostgreSQL is not measured: {problem}")
    for name in chosen:
        title, part = PARTS[name]
        print(f"\n== {title} ==", flush=True)
        part()


def lanes() -> list[str]:
    """The databases that can be measured here."""
    return [lane for lane in LANES if lane == "sqlite" or not postgres_problem(postgres_url())]


def report(lane: str, rate: int, workers: int, *, with_peer: bool) -> None:
    """Measure one database and print it."""
    measured = first_sync.measure(lane, rate=rate, workers=workers, peer=with_peer)
    first, again = measured.first, measured.again
    print(f"\n{lane}, {workers} worker(s), fixed budget of {rate} calls a second")
    print(f"  first sync      {first.calls} calls in {first.seconds:.1f} s, {first.statuses}")
    print(f"  budget used     {first.share:.0%} from second {first_sync.WARM_UP:.0f} to the last call")
    print(
        f"  worst second    {first.worst_second} calls (budget + processes = {rate + workers}), {first.delayed} delayed"
    )
    print(f"  workers         {first.workers.cpu:.1f} s CPU, largest process {first.workers.peak:.0f} MB")
    less = again.workers.cpu / first.workers.cpu
    print(f"  unchanged sync  {again.calls} calls, {again.workers.cpu:.1f} s CPU = {less:.0%} of the first")
    board = measured.dashboard
    print(
        f"  debtor page     {board['database']:.1f} ms in the database ({board['queries']} queries) beside "
        f"{board['raw']:.1f} ms of hand-written SQL = {board['database'] / board['raw']:.1f} x; "
        f"page {board['page']:.0f} ms, {board['bytes'] / 1024:.0f} KB"
    )
    if measured.dlt:
        beside("dlt, which merges the same records into the same PostgreSQL", measured.dlt, first)
    if measured.peer:
        beside("The same reads with the package nmbrs in a plain loop", measured.peer, first)
    sys.stdout.flush()


def beside(title: str, peer: Loop, ours: first_sync.Measured) -> None:
    """Print a peer and ours as a share of it."""
    print(f"\n{title}")
    print(f"  {peer.calls} calls, {peer.rows} rows in {peer.seconds:.1f} s, {peer.cpu:.1f} s CPU, {peer.peak:.0f} MB")
    print(
        f"  ours / peer: seconds {ours.seconds / peer.seconds:.2f}, CPU {ours.workers.cpu / peer.cpu:.2f}, "
        f"memory {ours.workers.peak / peer.peak:.2f}"
    )


if __name__ == "__main__":
    main()
