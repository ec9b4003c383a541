"""Django's registration of the room `deadlines`: what it derives, its schedule, menu entry and what a lock-out ends."""

from django.apps import AppConfig


class DeadlinesConfig(AppConfig):
    name = "portal.deadlines"
    label = "deadlines"

    def ready(self) -> None:
        from django.utils.translation import gettext_lazy as _

        from portal.accounts import locking_out
        from portal.accounts.roles import Capability
        from portal.deadlines import feeds, panels, states
        from portal.jobs.schedules import every
        from portal.mirror.resource import registry
        from portal.ui.menu import MenuEntry, register

        telling = ["current_period", "runs", "wage_tax_returns", "pension_exports", "employees", "employments"]
        registry.after_publish(telling, states.of_company)
        registry.after_publish(["companies"], states.of_debtor)
        every("portal.deadlines.tasks.catch_up", minutes=10)
        register(
            MenuEntry(
                _("Calendar"),
                "deadlines:calendar",
                "calendar",
                capability=Capability.VIEW,
                order=15,
                covers=("deadlines",),
            )
        )
        panels.register()
        locking_out.follow(feeds.withdraw_all)
