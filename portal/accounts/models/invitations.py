"""Invitations: the only way to an account."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.accounts.models.people import Firm
from portal.accounts.models.teams import Team
from portal.accounts.roles import Role
from portal.accounts.scope import ScopedQuerySet, ScopePaths
from portal.clock import now


class InvitationQuerySet(ScopedQuerySet["Invitation"]):
    """Invitations, and which of them can still be accepted."""

    def open(self) -> "InvitationQuerySet":
        """Not accepted, not withdrawn, not expired."""
        return self.filter(accepted_at__isnull=True, withdrawn_at__isnull=True, expires__gt=now())


class Invitation(models.Model):
    """A place in a firm that waits for the owner of an e-mail address: used once, within 72 hours.

    Only a keyed hash of the token is kept. An invitation for a company names its client too.
    """

    firm = models.ForeignKey(Firm, on_delete=models.CASCADE, related_name="invitations")
    debtor = models.ForeignKey(
        "debtors.Debtor", on_delete=models.CASCADE, null=True, blank=True, related_name="invitations"
    )
    company = models.ForeignKey(
        "companies.Company", on_delete=models.CASCADE, null=True, blank=True, related_name="invitations"
    )
    #: The place is in this team, in place of a client.
    team = models.ForeignKey(Team, on_delete=models.CASCADE, null=True, blank=True, related_name="invitations")
    role = models.CharField(_("role"), max_length=20, choices=Role.choices)
    email = models.EmailField(_("e-mail address"), max_length=254)
    name = models.CharField(_("name"), max_length=120)
    language = models.CharField(
        _("language"), max_length=2, choices=[("nl", "Nederlands"), ("en", "English")], default="nl"
    )
    #: Names of capabilities that are switched on with the membership.
    switches = models.JSONField(default=list)
    #: Until when the access itself is; empty: for good.
    access_ends = models.DateTimeField(_("access until"), null=True, blank=True)
    token_hash = models.BinaryField(max_length=16, editable=False)
    expires = models.DateTimeField()
    created = models.DateTimeField(default=now)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    accepted_at = models.DateTimeField(null=True)
    accepted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)

    objects = models.Manager.from_queryset(InvitationQuerySet)()
    scope_paths = ScopePaths(firm="firm", debtor="debtor", company="company")

    class Meta:
        ordering = ["-created", "-pk"]
        constraints = [models.UniqueConstraint(fields=["token_hash"], name="invitation_token")]

    def __str__(self) -> str:
        return f"{self.pk} {self.role}"

    @property
    def is_open(self) -> bool:
        """Whether it can still be accepted."""
        return self.accepted_at is None and self.withdrawn_at is None and self.expires > now()
