"""What the worker does by itself for the audit trail and for first starts."""

from portal.audit import anchor, retention
from portal.audit.actors import acting, command
from portal.connections import first_start
from portal.jobs.queue import scrubbed


@scrubbed
def write_head() -> None:
    """Write the head of the trail to the file outside the database, where something was entered (each hour)."""
    anchor.write_head()


@scrubbed
def drop_ended() -> None:
    """Seal and drop the months of the trail whose term has ended, oldest first (each day).

    Raises Broken at a month that is not what was written: the task then shows as failed, and the month stays.
    """
    with acting(command("audit_retention")):
        for segment in retention.ended():
            retention.drop(segment)


@scrubbed
def forget_tried() -> None:
    """Let go of credentials that somebody tried and did not keep (each five minutes)."""
    first_start.forget_old()
