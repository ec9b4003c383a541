"""Django's registration of the room `employees`."""

from django.apps import AppConfig


class EmployeesConfig(AppConfig):
    name = "portal.employees"
    label = "employees"

    def ready(self) -> None:
        from django.utils.translation import gettext_lazy as _

        from portal.accounts.roles import Capability

        # The table declares itself.
        from portal.employees import absence_types, guid_table, guids, panels, resources, snapshots  # noqa: F401
        from portal.mirror.resource import registry
        from portal.ui.menu import MenuEntry, register

        registry.add(*resources.ALL)
        registry.on_unmapped("absences", absence_types.remember_unmapped)
        # What head count, wages, joiners and leavers are made of.
        registry.after_publish(
            ["current_period", "employees", "employments", "salaries", "schedules"], snapshots.rewrite
        )
        registry.after_publish(["company_guids"], guids.of_company)
        registry.after_publish(["employees"], guids.of_people)
        registry.after_publish(["companies"], guids.of_debtor)
        registry.after_publish(["debtors"], guids.of_environment)
        register(
            MenuEntry(
                _("Employees"), "employees:list", "users", capability=Capability.VIEW, order=20, covers=("employees",)
            )
        )
        panels.register()
