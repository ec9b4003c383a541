"""Django's registration of the room `companies`."""

from django.apps import AppConfig


class CompaniesConfig(AppConfig):
    name = "portal.companies"
    label = "companies"

    def ready(self) -> None:
        # The tables declare themselves.
        from portal.companies import filed_tables, panels, periods_seen, resources, tables  # noqa: F401
        from portal.mirror.resource import registry

        registry.add(*resources.declared())
        registry.after_publish(["current_period"], periods_seen.note)
        panels.register()
