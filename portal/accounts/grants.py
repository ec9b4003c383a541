"""What a person was given, from every source: own memberships, teams, tag rules, and standing in for somebody.

`holdings` asks once, in one query, which sources a person has at all. `Grants` turns those into subqueries for the
tenancy rule. Both compare terms with the clock; a right that has ended is gone with the next query.

The holdings stay with the user object of a request for HOLDINGS_SECONDS at most. They only choose which subqueries
are built, and the subqueries themselves are always asked anew: an outdated holding can hide for a moment what was just
given but never show what was taken away.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from itertools import count
from typing import TYPE_CHECKING, Any, Literal

from django.apps import apps
from django.db import connection
from django.db.models import Case, CharField, F, Model, Q, QuerySet, Value, When
from django.db.models.expressions import RawSQL
from django.db.models.functions import Cast
from django.db.models.signals import post_delete, post_save

from portal.accounts.models import Deputy, Membership, Switch, TagRule, TeamDebtor, TeamMember
from portal.accounts.models.terms import in_force
from portal.accounts.roles import CAPABILITIES, CLIENT, DEPUTISED, Capability, Role, roles_with
from portal.clock import now

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from portal.accounts.models import User

Source = Literal["own", "team", "deputy", "deputy_team", "switch"]
Level = Literal["firm", "debtor", "company", ""]

HOLDINGS_SECONDS = 5

_changes = count()
_generation = next(_changes)


@dataclass(frozen=True)
class Holding:
    """One kind of thing that a person has: a role of this source at this level of this firm.

    A switch carries its capability in place of a role. `environments` is the kind of some environments of the firm; a
    firm with both kinds has two holdings, one without any has None. `accent` and `logo` are how the firm looks (Firm).
    """

    source: Source
    role: str
    level: Level
    firm: int
    firm_name: str
    environments: str | None
    accent: str
    logo: str


Holdings = frozenset[Holding]
#: Of holdings: source, level and firm.
Places = frozenset[tuple[Source, Level, int]]

#: Stand in a statement that was put together for whoever asks where the person and the moment go.
SOMEBODY, SOME_MOMENT = -(10**15), datetime(9999, 1, 2, 3, 4, 5, 6, tzinfo=UTC)


@dataclass(frozen=True)
class StandIn:
    """Whoever asks, while a statement is put together for all who have the same: see portal.accounts.prepared."""

    held: Holdings
    pk: int = SOMEBODY
    is_authenticated: bool = True
    is_active: bool = True


def holdings(user: "User | AnonymousUser | StandIn | None") -> Holdings:
    """What the person has at this moment. Nobody, and somebody who is not active, has nothing."""
    if isinstance(user, StandIn):
        return user.held
    if user is None or not user.is_authenticated or not user.is_active:
        return frozenset()
    kept: tuple[int, datetime, Holdings] | None = getattr(user, "_holdings", None)
    moment = now()
    if kept is None or kept[0] != _generation or not moment - kept[1] <= timedelta(seconds=HOLDINGS_SECONDS):
        kept = (_generation, moment, _asked(user.pk))
        user._holdings = kept
    return kept[2]


def moment_of(user: Any) -> datetime | None:
    """When rights have to be in force for this person: now (None); for a stand-in the moment that stands for it."""
    return SOME_MOMENT if isinstance(user, StandIn) else None


def capabilities(user: "User | AnonymousUser | None") -> frozenset[Capability]:
    """Every capability that the person holds anywhere."""
    held = holdings(user)
    switched = {Capability(one.role) for one in held if one.source == "switch"}
    return frozenset(switched).union(*(CAPABILITIES[Role(one.role)] for one in held if one.source != "switch"))


def roles_of(user: "User | AnonymousUser | StandIn | None") -> frozenset[Role]:
    """Every role that the person holds anywhere, also as somebody's deputy."""
    return frozenset(Role(one.role) for one in holdings(user) if one.source != "switch")


def firms_of(user: "User | AnonymousUser | None") -> dict[int, str]:
    """The firms in which the person has a place: name by primary key, in the order of the names."""
    return dict(sorted({one.firm: one.firm_name for one in holdings(user)}.items(), key=lambda pair: pair[1]))


def look_of(user: "User | AnonymousUser | None") -> tuple[str, str]:
    """Colour and logo mark of the one firm in which the person has a place; nothing for people of several firms."""
    looks = {(one.firm, one.accent, one.logo) for one in holdings(user)}
    _firm, accent, logo = next(iter(looks)) if len(looks) == 1 else (0, "", "")
    return accent, logo


def firms_as(user: "User | AnonymousUser | None", roles: "Collection[Role]") -> dict[int, str]:
    """The firms in which the person has one of these roles themselves, and not as a deputy; as `firms_of`."""
    own = {one for one in holdings(user) if one.source in ("own", "team") and one.role in roles}
    return {pk: name for pk, name in firms_of(user).items() if any(one.firm == pk for one in own)}


def environment_kinds_of(user: "User | AnonymousUser | None") -> frozenset[str]:
    """The kinds of environment of the firms in which the person has a place, whether they see them or not."""
    return frozenset(one.environments for one in holdings(user) if one.environments is not None)


def environment_kinds_seen_whole(user: "User | AnonymousUser | None") -> frozenset[str]:
    """Of those, the kinds in firms that the person sees as a whole."""
    roles = roles_with(Capability.VIEW)
    whole = {one for one in holdings(user) if one.source == "own" and one.level == "firm" and one.role in roles}
    return frozenset(one.environments for one in whole if one.environments is not None)


def of_client(user: "User | AnonymousUser | None") -> bool:
    """Whether the person belongs to clients alone and works at no office."""
    roles = roles_of(user)
    return bool(roles) and roles <= CLIENT


def holds_wherever(user: "User | AnonymousUser | StandIn | None", capability: Capability) -> bool:
    """Whether every role that the person has gives the capability, so that they hold it over all that they see."""
    return roles_of(user) <= set(roles_with(capability))


def has_single_companies(user: "User | AnonymousUser | None") -> bool:
    """Whether the person was given a company by itself, so that they may see one without seeing its client."""
    return any(one.level == "company" for one in holdings(user))


def has_only_companies(user: "User | AnonymousUser | None") -> bool:
    """Whether the person was given nothing but companies by themselves."""
    held = [one for one in holdings(user) if one.source != "switch"]
    return bool(held) and all(one.level == "company" for one in held)


class Grants:
    """The scopes over which a person holds one capability, as querysets of primary keys; None where there is none."""

    def __init__(self, user: "User | AnonymousUser", capability: Capability) -> None:
        held = holdings(user)
        roles = {str(role) for role in roles_with(capability)}
        switched = any(one.source == "switch" and one.role == capability for one in held)
        places = frozenset((one.source, one.level, one.firm) for one in held if one.role in roles)
        self._set(int(user.pk or 0), moment_of(user), capability, switched=switched, held=places)

    def _set(
        self, user: int, moment: datetime | None, capability: Capability, *, switched: bool, held: "Places"
    ) -> None:
        self._user, self._moment, self._capability = user, moment, capability
        self._roles = [str(role) for role in roles_with(capability)]
        self._switched, self._held = switched, held

    def within(self, level: Literal["firm", "debtor", "company"]) -> RawSQL | None:
        """Firms, clients or single companies for a condition: the same, put together once for all alike."""
        found = _compiled(level, self._capability, self._switched, self._held)
        if found is None:
            return None
        # The text is what Django made of a queryset; whose it is stands in its parameters.
        # For a stand-in they stay as they are, until somebody asks.
        whose = found[1] if self._user == SOMEBODY else as_asked_by(self._user, found[1])
        return RawSQL(found[0], whose)  # noqa: S611  # nosec B611

    def firms(self) -> "QuerySet[Any, Any] | None":
        """Firms that the person holds the capability over as a whole."""
        if not self._has("own", "firm"):
            return None
        return self._own().filter(debtor__isnull=True, company__isnull=True).values("firm_id")

    def debtors(self) -> "QuerySet[Any, Any] | None":
        """Clients: the person's own, those of their teams, and those of whom they stand in for."""
        parts: list[QuerySet[Any, Any]] = []
        if self._has("own", "debtor") or self._switched:
            parts.append(self._own().filter(debtor__isnull=False).values("debtor_id"))
        if self._has("team", ""):
            parts += self._of_teams(self._teams(), self._firms_by("team"))
        if self._has("deputy", "debtor"):
            parts.append(self._deputised().filter(debtor__isnull=False).values("debtor_id"))
        if self._has("deputy_team", ""):
            parts += self._of_teams(self._deputised_teams(), self._firms_by("deputy_team"))
        return _united(parts)

    def companies(self) -> "QuerySet[Any, Any] | None":
        """Single companies, in the same way."""
        parts: list[QuerySet[Any, Any]] = []
        if self._has("own", "company") or self._switched:
            parts.append(self._own().filter(company__isnull=False).values("company_id"))
        if self._has("deputy", "company"):
            parts.append(self._deputised().filter(company__isnull=False).values("company_id"))
        return _united(parts)

    def _has(self, source: Source, level: Level) -> bool:
        return any(place[:2] == (source, level) for place in self._held)

    def _firms_by(self, source: Source) -> list[int]:
        return sorted({firm for by, _, firm in self._held if by == source})

    def _own(self) -> "QuerySet[Membership]":
        by_role = Q(role__in=self._roles)
        if self._switched:
            switches = Switch.objects.filter(membership__user_id=self._user, capability=self._capability)
            by_role |= Q(role=Role.CLIENT_USER, pk__in=switches.values("membership_id"))
        return Membership.objects.in_force(self._moment).filter(by_role, user_id=self._user)

    def _teams(self) -> "QuerySet[TeamMember]":
        return TeamMember.objects.filter(in_force(moment=self._moment), user_id=self._user, role__in=self._roles)

    def _deputised(self) -> "QuerySet[Membership]":
        places = _deputised(Membership.objects.in_force(self._moment), self._user, "firm", self._moment)
        return places.filter(role__in=self._deputised_roles())

    def _deputised_teams(self) -> "QuerySet[TeamMember]":
        members = TeamMember.objects.filter(in_force(moment=self._moment))
        places = _deputised(members, self._user, "team__firm", self._moment)
        return places.filter(role__in=self._deputised_roles())

    def _deputised_roles(self) -> list[str]:
        return [role for role in self._roles if role in DEPUTISED]

    def _of_teams(self, places: "QuerySet[TeamMember]", firms: list[int]) -> "list[QuerySet[Any, Any]]":
        teams = places.values("team_id")
        by_hand = TeamDebtor.objects.filter(team__in=teams).values("debtor_id")
        # A tag means something within its firm only, so each firm is asked by itself. Nearly everybody has one.
        return [by_hand, *(caught(TagRule.objects.filter(team__in=teams), firm).values("debtor_id") for firm in firms)]


def caught(rules: "QuerySet[TagRule]", firm: int) -> "QuerySet[Any, Any]":
    """The tags of the firm's clients, as they are in Nmbrs now, that these rules of the firm name."""
    tags: Any = apps.get_model("debtors", "DebtorTag")
    own_rules = rules.filter(team__firm_id=firm).values("tag")
    found: QuerySet[Any, Any] = tags.objects.order_by().filter(
        environment__firm_id=firm, valid_until__isnull=True, text__in=own_rules
    )
    return found


def _united(parts: "list[QuerySet[Any, Any]]") -> "QuerySet[Any, Any] | None":
    """One subquery for all: databases use the index of the outer column for one, not for several joined by OR."""
    if not parts:
        return None
    return parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0]


def _deputised(rows: "QuerySet[Any]", user: int, firm: str, moment: datetime | None) -> "QuerySet[Any]":
    """Those of `rows` that belong to somebody for whom `user` stands in then, within the firm that said so.

    Only while `user` is an accountant or assistant of that firm themselves: standing in ends with the own access.
    """
    own = Membership.objects.in_force(moment).filter(user_id=user, role__in=DEPUTISED)
    places = TeamMember.objects.filter(in_force(moment=moment), user_id=user, role__in=DEPUTISED)
    works_here = own.values("firm_id").union(places.values("team__firm_id"), all=True)
    return rows.filter(
        in_force("user__deputies__", moment),
        user__deputies__substitute_id=user,
        user__deputies__firm=F(firm),
        role__in=DEPUTISED,
        **{f"{firm}__in": works_here},
    )


_LEVEL = Case(
    When(debtor__isnull=False, then=Value("debtor")),
    When(company__isnull=False, then=Value("company")),
    default=Value("firm"),
    output_field=CharField(),
)


def _asked(user: int) -> Holdings:
    """Every kind of thing that the person has, in one query; in two for who stands in for somebody."""
    held = {Holding(*row) for row in _rows(_of_person, user)}
    if any(one.source == "deputy" for one in held):
        deputised = {Holding(*row) for row in _rows(_of_whom_they_stand_in_for, user)}
        held = {one for one in held if one.source != "deputy"} | deputised
    return frozenset(held)


def _of_person(user: int, moment: datetime) -> "QuerySet[Any, Any]":
    own, places = Membership.objects.in_force(moment), TeamMember.objects.filter(in_force(moment=moment))
    switches = Switch.objects.filter(
        in_force("membership__", moment), membership__user_id=user, membership__role=Role.CLIENT_USER
    )
    standing_in = Deputy.objects.filter(in_force(moment=moment), substitute_id=user)
    return _kind(own.filter(user_id=user), "own", F("role"), _LEVEL, "firm").union(
        _kind(places.filter(user_id=user), "team", F("role"), Value(""), "team__firm"),
        _kind(switches, "switch", F("capability"), Value(""), "membership__firm"),
        _kind(standing_in, "deputy", Value(""), Value(""), "firm"),
    )


def _of_whom_they_stand_in_for(user: int, moment: datetime) -> "QuerySet[Any, Any]":
    own = _deputised(Membership.objects.in_force(moment), user, "firm", moment)
    places = _deputised(TeamMember.objects.filter(in_force(moment=moment)), user, "team__firm", moment)
    return _kind(own, "deputy", F("role"), _LEVEL, "firm").union(
        _kind(places, "deputy_team", F("role"), Value(""), "team__firm")
    )


Asking = Callable[[int, datetime], "QuerySet[Any, Any]"]


@cache
def _statement(asking: Asking) -> tuple[str, tuple[Any, ...]]:
    """The question as SQL. Every request asks it, and putting it together takes ten times as long as answering it."""
    return asking(SOMEBODY, SOME_MOMENT).query.sql_with_params()


@lru_cache(maxsize=4096)
def _compiled(
    level: Literal["firm", "debtor", "company"], capability: Capability, switched: bool, held: Places
) -> tuple[str, tuple[Any, ...]] | None:
    """The subquery of somebody who holds the capability in such places. A page has a dozen of them."""
    somebody = Grants.__new__(Grants)
    somebody._set(SOMEBODY, SOME_MOMENT, capability, switched=switched, held=held)
    rows = {"firm": somebody.firms, "debtor": somebody.debtors, "company": somebody.companies}[level]()
    return None if rows is None else rows.query.sql_with_params()


def as_asked_by(user: int, parameters: tuple[Any, ...], others: "Mapping[int, int] | None" = None) -> tuple[Any, ...]:
    """The parameters of a statement that was put together for all, for this person and this moment.

    `others`: what else stands in it for something, and for what.
    """
    adapted = connection.ops.adapt_datetimefield_value
    instead: dict[Any, Any] = {SOMEBODY: user, adapted(SOME_MOMENT): adapted(now()), **(others or {})}
    return tuple(instead.get(value, value) for value in parameters)


def _rows(asking: Asking, user: int) -> list[tuple[Any, ...]]:
    statement, parameters = _statement(asking)
    with connection.cursor() as cursor:
        cursor.execute(statement, as_asked_by(user, parameters))
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def _kind(rows: "QuerySet[Any]", source: Source, role: Any, level: Any, firm: str) -> "QuerySet[Any, Any]":
    plain = rows.order_by().annotate(
        _source=Value(source, output_field=CharField()),
        _held=Cast(role, CharField(max_length=30)),
        _level=Cast(level, CharField(max_length=10)),
    )
    kinds: QuerySet[Any, Any] = plain.values_list(
        "_source",
        "_held",
        "_level",
        f"{firm}_id",
        f"{firm}__name",
        f"{firm}__environments__kind",
        f"{firm}__accent",
        f"{firm}__logo_mark",
    )
    return kinds


def _forget(sender: type[Model], **_: Any) -> None:
    """What is kept on user objects of this process is outdated."""
    global _generation
    _generation = next(_changes)


for _model in (Membership, Switch, TeamMember, Deputy):
    post_save.connect(_forget, sender=_model, dispatch_uid=f"grants-{_model.__name__}-saved")
    post_delete.connect(_forget, sender=_model, dispatch_uid=f"grants-{_model.__name__}-deleted")
