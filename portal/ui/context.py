"""What the frame of every page needs, worked out only when the page really draws its frame."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.http import HttpRequest

from portal.accounts.models import Firm
from portal.clock import now
from portal.ui import menu


@dataclass
class Chrome:
    """The frame of one page: menu, name of the firm, the moment it was made."""

    request: HttpRequest

    @cached_property
    def menu(self) -> list[menu.ShownEntry]:
        """The rail's entries for this person."""
        return menu.shown_to(self.request)

    @cached_property
    def firm(self) -> str:
        """The names of the firms the person works for; empty before sign-in and without a membership."""
        user = getattr(self.request, "user", None)
        if user is None or not user.is_authenticated:
            return ""
        names = Firm.objects.filter(memberships__user_id=user.pk).distinct().values_list("name", flat=True)
        return ", ".join(names)

    @cached_property
    def made_at(self) -> datetime:
        """When this page was made: what a print must say."""
        return now()


def chrome(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `chrome`. Costs nothing until a template reads it."""
    return {"chrome": Chrome(request)}
