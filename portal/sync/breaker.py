"""The circuit breaker of an environment: when Nmbrs is down, one call tries again, ever more seldom."""

from datetime import timedelta

from portal import clock
from portal.connections import open_source
from portal.connections.models import Connection
from portal.source import SourceError
from portal.sync.models import Breaker
from portal.sync.notices import record_and_tell

#: Seconds until the first trial, and at most between two of them.
FIRST_PAUSE = 60
LONGEST_PAUSE = 15 * 60


def trip(environment_id: int) -> None:
    """Nmbrs did not answer: wait, each time twice as long as before."""
    now = clock.now()
    known = Breaker.objects.filter(environment=environment_id).first()
    pause = min(LONGEST_PAUSE, known.pause_seconds * 2) if known else FIRST_PAUSE
    Breaker.objects.update_or_create(
        environment_id=environment_id,
        defaults={"open_until": now + timedelta(seconds=pause), "pause_seconds": pause},
        create_defaults={"opened": now, "open_until": now + timedelta(seconds=pause), "pause_seconds": pause},
    )


def reset(environment_id: int) -> bool:
    """Nmbrs answers again. Returns whether it had not."""
    return bool(Breaker.objects.filter(environment=environment_id).delete()[0])


def due_for_trial() -> list[int]:
    """Environments whose pause is over."""
    return list(Breaker.objects.filter(open_until__lte=clock.now()).values_list("environment_id", flat=True))


def trial(environment_id: int) -> bool:
    """Make one call, without retries. Returns whether Nmbrs answers again; else the pause grows."""
    connection = Connection.objects.filter(environment=environment_id).select_related("environment").first()
    if connection is None:
        reset(environment_id)
        return False
    # The next trial is put off before the call is made: two workers do not try at once.
    trip(environment_id)
    source = open_source(connection, tries=1)
    error: SourceError | None = None
    try:
        source.check_credentials()
    except SourceError as caught:
        error = caught
    finally:
        source.close()
    record_and_tell(connection, error)
    if error is not None and error.kind == "unavailable":
        return False
    reset(environment_id)
    return error is None
