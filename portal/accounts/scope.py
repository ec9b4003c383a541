"""THE tenancy rule: which rows of a model a person may see. Only `visible_to` calls it.

Every tenant model says in `scope_paths` how its rows reach their firm, debtor and company; this module turns a
person's memberships into one condition over those paths. No membership means no rows.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self, TypeVar

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ImproperlyConfigured
from django.db import models
from django.db.models import Q

from portal.accounts.models import Membership
from portal.accounts.roles import FIRM_WIDE, Capability, roles_with

if TYPE_CHECKING:
    from portal.accounts.models import User

T = TypeVar("T", bound=models.Model)

NOTHING = Q(pk__in=[])


@dataclass(frozen=True)
class ScopePaths:
    """Where a model's rows stand: lookup paths to the firm and, where rows have one, to the debtor.

    A row whose debtor path leads to NULL belongs to the firm as a whole and is seen by firm-wide roles only.
    """

    firm: str
    debtor: str = ""


def visible(
    user: "User | AnonymousUser | None", model: type[models.Model], capability: Capability = Capability.VIEW
) -> Q:
    """The condition under which `user` may see a row of `model` and holds `capability` over it."""
    paths = getattr(model, "scope_paths", None)
    if not isinstance(paths, ScopePaths):
        raise ImproperlyConfigured(f"{model.__name__} does not say in scope_paths how its rows reach their firm.")
    if user is None or not user.is_authenticated or not user.is_active:
        return NOTHING
    memberships = Membership.objects.filter(user_id=user.pk, role__in=roles_with(capability))
    allowed = Q(**{f"{paths.firm}__in": memberships.filter(role__in=FIRM_WIDE).values("firm_id")})
    if paths.debtor:
        # Missing debtors keep their memberships: what was seen stays seen, marked as no longer in Nmbrs.
        allowed |= Q(**{f"{paths.debtor}__in": memberships.filter(debtor__isnull=False).values("debtor_id")})
    return allowed


class ScopedQuerySet(models.QuerySet[T]):
    """A queryset with the one door for pages, forms, exports, search and tasks."""

    def visible_to(self, user: "User | AnonymousUser | None", capability: Capability = Capability.VIEW) -> Self:
        """The rows inside the person's scope over which they hold `capability`; for nobody: no rows."""
        return self.filter(visible(user, self.model, capability))


def scoped_manager() -> Any:
    """A plain manager with `visible_to`, for tenant models that are not mirrored."""
    return models.Manager.from_queryset(ScopedQuerySet)()
