"""Django's registration of the room `sync`: its menu entry and its schedules."""

from django.apps import AppConfig


class SyncConfig(AppConfig):
    name = "portal.sync"
    label = "sync"

    def ready(self) -> None:
        from django.utils.translation import gettext_lazy as _

        from portal.accounts.leaving import follow
        from portal.accounts.roles import Capability
        from portal.jobs.schedules import every
        from portal.sync.leaving import stop_for
        from portal.ui.menu import MenuEntry, register

        follow(stop_for)
        every("portal.sync.tasks.wake_all", minutes=1)
        every("portal.sync.tasks.nightly", minutes=10)
        every("portal.sync.tasks.hourly", minutes=5)
        every("portal.sync.tasks.recover", minutes=1)
        every("portal.sync.tasks.turn_of_the_month", minutes=60)
        every("portal.sync.tasks.prune", minutes=24 * 60)
        register(
            MenuEntry(
                _("Sync"), "sync:overview", "refresh", capability=Capability.VIEW_SYNC, order=80, covers=("sync",)
            )
        )
