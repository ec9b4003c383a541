"""Company, its runs and wage-tax returns, and the snapshots of its totals."""

from decimal import Decimal

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.accounts.scope import ScopedQuerySet, ScopePaths
from portal.mirror.models import CompanyPeriodFact, CompanyRow, MirrorRow
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

    scope_paths = ScopePaths(firm="environment__firm", debtor="debtor")

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


class Run(CompanyRow):
    """A payroll run. It covers `period_start` to `period_end` of one year; `locked` means final (nmbrs.md 5)."""

    number = models.IntegerField(_("run number"))
    year = models.PositiveSmallIntegerField(_("year"))
    period_start = models.PositiveSmallIntegerField(_("first period"))
    period_end = models.PositiveSmallIntegerField(_("last period"))
    description = models.CharField(_("description"), max_length=255, blank=True)
    run_at = models.DateTimeField(_("run on"), null=True)
    locked = models.BooleanField(_("locked"))

    class Meta(CompanyRow.Meta):
        verbose_name = _("run")
        verbose_name_plural = _("runs")
        ordering = ["-year", "-period_end", "-number", "pk"]
        indexes = [models.Index(fields=["company", "year", "period_end"], name="run_period")]

    def __str__(self) -> str:
        return f"{self.year} run {self.number}"


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


class Basis(models.TextChoices):
    """What a snapshot's interval is."""

    PERIOD = "period", _("period of the company")
    MONTH = "month", _("calendar month")


class Snapshot(models.Model):
    """Totals of a company for one of its periods or one calendar month, as of its last day.

    Derived from the mirror by SQL inside the publish that touched it (portal.employees.snapshots). The wage is a
    month's, in whole cents, so that sums are exact on every database. `wage_left_out` counts people in service on
    that day whose salary cannot be brought to a gross monthly amount; they are not in the wage.
    """

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="snapshots")
    basis = models.CharField(max_length=10, choices=Basis.choices)
    year = models.PositiveSmallIntegerField()
    number = models.PositiveSmallIntegerField()
    first_day = models.DateField()
    last_day = models.DateField()
    head_count = models.PositiveIntegerField(default=0)
    joiners = models.PositiveIntegerField(default=0)
    leavers = models.PositiveIntegerField(default=0)
    contract_wage_cents = models.BigIntegerField(default=0)
    wage_left_out = models.PositiveIntegerField(default=0)

    objects = models.Manager.from_queryset(ScopedQuerySet["Snapshot"])()
    scope_paths = ScopePaths(firm="company__environment__firm", debtor="company__debtor")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "basis", "year", "number"], name="snapshot_once")]
        indexes = [models.Index(fields=["basis", "last_day"], name="snapshot_day")]

    def __str__(self) -> str:
        return f"{self.company_id} {self.basis} {self.year}-{self.number}"

    @property
    def contract_wage(self) -> Decimal:
        """Euros a month."""
        return Decimal(self.contract_wage_cents) / 100
