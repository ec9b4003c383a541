"""What every page about access shares: whose firm it is, the sections, and how a change is tried and reported."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from portal.accounts.models import Firm, User
from portal.accounts.people import firms_managed_by
from portal.accounts.rights import Refused
from portal.accounts.roles import Capability
from portal.clock import AMSTERDAM
from portal.ui.permissions import capabilities_of
from portal.ui.values import Crumb

if TYPE_CHECKING:
    from django.db.models import QuerySet


def person_of(request: HttpRequest) -> User:
    """Who is signed in; every page of this room is behind the sign-in."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def posted(request: HttpRequest) -> QueryDict | None:
    """What a form is filled with: also nothing at all, which then lacks what is required; None for a page to read."""
    return request.POST if request.method == "POST" else None


def require(request: HttpRequest, capability: Capability) -> None:
    """Raises PermissionDenied for people who hold the capability nowhere."""
    if capability not in capabilities_of(request):
        raise PermissionDenied


def managed_firms(request: HttpRequest) -> list[Firm]:
    """The firms whose people the person manages, by name."""
    return firms_managed_by(person_of(request))


def managed_firm(request: HttpRequest) -> Firm:
    """The firm that a page of an administrator is about: the one named in the address, or the only one.

    Raises PermissionDenied for people who manage none, and Http404 for another firm.
    """
    firms = managed_firms(request)
    if not firms:
        raise PermissionDenied
    return _asked(request, firms) or firms[0]


def chosen_firm(request: HttpRequest) -> Firm | None:
    """The firm that a list is narrowed to; None for a list over every firm of the person. Raises Http404."""
    return _asked(request, managed_firms(request))


def address(name: str, firm: Firm, firms: "Sequence[Firm]") -> str:
    """The page, about this firm; where there is one firm only the address need not say so."""
    page = reverse(f"administration:{name}")
    return f"{page}?firm={firm.pk}" if len(firms) > 1 else page


def _asked(request: HttpRequest, firms: "Sequence[Firm]") -> Firm | None:
    asked = request.GET.get("firm") or request.POST.get("firm")
    if not asked:
        return None
    for firm in firms:
        if str(firm.pk) == asked:
            return firm
    raise Http404


def attempt(request: HttpRequest, change: Callable[[], Any], done: str) -> bool:
    """Make a change of rights and say how it went. Somebody without the right gets 403."""
    try:
        change()
    except Refused as refused:
        messages.error(request, str(refused.text))
        return False
    messages.success(request, done)
    return True


def found(rows: "QuerySet[Any]", pk: int) -> Any:
    """The row, or Http404. `rows` went through the door."""
    row = rows.filter(pk=pk).first()
    if row is None:
        raise Http404
    return row


def end_of(day: date | None) -> datetime | None:
    """The moment at which a right that is good until and including `day` ends, in the Netherlands."""
    return None if day is None else after(day)


def after(day: date) -> datetime:
    """The first moment that no longer belongs to `day`, in the Netherlands."""
    following = day + timedelta(days=1)
    return datetime(following.year, following.month, following.day, tzinfo=AMSTERDAM)


@dataclass(frozen=True)
class Section:
    """A part of the pages about access, as the row of links on top of each shows it."""

    label: str
    url: str
    current: bool


@dataclass(frozen=True)
class Sections:
    """The parts that the person may open, and the firms between which they choose when there are several."""

    parts: list[Section]
    firms: list[Section]


#: Pages about one firm at a time; the others are lists over all of them that can be narrowed to one.
ONE_FIRM = frozenset({"unassigned", "deputies", "single_sign_on", "reviews"})
#: Pages that are the same for every firm.
NO_FIRM = frozenset({"why", "capabilities"})


def sections(request: HttpRequest) -> Sections:
    """The row of links on top of each page about access; a chosen firm goes along."""
    held = capabilities_of(request)
    offered = (
        (_("People"), "people", Capability.MANAGE_CLIENT_USERS),
        (_("Invitations"), "invitations", Capability.MANAGE_CLIENT_USERS),
        (_("Teams"), "teams", Capability.MANAGE_USERS),
        (_("Clients of nobody"), "unassigned", Capability.MANAGE_USERS),
        (_("Requests"), "requests", Capability.MANAGE_USERS),
        (_("Deputies"), "deputies", Capability.MANAGE_USERS),
        (_("Single sign-on"), "single_sign_on", Capability.MANAGE_USERS),
        (_("Why"), "why", Capability.MANAGE_USERS),
        (_("Reviews"), "reviews", Capability.MANAGE_USERS),
        (_("Who may do what"), "capabilities", Capability.MANAGE_CLIENT_USERS),
    )
    here = request.resolver_match.url_name if request.resolver_match else ""
    firms = managed_firms(request)
    asked = _asked(request, firms)
    parts = [
        Section(label, _with_firm(name, asked), here == name)
        for label, name, capability in offered
        if capability in held
    ]
    return Sections(parts, _choices(here, firms, asked) if here else [])


def _with_firm(name: str, firm: Firm | None) -> str:
    page = reverse(f"administration:{name}")
    return f"{page}?firm={firm.pk}" if firm is not None and name not in NO_FIRM else page


def _choices(here: str, firms: "Sequence[Firm]", asked: Firm | None) -> list[Section]:
    if len(firms) < 2 or here in NO_FIRM:
        return []
    shown = asked or (firms[0] if here in ONE_FIRM else None)
    every = [] if here in ONE_FIRM else [Section(_("All firms"), _with_firm(here, None), shown is None)]
    return [*every, *(Section(firm.name, _with_firm(here, firm), firm == shown) for firm in firms)]


def below_people(*more: Crumb) -> list[Crumb]:
    """People and access › …"""
    return [Crumb(_("People and access"), reverse("administration:people")), *more]
