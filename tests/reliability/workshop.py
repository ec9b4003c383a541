"""`python -m tests.reliability.workshop`: sets the portal up once and forks a worker whenever it is asked to.

A real cluster does the same: its workers are forks of a process that is set up. Asked and answered in lines of JSON.
"""

import json
import os
import signal
import sys
import traceback
from collections.abc import Callable
from dataclasses import replace

import django


def one_wake_up(environment: int, deadly: str) -> None:
    """Do what is ready, as one wake-up of a worker does.

    The salary with the id `deadly` kills the process with SIGKILL, as the kernel does when memory is out. The death is
    planted where it would come from in real life: in the code that reads one record, here the door of salaries.
    """
    from portal.mirror.resource import registry
    from portal.sync.tasks import work

    def door(texts: dict[str, str | None]) -> dict[str, str | None]:
        if texts.get("remote_id") == deadly:
            os.kill(os.getpid(), signal.SIGKILL)
        return texts

    if deadly:
        registry._resources["salaries"] = replace(registry["salaries"], prepare=door)
    work(environment)


def serve() -> Callable[[], None] | None:
    """Answer until the input ends. In each fork: return what it has to do."""
    for line in sys.stdin:
        asked = json.loads(line)
        if "ended" in asked:
            pid, status = os.waitpid(asked["ended"], os.WNOHANG)
            print(json.dumps(os.waitstatus_to_exitcode(status) if pid else None), flush=True)
            continue
        if pid := os.fork():
            print(pid, flush=True)
            continue
        os.setsid()
        with open(asked["log"], "ab") as log, open(os.devnull, "rb") as nothing:  # noqa: PTH123 -- as descriptors
            os.dup2(nothing.fileno(), 0)
            os.dup2(log.fileno(), 1)
            os.dup2(log.fileno(), 2)
        return lambda: one_wake_up(asked["environment"], asked["deadly"])
    return None


def main() -> None:
    """Set Django up, with all that a worker imports, and serve."""
    django.setup()
    from portal.sync import tasks

    assert tasks
    if work := serve():
        try:
            work()
        except Exception:  # noqa: BLE001 -- as the interpreter does
            traceback.print_exc()
            sys.exit(1)


main()
