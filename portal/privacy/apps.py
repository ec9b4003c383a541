"""Django's registration of the room `privacy`: what the worker does for it."""

from django.apps import AppConfig


class PrivacyConfig(AppConfig):
    name = "portal.privacy"
    label = "privacy"

    def ready(self) -> None:
        from portal.jobs.schedules import every

        every("portal.privacy.tasks.nightly", minutes=60)
        every("portal.privacy.tasks.resume", minutes=5)
