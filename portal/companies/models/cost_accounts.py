"""On which ledger accounts an office books wage cost: its own choice."""

from django.db import models

from portal.accounts.scope import ScopePaths, scoped_manager


class CostAccounts(models.Model):
    """How the numbers of a firm's accounts of wage cost begin; a firm without a row has those of
    portal.companies.booked.

    `recounting`: what is kept of journals still follows an earlier choice, at least in part; no wage cost is shown
    until it is worked out anew. `version` rises with each choice.
    """

    firm = models.OneToOneField("accounts.Firm", on_delete=models.CASCADE, related_name="cost_accounts")
    #: With a space between them.
    beginnings = models.CharField(max_length=700)
    version = models.PositiveIntegerField(default=1)
    recounting = models.BooleanField(default=False)

    objects = scoped_manager()
    scope_paths = ScopePaths(firm="firm")

    def __str__(self) -> str:
        return f"{self.firm_id}: {self.beginnings}"
