"""Changes of what is read period by period: what became of a record from one period to the next.

That another period is read is no change. What holds from period to period (`Resource.carried`) has a row in each: the
first reading of a period is compared with the last one that was read before it, and what changed in several periods at
once is told of the first of them. What was entered for one period alone is told when it comes, changes or goes. A
period before one that was read already, which is read for the first time, tells nothing.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import Any, NamedTuple

from django.apps import apps

from portal.mirror.asked import Asked
from portal.mirror.dating import Current
from portal.mirror.difference import Difference
from portal.mirror.models import Change, ChangeKind
from portal.mirror.resource import PERIOD_TYPE_MODEL, PERSON, Lane, Resource
from portal.periods import Period, bounds, exists
from portal.vault import open_row

Values = Mapping[str, Any]

#: The loop over periods.
PERIOD = "period"
#: Within a group of alike records those with one id are the same.
_SAME = "remote_id"


class Step(NamedTuple):
    """What became of one record: `row` names it, `old` or `new` is empty where there was or is none."""

    row: Values
    kind: ChangeKind
    old: Values
    new: Values
    day: date | None


def by_period(resource: Resource) -> bool:
    """Whether the kind is read period by period, a row in each."""
    return isinstance(resource.dating, Current) and PERIOD in resource.loops


def columns_needed(resource: Resource) -> set[str]:
    """Columns of rows we have, besides the watched ones, by which records of periods are told apart."""
    return {"year", "number", "last_day", _SAME, *(resource.carried or ())}


def steps(
    asked: Asked, rows: Mapping[str, Values], difference: Difference, known: Mapping[int, Values], *, whole: bool
) -> Iterator[Step]:
    """What the answer says otherwise. `rows` are all drafts, `known` the rows we have that changed or are absent.

    `whole`: no record is in quarantine, so that what the answer lacks is gone. Up to five queries where a period is
    read for the first time (of somebody), else none.
    """
    return _Comparison(asked, rows, difference, known, whole=whole).steps()


class _Comparison:
    def __init__(
        self,
        asked: Asked,
        rows: Mapping[str, Values],
        difference: Difference,
        known: Mapping[int, Values],
        *,
        whole: bool,
    ) -> None:
        self._asked, self._resource, self._whole = asked, asked.resource, whole
        self._rows_we_have = asked.resource.model.everything.filter(**asked.scope.columns)
        #: Whose periods are read by themselves: a person's in the slow lane, else those of the whole company.
        self._of_people = asked.resource.lane is Lane.SLOW
        written = {row["key"]: row for row in difference.write}
        self._before: dict[tuple[Any, Period], list[Values]] = defaultdict(list)
        self._after: dict[tuple[Any, Period], list[Values]] = defaultdict(list)
        self._drafts: dict[tuple[Any, Period], list[Values]] = defaultdict(list)
        #: The periods of which rows are here already, by whose they are.
        self._read: set[tuple[Any, Period]] = set()
        for key, row in rows.items():
            place = self._place(row)
            # A record that says what it said has no key of its own: nothing is written of it.
            self._drafts[place].append(row if "key" in row else {**row, "key": key})
            if key not in written or key in difference.before:
                self._read.add(place)
        for key, row in written.items():
            place = self._place(row)
            self._after[place].append(row)
            old = known.get(difference.before.get(key, 0))
            if old is not None and key not in difference.returned:
                self._before[place].append(old)
        for pk in difference.absent:
            if (old := known.get(pk)) is not None:
                self._before[self._place(old)].append(old)
                self._read.add(self._place(old))

    def steps(self) -> Iterator[Step]:
        told: set[Any] = set()
        for period in self._periods:
            for before, after in self._of(period):
                for step in self._paired(period, before, after):
                    if self._resource.carried is not None:
                        mark = (self._thing(step.row), self._watched(step.old), self._watched(step.new))
                        if mark in told:
                            continue
                        told.add(mark)
                    yield step

    def _of(self, period: Period) -> Iterator[tuple[Sequence[Values], Sequence[Values]]]:
        """The records of before and of now, of everybody whose may have changed in the period."""
        owners = {owner for owner, one in (*self._before, *self._after) if one == period}
        for owner in sorted(owners, key=str):
            place = (owner, period)
            if place in self._read:
                yield self._before[place], self._after[place]
        for owner, before in self._first_read(period):
            yield before, self._drafts.get((owner, period), [])

    def _first_read(self, period: Period) -> Iterator[tuple[Any, Sequence[Values]]]:
        """Whose period is read for the first time and tells something, with the records that went on until then."""
        seen = {owner for owner, one in self._read if one == period}
        if seen and (not self._of_people or len(seen) == len(self._asked.loops[PERSON])):
            return
        here = {owner for owner, one in self._drafts if one == period} - seen
        latest = {owner: found for owner, found in self._latest.items() if owner not in seen}
        carried = self._resource.carried is not None
        earlier = {owner: last for owner, last in latest.items() if last < period}
        gone_on = self._gone_on(earlier, period) if carried else {}
        for owner in sorted(here | set(gone_on), key=str):
            last = latest.get(owner)
            if last is not None and last > period and (carried or not self._of_people):
                continue
            if self._of_people and not self._company_had(period):
                continue
            yield owner, gone_on.get(owner, [])

    def _paired(self, period: Period, before: Sequence[Values], after: Sequence[Values]) -> Iterator[Step]:
        day = self._first_day(period)
        groups: dict[Any, tuple[list[Values], list[Values]]] = defaultdict(lambda: ([], []))
        for side, found in enumerate((before, after)):
            for row in found:
                groups[self._thing(row)][side].append(row)
        for olds, news in groups.values():
            for old, new in _matched(olds, news):
                if old and new:
                    yield Step(new, ChangeKind.CHANGED, old, new, day)
                elif new:
                    yield Step(new, ChangeKind.ADDED, {}, new, day)
                elif old and self._is_gone(old, period, day):
                    yield Step(old, ChangeKind.REMOVED, old, {}, day)

    def _is_gone(self, old: Values, period: Period, day: date | None) -> bool:
        if self._period(old) == period:
            return True
        # What went on until now is gone only when the whole answer lacks it, and its own last day did not tell so.
        last: date | None = old.get("last_day")
        return self._whole and not (last is not None and day is not None and last < day)

    def _thing(self, row: Values) -> Any:
        """What a record of one period has in common with the one of the next that it goes on in."""
        if self._resource.carried is None:
            return row["key"]
        return row.get("employee_id"), *(row[column] for column in self._resource.carried)

    def _watched(self, row: Values) -> tuple[str, ...]:
        return tuple(str(row.get(name)) for name in self._resource.watched)

    def _place(self, row: Values) -> tuple[Any, Period]:
        return row["employee_id"] if self._of_people else None, self._period(row)

    @staticmethod
    def _period(row: Values) -> Period:
        return Period(row["year"], row["number"])

    def _first_day(self, period: Period) -> date | None:
        kind = self._asked.scope.period_type
        return bounds(kind, period).first if kind is not None and exists(kind, period) else None

    @cached_property
    def _periods(self) -> list[Period]:
        values = (value for value in self._asked.loops[PERIOD] if not isinstance(value, str))
        return sorted({Period(int(value["year"]), int(value["number"])) for value in values})

    @cached_property
    def _latest(self) -> dict[Any, Period]:
        """The latest period of which rows are here, by whose they are."""
        rows = self._rows_we_have.order_by()
        if self._of_people:
            own = rows.filter(employee__remote_id__in=list(self._asked.loops[PERSON]))
            found: dict[Any, Period] = {}
            for owner, year, number in own.values_list("employee_id", "year", "number").distinct():
                found[owner] = max(found.get(owner, Period(0, 0)), Period(year, number))
            return found
        newest = next(iter(rows.order_by("-year", "-number").values_list("year", "number")[:1]), None)
        return {} if newest is None else {None: Period(*newest)}

    def _gone_on(self, places: Mapping[Any, Period], period: Period) -> dict[Any, list[Values]]:
        """The records that went on until `period`, by whose they are; `places`: the latest period that is here."""
        found: dict[Any, list[Values]] = {}
        stored: dict[Period, list[Any]] = defaultdict(list)
        for owner, latest in places.items():
            # Of a period in between that this answer is about too, it says all.
            between = [one for one in self._periods if latest <= one < period]
            if between:
                found[owner] = self._not_told_gone(self._drafts.get((owner, between[-1]), []))
            else:
                stored[latest].append(owner)
        for latest, owners in stored.items():
            rows = self._rows_we_have.filter(year=latest.year, number=latest.number, missing_since__isnull=True)
            if self._of_people:
                rows = rows.filter(employee__in=owners)
            opened = [open_row(self._resource.model, row) for row in rows.values()]
            for row in self._not_told_gone(opened):
                found.setdefault(row["employee_id"] if self._of_people else None, []).append(row)
        return found

    def _not_told_gone(self, rows: Iterable[Values]) -> list[Values]:
        """Those of which the log does not say already that they did not go on."""
        return [row for row in rows if row["key"] not in self._told_gone]

    @cached_property
    def _told_gone(self) -> set[str]:
        """The keys of rows of which the last that was told is that they are gone."""
        log = Change.objects.filter(resource=self._resource.name)
        if self._of_people:
            log = log.filter(employee__in=list(self._latest))
        else:
            log = log.filter(company=self._asked.scope.company_id)
        last = dict(log.order_by("learned_at", "pk").values_list("row_key", "kind"))
        return {key for key, kind in last.items() if kind == ChangeKind.REMOVED}

    def _company_had(self, period: Period) -> bool:
        """Whether the company's period was read before it became the current one again, or none after it was."""
        if period not in self._company:
            moved = apps.get_model(PERIOD_TYPE_MODEL)._base_manager.filter(company=self._asked.scope.company_id)
            since = next(iter(moved.values_list("last_changed", flat=True)), None)
            rows = self._rows_we_have.order_by() if since is None else self._rows_we_have.filter(first_seen__lt=since)
            newest = next(iter(rows.order_by("-year", "-number").values_list("year", "number")[:1]), None)
            self._company[period] = (
                newest is None
                or Period(*newest) <= period
                or rows.filter(year=period.year, number=period.number).exists()
            )
        return self._company[period]

    @cached_property
    def _company(self) -> dict[Period, bool]:
        return {}


def _matched(olds: Collection[Values], news: Collection[Values]) -> Iterator[tuple[Values | None, Values | None]]:
    """Alike records of two periods in pairs: those with one id, then in their order; what is left over alone."""
    left, rest = list(olds), []
    for new in news:
        same = next((old for old in left if new.get(_SAME) is not None and old.get(_SAME) == new[_SAME]), None)
        if same is None:
            rest.append(new)
        else:
            left.remove(same)
            yield same, new
    for place in range(max(len(left), len(rest))):
        yield (left[place] if place < len(left) else None, rest[place] if place < len(rest) else None)
