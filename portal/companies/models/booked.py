"""What a company's journal books on cost by period, kept."""

from django.db import models

from portal.accounts.scope import ScopedQuerySet, ScopePaths
from portal.companies.models.company import Company


class BookedCost(models.Model):
    """What the journal lines of one period of a company book on cost, in whole cents: debit less credit.

    Derived from the mirror inside the publish that touched the journal (portal.companies.booked): there is a row
    exactly where there are lines. Which accounts are of cost: CostAccounts. `cents` None: none of the lines is on one,
    which is not the same as zero.
    """

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="booked_costs")
    year = models.PositiveSmallIntegerField()
    number = models.PositiveSmallIntegerField()
    cents = models.BigIntegerField(null=True)

    objects = models.Manager.from_queryset(ScopedQuerySet["BookedCost"])()
    scope_paths = ScopePaths(firm="company__environment__firm", debtor="company__debtor", company="company")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "year", "number"], name="booked_cost_once")]

    def __str__(self) -> str:
        return f"{self.company_id} {self.year}-{self.number}"
