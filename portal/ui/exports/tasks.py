"""What workers are woken for. Arguments are primary keys; results are None."""

from portal.jobs.queue import scrubbed
from portal.ui.exports import files, leaving, making
from portal.ui.models.files import claimed, expired, forget, given_up, left_behind


@scrubbed
def make(export_pk: int) -> None:
    """Make a file. Called twice, or for a file that was stopped, it does nothing."""
    row = claimed(export_pk)
    if row is not None:
        making.make(row)


@scrubbed
def sweep() -> None:
    """Remove files whose day is over or whose person left, end what nobody is at, and wake a worker for what waits."""
    leaving.stop_where_access_ended()
    for name in [*given_up(making.SILENCE), *expired()]:
        files.remove(name)
    forget(making.TOLD)
    # What a process left that ended in the middle of its work.
    files.remove_older((making.KEPT + making.SILENCE).total_seconds())
    for pk in left_behind(making.WAITED):
        making.wake(pk)
