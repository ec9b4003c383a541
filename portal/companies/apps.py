"""Django's registration of the room `companies`."""

from django.apps import AppConfig


class CompaniesConfig(AppConfig):
    name = "portal.companies"
    label = "companies"

    def ready(self) -> None:
        from portal.companies import panels
        from portal.companies.resources import COMPANIES, CURRENT_PERIOD, RUNS, WAGE_TAX_RETURNS
        from portal.mirror.resource import registry

        registry.add(COMPANIES, CURRENT_PERIOD, RUNS, WAGE_TAX_RETURNS)
        panels.register()
