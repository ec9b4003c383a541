"""What a company files: wage-tax returns, pension exports, the work-related costs scheme."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.mirror.models import CompanyPeriodFact


class WageTaxReturn(CompanyPeriodFact):
    """A wage-tax declaration (loonaangifte) of a return period. `sent_at` empty: made, not sent (nmbrs.md 6)."""

    serial_number = models.IntegerField(_("serial number"))
    payment_reference = models.CharField(_("payment reference"), max_length=60, blank=True)
    total = models.DecimalField(_("total"), max_digits=14, decimal_places=0)
    status = models.CharField(_("status"), max_length=60, blank=True)
    sent_at = models.DateTimeField(_("sent on"), null=True)
    first_day = models.DateField(_("first day"), null=True)
    last_day = models.DateField(_("last day"), null=True)
    correction_first_day = models.DateField(_("corrects from"), null=True)
    correction_last_day = models.DateField(_("corrects until"), null=True)

    class Meta(CompanyPeriodFact.Meta):
        verbose_name = _("wage-tax return")
        verbose_name_plural = _("wage-tax returns")
        ordering = ["-year", "-number", "-serial_number", "pk"]

    def __str__(self) -> str:
        return f"{self.year}-{self.number}"


class PensionExport(CompanyPeriodFact):
    """A pension return (UPA) of a period. `sent_at` empty: made, not sent."""

    serial_number = models.IntegerField(_("serial number"))
    status = models.CharField(_("status"), max_length=60, blank=True)
    sent_at = models.DateTimeField(_("sent on"), null=True)
    correction_first_day = models.DateField(_("corrects from"), null=True)
    correction_last_day = models.DateField(_("corrects until"), null=True)

    class Meta(CompanyPeriodFact.Meta):
        verbose_name = _("pension return")
        verbose_name_plural = _("pension returns")
        ordering = ["-year", "-number", "-serial_number", "pk"]

    def __str__(self) -> str:
        return f"{self.year}-{self.number}"


class WorkCost(CompanyPeriodFact):
    """The work-related costs scheme (werkkostenregeling) in a period, in euros."""

    payroll = models.DecimalField(_("costs in the payroll"), max_digits=14, decimal_places=2)
    financial = models.DecimalField(_("costs in the accounts"), max_digits=14, decimal_places=2)
    fiscal_wage = models.DecimalField(_("wage for tax purposes"), max_digits=16, decimal_places=2)
    available_space = models.DecimalField(_("free space"), max_digits=14, decimal_places=2)
    base = models.DecimalField(_("costs together"), max_digits=14, decimal_places=2)
    to_pay = models.DecimalField(_("levy to pay"), max_digits=14, decimal_places=2)
    estimated = models.DecimalField(_("estimated"), max_digits=14, decimal_places=2, null=True)
    paid = models.DecimalField(_("paid"), max_digits=14, decimal_places=2)

    class Meta(CompanyPeriodFact.Meta):
        verbose_name = _("work-related costs")
        verbose_name_plural = _("work-related costs")
        ordering = ["-year", "-number", "pk"]

    def __str__(self) -> str:
        return f"{self.year}-{self.number}"
