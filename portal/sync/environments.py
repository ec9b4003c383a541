"""What the Sync page says about each environment: whether Nmbrs answers, calls used, when the next sync is."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import F, Sum

from portal import clock
from portal.accounts.roles import Capability
from portal.connections.models import Connection, Environment, Health
from portal.debtors.models import Debtor
from portal.sync.messages import HEALTH, NOT_CONNECTED
from portal.sync.models import SyncRun
from portal.sync.timetable import next_nightly
from portal.ui.values import Status

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from portal.accounts.models import User

    Person = User | AnonymousUser

#: Calls are counted over so long.
LATELY = timedelta(hours=24)


@dataclass(frozen=True)
class Card:
    """One environment for one person.

    `next_nightly` is None without a connection and where it is switched off.
    `connection` is there for those who manage connections; its token is never shown. `whole`: the person sees the
    whole environment, not only clients in it; `calls` are those for what the person sees.
    """

    pk: int
    domain: str
    status: Status
    since: datetime | None
    calls: int
    connected: bool
    next_nightly: datetime | None
    whole: bool
    connection: Connection | None


def cards(user: "Person") -> list[Card]:
    """The environments that the person sees or has a client in, by domain. Four queries."""
    connections = {
        one.environment_id: one for one in Connection.objects.visible_to(user, Capability.MANAGE_CONNECTIONS)
    }
    health = {
        "health": F("environment__connections__health"),
        "since": F("environment__connections__health_since"),
        "nightly_hour": F("environment__nightly_hour"),
        "nightly_runs": F("environment__nightly_runs"),
    }
    through: Any = (
        Debtor.objects.visible_to(user, Capability.VIEW_SYNC)
        .order_by()
        .values("environment_id", domain=F("environment__domain"), **health)
        .distinct()
    )
    seen: dict[int, dict[str, Any]] = {row["environment_id"]: row for row in through}
    whole: Any = list(
        Environment.objects.visible_to(user, Capability.VIEW_SYNC).values(
            "pk",
            "domain",
            "nightly_hour",
            "nightly_runs",
            health=F("connections__health"),
            since=F("connections__health_since"),
        )
    )
    seen |= {row["pk"]: row for row in whole}
    calls = _calls(user)
    return [
        Card(
            pk=pk,
            domain=row["domain"],
            status=HEALTH[Health(row["health"])] if row["health"] else NOT_CONNECTED,
            since=row["since"],
            calls=calls.get(pk, 0),
            connected=bool(row["health"]),
            next_nightly=next_nightly(row["nightly_hour"]) if row["health"] and row["nightly_runs"] else None,
            whole="pk" in row,
            connection=connections.get(pk),
        )
        for pk, row in sorted(seen.items(), key=lambda item: (item[1]["domain"], item[0]))
    ]


def _calls(user: "Person") -> dict[int, int]:
    rows = (
        SyncRun.objects.visible_to(user, Capability.VIEW_SYNC)
        .filter(finished__gte=clock.now() - LATELY)
        .order_by()
        .values_list("environment_id")
        .annotate(calls=Sum("calls"))
    )
    return dict(rows)
