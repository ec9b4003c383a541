"""What every mirrored row has in common, and Freshness."""

from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar, Self, TypeVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from portal.accounts.scope import ScopedQuerySet, ScopePaths
from portal.connections.models import Environment
from portal.periods import Period

if TYPE_CHECKING:
    from portal.mirror.resource import Resource

T = TypeVar("T", bound="MirrorRow")


class MirrorQuerySet(ScopedQuerySet[T]):
    """Rows of one kind; `objects` leaves out those that are missing in Nmbrs, `everything` has them too."""

    def present(self) -> Self:
        """Rows that the last complete list had."""
        return self.filter(missing_since__isnull=True)


class HistoryQuerySet(MirrorQuerySet[T]):
    """Rows with an interval `[valid_from, valid_until)`."""

    def as_of(self, day: date | F | Any) -> Self:
        """The rows in force on `day` (a date or an expression). Emptied ties never match."""
        return self.filter(Q(valid_until__isnull=True) | Q(valid_until__gt=day), valid_from__lte=day)

    def touching(self, first: date, last: date) -> Self:
        """The rows in force on at least one day from `first` to `last`, both included."""
        return self.filter(
            Q(valid_until__isnull=True) | Q(valid_until__gt=first) & Q(valid_until__gt=F("valid_from")),
            valid_from__lte=last,
        )


class PeriodFactQuerySet(MirrorQuerySet[T]):
    """Rows that belong to one period only."""

    def in_period(self, period: Period) -> Self:
        """The rows of `period`. Only meaningful inside one company."""
        return self.filter(year=period.year, number=period.number)


_AllRows = models.Manager.from_queryset(MirrorQuerySet)
_AllHistory = models.Manager.from_queryset(HistoryQuerySet)
_AllFacts = models.Manager.from_queryset(PeriodFactQuerySet)


class PresentManager(_AllRows[T]):
    """Hides rows that are missing in Nmbrs."""

    def get_queryset(self) -> Any:
        return super().get_queryset().filter(missing_since__isnull=True)


class PresentHistoryManager(_AllHistory[T]):
    """Hides rows that are missing in Nmbrs."""

    def get_queryset(self) -> Any:
        return super().get_queryset().filter(missing_since__isnull=True)


class PresentFactManager(_AllFacts[T]):
    """Hides rows that are missing in Nmbrs."""

    def get_queryset(self) -> Any:
        return super().get_queryset().filter(missing_since__isnull=True)


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
    everything = _AllRows()
    scope_paths: ClassVar[ScopePaths]
    resource: ClassVar["Resource"]

    class Meta:
        abstract = True
        base_manager_name = "everything"
        constraints = [models.UniqueConstraint(fields=["environment", "key"], name="%(class)s_key")]


class CompanyRow(MirrorRow):
    """A mirrored row that belongs to a company."""

    company = models.ForeignKey("companies.Company", on_delete=models.CASCADE, related_name="%(class)s_set")
    scope_paths = ScopePaths(firm="environment__firm", debtor="company__debtor")

    class Meta(MirrorRow.Meta):
        abstract = True


class EmployeeRow(CompanyRow):
    """A mirrored row that belongs to a person; its company stands beside it, so that a company is one index range."""

    employee = models.ForeignKey("employees.Employee", on_delete=models.CASCADE, related_name="%(class)s_set")

    class Meta(CompanyRow.Meta):
        abstract = True


class EmployeeHistory(EmployeeRow):
    """A person's row that is valid over `[valid_from, valid_until)`; `created_at` breaks ties of one start."""

    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("valid until"), null=True)
    created_at = models.DateTimeField(_("created in Nmbrs"), null=True)

    objects = PresentHistoryManager()
    everything = _AllHistory()

    class Meta(EmployeeRow.Meta):
        abstract = True
        indexes = [
            models.Index(fields=["company", "valid_from", "valid_until"], name="%(class)s_company"),
            models.Index(fields=["employee", "valid_from", "valid_until"], name="%(class)s_employee"),
        ]


class CompanyPeriodFact(CompanyRow):
    """A company's row that belongs to one period."""

    year = models.PositiveSmallIntegerField(_("year"))
    number = models.PositiveSmallIntegerField(_("period"))

    objects = PresentFactManager()
    everything = _AllFacts()

    class Meta(CompanyRow.Meta):
        abstract = True
        indexes = [models.Index(fields=["company", "year", "number"], name="%(class)s_period")]


class State(models.TextChoices):
    """How a kind of record stands in a scope. Four of these must never be mixed with "there are none"."""

    NEVER = "never", _("never fetched")
    FRESH = "fresh", _("up to date")
    FAILING = "failing", _("last attempt failed")
    NOT_PERMITTED = "not_permitted", _("not permitted in Nmbrs")
    HELD = "held", _("waiting for a decision")


class Freshness(models.Model):
    """Per scope and resource: when it was last right, when last tried, and how that ended.

    Age alone makes `stale`; pages derive it from `last_success`, so no job has to write it.
    """

    environment = models.ForeignKey(Environment, on_delete=models.CASCADE, related_name="freshness")
    debtor = models.ForeignKey("debtors.Debtor", on_delete=models.CASCADE, null=True, related_name="freshness")
    company = models.ForeignKey("companies.Company", on_delete=models.CASCADE, null=True, related_name="freshness")
    scope_key = models.CharField(max_length=40)
    resource = models.CharField(max_length=60)
    state = models.CharField(max_length=20, choices=State.choices, default=State.NEVER)
    last_success = models.DateTimeField(null=True)
    last_attempt = models.DateTimeField(null=True)
    error_kind = models.CharField(max_length=30, blank=True)
    error_code = models.PositiveIntegerField(null=True)
    #: Digest of answer, declaration and opt-ins as last published in full; empty: never skip.
    digest = models.BinaryField(max_length=16, default=b"")
    quarantined = models.PositiveIntegerField(default=0)
    #: The answer that was held, and the one a person accepted: only exactly that answer passes the shrink guard.
    held_digest = models.BinaryField(max_length=16, default=b"")
    accepted_digest = models.BinaryField(max_length=16, default=b"")

    objects = models.Manager.from_queryset(ScopedQuerySet["Freshness"])()
    scope_paths = ScopePaths(firm="environment__firm", debtor="debtor")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["scope_key", "resource"], name="freshness_once")]

    def __str__(self) -> str:
        return f"{self.scope_key} {self.resource}: {self.state}"
