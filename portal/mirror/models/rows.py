"""What every mirrored row has in common: abstract models by what a row belongs to and how it is dated."""

from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.accounts.scope import ScopePaths
from portal.connections.models import Environment
from portal.mirror.models.querysets import (
    AllFacts,
    AllHistory,
    AllOfRuns,
    AllRows,
    AllRuns,
    PresentFactManager,
    PresentHistoryManager,
    PresentManager,
    PresentOfRunManager,
    PresentRunManager,
)

if TYPE_CHECKING:
    from portal.mirror.resource import Resource

#: What tells a mirrored row from all others of its kind for good; what is encrypted in it is bound to this.
ROW_KEY = ("environment", "key")


class MirrorRow(models.Model):
    """A row that mirrors a record of Nmbrs.

    `key` is the record's identity as text, unique per environment and kind (the Resource says of which columns it
    is made). `fingerprint` covers every mirrored column; equal fingerprints mean nothing to write.
    """

    environment = models.ForeignKey(Environment, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=120, editable=False)
    remote_id = models.BigIntegerField(_("id in Nmbrs"), null=True, editable=False)
    guid = models.UUIDField(null=True, editable=False)
    fingerprint = models.BinaryField(max_length=16, editable=False)
    first_seen = models.DateTimeField(editable=False)
    last_changed = models.DateTimeField(editable=False)
    missing_since = models.DateTimeField(null=True, editable=False)

    objects = PresentManager()
    everything = AllRows()
    scope_paths: ClassVar[ScopePaths]
    resource: ClassVar["Resource"]

    class Meta:
        abstract = True
        base_manager_name = "everything"
        constraints = [models.UniqueConstraint(fields=["environment", "key"], name="%(class)s_key")]


class DatedRow(models.Model):
    """The interval `[valid_from, valid_until)` of a row."""

    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("valid until"), null=True)

    class Meta:
        abstract = True


def _in_force_by(owner: str) -> models.Index:
    """Finds what is in force for one `owner`: a past interval and a row that left Nmbrs are passed over unread."""
    return models.Index(
        fields=[owner, "valid_from", "valid_until"],
        name=f"%(class)s_{owner}",
        condition=models.Q(missing_since__isnull=True),
    )


class DebtorRow(MirrorRow):
    """A mirrored row that belongs to a debtor."""

    debtor = models.ForeignKey("debtors.Debtor", on_delete=models.CASCADE, related_name="%(class)s_set")
    scope_paths = ScopePaths(firm="environment__firm", debtor="debtor")

    class Meta(MirrorRow.Meta):
        abstract = True


class DebtorHistory(DatedRow, DebtorRow):
    """A debtor's row that is valid over an interval."""

    objects = PresentHistoryManager()
    everything = AllHistory()

    class Meta(DebtorRow.Meta):
        abstract = True
        indexes = [_in_force_by("debtor")]


class CompanyRow(MirrorRow):
    """A mirrored row that belongs to a company."""

    company = models.ForeignKey("companies.Company", on_delete=models.CASCADE, related_name="%(class)s_set")
    scope_paths = ScopePaths(firm="environment__firm", debtor="company__debtor", company="company")

    class Meta(MirrorRow.Meta):
        abstract = True


class CompanyHistory(DatedRow, CompanyRow):
    """A company's row that is valid over an interval."""

    objects = PresentHistoryManager()
    everything = AllHistory()

    class Meta(CompanyRow.Meta):
        abstract = True
        indexes = [_in_force_by("company")]


class EmployeeRow(CompanyRow):
    """A mirrored row that belongs to a person; its company stands beside it, so that a company is one index range."""

    employee = models.ForeignKey("employees.Employee", on_delete=models.CASCADE, related_name="%(class)s_set")

    class Meta(CompanyRow.Meta):
        abstract = True


class EmployeeInterval(DatedRow, EmployeeRow):
    """A person's row that is valid over an interval."""

    objects = PresentHistoryManager()
    everything = AllHistory()

    class Meta(EmployeeRow.Meta):
        abstract = True
        indexes = [
            _in_force_by("company"),
            _in_force_by("employee"),
        ]


class EmployeeHistory(EmployeeInterval):
    """A person's interval as Nmbrs dates it; `created_at` breaks ties of one start."""

    created_at = models.DateTimeField(_("created in Nmbrs"), null=True)

    class Meta(EmployeeInterval.Meta):
        abstract = True


class CompanyPeriodFact(CompanyRow):
    """A company's row that belongs to one period."""

    year = models.PositiveSmallIntegerField(_("year"))
    number = models.PositiveSmallIntegerField(_("period"))

    objects = PresentFactManager()
    everything = AllFacts()

    class Meta(CompanyRow.Meta):
        abstract = True
        indexes = [models.Index(fields=["company", "year", "number"], name="%(class)s_period")]


class CompanyRun(CompanyRow):
    """A row that covers periods of a company: has `year`, `period_start` and `period_end`."""

    objects = PresentRunManager()
    everything = AllRuns()

    class Meta(CompanyRow.Meta):
        abstract = True


class RunMember(EmployeeRow):
    """A person's row of a `run`."""

    objects = PresentOfRunManager()
    everything = AllOfRuns()

    class Meta(EmployeeRow.Meta):
        abstract = True


class EmployeePeriodFact(EmployeeRow):
    """A person's row that belongs to one period."""

    year = models.PositiveSmallIntegerField(_("year"))
    number = models.PositiveSmallIntegerField(_("period"))

    objects = PresentFactManager()
    everything = AllFacts()

    class Meta(EmployeeRow.Meta):
        abstract = True
        indexes = [
            models.Index(fields=["company", "year", "number"], name="%(class)s_period"),
            models.Index(fields=["employee", "year", "number"], name="%(class)s_employee"),
        ]
