"""What is not up to date now, and why: Freshness put into groups, and the answers that wait for a decision."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any, overload

from django.db.models import Case, CharField, Count, F, Max, Min, Q, QuerySet, Sum, Value, When
from django.db.models.functions import Cast, Coalesce, Lower, NullIf
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal import clock
from portal.accounts.roles import Capability
from portal.mirror.models import Freshness, State
from portal.mirror.resource import Lane, registry
from portal.sync import messages
from portal.sync.models import Status, SyncRun
from portal.sync.targets import Target, of_freshness
from portal.ui.freshness import STALE_AFTER, STALE_AFTER_ROUND
from portal.ui.values import Level
from portal.ui.values import Status as Shown

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from portal.accounts.models import User

    Person = User | AnonymousUser

#: So many decisions are shown at once; the others follow as these are taken.
HOLDS = 20
#: A run ends in the same transaction as its freshness, a moment earlier.
MOMENT = timedelta(seconds=5)


class Problem(StrEnum):
    """Why a kind of record needs attention. The order is that of the filter."""

    NOT_PERMITTED = "not_permitted"
    FAILING = "failing"
    HELD = "held"
    LEFT_OUT = "left_out"
    STALE = "stale"


PROBLEMS = {
    Problem.NOT_PERMITTED: Shown(Level.LATE, gettext_lazy("not permitted"), "ban"),
    Problem.FAILING: Shown(Level.LATE, gettext_lazy("failing"), "alert-triangle"),
    Problem.HELD: Shown(Level.SOON, gettext_lazy("held for a decision"), "hand-stop"),
    Problem.LEFT_OUT: Shown(Level.SOON, gettext_lazy("records left out"), "circle-minus"),
    Problem.STALE: Shown(Level.SOON, gettext_lazy("stale"), "clock-exclamation"),
}


@dataclass
class Group:
    """One kind of record of one client (or of the whole environment) with one problem, over all its companies."""

    environment_id: int
    domain: str
    debtor_id: int | None
    debtor_name: str
    resource: str
    problem: Problem
    error_kind: str
    error_code: int | None
    companies: int
    scopes: int
    never: int
    oldest: datetime | None
    tried: datetime | None
    quarantined: int
    facts: messages.Facts | None = None

    @property
    def client(self) -> str:
        """The client, or that it is about the environment itself; of one that the reader does not see only that."""
        if self.debtor_id is not None and not self.debtor_name:
            return _("Companies that you see by themselves")
        return self.debtor_name or _("Whole environment %(domain)s") % {"domain": self.domain}

    @property
    def kind(self) -> str:
        """The kind of record."""
        return messages.kind_of(self.resource)

    @property
    def status(self) -> Shown:
        """Word, icon and colour."""
        return PROBLEMS[self.problem]

    @property
    def last_success(self) -> datetime | None:
        """When the oldest of the group was last right; None when one of them never was."""
        return None if self.never else self.oldest

    @property
    def lines(self) -> list[str]:
        """What happened, what it means and what to do."""
        if self.problem is Problem.STALE:
            to_do = _("No sync has renewed this since. See above whether Nmbrs answers, or resync.")
            return [messages.kept(self.resource, self.last_success), to_do]
        if self.problem is Problem.LEFT_OUT:
            found = messages.of_facts(self.resource, self.facts) if self.facts else []
            to_do = _("Correct the records in Nmbrs, then resync. If they are right there, report it.")
            return [*found, to_do]
        words = messages.of_error(self.error_kind, self.resource, code=self.error_code, last_success=self.last_success)
        return [words.happened, words.means, words.to_do]


@dataclass(frozen=True)
class Hold:
    """A held answer: what it would remove or take off a closed period, and the right to let exactly it through."""

    freshness: Freshness
    target: Target
    share: tuple[int, int] | None
    fall: tuple[str, int] | None = None
    names: tuple[str, ...] = ()

    @property
    def answer(self) -> str:
        """Which answer it is about; another one is another decision."""
        return bytes(self.freshness.held_digest).hex()

    @property
    def kind(self) -> str:
        """The kind of record."""
        return messages.kind_of(self.freshness.resource)

    @property
    def dropped(self) -> str:
        """Which closed period would lose how much; empty where it is not about that."""
        return messages.dropped(*self.fall, kind=self.kind) if self.fall else ""

    @property
    def kept(self) -> str:
        """How old the data is that is still shown."""
        return messages.kept(self.freshness.resource, self.freshness.last_success)


def with_problem(rows: "QuerySet[Freshness]") -> "QuerySet[Freshness]":
    """The rows that need attention, each with its `problem`."""
    slow = [kind.name for kind in registry if kind.lane is Lane.SLOW]
    now = clock.now()
    stale = Q(state=State.FRESH) & (
        Q(~Q(resource__in=slow), last_success__lt=now - STALE_AFTER)
        | Q(resource__in=slow, last_success__lt=now - STALE_AFTER_ROUND)
    )
    return rows.filter(
        Q(state__in=[State.FAILING, State.NOT_PERMITTED, State.HELD]) | Q(quarantined__gt=0) | stale
    ).annotate(
        problem=Case(
            When(state__in=[State.FAILING, State.NOT_PERMITTED, State.HELD], then=F("state")),
            When(stale, then=Value(Problem.STALE.value)),
            default=Value(Problem.LEFT_OUT.value),
        )
    )


class Groups(Sequence[Group]):
    """Rows of `with_problem` by client, kind and problem, clients in the order of their names.

    Only those that are looked at are read: where nothing was renewed for a day, a firm has many thousands. One query
    for a part of them, one for their number. `clients`: those whose names are told; None: all.
    """

    def __init__(self, rows: "QuerySet[Any]", clients: Collection[int] | None = None) -> None:
        self._read: dict[tuple[int | None, int | None], list[Group]] = {}
        name: Any = Coalesce(NullIf("debtor__name", Value("")), Cast("debtor__number", CharField()), Value(""))
        if clients is not None:
            name = Case(When(debtor__in=clients, then=name), default=Value(""))
        rank = Case(*(When(problem=problem.value, then=Value(place)) for place, problem in enumerate(Problem)))
        self._rows: Any = (
            rows.order_by()
            .values(
                "environment_id",
                "debtor_id",
                "resource",
                "problem",
                "error_kind",
                "error_code",
                domain=F("environment__domain"),
                debtor_name=name,
                # Columns, not expressions of the order: with the parameters on the server PostgreSQL takes the same
                # expression in the order and in the groups for two.
                sorted_name=Lower(name),
                rank=rank,
            )
            .annotate(
                scopes=Count("pk"),
                companies=Count("company", distinct=True),
                never=Count("pk", filter=Q(last_success__isnull=True)),
                oldest=Min("last_success"),
                tried=Max("last_attempt"),
                left_out=Sum("quarantined"),
            )
            .order_by("sorted_name", "rank", "resource", "environment_id", "debtor_id", "error_kind", "error_code")
        )

    @cached_property
    def _number(self) -> int:
        return int(self._rows.count())

    def __len__(self) -> int:
        return self._number

    def __iter__(self) -> Iterator[Group]:
        return iter(self[:])

    @overload
    def __getitem__(self, place: int) -> Group: ...
    @overload
    def __getitem__(self, place: slice) -> list[Group]: ...
    def __getitem__(self, place: int | slice) -> Group | list[Group]:
        """One group, or some of them; asked for the same once more, the same ones."""
        if isinstance(place, int):
            return self[place : place + 1][0]
        part = (place.start, place.stop)
        if part not in self._read:
            self._read[part] = [_group(row) for row in self._rows[place]]
        return self._read[part]


def _group(row: dict[str, Any]) -> Group:
    problem, left_out = Problem(row["problem"]), row["left_out"]
    told = {name: value for name, value in row.items() if name not in {"problem", "left_out", "sorted_name", "rank"}}
    return Group(**told, problem=problem, quarantined=left_out)


def add_facts(user: "Person", shown: Sequence[Group]) -> None:
    """Tell the groups with records left out which columns refused them. One query, none without such a group."""
    wanted = {
        (group.environment_id, group.debtor_id, group.resource): group
        for group in shown
        if group.problem is Problem.LEFT_OUT
    }
    if not wanted:
        return
    since = min((group.tried for group in wanted.values() if group.tried), default=clock.now()) - timedelta(days=1)
    runs = (
        SyncRun.objects.visible_to(user, Capability.VIEW_SYNC)
        .filter(
            environment__in={key[0] for key in wanted},
            resource__in={key[2] for key in wanted},
            finished__gte=since,
            quarantined__gt=0,
            status=Status.SUCCEEDED,
        )
        .order_by("finished", "pk")
        .values_list("environment_id", "debtor_id", "resource", "scope_key", "error_detail")
    )
    latest = {(row[0], row[1], row[2], row[3]): row[4] for row in runs}
    for (environment, debtor, resource, _scope), detail in latest.items():
        group = wanted.get((environment, debtor, resource))
        if group is not None:
            facts = messages.facts(detail)
            group.facts = facts if group.facts is None else group.facts + facts


def holds(user: "Person") -> list[Hold]:
    """The oldest held answers that the person may decide about, one more than HOLDS at most, each with how much it
    would remove. Two queries.
    """
    rows = list(
        Freshness.objects.visible_to(user, Capability.DECIDE_HOLD)
        .filter(state=State.HELD)
        .exclude(rejected_digest=F("held_digest"))
        .select_related("environment", "debtor", "company")
        .order_by("last_success", "pk")[: HOLDS + 1]
    )
    if not rows:
        return []
    since = min(row.last_attempt for row in rows if row.last_attempt) - MOMENT
    runs = SyncRun.objects.visible_to(user).filter(
        environment__in={row.environment_id for row in rows},
        scope_key__in={row.scope_key for row in rows},
        status=Status.HELD,
        finished__gte=since,
    )
    details = {
        (scope_key, resource): detail
        for scope_key, resource, detail in runs.order_by("finished", "pk").values_list(
            "scope_key", "resource", "error_detail"
        )
    }
    names = _names(user, rows)
    found = []
    for row in rows:
        detail = details.get((row.scope_key, row.resource), "")
        share, fall = messages.removed_of(detail), messages.fallen_of(detail)
        found.append(Hold(row, of_freshness(row), share, fall, names.get(row.pk, ())))
    return found


def _names(user: "Person", rows: Sequence[Freshness]) -> dict[int, tuple[str, ...]]:
    """What each held answer would take away, by name, as far as the person may see it. One query a kind."""
    by_kind: dict[str, list[Freshness]] = defaultdict(list)
    for row in rows:
        by_kind[row.resource].append(row)
    found = {}
    for name, held in by_kind.items():
        kind = registry[name]
        wanted = [pk for row in held for pk in row.held_rows]
        if not wanted:
            continue
        gone = kind.model.everything.visible_to(user, kind.capability).filter(pk__in=wanted)
        if "employee" in kind.links:
            gone = gone.select_related("employee")
        owners = {one.pk: str(getattr(one, "employee", one)) for one in gone}
        for row in held:
            mine = {owners[pk] for pk in row.held_rows if pk in owners}
            found[row.pk] = tuple(sorted(mine, key=str.casefold))
    return found
