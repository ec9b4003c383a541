"""Django's registration of the room `jobs`."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class JobsConfig(AppConfig):
    name = "portal.jobs"
    label = "jobs"

    def ready(self) -> None:
        from django_q.signals import post_spawn

        from portal.jobs.health import beat_at_start
        from portal.jobs.schedules import every, write_schedules

        post_spawn.connect(beat_at_start)
        every("portal.jobs.health.beat", minutes=1)
        post_migrate.connect(write_schedules, sender=self)
