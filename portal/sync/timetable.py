"""When the syncs of an environment are due: each night at its hour, each hour of office hours on Monday to Friday.

Hours are Dutch ones. On the night that the clock goes forward, an hour that does not exist counts as the next one.
"""

from datetime import datetime, time, timedelta

from django.conf import settings

from portal import clock
from portal.connections.models import Environment

SATURDAY = 5


def last_nightly(hour: int | None) -> datetime:
    """The latest moment at which a nightly sync was due at this hour; None: at that of the settings."""
    now, tonight = _tonight(hour)
    return tonight if tonight <= now else _tonight(hour, days=-1)[1]


def next_nightly(hour: int | None) -> datetime:
    """The next moment at which a nightly sync is due at this hour; None: at that of the settings."""
    now, tonight = _tonight(hour)
    return tonight if tonight > now else _tonight(hour, days=1)[1]


def next_night(environment: Environment) -> datetime | None:
    """The next nightly sync of this environment; None where it is switched off."""
    return next_nightly(environment.nightly_hour) if environment.nightly_runs else None


def rotation_calls(environment: Environment) -> int:
    """How many calls a night's rotation over the people of this environment may make."""
    own = environment.rotation_calls
    return int(settings.SYNC_ROTATION_CALLS) if own is None else own


def hourly_due(environment: Environment) -> datetime | None:
    """Since when an hourly run is due: the hour that has begun; None outside office hours or where none is wanted."""
    now = clock.now().astimezone(clock.AMSTERDAM)
    within = environment.office_start <= now.hour < environment.office_end
    if not environment.hourly_runs or now.weekday() >= SATURDAY or not within:
        return None
    return now.replace(minute=0, second=0, microsecond=0)


def _tonight(hour: int | None, *, days: int = 0) -> tuple[datetime, datetime]:
    """Now, and the nightly hour of this day, so many days later."""
    now = clock.now().astimezone(clock.AMSTERDAM)
    at = time(int(settings.SYNC_NIGHTLY_HOUR) if hour is None else hour)
    return now, datetime.combine(now.date() + timedelta(days=days), at, tzinfo=clock.AMSTERDAM)
