"""Django's registration of the room `ui`."""

from django.apps import AppConfig


class UiConfig(AppConfig):
    name = "portal.ui"
    label = "ui"

    def ready(self) -> None:
        from portal.accounts.leaving import follow
        from portal.jobs.schedules import every
        from portal.ui.exports.leaving import stop_for

        follow(stop_for)
        every("portal.ui.exports.tasks.sweep", minutes=5)
