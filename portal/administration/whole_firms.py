"""The firms over which somebody holds a right as a whole, and the one that a page is about."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest

from portal.accounts.grants import Grants
from portal.accounts.models import Firm, User
from portal.accounts.roles import Capability
from portal.administration.acts import Section


def whole_firms(by: User, capability: Capability) -> list[Firm]:
    """By name; nothing for who holds the right over single clients only, or nowhere."""
    firms = Grants(by, capability).firms()
    return [] if firms is None else list(Firm.objects.filter(pk__in=firms))


def chosen(request: HttpRequest, firms: list[Firm]) -> Firm:
    """The firm of the address, or the first. Raises PermissionDenied where there is none, Http404 for another one."""
    if not firms:
        raise PermissionDenied
    asked = request.GET.get("firm") or request.POST.get("firm")
    found = next((firm for firm in firms if str(firm.pk) == asked), None) if asked else firms[0]
    if found is None:
        raise Http404
    return found


def choices(request: HttpRequest, firms: list[Firm], firm: Firm) -> list[Section]:
    """The same page for each of them; nothing where there is no choice."""
    if len(firms) < 2:
        return []
    return [Section(one.name, f"{request.path}?firm={one.pk}", one == firm) for one in firms]
