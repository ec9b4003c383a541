"""Who gets personal data besides those who sign in, as far as the settings tell, in the reader's language."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from portal.accounts.models import Firm, Membership, SingleSignOn, TeamMember, User
from portal.accounts.roles import Capability
from portal.connections.models import Connection
from portal.deadlines.models import CalendarFeed
from portal.privacy.activity import Receiver

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

LABELS: "dict[Receiver, _StrPromise]" = {
    Receiver.MAIL: gettext_lazy("mail server"),
    Receiver.SIGN_ON: gettext_lazy("single sign-on"),
    Receiver.CALENDAR: gettext_lazy("calendar programs"),
}
NMBRS, HOST = gettext_lazy("Nmbrs"), gettext_lazy("whoever hosts the portal")


@dataclass(frozen=True)
class Recipient:
    """Who, and how it stands now. `gets`: whether data goes there at this moment."""

    label: str
    standing: str
    gets: bool = True


def recipients_of(firm: Firm, user: User) -> list[Recipient]:
    """Everybody who can get data of the firm, for somebody who reads its whole trail."""
    return [_nmbrs(firm, user), _host(), *receivers(firm, user).values()]


def receivers(firm: Firm, user: User) -> dict[Receiver, Recipient]:
    """Those of a single activity."""
    return {
        Receiver.MAIL: _mail(),
        Receiver.SIGN_ON: _sign_on(firm, user),
        Receiver.CALENDAR: _calendars(firm),
    }


def _nmbrs(firm: Firm, user: User) -> Recipient:
    own = Connection.objects.visible_to(user, Capability.VIEW_AUDIT).filter(environment__firm=firm)
    hosts = ", ".join(sorted({urlsplit(host).netloc for host in own.values_list("host", flat=True)}))
    if not hosts:
        return Recipient(str(NMBRS), _("no connection yet: nothing is read"), gets=False)
    return Recipient(str(NMBRS), _("source, read at %(hosts)s; the portal sends no data there") % {"hosts": hosts})


def _host() -> Recipient:
    said = _("database, files and backups; the portal cannot know who that is, so the sub-processors say it")
    return Recipient(str(HOST), said)


def _mail() -> Recipient:
    label = str(LABELS[Receiver.MAIL])
    if not settings.EMAIL_BACKEND.endswith("smtp.EmailBackend"):
        return Recipient(label, _("none: mails are printed by the program that would send them"), gets=False)
    told = _("%(host)s, for invitations, signing in and failed connections; no data of employees")
    return Recipient(label, told % {"host": settings.EMAIL_HOST})


def _sign_on(firm: Firm, user: User) -> Recipient:
    label = str(LABELS[Receiver.SIGN_ON])
    own = SingleSignOn.objects.visible_to(user, Capability.VIEW_AUDIT).filter(firm=firm).first()
    if own is None:
        return Recipient(label, _("not switched on"), gets=False)
    return Recipient(
        label, _("%(issuer)s, which learns who signs in and when") % {"issuer": urlsplit(own.issuer).netloc}
    )


def _calendars(firm: Firm) -> Recipient:
    """People, not addresses: somebody may have one for each client, and what is read there is the same."""
    label = str(LABELS[Receiver.CALENDAR])
    places = Q(pk__in=Membership.objects.in_force().filter(firm=firm).values("user"))
    places |= Q(pk__in=TeamMember.objects.in_force().filter(team__firm=firm).values("user"))
    feeds = CalendarFeed.objects.filter(Q(debtor__isnull=True) | Q(debtor__environment__firm=firm))
    people = User.objects.filter(places, is_active=True, pk__in=feeds.values("user")).count()
    if not people:
        return Recipient(label, _("nobody has a calendar address"), gets=False)
    said = ngettext(
        "%(count)d person has a calendar address: names of clients and deadlines, nothing of employees",
        "%(count)d people have a calendar address: names of clients and deadlines, nothing of employees",
        people,
    )
    return Recipient(label, said % {"count": people})


def receiving(wanted: "tuple[Receiver, ...]", known: dict[Receiver, Recipient]) -> Iterator[str]:
    """Of those an activity names, the labels of the ones that get data now."""
    return (known[one].label for one in wanted if known[one].gets)
