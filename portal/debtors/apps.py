"""Django's registration of the room `debtors`."""

from django.apps import AppConfig


class DebtorsConfig(AppConfig):
    name = "portal.debtors"
    label = "debtors"

    def ready(self) -> None:
        from portal.debtors.resources import DEBTORS
        from portal.mirror.resource import registry

        registry.add(DEBTORS)
