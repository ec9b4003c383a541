"""Firm and User."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.accounts.roles import Capability
from portal.accounts.scope import ScopedQuerySet, ScopePaths


class Firm(models.Model):
    """An accountant office: the tenant. Everything belongs to exactly one firm."""

    name = models.CharField(_("name"), max_length=120, unique=True)
    created = models.DateTimeField(default=timezone.now)
    #: The firm's own colour as #rrggbb; empty: the portal's. And what its logo is known by; empty: it has none.
    accent = models.CharField(_("colour"), max_length=7, blank=True, default="")
    logo_mark = models.CharField(max_length=16, blank=True, default="", editable=False)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class FirmLogo(models.Model):
    """The logo of a firm, as the portal itself drew it anew from what was uploaded: a small PNG."""

    firm = models.OneToOneField(Firm, on_delete=models.CASCADE, related_name="logo")
    image = models.BinaryField()

    objects = models.Manager.from_queryset(ScopedQuerySet["FirmLogo"])()
    scope_paths = ScopePaths(firm="firm")

    def __str__(self) -> str:
        return f"logo of {self.firm_id}"


class UserManager(BaseUserManager["User"]):
    """People are found by e-mail address, whatever its case."""

    def create_user(self, email: str, name: str, password: str | None = None, **fields: Any) -> "User":
        """A new person. Without a password nobody can sign in as them."""
        user = self.model(email=email.strip().lower(), name=name.strip(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def visible_to(self, user: Any, capability: Capability = Capability.VIEW) -> "models.QuerySet[User]":
        """The people whose access `user` manages, by the capability that it takes; by any other: nobody."""
        from portal.accounts.people import managed_by  # it reads models that refer to this one

        able = {Capability.VIEW, Capability.MANAGE_USERS, Capability.MANAGE_CLIENT_USERS}
        if not isinstance(user, User) or not user.is_active or capability not in able:
            return self.none()
        return managed_by(user)

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
    #: When the account was closed; empty while it is open.
    closed_at = models.DateTimeField(null=True, editable=False)
    #: The firms that closed it, for themselves or altogether, until an administrator of theirs lets the person in.
    closed_by = models.ManyToManyField(Firm, related_name="+", editable=False)
    created = models.DateTimeField(default=timezone.now)

    #: What portal.accounts.grants remembers for a moment.
    _holdings: Any

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    objects = UserManager()

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_once")]

    def __str__(self) -> str:
        return self.name
