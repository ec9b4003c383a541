"""What the worker does by itself for the audit trail and for first starts."""

from portal.audit import anchor
from portal.connections import first_start
from portal.jobs.queue import scrubbed


@scrubbed
def write_head() -> None:
    """Write the head of the trail to the file outside the database, where something was entered (each hour)."""
    anchor.write_head()


@scrubbed
def forget_tried() -> None:
    """Let go of credentials that somebody tried and did not keep (each five minutes)."""
    first_start.forget_old()
