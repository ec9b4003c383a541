"""What the composed pages keep of themselves."""

from decimal import Decimal

from django.conf import settings
from django.db import models

from portal.accounts.scope import ScopePaths, scoped_manager
from portal.debtors.models import Debtor


class ChangesSeen(models.Model):
    """Up to which moment somebody has seen the changes of a client, by their own word."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="changes_seen")
    debtor = models.ForeignKey(Debtor, on_delete=models.CASCADE, related_name="+")
    until = models.DateTimeField()

    objects = scoped_manager()
    scope_paths = ScopePaths(firm="debtor__environment__firm", debtor="debtor")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "debtor"], name="changes_seen_once")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.debtor_id}"


class VarianceBands(models.Model):
    """From which difference on the office's people want to look, in per cents; a firm without a row has 2 and 5."""

    firm = models.OneToOneField("accounts.Firm", on_delete=models.CASCADE, related_name="variance_bands")
    notable = models.DecimalField(max_digits=5, decimal_places=2, default=Decimal(2))
    large = models.DecimalField(max_digits=5, decimal_places=2, default=Decimal(5))

    objects = scoped_manager()
    scope_paths = ScopePaths(firm="firm")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(notable__gte=0, large__gt=models.F("notable")), name="variance_bands_in_order"
            )
        ]

    def __str__(self) -> str:
        return f"{self.firm_id}: {self.notable} {self.large}"
