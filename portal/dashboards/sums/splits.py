"""The people and the wage cost of the shown window by department and by cost centre."""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.companies.in_period import was_asked
from portal.companies.periods import Chosen
from portal.dashboards.sums.numbers import SHARE_UNITS, Sums, over
from portal.employees.models import CostShare

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

#: The length of the longest bar, in the units of its drawing.
BAR = 120


@dataclass(frozen=True)
class Part:
    """One row. `people` may be parts of people; None: not known. `cost` in euros; None: not known, or nothing to see.

    `bar`: how long the bar of `people` is, of BAR. `filtered`: the name as the list of people filters by it.
    """

    name: "str | _StrPromise"
    people: Decimal | None
    cost: Decimal | None
    bar: str = "0"
    filtered: str = ""


@dataclass(frozen=True)
class Split:
    """All parts, the largest first, and what they add up to; None: not known. `left_out`: how many companies are in
    neither, because it is not known of them.
    """

    parts: Sequence[Part]
    people: Decimal | None
    cost: Decimal | None
    left_out: int = 0


def departments(sums: Sums, companies: Container[int], *, cost_known: bool) -> Split:
    """By department on the last day, of some of the companies; the cost by the department that the journal names."""
    none: dict[str | None, _StrPromise] = {
        None: gettext_lazy("no department on this day"),
        "": gettext_lazy("department without a name"),
    }
    people = {name: Decimal(count) for name, count in over(companies, sums.by_department).items()}
    booked: dict[str | None, int] = {}
    if cost_known:
        booked.update(over(companies, sums.booked_by_department).items())
    if "" in booked and "" not in people:
        # The journal has one word for both.
        booked[None] = booked.pop("")
    rows = [
        (none.get(name, name or ""), people.get(name, Decimal(0)), _cents(booked, name, known=cost_known), name or "")
        for name in {*people, *booked}
    ]
    return _split(rows, cost_known=cost_known)


def centers(sums: Sums, companies: Container[int], *, cost_known: bool) -> Split:
    """By cost centre of the last period, of some of the companies; somebody whose costs are divided counts for a part
    in each. A company is left out where it was not read how its people are divided; where that is so of every one with
    people, there is the cost alone.
    """
    parts = (sums.by_department, sums.by_center, sums.booked_by_center)
    found = {company for one in parts for company, _ in one if company in companies}
    working = {company for company, _ in sums.by_department if company in found}
    read = {company for company, _ in sums.by_center}
    unknown = {company for company in working - read if not _asked(sums, company)}
    shares_known = unknown != working or not working
    counted = found - unknown if shares_known else found
    divided, heads = over(counted, sums.by_center), sum(over(counted, sums.by_department).values())
    shares = {code: Decimal(units) / SHARE_UNITS for code, units in divided.items()}
    left = Decimal(heads) - sum(shares.values(), Decimal(0))
    if shares_known and left:
        shares[""] = shares.get("", Decimal(0)) + left
    booked = over(counted, sums.booked_by_center) if cost_known else {}
    rows = [
        (
            _center(sums.centers, code),
            shares.get(code, Decimal(0)) if shares_known else None,
            _cents(booked, code, known=cost_known),
            code,
        )
        for code in {*shares, *booked}
    ]
    split = _split(rows, people_known=shares_known, cost_known=cost_known)
    return replace(split, left_out=len(found - counted))


def _asked(sums: Sums, company: int) -> bool:
    """Whether Nmbrs is asked how people are divided in the last period that ends in the window; none may end there."""
    if company not in sums.types:
        return False
    kind, current = sums.types[company], sums.current[company]
    last = sums.windows.periods(kind, len(sums.windows.all) - 1)[-1:]
    return any(was_asked(CostShare.resource, Chosen(kind, period, current)) for period in last)


def _center(names: Mapping[str, str], code: str) -> str:
    if not code:
        return _("no cost centre")
    return f"{code} · {names[code]}" if names.get(code) else code


def _cents(booked: Mapping[str | None, int] | Mapping[str, int], name: str | None, *, known: bool) -> Decimal | None:
    return Decimal(booked.get(name, 0)) / 100 if known else None  # type: ignore[arg-type]


def _split(
    rows: "Sequence[tuple[str | _StrPromise, Decimal | None, Decimal | None, str]]",
    *,
    people_known: bool = True,
    cost_known: bool,
) -> Split:
    def size(people: Decimal | None, cost: Decimal | None) -> Decimal:
        return (cost or Decimal(0)) if people is None else people

    most = max((size(people, cost) for _name, people, cost, _filtered in rows), default=Decimal(0))

    def length(people: Decimal | None, cost: Decimal | None) -> str:
        return f"{max(size(people, cost), Decimal(0)) / most * BAR:.1f}" if most > 0 else "0"

    parts = [Part(name, people, cost, length(people, cost), filtered) for name, people, cost, filtered in rows]
    parts.sort(key=lambda part: (-size(part.people, part.cost), not part.filtered, str(part.name).casefold()))
    return Split(
        parts,
        people=sum((part.people or Decimal(0) for part in parts), Decimal(0)) if people_known else None,
        cost=sum((part.cost or Decimal(0) for part in parts), Decimal(0)) if cost_known else None,
    )
