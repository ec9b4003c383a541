"""May this person do this: in general, and to one row. Rows themselves come from `visible_to` alone.

Answers are kept for one request, never longer: a role that is taken away counts from the next click on.
"""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db.models import IntegerField, Model, QuerySet, Value
from django.http import HttpRequest

from portal.accounts import grants
from portal.accounts.prepared import Prepared
from portal.accounts.roles import INTERNAL, SWITCHES, Capability, Role, roles_with
from portal.connections.models import Environment, EnvironmentKind


def capabilities_of(request: HttpRequest) -> frozenset[Capability]:
    """Every capability the signed-in person holds anywhere: what the menu may offer. One query per request."""
    known = getattr(request, "_capabilities", None)
    if isinstance(known, frozenset):
        return known
    held = grants.capabilities(getattr(request, "user", None))
    request._capabilities = held  # type: ignore[attr-defined]
    return held


def firms_of(request: HttpRequest) -> list[str]:
    """The names of the firms in which the signed-in person has a place. Shares its query with `capabilities_of`."""
    return list(grants.firms_of(getattr(request, "user", None)).values())


def environment_kinds(request: HttpRequest) -> frozenset[EnvironmentKind]:
    """The kinds of environment that the signed-in person works in; an office with clients where nothing says so.

    Costs a query, once a request, only for people who see a part of a firm that has both kinds.
    """
    known = getattr(request, "_environment_kinds", None)
    if not isinstance(known, frozenset):
        user = getattr(request, "user", None)
        found = grants.environment_kinds_of(user)
        if len(found) > 1 and found != grants.environment_kinds_seen_whole(user):
            found = _seen_kinds(user)
        known = frozenset(map(EnvironmentKind, found)) or frozenset({EnvironmentKind.ACCOUNTANT})
        request._environment_kinds = known  # type: ignore[attr-defined]
    return known


def without_clients(request: HttpRequest) -> bool:
    """Whether there is no level of clients: everything lies in Business environments, or is a company by itself."""
    return EnvironmentKind.ACCOUNTANT not in tops(request)


def tops(request: HttpRequest) -> frozenset[EnvironmentKind]:
    """What the person's pages begin with: clients, companies or both, told as the kind of environment that does so.

    A company that was given by itself stands beside those of Business environments, whatever its own is.
    """
    # Every name of a kind of record on the page asks. As long as the person has the same, the answer is the same.
    held = grants.holdings(getattr(request, "user", None))
    known: tuple[grants.Holdings, frozenset[EnvironmentKind]] | None = getattr(request, "_tops", None)
    if known is None or known[0] is not held:
        known = (held, _tops(request))
        request._tops = known  # type: ignore[attr-defined]
    return known[1]


def _tops(request: HttpRequest) -> frozenset[EnvironmentKind]:
    user = getattr(request, "user", None)
    if grants.has_only_companies(user):
        return frozenset({EnvironmentKind.BUSINESS})
    kinds = environment_kinds(request)
    return kinds | {EnvironmentKind.BUSINESS} if grants.has_single_companies(user) else kinds


def of_client(request: HttpRequest) -> bool:
    """Whether the reader belongs to clients alone: how pages speak to them. What is an office's own hangs on the row
    (`of_office`): somebody may work at one office and be a client of another.
    """
    return grants.of_client(getattr(request, "user", None))


def of_office(request: HttpRequest, row: Model) -> bool:
    """Whether the reader works at the office of this very row, and may read how it works inside."""
    return holds_over(request, row, INTERNAL)


def _seen_kinds(user: Any) -> frozenset[str]:
    """Of environments, and of the debtors and companies in them: a person may see one without another."""
    environments = Environment.objects.visible_to(user).order_by().values_list("kind", flat=True)
    inside = [
        apps.get_model(model)._default_manager.visible_to(user).order_by().values_list("environment__kind", flat=True)
        for model in ("debtors.Debtor", "companies.Company")
    ]
    return frozenset(environments.union(*inside))


def holds_over(request: HttpRequest, row: Model, capability: Capability) -> bool:
    """Whether the person holds `capability` over this very row, of which only the primary key is needed."""
    return capability in capabilities_over(request, row)


def capabilities_over(request: HttpRequest, row: Model) -> frozenset[Capability]:
    """Everything that the person may do to this very row. One query per request and row."""
    known: dict[tuple[type[Model], object], frozenset[Capability]] = getattr(request, "_capabilities_over", {})
    request._capabilities_over = known  # type: ignore[attr-defined]
    question = (type(row), row.pk)
    if question not in known:
        known[question] = frozenset(_held(request, row))
    return known[question]


def _held(request: HttpRequest, row: Model) -> Iterator[Capability]:
    # Capabilities of the same roles reach the same rows: they are asked about once. A switch adds one by itself.
    alike: dict[tuple[frozenset[Role], Capability | None], list[Capability]] = {}
    for capability in sorted(capabilities_of(request)):
        switch = capability if capability in SWITCHES else None
        alike.setdefault((frozenset(roles_with(capability)), switch), []).append(capability)
    groups = list(alike.values())
    if not groups:
        return
    model, asked = type(row), tuple(group[0] for group in groups)
    # People and files have doors of their own, through which nobody goes for another.
    ask = _reaching if hasattr(model, "scope_paths") else _reaching.question
    for (place,) in ask(request.user, row.pk, model=model, asked=asked):
        yield from groups[place]


@Prepared
def _reaching(user: Any, pk: int, *, model: type[Model], asked: tuple[Capability, ...]) -> "QuerySet[Any, Any]":
    """The places of those capabilities that the person holds over this row."""
    # A row that is missing in Nmbrs still has a page; only the plain manager knows it.
    manager: Any = getattr(model, "everything", model._default_manager)
    first, *others = (
        manager.visible_to(user, capability).filter(pk=pk).order_by().values_list(Value(place, IntegerField()))
        for place, capability in enumerate(asked)
    )
    found: QuerySet[Any, Any] = first.union(*others, all=True)
    return found
