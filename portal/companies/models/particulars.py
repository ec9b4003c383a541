"""What Nmbrs has on file about a company itself. It gives only the present state."""

from decimal import Decimal

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.debtors.business import AddressColumns, BankAccountColumns
from portal.mirror.models import CompanyHistory

#: A company has room for so many full-time schedules.
SCHEDULES = (1, 2, 3, 4)


class CompanyAddress(AddressColumns, CompanyHistory):
    """The postal address of a company."""

    class Meta(CompanyHistory.Meta):
        verbose_name = _("address of the company")
        verbose_name_plural = _("addresses of companies")
        ordering = ["valid_from", "pk"]


class CompanyBankAccount(BankAccountColumns, CompanyHistory):
    """The bank account that a company pays wages from."""

    class Meta(CompanyHistory.Meta):
        verbose_name = _("bank account of the company")
        verbose_name_plural = _("bank accounts of companies")
        ordering = ["valid_from", "pk"]


class CompanyContact(CompanyHistory):
    """Whom to call at the company."""

    number = models.IntegerField(_("number"), null=True)
    name = models.CharField(_("name"), max_length=255, blank=True)
    email = models.CharField(_("e-mail address"), max_length=254, blank=True)
    phone = models.CharField(_("telephone"), max_length=60, blank=True)
    mobile = models.CharField(_("mobile telephone"), max_length=60, blank=True)
    department = models.CharField(_("department"), max_length=255, blank=True)
    function = models.CharField(_("function"), max_length=255, blank=True)

    class Meta(CompanyHistory.Meta):
        verbose_name = _("contact person of the company")
        verbose_name_plural = _("contact persons of companies")
        ordering = ["valid_from", "pk"]

    def __str__(self) -> str:
        return self.name or self.email or self.phone


class CalculationMethod(models.TextChoices):
    """How full-time hours a period follow from a schedule (ScheduleCalcMethod)."""

    YEAR = "HoursYearDevidedPeriods", _("hours of the year over the periods")
    WEEKS_52 = "Hours52WeeksDevidedPeriods", _("52 weeks over the periods")
    MANUAL = "ManualHoursPerYearPeriods", _("set by hand")


class CompanySchedule(CompanyHistory):
    """The full-time schedules of a company, up to four.

    `week_1` are the hours of schedule 1 from Monday to Sunday, as seven numbers: `8 8 8 8 8 0 0`; `other_week_1` those
    of the week that takes turns with it. Empty texts: Nmbrs has no such schedule.
    """

    method_1 = models.CharField(_("method 1"), max_length=40, choices=CalculationMethod.choices, blank=True)
    week_1 = models.CharField(_("schedule 1"), max_length=60, blank=True)
    other_week_1 = models.CharField(_("schedule 1, other week"), max_length=60, blank=True)
    method_2 = models.CharField(_("method 2"), max_length=40, choices=CalculationMethod.choices, blank=True)
    week_2 = models.CharField(_("schedule 2"), max_length=60, blank=True)
    other_week_2 = models.CharField(_("schedule 2, other week"), max_length=60, blank=True)
    method_3 = models.CharField(_("method 3"), max_length=40, choices=CalculationMethod.choices, blank=True)
    week_3 = models.CharField(_("schedule 3"), max_length=60, blank=True)
    other_week_3 = models.CharField(_("schedule 3, other week"), max_length=60, blank=True)
    method_4 = models.CharField(_("method 4"), max_length=40, choices=CalculationMethod.choices, blank=True)
    week_4 = models.CharField(_("schedule 4"), max_length=60, blank=True)
    other_week_4 = models.CharField(_("schedule 4, other week"), max_length=60, blank=True)

    class Meta(CompanyHistory.Meta):
        verbose_name = _("full-time schedules of the company")
        verbose_name_plural = _("full-time schedules of companies")
        ordering = ["valid_from", "pk"]

    def hours(self, schedule: int) -> tuple[Decimal, ...]:
        """The hours of fourteen days of one of the four schedules; empty where there is none."""
        weeks = (getattr(self, f"week_{schedule}"), getattr(self, f"other_week_{schedule}"))
        return tuple(Decimal(text) for week in weeks for text in week.split())


class CompanySocialSecurity(CompanyHistory):
    """Settings for the employee insurances (SVW). The two WGA parts are percentages of the wage."""

    cao_code = models.IntegerField(_("cao code"), null=True)
    cao = models.CharField(_("cao"), max_length=255, blank=True)
    sector_code = models.IntegerField(_("sector code"), null=True)
    sector = models.CharField(_("sector"), max_length=255, blank=True)
    risk_group_code = models.IntegerField(_("risk group code"), null=True)
    risk_group = models.CharField(_("risk group"), max_length=255, blank=True)
    wga_employee = models.DecimalField(_("WGA part of the employee (%)"), max_digits=8, decimal_places=4, null=True)
    wga_employer = models.DecimalField(_("WGA part of the employer (%)"), max_digits=8, decimal_places=4, null=True)
    carries_wga = models.BooleanField(_("own risk WGA"), null=True)
    carries_wao = models.BooleanField(_("own risk WAO"), null=True)
    carries_sickness = models.BooleanField(_("own risk Ziektewet"), null=True)

    class Meta(CompanyHistory.Meta):
        verbose_name = _("social-security settings of the company")
        verbose_name_plural = _("social-security settings of companies")
        ordering = ["valid_from", "pk"]

    def __str__(self) -> str:
        return self.sector or self.cao
