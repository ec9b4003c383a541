"""Django's registration of the room `selfservice`."""

from django.apps import AppConfig


class SelfserviceConfig(AppConfig):
    name = "portal.selfservice"
    label = "selfservice"

    def ready(self) -> None:
        from portal.selfservice import panels

        panels.register_all()
