"""A large mirror written without Nmbrs: many companies whose people have a history of every dated kind.

For what only reads. Rows are those of a finished sync: `rows_of` a company is what its people are made of.
"""

import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

NAMES = ("Jansen", "De Vries", "Bakker", "Visser", "Smit", "Meijer", "Mulder", "Bos", "Vos", "Peters", "Yilmaz", "Koç")
DEPARTMENTS = ("Productie", "Verkoop", "Kantoor", "Logistiek", "Techniek")
SEEN = datetime(2026, 11, 22, 5, tzinfo=UTC)
TODAY = date(2026, 11, 22)
#: People an Employee row at a time: COPY wants many, memory few.
BATCH = 50


@dataclass
class Filled:
    """What was written, by table."""

    debtors: int
    companies: int
    people: int
    history: int


def fill(environment: Any, *, debtors: int, companies: int, people: int) -> Filled:
    """Write `debtors` x `companies` x `people` and twelve history rows a person; snapshots are derived as in a sync."""
    from portal.companies.models import Company, CurrentPeriod
    from portal.debtors.models import Debtor
    from portal.employees import snapshots
    from portal.employees.models import Employee

    chance, row = random.Random(7), row_maker(environment)
    write(Debtor, [row(number=str(1000 + place), name=f"Klant {place:04} BV") for place in range(debtors)])
    write(
        Company,
        [
            row(debtor_id=debtor, number=place + 1, name=f"Bedrijf {debtor:04}-{place + 1}", return_period=1)
            for debtor in Debtor.objects.order_by("pk").values_list("pk", flat=True)
            for place in range(companies)
        ],
    )
    pks = list(Company.objects.order_by("pk").values_list("pk", flat=True))
    write(CurrentPeriod, [row(company_id=pk, year=2026, number=11, period_type="month") for pk in pks])
    written: Counter[str] = Counter()
    for start in range(0, len(pks), BATCH):
        batch = pks[start : start + BATCH]
        write(
            Employee,
            [
                row(company_id=pk, number=place + 1, display_name=f"{chance.choice(NAMES)}, {chr(65 + place % 26)}.")
                for pk in batch
                for place in range(people)
            ],
        )
        kinds: dict[type[Any], list[dict[str, Any]]] = defaultdict(list)
        for pk, company in Employee.objects.filter(company_id__in=batch).values_list("pk", "company_id"):
            for model, values in _history(chance):
                kinds[model].append(row(company_id=company, employee_id=pk, **values))
        for model, rows in kinds.items():
            write(model, rows)
            written[model.__name__] += len(rows)
        for pk in batch:
            snapshots.rewrite(pk)
    return Filled(debtors, len(pks), len(pks) * people, written.total())


def row_maker(environment: Any, start: int = 1) -> Callable[..., dict[str, Any]]:
    """`row(**values)`: the columns of one mirrored row, with its bookkeeping filled in."""
    number = count(start)

    def row(**values: Any) -> dict[str, Any]:
        own = next(number)
        return {
            "environment_id": environment.pk,
            "key": str(own),
            "remote_id": own,
            "fingerprint": own.to_bytes(16, "big"),
            "first_seen": SEEN,
            "last_changed": SEEN,
            "missing_since": None,
            **values,
        }

    return row


def write(model: type[Any], rows: list[dict[str, Any]]) -> None:
    """Upsert the rows; texts that they do not name are empty."""
    from django.db import models, transaction

    from portal.mirror.upsert import bulk_upsert

    texts = [column.name for column in model._meta.concrete_fields if isinstance(column, models.CharField)]
    empty = dict.fromkeys(texts, "")
    with transaction.atomic():
        bulk_upsert(model, [empty | row for row in rows])


def _history(chance: random.Random) -> Iterator[tuple[type[Any], dict[str, Any]]]:
    """Twelve rows of one person."""
    from portal.employees.models import Contract, Department, Employment, Function, PersonalInfo, Salary, Schedule

    start = date(2018, 1, 1) + timedelta(days=chance.randrange(2800))
    end = start + timedelta(days=chance.randrange(200, 1500)) if chance.random() < 0.2 else None
    leaves = end if end is not None and end < TODAY + timedelta(days=90) else None
    made = {"created_at": datetime(start.year, start.month, start.day, 9, tzinfo=UTC)}
    spell = {"valid_from": start, "valid_until": leaves + timedelta(days=1) if leaves else None, "end_date": leaves}
    yield Employment, {**spell, **made}
    yield Contract, {**spell, **made, "employment_nature": 1, "sequence": 1, "indefinite": leaves is None}
    wage = Decimal(chance.randrange(2100, 6900))
    for day, until in _chain(start, 4):
        wage += 75
        yield Salary, {"valid_from": day, "valid_until": until, **made, "amount": wage, "salary_type": "2"}
    week = dict.fromkeys(("monday", "tuesday", "wednesday", "thursday", "friday"), Decimal(8))
    free = dict.fromkeys(("saturday", "sunday", *(f"{day}2" for day in (*week, "saturday", "sunday"))), Decimal(0))
    for day, until in _chain(start, 2):
        values = {**week, **free, "part_time_percentage": Decimal(chance.choice((60, 80, 100)))}
        yield Schedule, {"valid_from": day, "valid_until": until, **made, **values}
    for model, code in ((Department, 10), (Function, 20)):
        place = chance.randrange(len(DEPARTMENTS))
        values = {"code": code + place, "description": DEPARTMENTS[place], "start_year": day.year, "start_period": 1}
        yield model, {"valid_from": start, "valid_until": None, **made, **values}
    for day, until in _chain(start, 2):
        values = {"first_name": "Anna", "last_name": "Jansen", "birthday": date(1988, 4, 12)}
        given = {"start_year": day.year, "start_period": day.month}
        yield PersonalInfo, {"valid_from": day, "valid_until": until, **made, **values, **given}


def _chain(start: date, rows: int) -> Iterator[tuple[date, date | None]]:
    """Intervals that follow each other, half a year to a year and a half apart."""
    days = [start + timedelta(days=300 * place) for place in range(rows)]
    yield from zip(days, [*days[1:], None], strict=True)
