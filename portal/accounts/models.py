"""Firm, User and Membership."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.accounts.roles import FIRM_WIDE, Role


class Firm(models.Model):
    """An accountant office: the tenant. Everything belongs to exactly one firm."""

    name = models.CharField(_("name"), max_length=120, unique=True)
    created = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager["User"]):
    """People are found by e-mail address, whatever its case."""

    def create_user(self, email: str, name: str, password: str | None = None, **fields: Any) -> "User":
        """A new person. Without a password nobody can sign in as them."""
        user = self.model(email=email.strip().lower(), name=name.strip(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=(username or "").strip())


class User(AbstractBaseUser):
    """Somebody who signs in. What they may see follows from their memberships alone."""

    email = models.EmailField(_("e-mail address"), max_length=254, unique=True)
    name = models.CharField(_("name"), max_length=120)
    language = models.CharField(
        _("language"), max_length=2, choices=[("nl", "Nederlands"), ("en", "English")], default="nl"
    )
    is_active = models.BooleanField(_("active"), default=True)
    created = models.DateTimeField(default=timezone.now)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    objects = UserManager()

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_once")]

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """What makes somebody see anything: a role in a firm, for the whole firm or for one debtor.

    An administrator's membership names no debtor; an accountant's names one. A person holds as many as needed.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    firm = models.ForeignKey(Firm, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=20, choices=Role.choices)
    debtor = models.ForeignKey(
        "debtors.Debtor", on_delete=models.CASCADE, null=True, blank=True, related_name="memberships"
    )
    created = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "firm", "role", "debtor"],
                name="membership_once",
                condition=models.Q(debtor__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["user", "firm", "role"], name="membership_firm_once", condition=models.Q(debtor__isnull=True)
            ),
            models.CheckConstraint(
                condition=models.Q(role__in=[str(role) for role in sorted(FIRM_WIDE)], debtor__isnull=True)
                | (~models.Q(role__in=[str(role) for role in sorted(FIRM_WIDE)]) & models.Q(debtor__isnull=False)),
                name="membership_debtor_fits_role",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role} {self.debtor_id or 'firm'}"
