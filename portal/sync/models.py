"""SyncPlan and SyncRun: the truth about work. The queue only wakes workers."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.accounts.scope import ScopedQuerySet, ScopePaths
from portal.connections.models import Environment


class Trigger(models.TextChoices):
    """Why work was planned."""

    PERSON = "person", _("started by a person")
    COMMAND = "command", _("started on the command line")
    NIGHTLY = "nightly", _("nightly")
    HOURLY = "hourly", _("every hour in office hours")
    RECOVERY = "recovery", _("Nmbrs could be reached again")


class Priority(models.IntegerChoices):
    """Whose turn it is first; lower comes first."""

    PERSON = 0
    PERSON_SLOW_LANE = 5
    FAST_LANE = 10
    SLOW_LANE = 20


#: What a plan may ask for in place of one resource: a group of them.
HOURLY_KINDS = "@hourly"
ROTATION = "@rotation"


class SyncPlan(models.Model):
    """What was asked: everything of an environment, a debtor, a company or a person, or one resource of it.

    `resource` is empty for everything, names of resources separated by commas, or a group: HOURLY_KINDS, or ROTATION
    for the people whose slow-lane kinds are due. Its work is the sync runs in `runs`; a run asked for twice belongs to
    both plans.
    """

    environment = models.ForeignKey(Environment, on_delete=models.CASCADE, related_name="plans")
    debtor = models.ForeignKey("debtors.Debtor", on_delete=models.CASCADE, null=True, related_name="+")
    company = models.ForeignKey("companies.Company", on_delete=models.CASCADE, null=True, related_name="+")
    employee = models.ForeignKey("employees.Employee", on_delete=models.CASCADE, null=True, related_name="+")
    scope_key = models.CharField(max_length=40)
    resource = models.CharField(max_length=2000, blank=True)
    trigger = models.CharField(max_length=20, choices=Trigger.choices)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    created = models.DateTimeField(default=timezone.now)
    finished = models.DateTimeField(null=True)

    objects = models.Manager.from_queryset(ScopedQuerySet["SyncPlan"])()
    scope_paths = ScopePaths(firm="environment__firm", debtor="debtor", company="company")

    class Meta:
        ordering = ["-created", "-pk"]
        indexes = [models.Index(fields=["environment", "-created"], name="plan_recent")]
        constraints = [
            models.UniqueConstraint(
                fields=["scope_key", "resource"], condition=models.Q(finished__isnull=True), name="plan_open_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.scope_key} {self.resource or 'everything'}"


class Status(models.TextChoices):
    """How far a sync run is, or how it ended."""

    DUE = "due", _("waiting")
    RUNNING = "running", _("running")
    SUCCEEDED = "succeeded", _("succeeded")
    FAILED = "failed", _("failed")
    HELD = "held", _("held for a decision")
    NOT_PERMITTED = "not_permitted", _("not permitted")
    PARKED = "parked", _("given up after several attempts")
    CANCELLED = "cancelled", _("cancelled")


OPEN = (Status.DUE, Status.RUNNING)
#: Error kind of what was given up after several attempts.
PARKED = "parked"


class SyncRun(models.Model):
    """One attempt to bring one resource of one scope up to date. The partial unique constraint is the lock."""

    # Its own index would only tempt the planner away from the ones below.
    environment = models.ForeignKey(Environment, on_delete=models.CASCADE, related_name="runs", db_index=False)
    debtor = models.ForeignKey("debtors.Debtor", on_delete=models.CASCADE, null=True, related_name="+")
    company = models.ForeignKey("companies.Company", on_delete=models.CASCADE, null=True, related_name="+")
    #: A slow-lane kind of one person; empty: of all people of the company, in slices.
    employee = models.ForeignKey("employees.Employee", on_delete=models.CASCADE, null=True, related_name="+")
    scope_key = models.CharField(max_length=40)
    resource = models.CharField(max_length=60)
    #: The round in which it is done: clients take turns, company by company, and a large company's people slice by
    #: slice (portal.sync.turns).
    turn = models.PositiveIntegerField(default=0)
    #: People still to read before the run ends; empty: all.
    people_left = models.PositiveIntegerField(null=True)
    #: Runs of a lower stage in the same or a wider scope come first.
    stage = models.PositiveSmallIntegerField(default=0)
    priority = models.SmallIntegerField(choices=Priority.choices, default=Priority.FAST_LANE)
    trigger = models.CharField(max_length=20, choices=Trigger.choices)
    status = models.CharField(max_length=20, choices=Status.choices, default=Status.DUE)
    plans = models.ManyToManyField(SyncPlan, related_name="runs")

    lease_owner = models.CharField(max_length=60, blank=True)
    lease_until = models.DateTimeField(null=True)
    lease_no = models.PositiveIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    not_before = models.DateTimeField(default=timezone.now)
    #: Of a run that killed workers: what is being tried, written before it is tried (portal.sync.poison).
    place = models.JSONField(null=True)

    created = models.DateTimeField(default=timezone.now)
    started = models.DateTimeField(null=True)
    finished = models.DateTimeField(null=True)

    calls = models.PositiveIntegerField(default=0)
    read = models.PositiveIntegerField(default=0)
    added = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    missing = models.PositiveIntegerField(default=0)
    quarantined = models.PositiveIntegerField(default=0)
    unknown_values = models.PositiveIntegerField(default=0)
    unknown_elements = models.PositiveIntegerField(default=0)

    error_kind = models.CharField(max_length=30, blank=True)
    error_code = models.PositiveIntegerField(null=True)
    #: Names of fields and counts, never values.
    error_detail = models.CharField(max_length=255, blank=True)

    objects = models.Manager.from_queryset(ScopedQuerySet["SyncRun"])()
    scope_paths = ScopePaths(firm="environment__firm", debtor="debtor", company="company")

    class Meta:
        ordering = ["-created", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["scope_key", "resource"],
                condition=models.Q(status__in=["due", "running"]),
                name="run_open_once",
            )
        ]
        indexes = [
            # Not partial: SQLite cannot use a partial index for a status that is a parameter.
            models.Index(fields=["environment", "status", "priority", "turn", "id"], name="run_turn"),
            models.Index(fields=["environment", "status", "debtor", "company", "stage"], name="run_waits"),
            models.Index(fields=["environment", "-finished"], name="run_recent"),
        ]

    def __str__(self) -> str:
        return f"{self.scope_key} {self.resource}: {self.status}"

    def others_failed_alike(self, kind: str, *, since: datetime) -> bool:
        """Whether another run of the environment ended in an error of this kind after `since`."""
        alike = SyncRun.objects.filter(environment_id=self.environment_id, error_kind=kind, finished__gt=since)
        return alike.exclude(pk=self.pk).exists()


class Breaker(models.Model):
    """Keeps an environment whose Nmbrs cannot be reached from being called again and again.

    Open until `open_until`; then one trial call decides. Each failure doubles the pause.
    """

    environment = models.OneToOneField(Environment, on_delete=models.CASCADE, related_name="breaker")
    opened = models.DateTimeField()
    open_until = models.DateTimeField()
    pause_seconds = models.PositiveIntegerField()

    objects = models.Manager.from_queryset(ScopedQuerySet["Breaker"])()
    scope_paths = ScopePaths(firm="environment__firm")

    def __str__(self) -> str:
        return f"{self.environment_id} until {self.open_until:%Y-%m-%d %H:%M:%S}"
