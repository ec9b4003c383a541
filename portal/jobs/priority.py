"""Pages before background work: a worker yields the processor to whoever waits for a page."""

import os
from typing import Any

from django.conf import settings


def yield_to_pages(**_: Any) -> None:
    """Lower the priority of the worker that django-q2 has just started, to PORTAL_WORKER_NICENESS.

    0 leaves it as it came, 19 is the lowest. What is lower already stays so; Windows has no such priorities.
    """
    if hasattr(os, "setpriority"):
        came_with = os.getpriority(os.PRIO_PROCESS, 0)
        os.setpriority(os.PRIO_PROCESS, 0, max(came_with, settings.PORTAL_WORKER_NICENESS))
