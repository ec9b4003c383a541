"""How each kind of record stands in each scope, when each person was read, and what a firm chose to read."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.accounts.scope import ScopedQuerySet, ScopePaths
from portal.connections.models import Environment


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
    # Neither has an index of its own: those below begin with it.
    debtor = models.ForeignKey(
        "debtors.Debtor", on_delete=models.CASCADE, null=True, related_name="freshness", db_index=False
    )
    company = models.ForeignKey(
        "companies.Company", on_delete=models.CASCADE, null=True, related_name="freshness", db_index=False
    )
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
    #: The answer that a person refused: it goes on being held, and nobody is asked again.
    rejected_digest = models.BinaryField(max_length=16, default=b"")
    #: When exactly this answer was held for the first time.
    held_at = models.DateTimeField(null=True)
    #: Primary keys of the first rows that the held answer would take away.
    held_rows = models.JSONField(default=list)

    objects = models.Manager.from_queryset(ScopedQuerySet["Freshness"])()
    scope_paths = ScopePaths(firm="environment__firm", debtor="debtor", company="company")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["scope_key", "resource"], name="freshness_once")]
        indexes = [
            # With the company: what belongs to the client alone is asked for without walking all its companies.
            models.Index(fields=["debtor", "company", "resource"], name="freshness_of_debtor"),
            models.Index(fields=["company", "resource"], name="freshness_of_company"),
            # What failed or waits is a small part of all: lists that put it first do not look at each company.
            models.Index(fields=["state", "resource", "company"], name="freshness_by_state"),
        ]

    def __str__(self) -> str:
        return f"{self.scope_key} {self.resource}: {self.state}"


class PersonFetch(models.Model):
    """When a slow-lane kind of one person was last read, and what came back: the cursor of the rotation."""

    employee = models.ForeignKey("employees.Employee", on_delete=models.CASCADE, related_name="fetches")
    resource = models.CharField(max_length=60)
    fetched_at = models.DateTimeField()
    #: Of the person's answers as last published in full; empty: never skip.
    digest = models.BinaryField(max_length=16, default=b"")
    #: Nmbrs refuses to speak about this person.
    refused = models.BooleanField(default=False)

    objects = models.Manager.from_queryset(ScopedQuerySet["PersonFetch"])()
    scope_paths = ScopePaths(
        firm="employee__environment__firm", debtor="employee__company__debtor", company="employee__company"
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["employee", "resource"], name="person_fetch_once")]

    def __str__(self) -> str:
        return f"{self.employee_id} {self.resource}"


class OptInChoice(models.Model):
    """Whether an environment reads a sensitive kind (privacy.md D6): who chose, when and why."""

    environment = models.ForeignKey(Environment, on_delete=models.CASCADE, related_name="opt_ins")
    kind = models.CharField(max_length=30)
    on = models.BooleanField(default=False)
    reason = models.CharField(max_length=255, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    decided_at = models.DateTimeField()

    objects = models.Manager.from_queryset(ScopedQuerySet["OptInChoice"])()
    scope_paths = ScopePaths(firm="environment__firm")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["environment", "kind"], name="opt_in_once")]

    def __str__(self) -> str:
        return f"{self.environment_id} {self.kind}: {'on' if self.on else 'off'}"


class Forgotten(models.Model):
    """A record that was removed for good although Nmbrs may still give it: ids only, so that no sync brings it back.

    `key` is the record's; of a kind whose records belong to a person it is the person's id in Nmbrs, for all records.
    """

    environment = models.ForeignKey(Environment, on_delete=models.CASCADE, related_name="+")
    resource = models.CharField(max_length=60)
    key = models.CharField(max_length=120)
    since = models.DateTimeField()

    objects = models.Manager.from_queryset(ScopedQuerySet["Forgotten"])()
    scope_paths = ScopePaths(firm="environment__firm")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["environment", "resource", "key"], name="forgotten_once")]

    def __str__(self) -> str:
        return f"{self.environment_id} {self.resource} {self.key}"
