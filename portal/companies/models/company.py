"""Company and its current period."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.accounts.scope import ScopePaths, scoped_manager
from portal.mirror.models import CompanyRow, MirrorRow
from portal.periods import Bounds, Period, PeriodType, bounds


class ReturnPeriod(models.TextChoices):
    """The wage-tax return period (LoonaangifteTijdvak), which is not the pay period."""

    NONE = "None", _("not set")
    MONTH = "Month", _("month")
    FOUR_WEEKS = "Week4", _("four weeks")
    HALF_YEAR = "Month6", _("half year")
    YEAR = "Year", _("year")


class Company(MirrorRow):
    """A company of a debtor: the employer for payroll."""

    debtor = models.ForeignKey("debtors.Debtor", on_delete=models.CASCADE, related_name="companies")
    number = models.IntegerField(_("number"))
    name = models.CharField(_("name"), max_length=255, blank=True)
    phone_number = models.CharField(_("telephone"), max_length=60, blank=True)
    email = models.CharField(_("e-mail address"), max_length=254, blank=True)
    website = models.CharField(_("website"), max_length=255, blank=True)
    return_period = models.CharField(_("return period"), max_length=30, choices=ReturnPeriod.choices)
    kvk_number = models.CharField(_("KvK number"), max_length=20, blank=True)

    scope_paths = ScopePaths(firm="environment__firm", debtor="debtor", company="pk")

    class Meta(MirrorRow.Meta):
        verbose_name = _("company")
        verbose_name_plural = _("companies")
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name or str(self.number)


class CurrentPeriod(CompanyRow):
    """The current period of a company as Nmbrs gives it. It may move backwards for a correction (nmbrs.md 4.1)."""

    company = models.OneToOneField(Company, on_delete=models.CASCADE, related_name="current")
    year = models.PositiveSmallIntegerField(_("year"))
    number = models.PositiveSmallIntegerField(_("period"))
    period_type = models.CharField(
        _("period type"), max_length=20, choices=[(kind.value, kind.value) for kind in PeriodType]
    )

    class Meta(CompanyRow.Meta):
        verbose_name = _("current period")
        verbose_name_plural = _("current periods")

    def __str__(self) -> str:
        return f"{self.year}-{self.number} {self.period_type}"

    @property
    def period(self) -> Period:
        return Period(self.year, self.number)

    @property
    def bounds(self) -> Bounds:
        """First and last day of the current period."""
        return bounds(PeriodType(self.period_type), self.period)


class PeriodSeen(models.Model):
    """A current period of a company and when we first saw it: a row for each move, forwards or back (nmbrs.md 4.1)."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="periods_seen")
    year = models.PositiveSmallIntegerField(_("year"))
    number = models.PositiveSmallIntegerField(_("period"))
    seen_at = models.DateTimeField()

    objects = scoped_manager()
    scope_paths = ScopePaths(firm="company__environment__firm", debtor="company__debtor", company="company")

    class Meta:
        ordering = ["-seen_at", "-pk"]
        indexes = [models.Index(fields=["company", "-seen_at"], name="period_seen_company")]

    def __str__(self) -> str:
        return f"{self.company_id} {self.year}-{self.number}"

    @property
    def period(self) -> Period:
        return Period(self.year, self.number)
