"""What workers are woken for."""

from portal.jobs.queue import scrubbed
from portal.search.index import keeping


@scrubbed
def mend() -> None:
    """Once a day make sure that everything can be found: after an upgrade or a restore nothing else would."""
    keeping.rebuild()
