"""Keeps Deadline and PeriodState in step with the mirror and with what the office agreed.

Whoever changes one of those calls `rewrite` in the same transaction: a publish of runs, returns, pension returns,
people or the current period through the registry, portal.deadlines.arranging for what the office sets. Nothing here
depends on what day it is.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from portal.companies import words
from portal.companies.models import Company, CurrentPeriod
from portal.deadlines import facts
from portal.deadlines.models import Deadline, Lapse, PeriodState
from portal.deadlines.parameters import VERSION
from portal.deadlines.working_out import Due, Stand, WorkingOut
from portal.mirror.models import Freshness
from portal.mirror.upsert import bulk_upsert
from portal.periods import Period

#: Companies that are read and written at a time.
BATCH = 200

_STATE_KEY = ("company", "year", "number")
_DEADLINE_KEY = ("company", "kind", "period_type", "year", "number")


def rewrite(pks: Sequence[int]) -> None:
    """Bring the rows of these companies up to date; writes only what differs. Call it inside a transaction."""
    for start in range(0, len(pks), BATCH):
        batch = list(pks[start : start + BATCH])
        states: list[dict[str, Any]] = []
        deadlines: list[dict[str, Any]] = []
        for one in facts.of_companies(batch):
            worked_out = WorkingOut(one)
            states += _states(one, worked_out)
            deadlines += [_deadline(one.company.pk, due) for due in _dues(worked_out)]
        _bring(PeriodState, batch, states, _STATE_KEY)
        _bring(Deadline, batch, deadlines, _DEADLINE_KEY)


def of_company(company_id: int, since: date | None = None) -> None:
    """As a publish of a company's kind calls it."""
    rewrite([company_id])


def of_debtor(debtor_id: int, since: date | None = None) -> None:
    """As a publish of a client's companies calls it: the return period is the company's own column."""
    rewrite(list(Company.objects.filter(debtor=debtor_id).values_list("pk", flat=True)))


def behind() -> "QuerySet[Any, int]":
    """Companies without rows, with rows of another table of parameters, or of which more is known by now.

    An answer that had no rows is no change, and then nothing calls `rewrite`.
    """
    states = PeriodState.objects.filter(company=OuterRef("company"), back=0)
    told = Freshness.objects.filter(company=OuterRef("company"), last_success__isnull=False)
    unknown = (("runs", "runs_known"), ("wage_tax_returns", "returns_known"), ("pension_exports", "pensions_known"))
    late = Q()
    for resource, known in unknown:
        late |= Exists(told.filter(resource=resource)) & Exists(states.filter(**{known: False}))
    current = CurrentPeriod.everything.filter(company__missing_since__isnull=True)
    return current.filter(~Exists(states.filter(rules=VERSION)) | late).values_list("company_id", flat=True)


def _dues(worked_out: WorkingOut) -> Iterator[Due]:
    """Every deadline once: pay periods may share a return."""
    seen: set[int] = set()
    for stand in worked_out.stands:
        for due in _of(stand):
            if id(due) not in seen:
                seen.add(id(due))
                yield due
    yield from worked_out.besides


def _of(stand: Stand) -> list[Due]:
    return [due for due in (stand.payment, stand.pension, stand.declared) if due is not None]


def _firsts(worked_out: WorkingOut) -> dict[Period, Due | None]:
    """By period the first thing still to be done in it or before it."""
    besides = sorted((due for due in worked_out.besides if due.open), key=lambda due: due.last, reverse=True)
    first: Due | None = None
    firsts: dict[Period, Due | None] = {}
    for stand in worked_out.stands:
        waiting = [due for due in (first, *_of(stand)) if due and due.open]
        while besides and besides[-1].last <= stand.days.last:
            waiting.append(besides.pop())
        firsts[stand.period] = first = min(waiting, key=lambda due: due.due, default=None)
    return firsts


def _deadline(company: int, due: Due) -> dict[str, Any]:
    return {
        "company_id": company,
        "kind": due.kind.value,
        "period_type": due.period_type.value,
        "year": due.period.year,
        "number": due.period.number,
        "due": due.due,
        "act_by": due.act_by,
        "computed": due.computed,
        "unsure": due.unsure,
        "progress": None if due.progress is None else int(due.progress),
        "open": due.open,
        "lapse": due.lapse,
    }


def _states(one: facts.Facts, worked_out: WorkingOut) -> Iterator[dict[str, Any]]:
    firsts = _firsts(worked_out)
    for stand in worked_out.stands:
        # Who works on last year's period for a correction still has all of this year to do.
        first = firsts[stand.period if stand.back else one.latest]
        lapse = stand.payment.lapse if stand.payment else Lapse.STOPPED.value
        yield {
            "company_id": one.company.pk,
            "period_type": one.kind.value,
            "year": stand.period.year,
            "number": stand.period.number,
            "first_day": stand.days.first,
            "last_day": stand.days.last,
            "back": stand.back,
            "run": None if stand.run is None else int(stand.run),
            "run_at": stand.run_at,
            "lapse": lapse,
            "pay_due": stand.payment.due if stand.payment and not lapse else None,
            "pay_unsure": stand.payment is None or stand.payment.unsure,
            "return_progress": _progress(stand.declared),
            "return_open": stand.declared is not None and stand.declared.open,
            "return_sent_at": stand.return_sent_at,
            "return_due": stand.declared.due if stand.declared else None,
            "return_unsure": stand.declared is None or stand.declared.unsure,
            "pension": _progress(stand.pension),
            "pension_open": stand.pension is not None and stand.pension.open,
            "pension_sent_at": stand.pension_sent_at,
            "pension_due": stand.pension.due if stand.pension else None,
            "pension_unsure": stand.pension is None or stand.pension.unsure,
            "next_due": first.due if first else None,
            "next_act_by": first.act_by if first else None,
            "next_unsure": first is None or first.unsure,
            "next_kind": first.kind.value if first else "",
            "next_period": words.period(first.period_type, first.period) if first else "",
            "runs_known": one.knows("runs"),
            "returns_known": one.knows("wage_tax_returns"),
            "pensions_known": one.knows("pension_exports"),
            "rules": VERSION,
        }


def _progress(due: Due | None) -> int | None:
    return int(due.progress) if due and due.progress is not None else None


def _bring(model: type[Any], companies: list[int], rows: list[dict[str, Any]], key: tuple[str, ...]) -> None:
    """Write the rows that differ from what is there, and remove what is there and not among them."""
    columns = [field.attname for field in model._meta.concrete_fields if not field.primary_key]
    names = [f"{name}_id" if name == "company" else name for name in key]
    have = {}
    for pk, *values in model.objects.filter(company__in=companies).values_list("pk", *columns):
        row = dict(zip(columns, values, strict=True))
        have[tuple(row[name] for name in names)] = (pk, row)
    wanted = {tuple(row[name] for name in names): row for row in rows}
    bulk_upsert(model, [row for at, row in wanted.items() if at not in have or have[at][1] != row], key=key)
    gone = [pk for at, (pk, _) in have.items() if at not in wanted]
    for start in range(0, len(gone), 500):
        model.objects.filter(pk__in=gone[start : start + 500]).delete()
