"""The rows behind the page of one person: every kind that the reader may see, read by one query a request."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest

from portal import clock
from portal.accounts.prepared import Prepared
from portal.companies import words
from portal.companies.models import CurrentPeriod, HourCode, WageCode
from portal.debtors import asked
from portal.employees.kinds import IN_PERIOD, KINDS, LEAVE, Kind, Listing
from portal.employees.models import Employee, FixedHours, FixedWage, VariableHours, VariableWage
from portal.employees.standing import standing_of
from portal.mirror import together
from portal.periods import Period, PeriodType, bounds, containing
from portal.ui.permissions import holds_over

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from portal.accounts.models import User

    Person = User | AnonymousUser

Shown = Kind | Listing
#: Codes of the company -> the kinds of a person's records that carry them.
CODES: Mapping[type[Any], tuple[type[Any], ...]] = {
    HourCode: (FixedHours, VariableHours),
    WageCode: (FixedWage, VariableWage),
}
#: How the page shows the records of a model.
_EVERY: tuple[Shown, ...] = (*KINDS, *IN_PERIOD)
_SHOWN: Mapping[type[Any], Shown] = {one.model: one for one in _EVERY}


@dataclass(frozen=True)
class PagePeriod:
    """The period of the company that the day of the page lies in; today it is the company's current one."""

    current: CurrentPeriod
    period: Period

    @property
    def kind(self) -> PeriodType:
        """What the company's periods are."""
        return PeriodType(self.current.period_type)

    @property
    def label(self) -> str:
        """As people read it: 2026-11 M."""
        return words.period(self.kind, self.period)

    @property
    def last_day(self) -> date:
        """The day its codes are of."""
        return bounds(self.kind, self.period).last


def period_of(request: HttpRequest, person: Employee) -> PagePeriod | None:
    """The period of the page; None while the company's current period is not known."""
    current: CurrentPeriod | None = getattr(person.company, "current", None)
    if current is None:
        return None
    day = asked.day(request)
    return PagePeriod(
        current,
        current.period if day == clock.today() else containing(PeriodType(current.period_type), day),
    )


def rows_of(request: HttpRequest, person: Employee) -> Mapping[Shown, list[Any]]:
    """Every row of the page by kind: dated kinds oldest first, listings in their own order.

    A kind that the reader may not see is not there; of one that is switched off there are no rows.
    """
    known: dict[int, dict[Shown, list[Any]]] = request.__dict__.setdefault("_rows_of_people", {})
    if person.pk not in known:
        known[person.pk] = _read(request, person)
    return known[person.pk]


def _read(request: HttpRequest, person: Employee) -> dict[Shown, list[Any]]:
    standing, period = standing_of(request.user, person), period_of(request, person)
    shown: list[Shown] = [*KINDS, LEAVE, *(IN_PERIOD if period else ())]
    permitted = [one for one in shown if holds_over(request, person, one.resource.capability)]
    # The leave of a year is among all leave of the timeline: it is read once.
    models = list(dict.fromkeys(one.model for one in permitted if not standing.is_off(one.resource)))
    if not models:
        return {one: [] for one in permitted}
    asked_for = (*models, *(_codes_for(models) if period is not None else ()))
    answer = _rows(
        request.user,
        person.pk,
        person.company_id,
        models=asked_for,
        period=period.period if period is not None else None,
    )
    read = dict(zip(asked_for, together.rows_of(asked_for, answer), strict=True))
    rows: dict[Shown, list[Any]] = {one: read.get(one.model, []) for one in permitted}
    if LEAVE in rows:
        year = asked.day(request).year
        rows[LEAVE] = [row for row in reversed(rows[LEAVE]) if row.valid_from.year == year]
    if period is not None:
        _describe(rows, {model: read.get(model, []) for model in CODES}, period.last_day)
    return rows


def _codes_for(models: Collection[type[Any]]) -> list[type[Any]]:
    """The kinds of codes that records of these kinds carry."""
    return [model for model, carriers in CODES.items() if not set(carriers).isdisjoint(models)]


@Prepared
def _rows(
    user: "Person", person: int, company: int, *, models: tuple[type[Any], ...], period: Period | None
) -> "QuerySet[Any, Any]":
    """The records of `models` that the page shows of a person, and every version of the codes that they carry."""
    own: dict[type[Any], QuerySet[Any]] = {}
    for model in models:
        if model not in CODES:
            visible = model.objects.visible_to(user, model.resource.capability)
            own[model] = _shown(visible.filter(employee=person), _SHOWN[model], period)
    return together.united([own[model] if model in own else _codes(user, company, model, own) for model in models])


def _shown(own: "QuerySet[Any]", one: Shown, period: Period | None) -> "QuerySet[Any]":
    """Those of somebody's own rows of a kind that the page shows."""
    rows: Any = own
    if isinstance(one, Kind):
        dated = any(column.name == "created_at" for column in one.model._meta.fields)
        rows = rows.order_by("valid_from", *(["created_at"] if dated else []), "pk")
    elif period is not None:
        rows = rows.in_period(period).order_by(*one.order)
    shown: QuerySet[Any] = rows
    return shown


def _codes(
    user: "Person", company: int, model: type[Any], carriers: Mapping[type[Any], "QuerySet[Any]"]
) -> "QuerySet[Any]":
    """The company's codes of this kind that the records carry, every version of them, oldest first."""
    carried = Q()
    for carrier in CODES[model]:
        if carrier in carriers:
            carried |= Q(code__in=carriers[carrier].order_by().values("code"))
    visible: QuerySet[Any] = model.objects.visible_to(user, model.resource.capability)
    return visible.filter(carried, company=company).order_by("valid_from", "pk")


def _describe(rows: Mapping[Shown, Iterable[Any]], codes: Mapping[type[Any], Iterable[Any]], day: date) -> None:
    """Give each component `code_description`: what its code meant on `day`.

    Nmbrs gives only the present codes: of a day before we first saw a code, the first description we saw counts.
    """
    for model, carriers in CODES.items():
        described: dict[int, str] = {}
        for version in codes[model]:
            if version.code not in described or version.valid_from <= day:
                described[version.code] = version.description
        for one, found in rows.items():
            if one.model in carriers:
                for row in found:
                    row.code_description = described.get(row.code, "")
