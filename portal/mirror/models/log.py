"""The change log: what syncs found changed."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.accounts.scope import ScopedQuerySet, ScopePaths
from portal.connections.models import Environment


class ChangeKind(models.TextChoices):
    ADDED = "added", _("added")
    CHANGED = "changed", _("changed")
    REMOVED = "removed", _("removed")


class Change(models.Model):
    """One watched column of one record that a sync found changed: with the day it takes effect and when we learned it.

    `old` and `new` are texts as the database keeps the values; empty for what is sensitive, where only the fact counts.
    """

    environment = models.ForeignKey(Environment, on_delete=models.CASCADE, related_name="+")
    debtor = models.ForeignKey("debtors.Debtor", on_delete=models.CASCADE, null=True, related_name="changes")
    company = models.ForeignKey("companies.Company", on_delete=models.CASCADE, null=True, related_name="changes")
    employee = models.ForeignKey("employees.Employee", on_delete=models.CASCADE, null=True, related_name="changes")
    resource = models.CharField(max_length=60)
    row_key = models.CharField(max_length=120)
    kind = models.CharField(max_length=10, choices=ChangeKind.choices)
    field = models.CharField(max_length=60)
    old = models.CharField(max_length=255, blank=True)
    new = models.CharField(max_length=255, blank=True)
    sensitive = models.BooleanField(default=False)
    effective = models.DateField(null=True)
    learned_at = models.DateTimeField()

    objects = models.Manager.from_queryset(ScopedQuerySet["Change"])()
    scope_paths = ScopePaths(firm="environment__firm", debtor="debtor", company="company")

    class Meta:
        ordering = ["-learned_at", "-pk"]
        indexes = [
            models.Index(fields=["debtor", "-learned_at"], name="change_debtor"),
            models.Index(fields=["company", "-learned_at"], name="change_company"),
            models.Index(fields=["employee", "-learned_at"], name="change_employee"),
        ]

    def __str__(self) -> str:
        return f"{self.resource} {self.row_key} {self.field}"
