"""Django's admin as an application of the portal: templates and styles, without its table and its search."""

from django.contrib.admin.apps import SimpleAdminConfig


class AdminWithoutLog(SimpleAdminConfig):
    """The admin without its log of changes: nothing is changed there, and what is read goes to the audit trail.

    SimpleAdminConfig looks for no `admin` modules, so what other packages would register (django-q2's schedules run any
    function that somebody types in) is never loaded.
    """

    def import_models(self) -> None:
        """Leaves `django.contrib.admin.models` alone: there is no table for it (MIGRATION_MODULES)."""
        assert self.apps is not None  # noqa: S101 - Django sets it before it asks for models
        self.models = self.apps.all_models[self.label]
