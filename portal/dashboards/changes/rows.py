"""The rows that pages show: clients with their newest changes, and the changes of one client."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import F, OuterRef, Q, Value, Window
from django.db.models.functions import RowNumber
from django.urls import reverse

from portal.connections.models import EnvironmentKind
from portal.dashboards.changes.told import Told, complete, tell
from portal.dashboards.changes.unseen import CAPABILITY, Counts, learned, marks_of, newer, readable
from portal.debtors.models import Debtor
from portal.mirror.models import Change

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.db.models import QuerySet

    from portal.companies.freshness import Person

#: Changes shown of each client on the page of all of them, and in the panel of one.
NEWEST = 8


@dataclass
class Group:
    """A client with how many changes there are, and the newest of them.

    `url`: its page. Who does not see the client as a whole reads the names of its companies in place of its own.
    """

    debtor: int
    name: str
    url: str
    count: int
    rows: list[Told] = field(default_factory=list)

    @property
    def mark_address(self) -> str:
        """Where they are marked as seen."""
        return reverse("dashboards:seen", args=[self.debtor])

    @property
    def more(self) -> int:
        """How many of its changes are not among the rows."""
        return max(0, self.count - len(self.rows))


def groups(user: "Person", counts: Counts) -> list[Group]:
    """The clients that have changes, by name, without their rows. One query."""
    numbers = counts.by_debtor
    seen = Debtor.everything.visible_to(user).order_by().values_list("pk", "name", "number", "environment__kind")
    known = {pk: (name or number, kind) for pk, name, number, kind in seen if pk in numbers}
    found = []
    for debtor, number in numbers.items():
        if debtor in known:
            name, kind = known[debtor]
            page = "dashboards:business" if kind == EnvironmentKind.BUSINESS else "dashboards:debtor"
            found.append(Group(debtor, name, reverse(page, args=[debtor]), number))
        else:
            own = [pk for pk, owner in counts.owners.items() if owner == debtor]
            name = ", ".join(sorted(counts.names[pk] for pk in own))
            found.append(Group(debtor, name, reverse("companies:company", args=[own[0]]), number))
    return sorted(found, key=lambda group: (group.name.casefold(), group.debtor))


def fill(user: "Person", shown: "Sequence[Group]", condition: Q, since: datetime | None) -> None:
    """Read the newest changes of these clients into their rows. Three queries."""
    debtors = [group.debtor for group in shown]
    when = newer(marks_of(user), debtors) if since is None else Q(debtor__in=debtors, learned_at__gt=since)
    place = Window(RowNumber(), partition_by=F("debtor"), order_by=[F("learned_at").desc(), F("pk").desc()])
    rows = Change.objects.visible_to(user, CAPABILITY).filter(readable(user) & condition & when)
    newest = complete(rows.annotate(place=place).filter(place__lte=NEWEST)).order_by("debtor", "place")  # type: ignore[misc]
    told: dict[int, list[Told]] = {}
    for one in tell(user, list(newest)):
        told.setdefault(int(one.change.debtor_id or 0), []).append(one)
    for group in shown:
        group.rows = told.get(group.debtor, [])


def all_of(
    rows: "QuerySet[Change]", user: "Person", counts: Counts, condition: Q, since: datetime | None
) -> "QuerySet[Change]":
    """Those of `rows` that are counted in `counts`, newest first, of all clients together."""
    # Each client's mark is looked up: a condition for each of them is an expression too deep for SQLite.
    own = learned(rows.filter(debtor__in=list(counts.by_debtor)), user, since, OuterRef("debtor"))
    return complete(own.filter(readable(user) & condition)).order_by("-learned_at", "-pk")


def of_client(
    rows: "QuerySet[Change]", user: "Person", debtor: int, condition: Q, since: datetime | None
) -> "QuerySet[Change]":
    """Those of `rows` that are of one client, newest first; `since` None: those that the person has not seen."""
    own = learned(rows.filter(debtor=debtor), user, since, Value(debtor))
    return complete(own.filter(readable(user) & condition)).order_by("-learned_at", "-pk")
