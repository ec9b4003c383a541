"""Django's registration of the room `jobs`."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class JobsConfig(AppConfig):
    name = "portal.jobs"
    label = "jobs"

    def ready(self) -> None:
        from django_q.signals import post_spawn, pre_enqueue, pre_execute

        from portal.jobs.door import check_before_queue
        from portal.jobs.health import beat_at_start, beat_with_task
        from portal.jobs.priority import yield_to_pages
        from portal.jobs.schedules import every, write_schedules

        pre_enqueue.connect(check_before_queue)
        post_spawn.connect(yield_to_pages)
        post_spawn.connect(beat_at_start)
        pre_execute.connect(beat_with_task)
        every("portal.jobs.health.beat", minutes=1)
        post_migrate.connect(write_schedules, sender=self)
