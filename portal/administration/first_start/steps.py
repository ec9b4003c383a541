"""The steps of a first start and how far a firm is. Everything is looked up anew: nothing here can be out of step."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.accounts.grants import Grants
from portal.accounts.models import Firm, Invitation, Membership, User
from portal.accounts.prepared import Prepared
from portal.accounts.roles import Capability
from portal.administration.acts import managed_firm, managed_firms, person_of
from portal.connections.models import Connection, Environment, FirstStart
from portal.connections.wording import by_reader
from portal.mirror.models import Freshness, OptInChoice
from portal.sync.models import SyncPlan
from portal.ui.values import Crumb, Level, Status

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.utils.functional import _StrPromise

CAPABILITY = Capability.MANAGE_CONNECTIONS
#: What is read to know which clients there are: two lists, one call each.
LISTS = "debtors,companies"

#: Name, title and what happens there, in order.
STEPS: "tuple[tuple[str, _StrPromise, _StrPromise], ...]" = (
    (
        "connection",
        gettext_lazy("Connect Nmbrs"),
        gettext_lazy("Enter an API user and its token, and see what they open before anything is stored."),
    ),
    (
        "kinds",
        gettext_lazy("Choose the sensitive kinds"),
        gettext_lazy("Absence, lease cars, family and the check of numbers are read only if you say why."),
    ),
    (
        "clients",
        by_reader(gettext_lazy("Choose the clients"), gettext_lazy("Choose what is read first")),
        gettext_lazy("Begin with all of them, or with a few."),
    ),
    (
        "sync",
        gettext_lazy("Read Nmbrs for the first time"),
        gettext_lazy("Start it and see how far it is. You can leave the page; it goes on."),
    ),
    (
        "colleagues",
        gettext_lazy("Invite colleagues"),
        gettext_lazy("Everybody sets up their own second step, and sees what you give them."),
    ),
)


@dataclass(frozen=True)
class Step:
    """One step as the pages show it; without an address it has to wait for an earlier one."""

    name: str
    title: "str | _StrPromise"
    text: "str | _StrPromise"
    url: str
    status: Status
    done: bool
    current: bool


class Standing:
    """How far the first start of one firm is, for the administrator who asks. Each fact costs a query when needed."""

    def __init__(self, request: HttpRequest, firm: Firm, firms: Sequence[Firm], page: str = "") -> None:
        self.request = request
        self.user: User = person_of(request)
        self.firm = firm
        self.firms = firms
        self.page = page

    @cached_property
    def start(self) -> FirstStart | None:
        """What the steps themselves keep."""
        found: FirstStart | None = FirstStart.objects.visible_to(self.user, CAPABILITY).filter(firm=self.firm).first()
        return found

    @cached_property
    def connection(self) -> Connection | None:
        """The firm's newest connection."""
        known = Connection.objects.visible_to(self.user, CAPABILITY).filter(environment__firm=self.firm)
        found: Connection | None = known.select_related("environment__firm").order_by("-environment__created").first()
        return found

    @property
    def environment(self) -> Environment | None:
        """What that connection opens."""
        return self.connection.environment if self.connection else None

    @cached_property
    def plans(self) -> "QuerySet[SyncPlan]":
        """The syncs of everything of the environment or of a client, the last one first."""
        known: QuerySet[SyncPlan] = SyncPlan.objects.visible_to(self.user, CAPABILITY).filter(resource="")
        return known.filter(environment=self.environment).select_related("environment", "debtor", "company")

    @cached_property
    def has_read(self) -> bool:
        """Whether something of a company was ever read."""
        return not _never_read(self.user).filter(pk=self.firm.pk).exists()

    @cached_property
    def invited(self) -> int:
        """How many invitations were sent that may still be accepted, or were."""
        sent = Invitation.objects.visible_to(self.user, Capability.MANAGE_USERS).filter(firm=self.firm)
        return sent.filter(withdrawn_at__isnull=True).count()

    @cached_property
    def colleagues(self) -> int:
        """How many others have a place in the firm."""
        others = Membership.objects.in_force().filter(firm=self.firm).exclude(user=self.user)
        return others.order_by().values("user").distinct().count()

    @cached_property
    def steps(self) -> list[Step]:
        """Every step: done, the next one, or waiting."""
        start, connected = self.start, self.connection is not None
        begun = connected and (self.has_read or self.plans.exists())
        done = {
            "connection": connected,
            "kinds": connected and (bool(start and start.kinds_chosen) or self._chose_kinds()),
            "clients": bool(start and start.clients_chosen) or begun,
            "sync": self.has_read,
            "colleagues": bool(start and start.colleagues_done) or bool(self.invited or self.colleagues),
        }
        first = next((name for name, _title, _text in STEPS if not done[name]), "")
        shown = []
        for name, title, text in STEPS:
            # Colleagues can be invited at any time; everything else needs a connection.
            open_now = connected or name in ("connection", "colleagues")
            shown.append(
                Step(
                    name,
                    title,
                    text,
                    self.address(name) if open_now else "",
                    self._status(name, done[name], name == first, begun),
                    done[name],
                    name == self.page,
                )
            )
        return shown

    @property
    def next(self) -> Step | None:
        """The first step that is not done."""
        return next((step for step in self.steps if not step.done), None)

    def address(self, name: str) -> str:
        """The page of a step (or the overview), about this firm."""
        args = [self.environment.pk] if name == "kinds" and self.environment else []
        page = reverse(f"first_start:{name}", args=args)
        # The page about kinds names its environment, which is the firm's.
        named = len(self.firms) > 1 and not args
        return f"{page}?{urlencode({'firm': self.firm.pk})}" if named else page

    @property
    def pages(self) -> dict[str, str]:
        """The pages of the path by name, about this firm: templates have no other way to them."""
        return {name: self.address(name) for name in ("overview", "connection", "clients", "sync", "colleagues")}

    def context(self) -> dict[str, object]:
        """What every page of the path shows."""
        title = next((title for name, title, _text in STEPS if name == self.page), "")
        crumbs = [Crumb(_("First steps"), self.address("overview"))]
        return {
            "standing": self,
            "heading": title or _("First steps"),
            "subtitle": self.firm.name if len(self.firms) > 1 else "",
            "breadcrumb": [*crumbs, Crumb(title)] if title else [Crumb(_("First steps"))],
        }

    def _chose_kinds(self) -> bool:
        chosen = OptInChoice.objects.visible_to(self.user, Capability.MANAGE_SETTINGS)
        return bool(chosen.filter(environment=self.environment).exists())

    def _status(self, name: str, done: bool, is_first: bool, begun: bool) -> Status:
        if done:
            return Status(Level.FINE, _("done"))
        if name == "sync" and begun:
            return Status(Level.NEUTRAL, _("under way"), "refresh")
        if is_first:
            return Status(Level.SOON, _("your turn"), "player-play")
        return Status(Level.NEUTRAL, _("later"), "circle-dashed")


def standing(request: HttpRequest, page: str = "") -> Standing:
    """Of the firm that the address names, or of the only one. Raises PermissionDenied and Http404."""
    return Standing(request, managed_firm(request), managed_firms(request), page)


def wanted(request: HttpRequest) -> bool:
    """Whether some firm of the administrator has never been read. One query."""
    return isinstance(request.user, User) and bool(_first_never_read(request.user))


@Prepared
def _first_never_read(user: User) -> "QuerySet[Any, Any]":
    return _never_read(user).order_by().values_list("pk")[:1]


def _never_read(user: User) -> "QuerySet[Firm]":
    """The person's firms of which nothing of any company was ever read."""
    firms = Grants(user, CAPABILITY).firms()
    if firms is None:
        return Firm.objects.none()
    read = Freshness.objects.filter(environment__firm=OuterRef("pk"), company__isnull=False, last_success__isnull=False)
    return Firm.objects.filter(~Exists(read), pk__in=firms)
