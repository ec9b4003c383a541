"""What the frame of every page needs, worked out only when the page really draws its frame."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.http import HttpRequest

from portal.accounts.looking import Look
from portal.clock import now
from portal.jobs.hindrance import Hindrance
from portal.jobs.room import room_left
from portal.ui import menu, places
from portal.ui.brand import Brand, brand_of
from portal.ui.permissions import firms_of, of_client, without_clients


@dataclass
class Chrome:
    """The frame of one page: menu, name of the firm, the moment it was made."""

    request: HttpRequest

    @cached_property
    def menu(self) -> list[menu.ShownEntry]:
        """The rail's entries for this person."""
        return menu.shown_to(self.request)

    @cached_property
    def places(self) -> list[places.Place]:
        """The organisations and companies that somebody of a client goes between."""
        return places.shown_to(self.request)

    @property
    def look(self) -> Look | None:
        """The view of another person that the reader borrows."""
        found: Look | None = getattr(self.request, "look", None)
        return found

    @property
    def without_clients(self) -> bool:
        """Whether this person has no clients, only companies of Business environments."""
        return without_clients(self.request)

    @property
    def of_client(self) -> bool:
        """Whether this person belongs to clients alone."""
        return of_client(self.request)

    @property
    def hindrance(self) -> Hindrance | None:
        """A disk that is nearly full, told to staff on every page; clients read the age of what they see."""
        staff = self.request.user.is_authenticated and not self.of_client
        return Hindrance.DISK if staff and not room_left() else None

    @cached_property
    def firm(self) -> str:
        """The names of the firms the person works for; empty before sign-in and without a membership."""
        return ", ".join(firms_of(self.request))

    @cached_property
    def brand(self) -> Brand:
        """Colour and logo of the person's one firm."""
        return brand_of(self.request)

    @cached_property
    def made_at(self) -> datetime:
        """When this page was made: what a print must say."""
        return now()


def chrome(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `chrome`. Costs nothing until a template reads it."""
    return {"chrome": Chrome(request)}
