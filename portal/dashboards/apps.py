"""Django's registration of the room `dashboards`."""

from django.apps import AppConfig


class DashboardsConfig(AppConfig):
    name = "portal.dashboards"
    label = "dashboards"

    def ready(self) -> None:
        from django.utils.translation import gettext_lazy as _

        from portal.accounts.roles import Capability
        from portal.dashboards import panels
        from portal.ui.menu import MenuEntry, register

        register(
            MenuEntry(
                _("Clients"),
                "dashboards:clients",
                "address-book",
                capability=Capability.VIEW,
                order=10,
                covers=("dashboards", "companies"),
            )
        )
        panels.register()
