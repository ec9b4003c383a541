"""What a person may see of every row of a list."""

from typing import Any

from django.http import HttpRequest

from portal.accounts.grants import has_single_companies, holdings
from portal.accounts.roles import Capability, roles_with
from portal.companies.models import Company
from portal.debtors.models import Debtor
from portal.ui.permissions import capabilities_of


def holds_everywhere(request: HttpRequest, capability: Capability) -> bool:
    """Whether the person holds `capability` over every debtor they see, and every company given by itself.

    A column of a list across debtors is shown to nobody else: its order and its total would tell about rows whose
    cells were left empty.
    """
    if capability not in capabilities_of(request):
        return False
    known: dict[Any, bool] = request.__dict__.setdefault("_held_everywhere", {})
    key = _asked_for(request, capability)
    if key not in known:
        known[key] = all(_everywhere(request, model, capability) for model in _given(request))
    return known[key]


def _asked_for(request: HttpRequest, capability: Capability) -> Any:
    """What tells two questions apart: capabilities that the same roles hold have one answer, unless one is switched."""
    switched = any(one.source == "switch" and one.role == capability for one in holdings(request.user))
    return capability if switched else frozenset(roles_with(capability))


def _everywhere(request: HttpRequest, model: Any, capability: Capability) -> bool:
    held = model.objects.visible_to(request.user, capability)
    return not model.objects.visible_to(request.user).exclude(pk__in=held.values("pk")).exists()


def _given(request: HttpRequest) -> list[Any]:
    """What rights are given over; companies only for who was given one by itself."""
    return [Debtor, Company] if has_single_companies(request.user) else [Debtor]
