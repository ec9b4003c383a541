"""`make bench`: every figure beside a peer or the raw limit, in one run."""

import argparse
import platform
import sys
import time

from tests.benchmarks import first_sync
from tests.benchmarks.sandbox_speed import calls_per_second
from tests.lanes import postgres_problem, postgres_url

LANES = {"sqlite": (30, 1), "postgresql": (60, 2)}


def main() -> None:
    """Print the figures as one report."""
    parser = argparse.ArgumentParser(prog="make bench", description="Measure the portal beside its peers.")
    parser.add_argument("lanes", nargs="*", choices=[*LANES, []], help="default: both")
    lanes = parser.parse_args().lanes or list(LANES)
    if "postgresql" in lanes and (problem := postgres_problem(postgres_url())):
        print(f"PostgreSQL is not measured: {problem}")
        lanes.remove("postgresql")
    print(f"{time.strftime('%Y-%m-%d')}  {platform.machine()}  Python {platform.python_version()}")
    print(f"Embedded Nmbrs: {calls_per_second():,.0f} small calls a second")
    size = first_sync.DEBTORS * first_sync.COMPANIES
    print(
        f"First sync of {size} companies x {first_sync.PEOPLE} people, {first_sync.LATENCY:.1f} s latency, answers kept"
    )
    for lane in lanes:
        rate, workers = LANES[lane]
        report(lane, rate, workers, with_peer=lane == lanes[-1])


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
    if measured.peer:
        peer = measured.peer
        print("\nThe same reads with the package nmbrs in a plain loop")
        print(
            f"  {peer.calls} calls, {peer.rows} rows in {peer.seconds:.1f} s, {peer.cpu:.1f} s CPU, {peer.peak:.0f} MB"
        )
        print(
            f"  ours / plain loop: seconds {first.seconds / peer.seconds:.2f}, CPU {first.workers.cpu / peer.cpu:.2f}, "
            f"memory {first.workers.peak / peer.peak:.2f} (ours also writes a database with its history)"
        )
    sys.stdout.flush()


if __name__ == "__main__":
    main()
