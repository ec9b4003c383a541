"""Django's registration of the room `companies`."""

from django.apps import AppConfig


class CompaniesConfig(AppConfig):
    name = "portal.companies"
    label = "companies"

    def ready(self) -> None:
        # The tables declare themselves.
        from portal.companies import (  # noqa: F401
            booked,
            filed_tables,
            panels,
            periods_seen,
            resources,
            salary_steps,
            tables,
        )
        from portal.jobs.schedules import every
        from portal.mirror.resource import registry

        registry.add(*resources.declared())
        registry.after_publish(["current_period"], periods_seen.note)
        registry.after_publish(["journal"], booked.rewrite)
        registry.after_publish(["company_salary_scales"], salary_steps.leave_with_their_scale)
        every("portal.companies.recounting.catch_up", minutes=10)
        panels.register()
