"""The totals of a company that are kept: for its periods and months, and from one change to the next."""

from decimal import Decimal

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.accounts.scope import ScopedQuerySet, ScopePaths
from portal.companies.models.company import Company


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
    scope_paths = ScopePaths(firm="company__environment__firm", debtor="company__debtor", company="company")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "basis", "year", "number"], name="snapshot_once")]
        indexes = [models.Index(fields=["basis", "last_day"], name="snapshot_day")]

    def __str__(self) -> str:
        return f"{self.company_id} {self.basis} {self.year}-{self.number}"

    @property
    def contract_wage(self) -> Decimal:
        """Euros a month."""
        return Decimal(self.contract_wage_cents) / 100


class TotalsInterval(models.Model):
    """What a company's head count and contract wage are from `valid_from` until before `valid_until` (None: for good).

    The same figures as a Snapshot's, for every recent day: a list of all people of an office adds up a row a company
    instead of pricing each person. Intervals follow each other without a gap from the first of last month on; they are
    written with the snapshots.
    """

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="totals_intervals")
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)
    head_count = models.PositiveIntegerField()
    contract_wage_cents = models.BigIntegerField()
    wage_left_out = models.PositiveIntegerField()

    objects = models.Manager.from_queryset(ScopedQuerySet["TotalsInterval"])()
    scope_paths = ScopePaths(firm="company__environment__firm", debtor="company__debtor", company="company")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "valid_from"], name="totals_interval_once")]

    def __str__(self) -> str:
        return f"{self.company_id} {self.valid_from}"
