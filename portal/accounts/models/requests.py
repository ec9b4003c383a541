"""Access that somebody of the office asks for."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.accounts.models.memberships import Membership
from portal.accounts.models.people import Firm
from portal.accounts.scope import ScopedQuerySet, ScopePaths
from portal.clock import now


class RequestState(models.TextChoices):
    """What became of a request."""

    OPEN = "open", _("waits for an administrator")
    APPROVED = "approved", _("approved")
    REFUSED = "refused", _("refused")
    WITHDRAWN = "withdrawn", _("withdrawn")


class AccessRequest(models.Model):
    """The wish to see a client until a day. `client` is as typed: clients that one may not see are not offered."""

    firm = models.ForeignKey(Firm, on_delete=models.CASCADE, related_name="access_requests")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="access_requests")
    client = models.CharField(_("client"), max_length=255)
    reason = models.CharField(_("reason"), max_length=255)
    until = models.DateTimeField(_("until"))
    state = models.CharField(max_length=10, choices=RequestState.choices, default=RequestState.OPEN)
    created = models.DateTimeField(default=now)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    answer = models.CharField(_("answer"), max_length=255, blank=True)
    membership = models.ForeignKey(Membership, on_delete=models.SET_NULL, null=True, related_name="requests")

    objects = models.Manager.from_queryset(ScopedQuerySet["AccessRequest"])()
    scope_paths = ScopePaths(firm="firm")

    class Meta:
        ordering = ["-created", "-pk"]

    def __str__(self) -> str:
        return f"{self.user_id} {self.state}"
