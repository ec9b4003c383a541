"""What the composed pages keep of themselves."""

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
