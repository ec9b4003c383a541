"""Django's registration of the room `ui`."""

from django.apps import AppConfig


class UiConfig(AppConfig):
    name = "portal.ui"
    label = "ui"

    def ready(self) -> None:
        from portal.jobs.schedules import every

        every("portal.ui.exports.tasks.sweep", minutes=5)
