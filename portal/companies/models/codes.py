"""Codes that a company's payroll works with. Nmbrs gives only the present state."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.mirror.models import CompanyHistory


class CompanyCostCenter(CompanyHistory):
    """A cost centre (kostenplaats). Its id may be missing; the code tells it apart."""

    code = models.CharField(_("code"), max_length=60)
    description = models.CharField(_("description"), max_length=255, blank=True)

    class Meta(CompanyHistory.Meta):
        verbose_name = _("cost centre of the company")
        verbose_name_plural = _("cost centres of companies")
        ordering = ["code", "pk"]

    def __str__(self) -> str:
        return self.code


class CompanyCostUnit(CompanyHistory):
    """A cost unit (kostensoort)."""

    code = models.CharField(_("code"), max_length=60, blank=True)
    description = models.CharField(_("description"), max_length=255, blank=True)

    class Meta(CompanyHistory.Meta):
        verbose_name = _("cost unit of the company")
        verbose_name_plural = _("cost units of companies")
        ordering = ["code", "pk"]

    def __str__(self) -> str:
        return self.code


class HourCode(CompanyHistory):
    """A code by which hours are booked."""

    code = models.IntegerField(_("code"))
    description = models.CharField(_("description"), max_length=255, blank=True)

    class Meta(CompanyHistory.Meta):
        verbose_name = _("hour code")
        verbose_name_plural = _("hour codes")
        ordering = ["code", "pk"]

    def __str__(self) -> str:
        return f"{self.code} {self.description}"


class WageCode(CompanyHistory):
    """A code by which wage components are booked."""

    code = models.IntegerField(_("code"))
    description = models.CharField(_("description"), max_length=255, blank=True)

    class Meta(CompanyHistory.Meta):
        verbose_name = _("wage code")
        verbose_name_plural = _("wage codes")
        ordering = ["code", "pk"]

    def __str__(self) -> str:
        return f"{self.code} {self.description}"
