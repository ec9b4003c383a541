"""Employee types and people."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.accounts.scope import ScopePaths
from portal.mirror.models import CompanyRow, MirrorRow


class EmployeeType(MirrorRow):
    """An employee type of an environment. Ids and texts are read at run time (enumerations.yaml)."""

    description = models.CharField(_("description"), max_length=120, blank=True)

    scope_paths = ScopePaths(firm="environment__firm")

    class Meta(MirrorRow.Meta):
        verbose_name = _("employee type")
        verbose_name_plural = _("employee types")

    def __str__(self) -> str:
        return self.description or str(self.remote_id)


class Employee(CompanyRow):
    """A person in one company. The same human being in two companies is two employees (nmbrs.md 2)."""

    company = models.ForeignKey("companies.Company", on_delete=models.CASCADE, related_name="employees")
    number = models.BigIntegerField(_("employee number"))
    display_name = models.CharField(_("name"), max_length=255, blank=True)
    employee_type = models.ForeignKey(EmployeeType, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta(CompanyRow.Meta):
        verbose_name = _("employee")
        verbose_name_plural = _("employees")
        ordering = ["display_name", "pk"]
        indexes = [
            models.Index(fields=["company", "number"], name="employee_number"),
            # A page of the list of a whole office, without sorting all of it.
            models.Index(fields=["display_name", "id"], name="employee_by_name"),
        ]

    def __str__(self) -> str:
        return self.display_name or str(self.number)
