"""Django's registration of the room `employees`."""

from django.apps import AppConfig


class EmployeesConfig(AppConfig):
    name = "portal.employees"
    label = "employees"

    def ready(self) -> None:
        from django.utils.translation import gettext_lazy as _

        from portal.accounts.roles import Capability
        from portal.employees import panels, resources, snapshots
        from portal.mirror.resource import registry
        from portal.ui.menu import MenuEntry, register

        registry.add(*resources.ALL)
        # What head count, wages, joiners and leavers are made of.
        registry.after_publish(
            ["current_period", "employees", "employments", "salaries", "schedules"], snapshots.rewrite
        )
        register(
            MenuEntry(
                _("Employees"), "employees:list", "users", capability=Capability.VIEW, order=20, covers=("employees",)
            )
        )
        panels.register()
