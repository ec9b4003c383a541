"""What workers are woken for. Arguments are primary keys; results are None."""

from datetime import timedelta

from django.db import IntegrityError, transaction

from portal import clock
from portal.audit.actors import acting, command
from portal.clock import AMSTERDAM
from portal.jobs.queue import enqueue, scrubbed
from portal.privacy import removal, retention
from portal.privacy.models import RetentionRun

#: After the nightly syncs.
HOUR = 5
#: A run that has not ended by then is begun again.
GIVEN_UP_AFTER = timedelta(hours=6)


@scrubbed
def nightly() -> None:
    """Remove what was kept too long, once a day from five in the morning, however often this is called."""
    now = clock.now()
    if now.astimezone(AMSTERDAM).hour < HOUR:
        return
    run = _claimed()
    if run is not None:
        with acting(command("retention")):
            retention.carry_out(run)


def _claimed() -> RetentionRun | None:
    """The run of today, if it is nobody else's."""
    now, day = clock.now(), clock.today()
    try:
        with transaction.atomic():
            return RetentionRun.objects.create(day=day, started=now)
    except IntegrityError:
        stale = RetentionRun.objects.filter(day=day, by_itself=True, finished=None, started__lt=now - GIVEN_UP_AFTER)
        return RetentionRun.objects.get(day=day, by_itself=True) if stale.update(started=now) else None


@scrubbed
def remove(removal_pk: int) -> None:
    """Go on with the removal of a client."""
    with acting(command("remove client")):
        unfinished = removal.work(removal_pk)
    if unfinished:
        enqueue("portal.privacy.tasks.remove", removal_pk)


@scrubbed
def resume() -> None:
    """Wake a worker for each removal that nobody is at: after a crash, or when a wake-up was lost."""
    for pk in removal.left_behind():
        enqueue("portal.privacy.tasks.remove", pk)
