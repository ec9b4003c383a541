"""The index of what can be found, and what each person opened lately."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.accounts.scope import ScopedQuerySet, ScopePaths
from portal.connections.models import Environment

#: Longer names are cut: nobody types so much, and one record cannot fill the index.
LONGEST_TEXT = 300


class EntryKind(models.TextChoices):
    """What an entry stands for; results are grouped in this order."""

    DEBTOR = "debtor", _("client")
    COMPANY = "company", _("company")
    EMPLOYEE = "employee", _("employee")


class Entry(models.Model):
    """One thing that can be found: its name as portal.search.index.folding writes it, its number, and whose it is.

    Nothing else of a person is in here. What a page shows of what was found is read from the mirror, through
    `visible_to`: an entry that is out of date can hide something for a while but never show it.
    """

    kind = models.CharField(max_length=10, choices=EntryKind.choices)
    #: Primary key of the client, company or person.
    target = models.BigIntegerField()
    # Without an index of its own: a database that began with the environment would walk through all of its entries.
    environment = models.ForeignKey(Environment, on_delete=models.CASCADE, db_index=False, related_name="+")
    debtor = models.ForeignKey("debtors.Debtor", on_delete=models.CASCADE, related_name="+")
    company = models.ForeignKey("companies.Company", on_delete=models.CASCADE, null=True, related_name="+")
    employee = models.ForeignKey("employees.Employee", on_delete=models.CASCADE, null=True, related_name="+")
    #: Letters and digits only, in lower case; a prefix of it finds the entry.
    number = models.CharField(max_length=60, blank=True, db_index=True)
    text = models.TextField(blank=True, db_index=True)

    objects: Any = models.Manager.from_queryset(ScopedQuerySet["Entry"])()
    scope_paths = ScopePaths(firm="environment__firm", debtor="debtor", company="company")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "target"], name="search_entry_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.target}"


class Opened(models.Model):
    """Something that a person opened lately: found again before all others. A few rows a person."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()

    objects: Any = models.Manager.from_queryset(ScopedQuerySet["Opened"])()
    scope_paths = ScopePaths(firm="entry__environment__firm", debtor="entry__debtor", company="entry__company")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "entry"], name="search_opened_once")]
        indexes = [models.Index(fields=["user", "-at"], name="search_opened_latest")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.entry_id}"
