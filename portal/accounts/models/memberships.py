"""Membership: a person's own place in a firm, and the switches of client users."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.accounts.models.people import Firm
from portal.accounts.models.terms import Term, TermQuerySet, ends_after_start
from portal.accounts.roles import FIRM_WIDE, MAY_BE_FIRM_WIDE, MAY_BE_OF_COMPANY, Role
from portal.accounts.scope import ScopedQuerySet, ScopePaths
from portal.clock import now


def _names(roles: frozenset[Role]) -> list[str]:
    return [str(role) for role in sorted(roles)]


#: A membership names nothing (the whole firm), a client or a company: what its role allows.
SCOPE_FITS_ROLE = (
    Q(role__in=_names(MAY_BE_FIRM_WIDE), debtor__isnull=True, company__isnull=True)
    | (~Q(role__in=_names(FIRM_WIDE)) & Q(debtor__isnull=False, company__isnull=True))
    | Q(role__in=_names(MAY_BE_OF_COMPANY), debtor__isnull=True, company__isnull=False)
)


class Membership(Term):
    """A role in a firm: for the whole firm, for one debtor or for one company. A person holds as many as needed.

    Ended ones stay: who had access when is asked long after. Written by portal.accounts.rights alone.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    firm = models.ForeignKey(Firm, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=20, choices=Role.choices)
    debtor = models.ForeignKey(
        "debtors.Debtor", on_delete=models.CASCADE, null=True, blank=True, related_name="memberships"
    )
    company = models.ForeignKey(
        "companies.Company", on_delete=models.CASCADE, null=True, blank=True, related_name="memberships"
    )
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    #: Why, where somebody asked for it.
    reason = models.CharField(_("reason"), max_length=255, blank=True)
    created = models.DateTimeField(default=timezone.now)

    objects = models.Manager.from_queryset(TermQuerySet["Membership"])()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "firm", "role", "debtor"], name="membership_once", condition=Q(debtor__isnull=False)
            ),
            models.UniqueConstraint(
                fields=["user", "firm", "role", "company"],
                name="membership_company_once",
                condition=Q(company__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["user", "firm", "role"],
                name="membership_firm_once",
                condition=Q(debtor__isnull=True, company__isnull=True),
            ),
            models.CheckConstraint(condition=SCOPE_FITS_ROLE, name="membership_scope_fits_role"),
            ends_after_start("membership_term"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role} {self.debtor_id or self.company_id or 'firm'}"


class Switch(models.Model):
    """A capability that was switched on for one client user, within one membership."""

    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="switches")
    #: A Capability of SWITCHES.
    capability = models.CharField(max_length=30)
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    created = models.DateTimeField(default=now)

    objects = models.Manager.from_queryset(ScopedQuerySet["Switch"])()
    scope_paths = ScopePaths(firm="membership__firm")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["membership", "capability"], name="switch_once")]

    def __str__(self) -> str:
        return f"{self.membership_id} {self.capability}"
