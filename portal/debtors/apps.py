"""Django's registration of the room `debtors`."""

from django.apps import AppConfig


class DebtorsConfig(AppConfig):
    name = "portal.debtors"
    label = "debtors"

    def ready(self) -> None:
        # The tables declare themselves.
        from portal.debtors import guids, panels, resources, tables  # noqa: F401
        from portal.mirror.resource import registry

        registry.add(*resources.ALL)
        registry.after_publish(["debtors", "debtor_guids"], guids.of_environment)
        panels.register()
