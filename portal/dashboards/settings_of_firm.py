"""What the pages of an office's own settings share: who changes them, and of which of their firms."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.urls import reverse

from portal.accounts.grants import Grants
from portal.accounts.models import Firm, User
from portal.accounts.roles import Capability


def person_of(request: HttpRequest) -> User:
    """Who is signed in; the page is behind the sign-in."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def firms_of(user: User) -> list[Firm]:
    """The firms whose settings the person changes, by name. Raises PermissionDenied where there are none."""
    firms = Grants(user, Capability.MANAGE_SETTINGS).firms()
    found = [] if firms is None else list(Firm.objects.filter(pk__in=firms))
    if not found:
        raise PermissionDenied
    return found


def chosen(request: HttpRequest, firms: list[Firm]) -> Firm:
    """The firm in the address, or the only one."""
    given = request.GET.get("firm", "")
    if not given:
        return firms[0]
    found = next((firm for firm in firms if str(firm.pk) == given), None)
    if found is None:
        raise Http404
    return found


def address(name: str, firm: Firm, firms: list[Firm]) -> str:
    """Where the page with this name is about the firm."""
    page = reverse(name)
    return f"{page}?firm={firm.pk}" if len(firms) > 1 else page
