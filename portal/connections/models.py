"""Environment, Connection, and the row in which worker machines share a call budget."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import Firm
from portal.accounts.scope import ScopedQuerySet, ScopePaths
from portal.vault import EncryptedTextField

#: Calls a second, all processes together. Nmbrs delays calls beyond 150; stack.md keeps a hard ceiling of 145.
MOST_CALLS_A_SECOND = 145

#: Calls that a night's rotation over people may make: more than a night at that rate has room for.
MOST_ROTATION_CALLS = 1_000_000

#: The hours of a day; an end of office hours may also be 24, which is midnight.
HOURS = (MinValueValidator(0), MaxValueValidator(23))
END_HOURS = (MinValueValidator(1), MaxValueValidator(24))


class EnvironmentKind(models.TextChoices):
    """The two kinds of Nmbrs environment."""

    ACCOUNTANT = "accountant", _("Accountant")
    BUSINESS = "business", _("Business")


class Environment(models.Model):
    """One Nmbrs domain of a firm. Remote ids and the SOAP call budget belong to it."""

    firm = models.ForeignKey(Firm, on_delete=models.CASCADE, related_name="environments")
    domain = models.CharField(_("domain"), max_length=100)
    kind = models.CharField(max_length=20, choices=EnvironmentKind.choices, default=EnvironmentKind.ACCOUNTANT)
    created = models.DateTimeField(default=timezone.now)

    #: Dutch time, like the office hours. None: the hour of the settings.
    nightly_hour = models.PositiveSmallIntegerField(
        _("hour of the nightly sync"), null=True, blank=True, validators=HOURS
    )
    #: Off: everything is read when somebody asks for it, and nothing by itself at night.
    nightly_runs = models.BooleanField(_("every night"), default=True)
    #: None: those of the settings; 0: nobody is read in rotation.
    rotation_calls = models.PositiveIntegerField(
        _("calls a night for what is read person by person"),
        null=True,
        blank=True,
        validators=[MaxValueValidator(MOST_ROTATION_CALLS)],
    )
    #: An hour that somebody chose after it had passed is due from the next night on.
    nightly_changed = models.DateTimeField(null=True, editable=False)
    #: Runs within office hours, on Monday to Friday.
    hourly_runs = models.BooleanField(_("also every hour within office hours"), default=True)
    office_start = models.PositiveSmallIntegerField(_("office hours from"), default=7, validators=HOURS)
    office_end = models.PositiveSmallIntegerField(_("office hours until"), default=19, validators=END_HOURS)

    objects = models.Manager.from_queryset(ScopedQuerySet["Environment"])()
    scope_paths = ScopePaths(firm="firm")

    class Meta:
        ordering = ["domain"]
        constraints = [
            models.UniqueConstraint(fields=["firm", "domain"], name="environment_once"),
            models.CheckConstraint(
                condition=models.Q(nightly_hour__isnull=True) | models.Q(nightly_hour__lte=23),
                name="environment_nightly_hour",
            ),
            models.CheckConstraint(
                condition=models.Q(rotation_calls__isnull=True) | models.Q(rotation_calls__lte=MOST_ROTATION_CALLS),
                name="environment_rotation_calls",
            ),
            models.CheckConstraint(
                condition=models.Q(office_start__lt=models.F("office_end"), office_end__lte=24),
                name="environment_office_hours",
                violation_error_message=_("Office hours end after they begin."),
            ),
        ]

    def __str__(self) -> str:
        return self.domain


class Protocol(models.TextChoices):
    SOAP = "soap", "SOAP"


class Health(models.TextChoices):
    """What is known of a connection since its last use."""

    UNTRIED = "untried", _("not tried yet")
    WORKING = "working", _("working")
    UNAVAILABLE = "unavailable", _("Nmbrs cannot be reached")
    REFUSED = "refused", _("Nmbrs refuses the credentials")
    DISABLED = "disabled", _("Nmbrs has disabled the environment")


class Connection(models.Model):
    """One way into an environment: the credentials of one API user."""

    environment = models.ForeignKey(Environment, on_delete=models.CASCADE, related_name="connections")
    protocol = models.CharField(max_length=10, choices=Protocol.choices, default=Protocol.SOAP)
    host = models.CharField(_("address"), max_length=200)
    user = models.CharField(_("API user"), max_length=254)
    token = EncryptedTextField(_("API token"), bound_to=("environment", "protocol"))
    ceiling = models.PositiveSmallIntegerField(_("most calls a second"), default=100)
    health = models.CharField(max_length=20, choices=Health.choices, default=Health.UNTRIED)
    health_since = models.DateTimeField(default=timezone.now)
    created = models.DateTimeField(default=timezone.now)

    objects = models.Manager.from_queryset(ScopedQuerySet["Connection"])()
    scope_paths = ScopePaths(firm="environment__firm")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["environment", "protocol"], name="connection_once"),
            models.CheckConstraint(
                condition=models.Q(ceiling__gte=1, ceiling__lte=MOST_CALLS_A_SECOND), name="connection_ceiling"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.environment} ({self.protocol})"

    def clean(self) -> None:
        """Only addresses of the allow-list in the settings can be used."""
        if not host_allowed(self.host, settings.NMBRS_HOSTS):
            raise ValidationError({"host": _("This address is not one of NMBRS_HOSTS in the settings.")})


class FirstStart(models.Model):
    """How far the guided first start of a firm is (portal.connections.first_start).

    Credentials that were tried and not kept yet lie here, encrypted, with what they open; for TRIED_KEPT at most.
    """

    firm = models.OneToOneField(Firm, on_delete=models.CASCADE, related_name="first_start")
    host = models.CharField(max_length=200, blank=True)
    user = models.CharField(max_length=254, blank=True)
    token = EncryptedTextField(blank=True, bound_to=("firm",))
    domain = models.CharField(max_length=100, blank=True)
    kind = models.CharField(max_length=20, choices=EnvironmentKind.choices, default=EnvironmentKind.ACCOUNTANT)
    #: Numbers of debtors and companies and the first names, as portal.connections.reach.Reach has them; the company on
    #: which kinds were tried, and the answer for each (portal.connections.probing.Answer).
    found = models.JSONField(default=dict)
    tried = models.DateTimeField(null=True)

    kinds_chosen = models.DateTimeField(null=True)
    clients_chosen = models.DateTimeField(null=True)
    #: Primary keys of the debtors that are read first; empty: all.
    chosen = models.JSONField(default=list)
    colleagues_done = models.DateTimeField(null=True)

    objects = models.Manager.from_queryset(ScopedQuerySet["FirstStart"])()
    scope_paths = ScopePaths(firm="firm")

    def __str__(self) -> str:
        return f"first start of {self.firm_id}"


class BudgetState(models.Model):
    """The call budget of one environment on PostgreSQL (portal.connections.budget); on SQLite the table stays empty.

    `name` is no foreign key: the row is written by a connection of its own, outside every transaction of Django's.
    Moments are seconds since 1970 on the clock of the database.
    """

    name = models.CharField(max_length=60, primary_key=True)
    slot = models.FloatField()
    rate = models.FloatField()
    slowed = models.FloatField()
    grown = models.FloatField()

    def __str__(self) -> str:
        return f"{self.name}: {self.rate:g} calls a second"


def host_allowed(host: str, allowed: list[str]) -> bool:
    """Whether `host` (scheme://name[:port]) is literally on the list."""
    return host.rstrip("/") in {entry.rstrip("/") for entry in allowed}
