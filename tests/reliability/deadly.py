"""`python -m tests.reliability.deadly <environment> <id>`: one wake-up of a worker that dies of one record.

The death is planted where it would come from in real life: in the code that reads one record, here the door of
salaries. The salary with this id in Nmbrs kills the process with SIGKILL, as the kernel does when memory is out.
"""

import os
import signal
import sys
from dataclasses import replace

import django


def main() -> None:
    """Set Django up, plant the death and do what is ready."""
    django.setup()
    from portal.mirror.resource import registry
    from portal.sync.tasks import work

    environment, poison = sys.argv[1:]

    def door(texts: dict[str, str | None]) -> dict[str, str | None]:
        if texts.get("remote_id") == poison:
            os.kill(os.getpid(), signal.SIGKILL)
        return texts

    salaries = registry["salaries"]
    registry._resources["salaries"] = replace(salaries, prepare=door)
    work(int(environment))


main()
