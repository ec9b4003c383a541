"""Agreements with clients and sub-processors, what retention removed, and which clients were removed."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import Firm
from portal.accounts.scope import ScopedQuerySet, ScopePaths
from portal.clock import now
from portal.connections.models import Environment


class LegalRole(models.TextChoices):
    """What the office is for a client under the GDPR (privacy.md 8)."""

    PROCESSOR = "processor", _("processor: the office works on the client's instruction")
    CONTROLLER = "controller", _("controller: the office decides, checks and advises itself")
    BOTH = "both", _("both, by service")


class Agreement(models.Model):
    """The role of the office for a client, and the agreement that says so."""

    debtor = models.OneToOneField("debtors.Debtor", on_delete=models.CASCADE, related_name="agreement")
    role = models.CharField(_("role of the office"), max_length=20, choices=LegalRole.choices)
    reference = models.CharField(_("agreement"), max_length=120, blank=True)
    version = models.CharField(_("version"), max_length=30, blank=True)
    agreed_on = models.DateField(_("agreed on"), null=True, blank=True)
    contact = models.CharField(_("contact for privacy at the client"), max_length=254, blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    recorded_at = models.DateTimeField(default=now)

    objects = models.Manager.from_queryset(ScopedQuerySet["Agreement"])()
    scope_paths = ScopePaths(firm="debtor__environment__firm", debtor="debtor")

    class Meta:
        verbose_name = _("agreement")
        verbose_name_plural = _("agreements")

    def __str__(self) -> str:
        return f"{self.debtor_id} {self.role}"

    @property
    def is_complete(self) -> bool:
        """Whether there is an agreement with a date behind the role."""
        return bool(self.reference and self.agreed_on)


class PrivacyContact(models.Model):
    """Whom to ask about personal data at the office; the records of processing begin with it (GDPR art. 30)."""

    firm = models.OneToOneField(Firm, on_delete=models.CASCADE, related_name="privacy_contact")
    contact = models.CharField(_("contact for privacy at the office"), max_length=254)

    objects = models.Manager.from_queryset(ScopedQuerySet["PrivacyContact"])()
    scope_paths = ScopePaths(firm="firm")

    class Meta:
        verbose_name = _("contact for privacy")
        verbose_name_plural = _("contacts for privacy")

    def __str__(self) -> str:
        return self.contact


class SubProcessor(models.Model):
    """A party that processes personal data for the office through the portal: hosting, mail (privacy.md 8, point 5)."""

    firm = models.ForeignKey(Firm, on_delete=models.CASCADE, related_name="sub_processors")
    name = models.CharField(_("name"), max_length=120)
    purpose = models.CharField(_("what for"), max_length=120)
    country = models.CharField(_("country"), max_length=60)
    #: The European Economic Area; what leaves it asks for a ground of its own (GDPR art. 44 to 49).
    in_eea = models.BooleanField(_("within the European Economic Area"), default=False)
    #: Why data may leave the European Economic Area.
    safeguard = models.CharField(_("why data may go there"), max_length=120, blank=True)
    agreed_on = models.DateField(_("agreement of"), null=True, blank=True)

    objects = models.Manager.from_queryset(ScopedQuerySet["SubProcessor"])()
    scope_paths = ScopePaths(firm="firm")

    class Meta:
        ordering = ["name", "pk"]
        verbose_name = _("sub-processor")
        verbose_name_plural = _("sub-processors")

    def __str__(self) -> str:
        return self.name


class RetentionTerm(models.Model):
    """How long a category of a client's data is kept, where that is not the usual term (portal.privacy.terms)."""

    debtor = models.ForeignKey("debtors.Debtor", on_delete=models.CASCADE, related_name="retention_terms")
    #: The name of a Category.
    category = models.CharField(max_length=30)
    #: Months or years, as the bounds of the category say.
    number = models.PositiveSmallIntegerField()
    reason = models.CharField(_("reason"), max_length=255, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    decided_at = models.DateTimeField(default=now)

    objects = models.Manager.from_queryset(ScopedQuerySet["RetentionTerm"])()
    scope_paths = ScopePaths(firm="debtor__environment__firm", debtor="debtor")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["debtor", "category"], name="retention_term_once")]

    def __str__(self) -> str:
        return f"{self.debtor_id} {self.category}: {self.number}"


class LegalHold(models.Model):
    """A client whose data is not removed, whatever the terms say: a dispute, an investigation. It ends on its day."""

    debtor = models.ForeignKey("debtors.Debtor", on_delete=models.CASCADE, related_name="legal_holds")
    reason = models.CharField(_("reason"), max_length=255)
    #: The last day.
    until = models.DateField(_("until and including"))
    placed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    placed_at = models.DateTimeField(default=now)
    lifted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    lifted_at = models.DateTimeField(null=True)

    objects = models.Manager.from_queryset(ScopedQuerySet["LegalHold"])()
    scope_paths = ScopePaths(firm="debtor__environment__firm", debtor="debtor")

    class Meta:
        ordering = ["-placed_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["debtor"], condition=models.Q(lifted_at__isnull=True), name="legal_hold_open_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.debtor_id} until {self.until}"


class RetentionRun(models.Model):
    """One time that what was kept too long was removed. `by_itself`: the nightly one, once a day."""

    day = models.DateField()
    by_itself = models.BooleanField(default=True)
    started = models.DateTimeField(default=now)
    finished = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-started", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["day"], condition=models.Q(by_itself=True), name="retention_once_a_day")
        ]

    def __str__(self) -> str:
        return f"{self.day}"


class RetentionCount(models.Model):
    """How many rows of a category a run removed in a firm; without a firm: of the installation."""

    run = models.ForeignKey(RetentionRun, on_delete=models.CASCADE, related_name="counts")
    firm = models.ForeignKey(Firm, on_delete=models.CASCADE, null=True, related_name="+")
    category = models.CharField(max_length=30)
    removed = models.PositiveIntegerField()

    objects = models.Manager.from_queryset(ScopedQuerySet["RetentionCount"])()
    scope_paths = ScopePaths(firm="firm")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "firm", "category"], name="retention_count_once")]

    def __str__(self) -> str:
        return f"{self.run_id} {self.category}: {self.removed}"


class RemovalState(models.TextChoices):
    """How far the removal of a client is."""

    WAITING = "waiting", _("waiting")
    RUNNING = "running", _("being removed")
    DONE = "done", _("removed")
    REFUSED = "refused", _("refused: whoever asked may not do it any more")


#: Not at an end yet.
UNDER_WAY = (RemovalState.WAITING, RemovalState.RUNNING)


class Removal(models.Model):
    """The removal of a client, asked by an administrator: the statement of deletion, and the marker that keeps it away.

    Number and name of the client stay, so that the office can say whose data went. Of employees nothing stays.
    """

    environment = models.ForeignKey(Environment, on_delete=models.CASCADE, related_name="+")
    #: Primary key and id in Nmbrs that the client had; the row itself goes.
    debtor_pk = models.BigIntegerField()
    key = models.CharField(max_length=120)
    number = models.CharField(_("number"), max_length=60, blank=True)
    name = models.CharField(_("name"), max_length=255, blank=True)
    state = models.CharField(max_length=20, choices=RemovalState.choices, default=RemovalState.WAITING)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    asked_at = models.DateTimeField(default=now)
    #: When the work last showed life; another worker takes over after a while.
    beat = models.DateTimeField(null=True)
    finished = models.DateTimeField(null=True)
    #: Model label -> rows removed.
    counts = models.JSONField(default=dict)
    lifted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    lifted_at = models.DateTimeField(null=True)

    objects = models.Manager.from_queryset(ScopedQuerySet["Removal"])()
    scope_paths = ScopePaths(firm="environment__firm")

    class Meta:
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["environment", "key"],
                condition=models.Q(state__in=["waiting", "running"]),
                name="removal_open_once",
            )
        ]

    def __str__(self) -> str:
        return self.name or self.number

    @property
    def total(self) -> int:
        """Rows removed so far."""
        return sum(self.counts.values())
