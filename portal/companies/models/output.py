"""What runs came to: amounts per person and wage code, and the journal."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.companies.models.runs import Run
from portal.mirror.models import CompanyPeriodFact, EmployeePeriodFact


class RunWage(EmployeePeriodFact):
    """An amount of a run for one person, period and wage code (loonstaat). What payroll came to, not the contract."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="wages")
    code = models.IntegerField(_("wage code"))
    description = models.CharField(_("description"), max_length=255, blank=True)
    amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=2)

    class Meta(EmployeePeriodFact.Meta):
        verbose_name = _("run output")
        verbose_name_plural = _("run output")
        ordering = ["employee__display_name", "code", "pk"]

    def __str__(self) -> str:
        return f"{self.year}-{self.number} {self.code}"


class JournalLine(CompanyPeriodFact):
    """A line of a run's journal, added up over people: Nmbrs gives it a person, the portal keeps it without."""

    run_number = models.IntegerField(_("run number"))
    department = models.CharField(_("department"), max_length=255, blank=True)
    cost_center = models.CharField(_("cost centre"), max_length=120, blank=True)
    cost_unit = models.CharField(_("cost unit"), max_length=120, blank=True)
    account = models.CharField(_("ledger account"), max_length=60, blank=True)
    component = models.CharField(_("component"), max_length=255, blank=True)
    debit = models.DecimalField(_("debit"), max_digits=14, decimal_places=2)
    credit = models.DecimalField(_("credit"), max_digits=14, decimal_places=2)

    class Meta(CompanyPeriodFact.Meta):
        verbose_name = _("journal line")
        verbose_name_plural = _("journal lines")
        ordering = ["run_number", "account", "component", "pk"]

    def __str__(self) -> str:
        return f"{self.year}-{self.number} {self.account}"
