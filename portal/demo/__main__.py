"""`python -m portal.demo`; `make demo` calls it. Ports come from PORTAL_PORT and SANDBOX_PORT."""

import argparse
import os
import sys
from pathlib import Path

from portal.demo.environment import TOP, DemoEnvironment
from portal.demo.supervisor import Supervisor


def port(name: str, default: int) -> int:
    """The port in the environment variable `name`. Ends the program when it is no port."""
    text = os.environ.get(name, "") or str(default)
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        sys.exit(f"{name}={text} is not a port: it must be a whole number from 1 to 65535.")
    return int(text)


def main() -> int:
    """Run the demo and return its exit code."""
    parser = argparse.ArgumentParser(prog="python -m portal.demo", description="Run the portal on an embedded Nmbrs.")
    parser.add_argument("--folder", type=Path, default=TOP / "var" / "demo", help="where the demo keeps its data")
    parser.add_argument("--debtors", type=int, default=12, help="how many clients the embedded Nmbrs has")
    parser.add_argument("--employees", type=int, default=40, help="about how many people a company has")
    chosen = parser.parse_args()
    ports = port("PORTAL_PORT", 8000), port("SANDBOX_PORT", 8100)
    return Supervisor(DemoEnvironment(chosen.folder.resolve(), *ports, chosen.debtors, chosen.employees)).run()


if __name__ == "__main__":
    sys.exit(main())
