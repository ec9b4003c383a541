"""What a person may see of every row of a list."""

from django.http import HttpRequest

from portal.accounts.roles import Capability
from portal.debtors.models import Debtor
from portal.ui.permissions import capabilities_of


def holds_everywhere(request: HttpRequest, capability: Capability) -> bool:
    """Whether the person holds `capability` over every debtor they see.

    A column of a list across debtors is shown to nobody else: its order and its total would tell about rows whose
    cells were left empty.
    """
    if capability not in capabilities_of(request):
        return False
    known: dict[Capability, bool] = request.__dict__.setdefault("_held_everywhere", {})
    if capability not in known:
        allowed = Debtor.objects.visible_to(request.user, capability)
        known[capability] = not Debtor.objects.visible_to(request.user).exclude(pk__in=allowed.values("pk")).exists()
    return known[capability]
