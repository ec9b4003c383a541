"""Schedules: declared next to the function, written to django-q2's table after each migration."""

from dataclasses import dataclass
from typing import Any

from django_q.models import Schedule


@dataclass(frozen=True)
class Every:
    """A dotted name that is called about every so many minutes. What it does must bear being called twice."""

    name: str
    minutes: int


_declared: dict[str, Every] = {}


def every(name: str, *, minutes: int) -> None:
    """Declare a schedule; called in AppConfig.ready(), which touches no database."""
    _declared[name] = Every(name, minutes)


def write_schedules(**_: Any) -> None:
    """Make django-q2's table hold exactly the declared schedules (post_migrate)."""
    for job in _declared.values():
        Schedule.objects.update_or_create(
            name=job.name,
            defaults={"func": job.name, "schedule_type": Schedule.MINUTES, "minutes": job.minutes, "repeats": -1},
        )
    Schedule.objects.exclude(name__in=_declared).delete()
