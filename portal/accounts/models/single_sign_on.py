"""Single sign-on of a firm: the identity provider, and who at the provider is who here."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.accounts.models.people import Firm
from portal.accounts.scope import ScopePaths, scoped_manager
from portal.vault import EncryptedTextField


class SingleSignOn(models.Model):
    """A firm's own way to sign in: an OpenID Connect provider such as Microsoft Entra ID or Google.

    It replaces the password, not the second step: a provider may be set up without one, and nobody here would know.
    """

    firm = models.OneToOneField(Firm, on_delete=models.CASCADE, related_name="single_sign_on")
    issuer = models.URLField(_("issuer"), max_length=300)
    client_id = models.CharField(_("client id"), max_length=200)
    client_secret = EncryptedTextField(_("client secret"), bound_to=("firm",))
    #: Lower case, without @. Only addresses of these domains come in this way.
    domains = models.JSONField(_("e-mail domains"), default=list)
    created = models.DateTimeField(default=timezone.now)

    objects = scoped_manager()
    scope_paths = ScopePaths(firm="firm")

    def __str__(self) -> str:
        return f"{self.firm}: {self.issuer}"

    def clean(self) -> None:
        """Only providers that the settings allow, and only domains that no other firm has."""
        if not issuer_allowed(self.issuer):
            raise ValidationError({"issuer": _("This issuer is not one of SIGN_ON_ISSUERS in the settings.")})
        if not self.domains:
            raise ValidationError({"domains": _("Name at least one e-mail domain.")})
        for other in SingleSignOn.objects.exclude(pk=self.pk):
            if set(other.domains) & set(self.domains):
                raise ValidationError({"domains": _("One of these e-mail domains already has a single sign-on.")})


class SignOnIdentity(models.Model):
    """Who somebody is at the provider, learned at the first sign-in; from then on no other account there is them."""

    single_sign_on = models.ForeignKey(SingleSignOn, on_delete=models.CASCADE, related_name="identities")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="sign_on_identities")
    subject = models.CharField(max_length=255)
    created = models.DateTimeField(default=timezone.now)

    objects = scoped_manager()
    scope_paths = ScopePaths(firm="single_sign_on__firm")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["single_sign_on", "subject"], name="sign_on_subject_once"),
            models.UniqueConstraint(fields=["single_sign_on", "user"], name="sign_on_user_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} at {self.single_sign_on_id}"


def issuer_allowed(issuer: str) -> bool:
    """Whether `issuer` begins as one of SIGN_ON_ISSUERS: the same scheme and host, and the path up to its end."""
    return any(_begins(issuer, allowed) for allowed in settings.SIGN_ON_ISSUERS)


def _begins(issuer: str, allowed: str) -> bool:
    start = allowed.rstrip("/")
    return issuer == start or issuer.startswith(f"{start}/")
