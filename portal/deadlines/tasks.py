"""What the worker does for deadlines."""

from django.db import transaction

from portal.deadlines import states
from portal.jobs.queue import scrubbed


@scrubbed
def catch_up() -> None:
    """Bring companies up to date that no publish did: after an upgrade, and after a first answer without rows."""
    pks = list(states.behind())
    for start in range(0, len(pks), states.BATCH):
        with transaction.atomic():
            states.rewrite(pks[start : start + states.BATCH])
