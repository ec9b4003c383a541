"""THE tenancy rule: which rows of a model a person may see. Only `visible_to` calls it.

Every tenant model says in `scope_paths` how its rows reach their firm, debtor and company; this module turns what a
person was given into one condition over those paths. Nothing given means no rows.

What was given comes from portal.accounts.grants, worked out when it is asked: own memberships, teams with their clients
and tag rules, and deputies, each with its term compared with the clock. There is no table of "who sees what" that
could be stale and show too much.
"""

from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any, Self, TypeVar

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ImproperlyConfigured
from django.db import models
from django.db.models import Q

from portal.accounts.roles import Capability

if TYPE_CHECKING:
    from portal.accounts.models import User

T = TypeVar("T", bound=models.Model)

NOTHING = Q(pk__in=[])


@dataclass(frozen=True)
class ScopePaths:
    """Where a model's rows stand: lookup paths to the firm and, where rows have one, to the debtor and the company.

    A row whose debtor path leads to NULL belongs to the firm as a whole and is seen by firm-wide roles only; one whose
    company path leads to NULL is not seen by who was given a single company.
    """

    firm: str
    debtor: str = ""
    company: str = ""


def visible(
    user: "User | AnonymousUser | None", model: type[models.Model], capability: Capability = Capability.VIEW
) -> Q:
    """The condition under which `user` may see a row of `model` and holds `capability` over it."""
    from portal.accounts.grants import Grants  # the models it reads have querysets from here

    paths = getattr(model, "scope_paths", None)
    if not isinstance(paths, ScopePaths):
        raise ImproperlyConfigured(f"{model.__name__} does not say in scope_paths how its rows reach their firm.")
    if user is None or not user.is_authenticated or not user.is_active:
        return NOTHING
    grants = Grants(user, capability)
    # Only what the person can have at all becomes a subquery: an OR with others that find nothing would cost an index.
    levels = (
        (paths.firm, grants.within("firm")),
        (paths.debtor, grants.within("debtor")),
        (paths.company, grants.within("company")),
    )
    allowed = [Q(**{f"{path}__in": ids}) for path, ids in levels if path and ids is not None]
    return reduce(or_, allowed) if allowed else NOTHING


class ScopedQuerySet(models.QuerySet[T]):
    """A queryset with the one door for pages, forms, exports, search and tasks."""

    def visible_to(self, user: "User | AnonymousUser | None", capability: Capability = Capability.VIEW) -> Self:
        """The rows inside the person's scope over which they hold `capability`; for nobody: no rows."""
        return self.filter(visible(user, self.model, capability))


def scoped_manager() -> Any:
    """A plain manager with `visible_to`, for tenant models that are not mirrored."""
    return models.Manager.from_queryset(ScopedQuerySet)()
