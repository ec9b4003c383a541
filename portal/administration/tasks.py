"""What the worker does for the audit trail by itself."""

from portal.audit import anchor
from portal.jobs.queue import scrubbed


@scrubbed
def write_head() -> None:
    """Write the head of the trail to the file outside the database, where something was entered (each hour)."""
    anchor.write_head()
