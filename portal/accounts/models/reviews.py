"""What a firm keeps as evidence that it looks at who may see what: reviews of access and of the audit trail."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.accounts.models.people import Firm
from portal.accounts.scope import ScopedQuerySet, ScopePaths
from portal.clock import now


class AccessReview(models.Model):
    """One round along every right that somebody has in a firm. Once finished nothing of it changes."""

    firm = models.ForeignKey(Firm, on_delete=models.CASCADE, related_name="access_reviews")
    started = models.DateTimeField(default=now)
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    finished = models.DateTimeField(null=True)
    finished_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")

    objects = models.Manager.from_queryset(ScopedQuerySet["AccessReview"])()
    scope_paths = ScopePaths(firm="firm")

    class Meta:
        ordering = ["-started", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["firm"], condition=models.Q(finished__isnull=True), name="access_review_open_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.firm_id} {self.started:%Y-%m-%d}"


class ReviewedKind(models.TextChoices):
    """What a line is about."""

    MEMBERSHIP = "membership", _("own access")
    SWITCH = "switch", _("switched on for this person")
    TEAM = "team", _("member of a team")
    DEPUTY = "deputy", _("deputy")


class Decision(models.TextChoices):
    """What the reviewer made of a line."""

    CONFIRMED = "confirmed", _("confirmed")
    WITHDRAWN = "withdrawn", _("withdrawn")


class ReviewLine(models.Model):
    """One right as it stood when the review began, in words that stay true when names change."""

    review = models.ForeignKey(AccessReview, on_delete=models.CASCADE, related_name="lines")
    kind = models.CharField(max_length=10, choices=ReviewedKind.choices)
    #: Primary key of the membership, the switch, the place in a team or the deputy.
    subject = models.BigIntegerField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    person = models.CharField(_("person"), max_length=120)
    email = models.CharField(_("e-mail address"), max_length=254)
    #: Of a switch the capability that it switches on.
    role = models.CharField(_("role"), max_length=20, blank=True)
    #: Of a place in a team: {"clients": names given by hand, "tags": {tag: names that carried it}}.
    gives = models.JSONField(default=dict)
    scope = models.CharField(_("for"), max_length=255)
    #: Of access that was still to begin when the review began.
    starts = models.DateTimeField(_("from"), null=True)
    ends = models.DateTimeField(_("until"), null=True)
    #: The account was closed: the right waited for its being opened again.
    closed = models.BooleanField(default=False)
    decision = models.CharField(max_length=10, choices=Decision.choices, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    objects = models.Manager.from_queryset(ScopedQuerySet["ReviewLine"])()
    scope_paths = ScopePaths(firm="review__firm")

    class Meta:
        ordering = ["person", "pk"]
        constraints = [models.UniqueConstraint(fields=["review", "kind", "subject"], name="review_line_once")]

    def __str__(self) -> str:
        return f"{self.review_id} {self.kind} {self.subject}"


class LogReview(models.Model):
    """A person's signature under having read the audit trail of `[since, until)`."""

    firm = models.ForeignKey(Firm, on_delete=models.CASCADE, related_name="log_reviews")
    since = models.DateTimeField(_("from"))
    until = models.DateTimeField(_("until"))
    entries = models.PositiveIntegerField(_("entries"))
    remark = models.CharField(_("remark"), max_length=1000, blank=True)
    reviewer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    signed_at = models.DateTimeField(default=now)

    objects = models.Manager.from_queryset(ScopedQuerySet["LogReview"])()
    scope_paths = ScopePaths(firm="firm")

    class Meta:
        ordering = ["-signed_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.firm_id} {self.signed_at:%Y-%m-%d}"
