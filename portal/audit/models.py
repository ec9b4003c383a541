"""The trail, its head, and the seals of dropped months. Triggers refuse any change (portal.audit.triggers).

Others are named by plain ids, not by foreign keys: an entry outlives the rows it names, and nothing that is deleted
elsewhere may reach it.
"""

from django.db import models

#: An HMAC-SHA256 in hexadecimal.
MAC_LENGTH = 64


class Entry(models.Model):
    """One act. Written by `portal.audit.recording.record` alone, never changed, deleted by whole months only.

    `debtor_id`, `company_id` and `employee_id` say whose data it was about, and are only filled from rows that the
    actor could reach; what somebody asked for and did not get is in `object_type` and `object_id`.
    """

    #: Without a gap from 1: the place in the chain.
    number = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    #: None: the installation as a whole, or an unknown person.
    firm_id = models.BigIntegerField(null=True)
    kind = models.CharField(max_length=40)
    outcome = models.CharField(max_length=10)
    #: None: nobody who signs in.
    actor_id = models.BigIntegerField(null=True)
    #: The actor's roles at the time, or which program it was; never a name.
    actor_label = models.CharField(max_length=80)
    #: The person whose view the actor borrowed.
    look_as_id = models.BigIntegerField(null=True)
    object_type = models.CharField(max_length=40, blank=True)
    object_id = models.BigIntegerField(null=True)
    debtor_id = models.BigIntegerField(null=True)
    company_id = models.BigIntegerField(null=True)
    employee_id = models.BigIntegerField(null=True)
    #: Names of filters, fields and kinds, and counts; never values.
    detail = models.JSONField(default=dict)
    #: Where the request came from; empty for programs.
    address = models.CharField(max_length=45, blank=True)
    #: Which of AUDIT_KEYS made `mac`.
    key_id = models.CharField(max_length=8)
    #: Over all of the above and the `mac` of the entry before.
    mac = models.CharField(max_length=MAC_LENGTH)

    class Meta:
        ordering = ["-number"]
        indexes = [
            models.Index(fields=["firm_id", "-number"], name="entry_firm"),
            models.Index(fields=["firm_id", "kind", "-number"], name="entry_kind"),
            models.Index(fields=["firm_id", "actor_id", "-number"], name="entry_actor"),
            models.Index(fields=["debtor_id", "-number"], name="entry_debtor"),
            models.Index(fields=["employee_id", "-number"], name="entry_employee"),
            models.Index(fields=["at"], name="entry_at"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.kind}"


class Head(models.Model):
    """The last entry: the one row that every writer locks, so that the chain has one end."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    number = models.BigIntegerField(default=0)
    mac = models.CharField(max_length=MAC_LENGTH, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="head_once")]

    def __str__(self) -> str:
        return f"head {self.number}"


class Seal(models.Model):
    """What stays of a dropped month: which entries it held and how it ties the chain before it to the one after it."""

    #: Year and month, Dutch time: 2026-11.
    month = models.CharField(max_length=7)
    first = models.BigIntegerField(unique=True)
    last = models.BigIntegerField(unique=True)
    sealed_at = models.DateTimeField()
    #: The mac of the entry before the first one, and that of the last one.
    mac_before = models.CharField(max_length=MAC_LENGTH, blank=True)
    mac_after = models.CharField(max_length=MAC_LENGTH)
    key_id = models.CharField(max_length=8)
    mac = models.CharField(max_length=MAC_LENGTH)

    class Meta:
        ordering = ["first"]
        constraints = [models.CheckConstraint(condition=models.Q(first__lte=models.F("last")), name="seal_range")]

    def __str__(self) -> str:
        return f"{self.month}: {self.first} to {self.last}"
