"""Environment and Connection."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import Firm
from portal.accounts.scope import ScopedQuerySet, ScopePaths
from portal.vault import EncryptedTextField

#: Calls a second, all processes together. Nmbrs delays calls beyond 150; stack.md keeps a hard ceiling of 145.
MOST_CALLS_A_SECOND = 145


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

    objects = models.Manager.from_queryset(ScopedQuerySet["Environment"])()
    scope_paths = ScopePaths(firm="firm")

    class Meta:
        ordering = ["domain"]
        constraints = [models.UniqueConstraint(fields=["firm", "domain"], name="environment_once")]

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
    token = EncryptedTextField(_("API token"))
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


def host_allowed(host: str, allowed: list[str]) -> bool:
    """Whether `host` (scheme://name[:port]) is literally on the list."""
    return host.rstrip("/") in {entry.rstrip("/") for entry in allowed}
