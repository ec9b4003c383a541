"""Changing what was agreed about companies: the one home of these writes. Each asks anew who may, and leaves a trace.

Every function takes primary keys of companies and returns how many were changed; those over which `by` does not hold
SET_DEADLINES are as if they did not exist.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction

from portal import clock
from portal.accounts.models import User
from portal.audit.about import About
from portal.audit.details import Detail
from portal.audit.kinds import Kind as Act
from portal.audit.recording import record
from portal.companies.models import Company
from portal.companies.status import RETURN_KINDS
from portal.deadlines import states
from portal.deadlines.colleagues import colleagues, seen_by
from portal.deadlines.models import Arrangement, Deadline, Ending, Kind, MovedDate
from portal.deadlines.rules import BY_MONTH, PayRule
from portal.periods import Period, PeriodType


@dataclass(frozen=True)
class Done:
    """How many companies were changed; `without`: the keys of those that were not, because they could not be."""

    changed: int
    without: frozenset[int] = frozenset()

    @property
    def left_out(self) -> int:
        """How many those are."""
        return len(self.without)


@dataclass(frozen=True)
class Terms:
    """What is agreed in place of the usual terms; a part that is None stays as it is for each company."""

    pay: tuple[PayRule, int] | None = None
    #: Days after the period, or "" for the office's usual term.
    pension: "int | str | None" = None


@transaction.atomic
def assign(by: User, companies: Iterable[int], responsible: User | None) -> Done:
    """Let `responsible` (None: nobody) see to these companies. Left out are companies that they do not see.

    Raises PermissionError for somebody who is not a colleague.
    """
    asked = seen_by(by, companies)
    able = asked
    if responsible is not None:
        if not colleagues(by).filter(pk=responsible.pk).exists():
            raise PermissionError
        able = seen_by(responsible, asked)
    changed = _write(able, responsible=responsible)
    _record(changed, {"what": "responsible", "user": responsible.pk if responsible else 0})
    return Done(len(changed), frozenset(asked - able))


@transaction.atomic
def set_terms(by: User, companies: Iterable[int], terms: Terms) -> Done:
    """Other terms for these companies; their deadlines follow at once.

    A day of the month goes with a period of a month or longer only: shorter ones are left out, and so is a company of
    which nobody knows yet how long they are.
    """
    asked = seen_by(by, companies)
    able = asked
    values: dict[str, Any] = {}
    if terms.pay is not None:
        values |= {"pay_rule": terms.pay[0].value, "pay_number": terms.pay[1]}
        if terms.pay[0] is PayRule.DAY_OF_MONTH:
            long = [kind.value for kind in BY_MONTH]
            able = set(Company.objects.filter(pk__in=asked, current__period_type__in=long).values_list("pk", flat=True))
    if terms.pension is not None:
        values["pension_days"] = None if terms.pension == "" else int(terms.pension)
    changed = _write(able, **values) if values else []
    states.rewrite(changed)
    _record(changed, {"what": "terms", "fields": sorted(values)})
    return Done(len(changed), frozenset(asked - able))


@transaction.atomic
def stop(by: User, companies: Iterable[int], part: Ending, *, after: date, reason: str) -> Done:
    """No payroll, or no pension return, is expected any more of a period that begins after this day.

    What Nmbrs has of one all the same keeps its deadline.
    """
    values = {f"{part}_end": after, f"{part}_end_reason": reason}
    changed = _write(seen_by(by, companies), **values)
    states.rewrite(changed)
    _record(changed, {"what": f"{part}_ended"})
    return Done(len(changed))


@transaction.atomic
def go_on(by: User, companies: Iterable[int], part: Ending) -> Done:
    """It did not end, or it begins again: everything is expected as if nothing had been said."""
    ended = Arrangement.objects.filter(company__in=seen_by(by, companies), **{f"{part}_end__isnull": False})
    changed = _write(
        list(ended.values_list("company_id", flat=True)), **{f"{part}_end": None, f"{part}_end_reason": ""}
    )
    states.rewrite(changed)
    _record(changed, {"what": f"{part}_goes_on"})
    return Done(len(changed))


@transaction.atomic
def move(
    by: User, companies: Iterable[int], kind: Kind, length: PeriodType, period: Period, *, due: date, reason: str
) -> Done:
    """Another due date for one period, in place of the computed one. Left out: companies without that deadline."""
    asked = seen_by(by, companies)
    subject: dict[str, Any] = {
        "kind": kind.value,
        "period_type": length.value,
        "year": period.year,
        "number": period.number,
    }
    able = sorted(Deadline.objects.filter(company__in=asked, **subject).values_list("company_id", flat=True))
    for company in able:
        MovedDate.objects.update_or_create(
            company_id=company, **subject, defaults={"due": due, "reason": reason, "moved_by": by}
        )
    states.rewrite(able)
    _record(able, {"what": "moved", "kind": kind.value})
    return Done(len(able), frozenset(asked.difference(able)))


@transaction.atomic
def move_year(
    by: User, companies: Iterable[int], length: PeriodType, year: int, *, dues: Mapping[int, date | None], reason: str
) -> Done:
    """The due dates of a year's returns, by the number of the return period; None: the computed one counts again.

    Left out: companies that have no return periods of this length in the year. The deadlines of periods that are not
    worked out yet follow when they are.
    """
    asked = seen_by(by, companies)
    subject: dict[str, Any] = {"kind": Kind.RETURN.value, "period_type": length.value, "year": year}
    known = set(Deadline.objects.filter(company__in=asked, **subject).values_list("company_id", "number"))
    usual = [one.value for one, kind in RETURN_KINDS.items() if kind is length]
    whole = set(Company.objects.filter(pk__in=asked, return_period__in=usual).values_list("pk", flat=True))
    able = sorted(whole | {company for company, _ in known})
    have = {(row.company_id, row.number): row for row in MovedDate.objects.filter(company__in=able, **subject)}
    now, fresh, gone = clock.now(), [], []
    for company in able:
        for number, due in dues.items():
            before = have.get((company, number))
            if due is None and before is not None:
                gone.append(before)
            has_it = company in whole or (company, number) in known
            if due is not None and has_it and (before is None or before.due != due):
                told = {"due": due, "reason": reason, "moved_by": by, "moved_at": now}
                fresh.append(MovedDate(company_id=company, **subject, number=number, **told))
    MovedDate.objects.bulk_create(
        fresh,
        batch_size=500,
        update_conflicts=True,
        unique_fields=["company", "kind", "period_type", "year", "number"],
        update_fields=["due", "reason", "moved_by", "moved_at"],
    )
    for start in range(0, len(gone), 500):
        MovedDate.objects.filter(pk__in=[row.pk for row in gone[start : start + 500]]).delete()
    changed = sorted({row.company_id for row in [*fresh, *gone]})
    states.rewrite(changed)
    dates = [f"{length.value}:{year}-{number}:{due or 'computed'}" for number, due in sorted(dues.items())]
    _record(changed, {"what": "dates_of_year", "kind": Kind.RETURN.value, "year": year, "dates": dates})
    return Done(len(able), frozenset(asked.difference(able)))


@transaction.atomic
def put_back(by: User, moved: MovedDate) -> Done:
    """The computed date counts again."""
    able = sorted(seen_by(by, [moved.company_id]))
    if able:
        moved.delete()
        states.rewrite(able)
        _record(able, {"what": "put_back", "kind": moved.kind})
    return Done(len(able))


def _write(companies: Iterable[int], **values: Any) -> list[int]:
    """Set columns of the companies' arrangements, made where there are none; gives those in which something changed."""
    asked = sorted(companies)
    have = {row.company_id: row for row in Arrangement.objects.filter(company__in=asked)}
    new = [Arrangement(company_id=pk, **values) for pk in asked if pk not in have]
    other = [row for row in have.values() if any(getattr(row, name) != value for name, value in values.items())]
    Arrangement.objects.bulk_create(new, batch_size=500)
    Arrangement.objects.filter(pk__in=[row.pk for row in other]).update(**values)
    return sorted([row.company_id for row in new] + [row.company_id for row in other])


def _record(companies: Sequence[int], detail: Detail) -> None:
    """One entry for each client, with the number of its companies; last in the transaction."""
    rows = Company.objects.filter(pk__in=companies).values_list("environment__firm_id", "debtor_id", "pk")
    clients: dict[tuple[int, int], list[int]] = {}
    for firm, debtor, pk in rows:
        clients.setdefault((firm, debtor), []).append(pk)
    for (firm, debtor), pks in sorted(clients.items()):
        single = pks[0] if len(pks) == 1 else None
        about = About(firm_id=firm, object_type="company", object_id=single, debtor_id=debtor, company_id=single)
        record(Act.SETTINGS_CHANGED, about, detail={**detail, "companies": len(pks)})
