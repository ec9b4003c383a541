"""Records that could not be read."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.accounts.scope import ScopedQuerySet, ScopePaths
from portal.connections.models import Environment
from portal.vault import EncryptedTextField


class Reason(models.TextChoices):
    """Why a record waits in quarantine."""

    UNREADABLE = "unreadable", _("could not be read")
    #: It cannot be asked what is wrong with it: whoever touches it dies. It is left alone as long as it stays as it is.
    KILLED = "killed", _("killed the worker")
    BROKE = "broke", _("broke the portal's own code")


class Quarantine(models.Model):
    """A record that could not be read: it waits here, its old row stays, the others were published.

    `raw` are the texts as they came, after the door has dropped what may not be kept; encrypted, for 30 days.
    `mark` tells a record that killed a worker from others without touching more than its texts; with `retry` it is
    tried once more, by itself. What killed the worker before it had an answer is kept by its person, without a mark.
    """

    environment = models.ForeignKey(Environment, on_delete=models.CASCADE, related_name="+")
    debtor = models.ForeignKey("debtors.Debtor", on_delete=models.CASCADE, null=True, related_name="+")
    company = models.ForeignKey("companies.Company", on_delete=models.CASCADE, null=True, related_name="+")
    scope_key = models.CharField(max_length=40)
    resource = models.CharField(max_length=60)
    row_key = models.CharField(max_length=120, blank=True)
    field = models.CharField(max_length=60)
    reason = models.CharField(max_length=20, choices=Reason.choices, default=Reason.UNREADABLE)
    mark = models.BinaryField(max_length=16, default=b"")
    retry = models.BooleanField(default=False)
    raw = EncryptedTextField(blank=True, bound_to=("scope_key", "resource", "row_key", "field"))
    first_seen = models.DateTimeField()
    last_seen = models.DateTimeField()

    objects = models.Manager.from_queryset(ScopedQuerySet["Quarantine"])()
    scope_paths = ScopePaths(firm="environment__firm", debtor="debtor", company="company")

    class Meta:
        ordering = ["-last_seen", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["scope_key", "resource", "row_key", "field"], name="quarantine_once")
        ]

    def __str__(self) -> str:
        return f"{self.scope_key} {self.resource} {self.field}"
