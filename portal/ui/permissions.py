"""May this person do this: in general, and to one row. Rows themselves come from `visible_to` alone."""

from typing import Any

from django.db.models import Model
from django.http import HttpRequest

from portal.accounts.models import Membership
from portal.accounts.roles import CAPABILITIES, Capability, Role


def capabilities_of(request: HttpRequest) -> frozenset[Capability]:
    """Every capability the signed-in person holds anywhere: what the menu may offer. One query per request."""
    known = getattr(request, "_capabilities", None)
    if isinstance(known, frozenset):
        return known
    user = getattr(request, "user", None)
    held: frozenset[Capability] = frozenset()
    if user is not None and user.is_authenticated and user.is_active:
        roles = Membership.objects.filter(user_id=user.pk).values_list("role", flat=True).distinct()
        held = frozenset().union(*(CAPABILITIES[Role(role)] for role in roles))
    request._capabilities = held  # type: ignore[attr-defined]
    return held


def holds_over(request: HttpRequest, row: Model, capability: Capability) -> bool:
    """Whether the person holds `capability` over this very row. Asked once per request, row and capability."""
    known: dict[tuple[type[Model], object, Capability], bool] = getattr(request, "_capabilities_over", {})
    request._capabilities_over = known  # type: ignore[attr-defined]
    question = (type(row), row.pk, capability)
    if question not in known:
        # A row that is missing in Nmbrs still has a page; only the plain manager knows it.
        manager: Any = getattr(type(row), "everything", type(row)._default_manager)
        known[question] = manager.visible_to(request.user, capability).filter(pk=row.pk).exists()
    return known[question]
