"""Runs the embedded Nmbrs as a program: arguments, the ready line, a clean stop."""

import argparse
import signal
import sys
import threading
from collections.abc import Mapping
from datetime import date
from types import FrameType
from typing import Any

from portal.clock import today
from portal.nmbrs.sandbox.credentials import DOMAIN, USER
from portal.nmbrs.sandbox.sandbox import Sandbox

#: Begins the one line that tells that calls are answered, and where.
READY = "Nmbrs sandbox ready at "


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of the command line."""
    parser.add_argument("--port", type=int, default=8100, help="loopback port; 0 takes a free one (default 8100)")
    parser.add_argument("--debtors", type=int, default=12, help="how many clients (default 12)")
    parser.add_argument("--employees", type=int, default=40, help="people per company (default 40)")
    parser.add_argument("--companies", type=int, help="exactly so many companies per debtor (default 1 to 4)")
    parser.add_argument("--seed", type=int, default=7, help="another seed is another firm (default 7)")
    parser.add_argument("--today", type=date.fromisoformat, help="the day the firm is seen at (default today)")
    parser.add_argument("--latency", type=float, default=0.0, help="seconds that every call waits (default 0)")
    parser.add_argument("--business", action="store_true", help="the environment of one employer: a single client")
    parser.add_argument(
        "--stop-with-input",
        action="store_true",
        help="stop when standard input ends, so with the program that started it",
    )


def serve(options: Mapping[str, Any]) -> None:
    """Serve until SIGTERM, SIGINT or (with `stop_with_input`) the end of standard input. Main thread only.

    Raises OSError when the port is taken.
    """
    stop = threading.Event()

    def stop_now(number: int, frame: FrameType | None) -> None:
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop_now)
    with Sandbox(
        debtors=options["debtors"],
        employees=options["employees"],
        companies=options["companies"],
        seed=options["seed"],
        today=options["today"] or today(),
        port=options["port"],
        latency=options["latency"],
        business=options["business"],
    ) as sandbox:
        if options["stop_with_input"]:
            threading.Thread(target=_wait_for_end_of_input, args=(stop,), daemon=True).start()
        sys.stdout.write(f"{READY}{sandbox.url} (user {USER}, domain {DOMAIN})\n")
        sys.stdout.flush()
        stop.wait()


def _wait_for_end_of_input(stop: threading.Event) -> None:
    sys.stdin.buffer.read()
    stop.set()
