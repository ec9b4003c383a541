"""Keeping the entries equal to the mirror: after each publish inside its transaction, and all of them on demand.

An entry is there for a client, company or person that is in Nmbrs now, and whose client and company are too. Only what
differs is written.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from django.db import connection, transaction

from portal.companies.models import Company
from portal.debtors.models import Debtor
from portal.employees.models import Employee
from portal.mirror.resource import registry
from portal.mirror.upsert import bulk_upsert
from portal.search.index.folding import fold, squeeze
from portal.search.index.making import make, tidy
from portal.search.models import LONGEST_TEXT, Entry, EntryKind

#: On SQLite so many seconds lie between two writes of a rebuild, so that people's writes get their turn.
REST = 0.02
LONGEST_NUMBER = 60
CHUNK = 500

#: The columns of an entry that can differ, by its target.
Wanted = Mapping[int, tuple[Any, ...]]
_COLUMNS = ("environment_id", "debtor_id", "company_id", "employee_id", "number", "text")


@dataclass(frozen=True)
class Difference:
    """Between what is kept and what should be: primary keys of what entries stand for."""

    missing: frozenset[int]
    outdated: frozenset[int]
    surplus: frozenset[int]

    def __len__(self) -> int:
        return len(self.missing) + len(self.outdated) + len(self.surplus)


# --- followers of a publish ------------------------------------------------------------------------------------------


def of_environment(environment_id: int, _since: date | None = None) -> None:
    """The clients of an environment; with a new one come its companies and people, with one that is gone they go."""
    wanted = _debtors(Debtor.objects.filter(environment=environment_id))
    found = _write(EntryKind.DEBTOR, wanted, Entry.objects.filter(environment=environment_id))
    for chunk in _chunks(found.surplus):
        Entry.objects.filter(debtor__in=chunk).delete()
    for debtor_id in found.missing:
        of_debtor(debtor_id)


def of_debtor(debtor_id: int, _since: date | None = None) -> None:
    """The companies of a client, in the same way."""
    present = Company.objects.filter(debtor=debtor_id, debtor__missing_since=None)
    found = _write(EntryKind.COMPANY, _companies(present), Entry.objects.filter(debtor=debtor_id))
    for chunk in _chunks(found.surplus):
        Entry.objects.filter(company__in=chunk).delete()
    for company_id in found.missing | found.outdated:
        of_company(company_id)


def of_company(company_id: int, _since: date | None = None) -> None:
    """The people of a company."""
    present = Employee.objects.filter(
        company=company_id, company__missing_since=None, company__debtor__missing_since=None
    )
    _write(EntryKind.EMPLOYEE, _people(present), Entry.objects.filter(company=company_id))


def forget_client(debtor_id: int) -> dict[str, int]:
    """Everything of a client that is being removed. Returns how many rows went, by model label."""
    return Entry.objects.filter(debtor=debtor_id).delete()[1]


# --- everything ------------------------------------------------------------------------------------------------------


def rebuild() -> int:
    """Bring every entry up to date, a company at a time. Returns how many entries were wrong."""
    make(connection)
    wrong = 0
    for kind, wanted, kept, company_id in _everything():
        with transaction.atomic():
            if company_id is not None:
                registry.lock_company(company_id)
            wrong += len(_write(kind, wanted(), kept))
        if connection.vendor == "sqlite":
            time.sleep(REST)
    tidy(connection)
    return wrong


def differences() -> dict[EntryKind, int]:
    """How many entries are missing, out of date or too many, by kind. Nothing is changed."""
    found = dict.fromkeys(EntryKind, 0)
    for kind, wanted, kept, _company_id in _everything():
        found[kind] += len(_compare(kind, wanted(), kept)[0])
    return found


Part = tuple[EntryKind, Callable[[], Wanted], Any, int | None]


def _everything() -> Iterator[Part]:
    """Kind, what is wanted, what is kept, the company: all clients, all companies, then people a company at a time."""
    companies = Company.objects.filter(debtor__missing_since=None)
    yield EntryKind.DEBTOR, lambda: _debtors(Debtor.objects.all()), Entry.objects.all(), None
    yield EntryKind.COMPANY, lambda: _companies(companies), Entry.objects.all(), None
    for pk in list(companies.order_by("pk").values_list("pk", flat=True)):
        people = Employee.objects.filter(company=pk)
        yield EntryKind.EMPLOYEE, partial(_people, people), Entry.objects.filter(company=pk), pk
    # People of companies that are gone.
    elsewhere = Entry.objects.exclude(company__in=companies.order_by().values("pk"))
    yield EntryKind.EMPLOYEE, dict, elsewhere, None


def _debtors(rows: Any) -> Wanted:
    return {
        pk: (environment, pk, None, None, squeeze(number)[:LONGEST_NUMBER], fold(name, LONGEST_TEXT))
        for pk, environment, number, name in rows.order_by().values_list("pk", "environment_id", "number", "name")
    }


def _companies(rows: Any) -> Wanted:
    return {
        pk: (environment, debtor, pk, None, str(number), fold(name, LONGEST_TEXT))
        for pk, environment, debtor, number, name in rows.order_by().values_list(
            "pk", "environment_id", "debtor_id", "number", "name"
        )
    }


def _people(rows: Any) -> Wanted:
    return {
        pk: (environment, debtor, company, pk, str(number), fold(name, LONGEST_TEXT))
        for pk, environment, debtor, company, number, name in rows.order_by().values_list(
            "pk", "environment_id", "company__debtor_id", "company_id", "number", "display_name"
        )
    }


def _compare(kind: EntryKind, wanted: Wanted, kept: Any) -> tuple[Difference, dict[int, int]]:
    have: dict[int, tuple[Any, ...]] = {}
    pks: dict[int, int] = {}
    for pk, target, *values in kept.filter(kind=kind).order_by().values_list("pk", "target", *_COLUMNS):
        have[target], pks[target] = tuple(values), pk
    missing = frozenset(wanted.keys() - have.keys())
    outdated = frozenset(target for target, values in wanted.items() if have.get(target, values) != values)
    return Difference(missing, outdated, frozenset(have.keys() - wanted.keys())), pks


def _write(kind: EntryKind, wanted: Wanted, kept: Any) -> Difference:
    found, pks = _compare(kind, wanted, kept)
    rows = [
        {"kind": kind.value, "target": target, **dict(zip(_COLUMNS, wanted[target], strict=True))}
        for target in sorted(found.missing | found.outdated)
    ]
    bulk_upsert(Entry, rows, key=("kind", "target"))
    for chunk in _chunks(pks[target] for target in found.surplus):
        Entry.objects.filter(pk__in=chunk).delete()
    return found


def _chunks(pks: Iterable[int]) -> Iterator[list[int]]:
    every = sorted(pks)
    for start in range(0, len(every), CHUNK):
        yield every[start : start + CHUNK]
