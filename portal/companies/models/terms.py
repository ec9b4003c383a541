"""What holds for everybody of a company in a period: labour agreements, salary table with its scales and steps, wage
components.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.mirror.models import CompanyPeriodFact


class CompanyLabourAgreement(CompanyPeriodFact):
    """A labour agreement as a company uses it in a period, with the models it brings along.

    Of wage, hour and industry Nmbrs has more than one place; the ones that are mirrored are named in the resource.
    """

    remote_guid = models.UUIDField(null=True, editable=False)
    agreement_number = models.IntegerField(_("number"))
    description = models.CharField(_("labour agreement"), max_length=255, blank=True)
    default = models.BooleanField(_("default"))
    provisional = models.BooleanField(_("provisional"))
    schedule_model_code = models.IntegerField(_("schedule model code"), null=True)
    schedule_model = models.CharField(_("schedule model"), max_length=255, blank=True)
    wage_model_code = models.IntegerField(_("wage model code"), null=True)
    wage_model = models.CharField(_("wage model"), max_length=255, blank=True)
    hours_model_code = models.IntegerField(_("hour model code"), null=True)
    hours_model = models.CharField(_("hour model"), max_length=255, blank=True)
    industry_code = models.IntegerField(_("industry code"), null=True)
    industry = models.CharField(_("industry"), max_length=255, blank=True)
    leave_model_code = models.IntegerField(_("leave model code"), null=True)
    leave_model = models.CharField(_("leave model"), max_length=255, blank=True)
    hours_reservation_model_code = models.IntegerField(_("hour reservation model code"), null=True)
    hours_reservation_model = models.CharField(_("hour reservation model"), max_length=255, blank=True)
    reservation_model_code = models.IntegerField(_("reservation model code"), null=True)
    reservation_model = models.CharField(_("reservation model"), max_length=255, blank=True)
    salary_table_code = models.IntegerField(_("salary table code"), null=True)
    salary_table = models.CharField(_("salary table"), max_length=255, blank=True)
    cao_code = models.IntegerField(_("cao code"), null=True)
    cao = models.CharField(_("cao"), max_length=255, blank=True)

    class Meta(CompanyPeriodFact.Meta):
        verbose_name = _("labour agreement of the company")
        verbose_name_plural = _("labour agreements of companies")
        ordering = ["-year", "-number", "agreement_number", "pk"]

    def __str__(self) -> str:
        return self.description or str(self.agreement_number)


class CompanySalaryTable(CompanyPeriodFact):
    """The main salary table of a company in a period."""

    remote_guid = models.UUIDField(null=True, editable=False)
    code = models.IntegerField(_("code"))
    description = models.CharField(_("salary table"), max_length=255, blank=True)

    class Meta(CompanyPeriodFact.Meta):
        verbose_name = _("salary table of the company")
        verbose_name_plural = _("salary tables of companies")
        ordering = ["-year", "-number", "pk"]

    def __str__(self) -> str:
        return self.description or str(self.code)


class CompanySalaryScale(CompanyPeriodFact):
    """A scale of the salary table of a company in a period, with the two percentages that limit what is paid in it.

    No public text says of what wage `value` is (a month, a period): it is shown as Nmbrs gives it.
    """

    remote_guid = models.UUIDField(null=True, editable=False)
    scale = models.CharField(_("scale"), max_length=60)
    description = models.CharField(_("description"), max_length=255, blank=True)
    value = models.DecimalField(_("salary of the scale"), max_digits=16, decimal_places=4)
    percentage_min = models.DecimalField(_("lowest percentage"), max_digits=16, decimal_places=4)
    percentage_max = models.DecimalField(_("highest percentage"), max_digits=16, decimal_places=4)

    class Meta(CompanyPeriodFact.Meta):
        verbose_name = _("scale of the salary table")
        verbose_name_plural = _("scales of salary tables")
        ordering = ["-year", "-number", "value", "scale", "pk"]

    def __str__(self) -> str:
        return self.description or self.scale


class CompanySalaryStep(CompanyPeriodFact):
    """A step of a scale of the salary table, as it was in a period that was the current one when it was read."""

    remote_guid = models.UUIDField(null=True, editable=False)
    scale = models.CharField(_("scale"), max_length=60)
    step = models.CharField(_("step"), max_length=60, blank=True)
    description = models.CharField(_("description"), max_length=255, blank=True)
    value = models.DecimalField(_("salary of the step"), max_digits=16, decimal_places=4)

    class Meta(CompanyPeriodFact.Meta):
        verbose_name = _("step of the salary table")
        verbose_name_plural = _("steps of salary tables")
        ordering = ["-year", "-number", "scale", "value", "step", "pk"]

    def __str__(self) -> str:
        return f"{self.scale} {self.step}"


class CompanyWageFixed(CompanyPeriodFact):
    """A fixed wage component of a company, as it holds in a period. What `value` counts follows from the code."""

    code = models.IntegerField(_("wage code"))
    value = models.DecimalField(_("value"), max_digits=16, decimal_places=4)

    class Meta(CompanyPeriodFact.Meta):
        verbose_name = _("fixed wage component of the company")
        verbose_name_plural = _("fixed wage components of companies")
        ordering = ["-year", "-number", "code", "pk"]

    def __str__(self) -> str:
        return f"{self.year}-{self.number} {self.code}"


class CompanyWageVariable(CompanyPeriodFact):
    """A variable wage component of a company in one period. What `value` counts follows from the code."""

    code = models.IntegerField(_("wage code"))
    value = models.DecimalField(_("value"), max_digits=16, decimal_places=4)

    class Meta(CompanyPeriodFact.Meta):
        verbose_name = _("variable wage component of the company")
        verbose_name_plural = _("variable wage components of companies")
        ordering = ["-year", "-number", "code", "pk"]

    def __str__(self) -> str:
        return f"{self.year}-{self.number} {self.code}"
