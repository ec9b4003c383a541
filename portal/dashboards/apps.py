"""Django's registration of the room `dashboards`."""

from django.apps import AppConfig


class DashboardsConfig(AppConfig):
    name = "portal.dashboards"
    label = "dashboards"

    def ready(self) -> None:
        from django.utils.translation import gettext_lazy as _

        from portal.accounts.roles import Capability
        from portal.connections.models import EnvironmentKind
        from portal.dashboards import panels, start
        from portal.dashboards.changes.unseen import CAPABILITY as CHANGES
        from portal.dashboards.sums import panels as sums_panels
        from portal.search import pages
        from portal.ui import places
        from portal.ui.menu import MenuEntry, register

        register(
            MenuEntry(
                _("Start"),
                "dashboards:board",
                "home",
                capability=Capability.VIEW_SYNC,
                order=5,
                kind=EnvironmentKind.ACCOUNTANT,
            )
        )
        register(
            MenuEntry(
                _("Clients"),
                "dashboards:clients",
                "address-book",
                capability=Capability.VIEW,
                order=10,
                covers=("dashboards:debtor", "dashboards:variance", "companies", "selfservice"),
                kind=EnvironmentKind.ACCOUNTANT,
                label_for_clients=_("My organisation"),
            )
        )
        register(
            MenuEntry(
                _("Companies"),
                "dashboards:companies",
                "briefcase",
                capability=Capability.VIEW,
                order=11,
                covers=("dashboards:business", "dashboards:variance", "debtors", "companies", "selfservice"),
                kind=EnvironmentKind.BUSINESS,
            )
        )
        register(
            MenuEntry(
                _("Changes"),
                "dashboards:changes",
                "activity",
                capability=CHANGES,
                order=20,
                covers=("dashboards:client_changes",),
                number_url="dashboards:changes_number",
            )
        )
        pages.register(
            MenuEntry(
                _("Bands of the variance page"), "dashboards:variance_bands", "filter", Capability.MANAGE_SETTINGS
            )
        )
        pages.register(
            MenuEntry(_("Accounts of wage cost"), "dashboards:cost_accounts", "filter", Capability.MANAGE_SETTINGS)
        )
        panels.register()
        sums_panels.both()
        places.register(start.own_places)
