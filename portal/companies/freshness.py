"""How old the data behind a page is: the worst state and the oldest success over every kind and scope it needs.

A kind that one of the companies was never asked for counts as never fetched, also when no row says so. What is read
person by person needs people: of a company without any there is nothing to ask. A kind that is read only where somebody
switched it on is not there where nobody did: nothing of it is shown, whatever was read before.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import CharField, Count, DateTimeField, Exists, F, Max, Min, OuterRef, Q, QuerySet, Value
from django.http import HttpRequest

from portal.accounts.grants import holds_wherever
from portal.accounts.prepared import Prepared
from portal.accounts.roles import INTERNAL
from portal.companies.models import Company
from portal.connections.models import EnvironmentKind
from portal.debtors.models import Debtor
from portal.mirror.models import Freshness, State
from portal.mirror.opt_ins import switches_of
from portal.mirror.resource import Lane, registry
from portal.source import Level
from portal.ui.freshness import FreshnessSummary, summarise, why
from portal.ui.values import Missing

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from portal.accounts.models import User

    Person = User | AnonymousUser

#: What a head count is made of, and a contract wage.
PEOPLE_KINDS = ("employees", "employments")
WAGE_KINDS = (*PEOPLE_KINDS, "current_period", "salaries", "schedules")
#: In place of a state: the row counts scopes, or says that a kind by choice is switched on.
_COUNT, _SWITCH = "count", "switch"
_NEVER_READ: "tuple[datetime | None, str]" = (None, State.NEVER)


class _Group(NamedTuple):
    """Scopes in the same state for a kind. In place of a state: _COUNT, how many scopes of a level there are; _SWITCH,
    in how many environments a choice (OptIn) is on."""

    kind: str
    stored: str
    why: str
    scopes: int
    oldest: datetime | None
    tried: datetime | None


def of_scope(
    user: "Person", debtors: "QuerySet[Debtor]", companies: "QuerySet[Company]", resources: Sequence[str]
) -> FreshnessSummary:
    """The freshness of `resources` over these debtors, their environments and these companies.

    Both querysets have been through `visible_to`: a person learns the age of what they may see, and of the lists of
    the whole environment that it came from. One query, however many scopes there are.
    """
    return _summed(_states_of(user, debtors, companies, resources), resources)


def of_office(
    user: "Person", resources: Sequence[str], kinds: Sequence[str] = tuple(EnvironmentKind)
) -> FreshnessSummary:
    """The freshness of a list over everything that the person sees in environments of these kinds."""
    asked = tuple(resources)
    return _summed(_states_of_office(user, resources=asked, kinds=tuple(map(str, kinds))), asked)


def of_company(user: "Person", company: Company, resources: Sequence[str]) -> FreshnessSummary:
    """The freshness of a page about one company."""
    asked = tuple(resources)
    return _summed(_states_of_company(user, company.debtor_id, company.pk, resources=asked), asked)


def on_page(request: HttpRequest, company: Company, resources: Sequence[str]) -> FreshnessSummary:
    """The same for a page that asks several times, about other kinds each time: read once, about every kind."""
    known: dict[int, list[Any]] = request.__dict__.setdefault("_states_of_companies", {})
    if company.pk not in known:
        every = tuple(resource.name for resource in registry)
        known[company.pk] = list(_states_of_company(request.user, company.debtor_id, company.pk, resources=every))
    return _summed(known[company.pk], tuple(resources))


def of_debtor(request: HttpRequest, debtor: Debtor, resources: Sequence[str]) -> FreshnessSummary:
    """The freshness of a page about one debtor and all its companies; read once for it, about every kind."""
    known: dict[int, list[Any]] = request.__dict__.setdefault("_states_of_debtors", {})
    if debtor.pk not in known:
        every = tuple(resource.name for resource in registry)
        known[debtor.pk] = list(_states_of_debtor(request.user, debtor.pk, resources=every))
    return _summed(known[debtor.pk], tuple(resources))


@Prepared
def _states_of_office(user: "Person", *, resources: Sequence[str], kinds: Sequence[str]) -> "QuerySet[Any, Any]":
    found = Q(environment__kind__in=kinds) if len(kinds) < len(EnvironmentKind) else Q()
    debtors = Debtor.objects.visible_to(user).filter(found)
    return _states_of(user, debtors, Company.objects.visible_to(user).filter(found), resources)


@Prepared
def _states_of_company(user: "Person", debtor: int, company: int, *, resources: Sequence[str]) -> "QuerySet[Any, Any]":
    debtors = Debtor.objects.visible_to(user).filter(pk=debtor)
    return _states_of(user, debtors, Company.objects.visible_to(user).filter(pk=company), resources)


@Prepared
def _states_of_debtor(user: "Person", debtor: int, *, resources: Sequence[str]) -> "QuerySet[Any, Any]":
    debtors = Debtor.objects.visible_to(user).filter(pk=debtor)
    return _states_of(user, debtors, Company.objects.visible_to(user).filter(debtor=debtor), resources)


def _states_of(
    user: "Person", debtors: "QuerySet[Debtor]", companies: "QuerySet[Company]", resources: Sequence[str]
) -> "QuerySet[Any, Any]":
    """Rows of _Group: how many scopes are in which state, and how many there are of each level."""
    own = Freshness.objects.visible_to(user).filter(resource__in=resources)
    of_environments = debtors.filter(
        environment__freshness__company__isnull=True,
        environment__freshness__debtor__isnull=True,
        environment__freshness__resource__in=resources,
    )
    # One arm a level: an OR of both is answered by reading the whole table.
    arms = [
        _grouped(
            own.filter(company__isnull=True, debtor__in=debtors.order_by().values("pk")),
            _internal(user, Debtor, "debtor"),
        ),
        # An accountant, who holds nothing over an environment as such, sees its lists through the debtors in them.
        _grouped(of_environments, _internal(user, Debtor, "pk"), "environment__freshness__"),
        _counted(debtors, Level.ENVIRONMENT, "environment"),
        _counted(debtors, Level.DEBTOR, "pk"),
        _counted(companies, Level.COMPANY, "pk"),
    ]
    if any(_asked_of(name) == Lane.SLOW for name in resources):
        arms.append(_counted(_with_people(companies), Lane.SLOW, "pk"))
    if any(registry[name].opt_in for name in resources):
        arms.append(_switched(companies))
    of_companies = own.filter(company__in=companies.order_by().values("pk"))
    return _grouped(of_companies, _internal(user, Company, "company")).union(*arms, all=True)


def _internal(user: "Person", model: type[Any], owner: str) -> Q:
    """The rows whose owner, a row of `model`, lies at an office where the person works."""
    if holds_wherever(user, INTERNAL):
        return Q(**{f"{owner}__isnull": False})
    return Q(**{f"{owner}__in": model.everything.visible_to(user, INTERNAL).order_by().values("pk")})


def _summed(found: Iterable[tuple[Any, ...]], resources: Sequence[str]) -> FreshnessSummary:
    expected: dict[str, int] = dict.fromkeys((*Level, Lane.SLOW), 0)
    groups, switched_on = [], set()
    for group in map(_Group._make, found):
        if group.stored == _COUNT:
            expected[group.kind] = group.scopes
        elif group.stored == _SWITCH:
            switched_on.add(group.kind)
        else:
            groups.append(group)
    read = [name for name in resources if (switch := registry[name].opt_in) is None or switch in switched_on]
    groups = [group for group in groups if group.kind in read]
    return summarise(_rows(groups, read, expected), _needed(read, expected), label=_label)


def ever_fetched(user: "Person", company: Company, *kinds: str) -> bool:
    """Whether every one of these kinds came in for the company at least once."""
    return all(last_read(user, company, kind) is not None for kind in kinds)


def last_read(user: "Person", company: Company, kind: str) -> datetime | None:
    """When the kind last came in whole for the company; None: never."""
    return _states(user, company).get(kind, _NEVER_READ)[0]


def refused(user: "Person", company: Company, *kinds: str) -> bool:
    """Whether Nmbrs refuses one of these kinds and it never came in."""
    known = _states(user, company)
    return any(known.get(kind) == (None, State.NOT_PERMITTED) for kind in kinds)


def lacks(user: "Person", company: Company, *kinds: str) -> Missing | None:
    """Why nothing can be said that is made of these kinds; None where every one of them came in."""
    if ever_fetched(user, company, *kinds):
        return None
    return Missing.NOT_PERMITTED if refused(user, company, *kinds) else Missing.NEVER_FETCHED


def _states(user: "Person", company: Company) -> dict[str, tuple[datetime | None, str]]:
    """Per kind when it last came in and its state; read once for a row of a page."""
    known: dict[str, tuple[datetime | None, str]] | None = company.__dict__.get("_freshness_states")
    if known is None:
        known = {resource: (last, state) for resource, last, state in _states_asked(user, company.pk)}
        company.__dict__["_freshness_states"] = known
    return known


@Prepared
def _states_asked(user: "Person", company: int) -> "QuerySet[Any, Any]":
    own = Freshness.objects.visible_to(user).filter(company=company)
    return own.values_list("resource", "last_success", "state")


def _grouped(rows: "QuerySet[Any]", internal: Q, path: str = "") -> "QuerySet[Any]":
    """How many scopes are in the same state for each kind, and how old; `path` leads from a row to its freshness."""
    groups: QuerySet[Any] = (
        rows.order_by()
        .values(kind=F(f"{path}resource"), stored=F(f"{path}state"), kept=F(f"{path}error_kind"))
        .annotate(
            why=Max(why(internal, path)),
            scopes=Count(f"{path}pk", distinct=True),
            oldest=Min(f"{path}last_success"),
            tried=Max(f"{path}last_attempt"),
        )
        .values_list(*_Group._fields)
    )
    return groups


def _asked_of(name: str) -> str:
    """What the kind is asked of: a level, or Lane.SLOW for the people of a company."""
    return Lane.SLOW if registry[name].lane is Lane.SLOW else registry[name].level


def _with_people(companies: "QuerySet[Company]") -> "QuerySet[Company]":
    return companies.filter(Exists(Company.everything.filter(pk=OuterRef("pk"), employees__isnull=False)))


def _counted(rows: "QuerySet[Any]", level: str, column: str) -> "QuerySet[Any]":
    """How many scopes of a level there are, as a row beside those of `_grouped`."""
    counted: QuerySet[Any] = (
        rows.order_by()
        .annotate(kind=Value(str(level), CharField()), stored=Value(_COUNT, CharField()), why=Value("", CharField()))
        .values("kind", "stored", "why")
        .annotate(
            scopes=Count(column, distinct=True),
            oldest=Value(None, DateTimeField()),
            tried=Value(None, DateTimeField()),
        )
        .values_list(*_Group._fields)
    )
    return counted


def _switched(companies: "QuerySet[Company]") -> "QuerySet[Any]":
    """The choices that are on in the environments of these companies, as rows beside those of `_grouped`."""
    switched: QuerySet[Any] = (
        switches_of(companies.order_by().values("environment"))
        .order_by()
        .annotate(stored=Value(_SWITCH, CharField()), why=Value("", CharField()))
        .values("kind", "stored", "why")
        .annotate(
            scopes=Count("pk"),
            oldest=Value(None, DateTimeField()),
            tried=Value(None, DateTimeField()),
        )
        .values_list(*_Group._fields)
    )
    return switched


def _rows(groups: Iterable["_Group"], resources: Sequence[str], expected: Mapping[str, int]) -> list[Freshness]:
    """One Freshness for each group of scopes in the same state, and one NEVER where scopes have no row at all."""
    found = dict.fromkeys(resources, 0)
    rows = []
    for group in groups:
        found[group.kind] += group.scopes
        rows.append(
            Freshness(
                resource=group.kind,
                state=group.stored,
                error_kind=group.why,
                last_success=group.oldest,
                last_attempt=group.tried,
            )
        )
    rows.extend(
        Freshness(resource=name, state=State.NEVER) for name in resources if found[name] < expected[_asked_of(name)]
    )
    return rows


def _needed(resources: Sequence[str], expected: Mapping[str, int]) -> list[str]:
    """The kinds that these scopes can have: a debtor without companies has nothing to fetch for a company."""
    return [name for name in resources if expected[_asked_of(name)]]


def _label(name: str) -> str:
    return registry[name].label
