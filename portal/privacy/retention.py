"""Carrying out the terms: what goes, counted per category and firm, removed a batch at a time, written down."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Count, Model, QuerySet

from portal import clock
from portal.audit.about import About
from portal.audit.kinds import Kind
from portal.audit.recording import record
from portal.employees.models import Employee, Employment
from portal.mirror import forgotten
from portal.mirror.models import Change, Forgotten
from portal.mirror.resource import PERSON, registry
from portal.privacy import owned
from portal.privacy.keeping import exceptions, overdue
from portal.privacy.kept import Kept, months_before
from portal.privacy.models import RetentionCount, RetentionRun
from portal.privacy.terms import CATEGORIES, Category, left_before

#: (name of the category, primary key of the firm or None) -> rows.
Counts = Counter[tuple[str, int | None]]
#: So many people go at a time, with all that hangs on them.
PEOPLE = 50
#: Months; no client can have a shorter term for what is forgotten.
SHORTEST_TERM = 1


def due(day: date) -> Counts:
    """What a run on `day` would remove. Nothing is changed. Of people with all about them, the people are counted.

    A row that two terms are over for is counted where a run would come to it first.
    """
    counts: Counts = Counter()
    special = exceptions(day)
    before = Before()
    for category in CATEGORIES:
        for kept in overdue(category, day, special):
            left = before.leaves(kept)
            before.add(kept)
            if not kept.firm:
                counts[category.name, None] += left.count()
                continue
            for firm, number in left.order_by().values_list(kept.firm).annotate(Count("pk")):
                counts[category.name, firm] += number
    return +counts


class Before:
    """What a run has removed when it comes to some rows."""

    def __init__(self) -> None:
        self._rows: dict[type[Model], list[QuerySet[Any]]] = defaultdict(list)
        self._people: list[QuerySet[Any]] = []

    def leaves(self, kept: Kept) -> "QuerySet[Any]":
        """Those of the rows that are still there."""
        rows = kept.rows
        for gone in self._rows[rows.model]:
            rows = rows.exclude(pk__in=gone.order_by().values("pk"))
        if any(field.name == "employee" for field in rows.model._meta.fields):
            for gone in self._people:
                rows = rows.exclude(employee__in=gone.order_by().values("pk"))
        return rows

    def add(self, kept: Kept) -> None:
        """The run went on to these."""
        self._rows[kept.rows.model].append(kept.rows)
        if kept.whole:
            self._people.append(kept.rows)


def carry_out(run: RetentionRun) -> Counts:
    """Remove what is overdue on the day of the run; each firm's trail gets an entry with the counts, without names."""
    let_back_who_returned(run.day)
    counts: Counts = Counter()
    for category in CATEGORIES:
        # Asked anew for each: a hold may be placed while a long run is under way.
        for kept in overdue(category, run.day, exceptions(run.day)):
            _remove(category, kept, counts)
    with transaction.atomic():
        RetentionCount.objects.filter(run=run).delete()
        RetentionCount.objects.bulk_create(
            RetentionCount(run=run, firm_id=firm, category=name, removed=number)
            for (name, firm), number in sorted(counts.items(), key=str)
        )
        run.finished = clock.now()
        run.save(update_fields=["finished"])
        for firm in sorted({firm for _, firm in counts}, key=lambda firm: firm or 0):
            own = {name: number for (name, one), number in counts.items() if one == firm}
            record(Kind.RETENTION_RUN, About(firm_id=firm, object_type="retention", object_id=run.pk), detail=own)
    return counts


def let_back_who_returned(day: date) -> None:
    """Mirror the records again of people who left, whose records went, and who are in service again."""
    people_kinds = [kind for kind in registry if forgotten.of_people(kind)]
    names = [kind.name for kind in people_kinds]
    environments = Forgotten.objects.filter(resource__in=names).order_by().values_list("environment_id", flat=True)
    for environment_id in environments.distinct():
        keys = set(
            Forgotten.objects.filter(environment_id=environment_id, resource__in=names).values_list("key", flat=True)
        )
        own = Employee.objects.filter(environment_id=environment_id)
        back = own.exclude(pk__in=left_before(months_before(day, SHORTEST_TERM)).values("pk"))
        returned = {text for text in map(str, back.values_list("remote_id", flat=True)) if text in keys}
        forgotten.let_back(people_kinds, environment_id, returned)


def _remove(category: Category, kept: Kept, counts: Counts) -> None:
    size = PEOPLE if kept.whole else owned.BATCH
    while batch := _batch(kept, size):
        pks = [row["pk"] for row in batch]
        with transaction.atomic():
            _forget(kept, batch)
            if not kept.whole:
                owned.everything(kept.rows.model).filter(pk__in=pks).delete()
        if kept.whole:
            for _label, _number in owned.removed(kept.rows.model, pks):
                pass
        for row in batch:
            counts[category.name, row[kept.firm] if kept.firm else None] += 1
        owned.take_a_rest()


def _batch(kept: Kept, size: int) -> list[dict[str, Any]]:
    names = ["pk", *([kept.firm] if kept.firm else [])]
    if kept.changes:
        names += ["environment_id", "key"]
    if kept.resource is not None:
        names += (
            ["environment_id", "remote_id", "key"]
            if kept.whole
            else ["environment_id", "employee_id", "employee__remote_id"]
        )
    return list(kept.rows.order_by("pk").values(*names)[:size])


def _forget(kept: Kept, batch: Iterable[dict[str, Any]]) -> None:
    """Write down what no sync may bring back, and drop what the change log told of it."""
    for row in batch if kept.changes else ():
        Change.objects.filter(environment_id=row["environment_id"], resource=kept.changes, row_key=row["key"]).delete()
    resource = kept.resource
    if resource is None:
        return
    by_environment: dict[int, set[str]] = {}
    for row in batch:
        known = row["remote_id" if kept.whole else "employee__remote_id"]
        if known is not None:
            by_environment.setdefault(row["environment_id"], set()).add(str(known))
    for environment_id, people in by_environment.items():
        forgotten.forget(resource, environment_id, people)
        if kept.whole:
            # Whoever has an employment again comes back: see portal.mirror.prepare.
            forgotten.forget(Employment.resource, environment_id, people)
    if not kept.whole and PERSON in resource.links:
        mine = {row["employee_id"] for row in batch}
        Change.objects.filter(resource=resource.name, employee_id__in=mine).delete()
