"""Django's registration of the room `search`: it follows what is published and what people open."""

from django.apps import AppConfig


class SearchConfig(AppConfig):
    name = "portal.search"
    label = "search"

    def ready(self) -> None:
        from django.utils.translation import gettext_lazy as _

        from portal.accounts.roles import Capability
        from portal.jobs.schedules import every
        from portal.mirror.resource import registry
        from portal.search import pages
        from portal.search.index import keeping, lately
        from portal.ui import opened
        from portal.ui.menu import MenuEntry

        registry.after_publish(["debtors"], keeping.of_environment)
        registry.after_publish(["companies"], keeping.of_debtor)
        registry.after_publish(["employees"], keeping.of_company)
        opened.follow(lately.remember)
        every("portal.search.tasks.mend", minutes=24 * 60)
        # Rooms below cannot register theirs themselves.
        pages.register(
            MenuEntry(_("Signing in and security"), "accounts:security", "lock"),
            MenuEntry(_("Health of the sync"), "sync:health", "activity", Capability.RESYNC_FIRM),
        )
