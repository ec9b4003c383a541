"""Which changes somebody may read, which of them they have not seen yet, and how many there are where.

A change is new from the moment the portal learned of it until its client is marked as seen. Who never marked a client
begins FIRST_LOOK before now, and nothing older than LOOKS_BACK is called new: the pages say so.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Count, DateTimeField, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from portal import clock
from portal.accounts.grants import capabilities, roles_of
from portal.accounts.prepared import Prepared
from portal.accounts.roles import Capability, roles_with
from portal.companies.models import Company
from portal.dashboards.models import ChangesSeen
from portal.debtors.models import Debtor
from portal.mirror.forgotten import not_forgotten
from portal.mirror.models import Change
from portal.mirror.resource import registry
from portal.ui.fields import RULES

if TYPE_CHECKING:
    from portal.accounts.models import User
    from portal.companies.freshness import Person

#: What somebody needs to read the log of changes: how the office's copy of Nmbrs is kept is the office's to know.
CAPABILITY = Capability.VIEW_SYNC
#: How far back changes are new to somebody who never marked the client, and to anybody.
FIRST_LOOK = timedelta(days=30)
LOOKS_BACK = timedelta(days=92)
#: A publish stamps its changes shortly before it is complete: what was learned so short before a page was made may not
#: have been on it, so it stays new.
GRACE = timedelta(seconds=5)


@dataclass
class Counts:
    """How many changes there are: by company, and by client of the records that belong to no company.

    `owners`: client by company. `names`: the name of each company.
    """

    companies: dict[int, int] = field(default_factory=dict)
    debtors: dict[int, int] = field(default_factory=dict)
    owners: dict[int, int] = field(default_factory=dict)
    names: dict[int, str] = field(default_factory=dict)

    @property
    def by_debtor(self) -> dict[int, int]:
        """All changes of each client."""
        found = dict(self.debtors)
        for company, number in self.companies.items():
            found[self.owners[company]] = found.get(self.owners[company], 0) + number
        return found

    @property
    def total(self) -> int:
        """All changes."""
        return sum(self.companies.values()) + sum(self.debtors.values())


def unseen_counts(user: "Person") -> dict[int, int]:
    """Company -> how many changes of it the person has not seen; companies without any are not there. One query."""
    now = clock.now()
    numbers = _unseen(user, first=now - FIRST_LOOK, bound=now - LOOKS_BACK)
    return {company: number for company, number in numbers if number}


@Prepared
def _unseen(user: "Person", *, first: datetime, bound: datetime) -> "QuerySet[Any, Any]":
    own = Change.objects.filter(company=OuterRef("pk")).filter(readable(user))
    marks = ChangesSeen.objects.filter(debtor=OuterRef(OuterRef("debtor_id")), user_id=user.pk or 0)
    new = _after_mark(own, marks, first, bound)
    companies = Company.everything.visible_to(user, CAPABILITY).order_by()
    return companies.values_list("pk", _number(new, "company"))


def count(user: "Person", condition: Q, since: datetime | None = None) -> Counts:
    """How many readable changes fit `condition`: learned after `since`, or not seen yet. Two queries."""
    found = _of_companies(user, condition, since)
    debtors = Debtor.everything.visible_to(user, CAPABILITY).filter(not_forgotten("debtors")).order_by()
    own = Change.objects.filter(debtor=OuterRef("pk"), company__isnull=True).filter(readable(user) & condition)
    numbers = debtors.values_list("pk", _number(learned(own, user, since, OuterRef(OuterRef("pk"))), "debtor"))
    found.debtors = {pk: number for pk, number in numbers if number}
    return found


def readable(user: "Person") -> Q:
    """The condition under which somebody may read a change that lies in their scope for CAPABILITY.

    Whoever may not see a kind of record learns nothing of its changes, not even that there were some.
    """
    roles = roles_of(user)
    base = roles & set(roles_with(CAPABILITY))
    groups: dict[Capability | None, list[str]] = {}
    for kind in registry:
        if kind.watched and kind.capability in capabilities(user):
            alike = base <= set(roles_with(kind.capability))
            groups.setdefault(None if alike else kind.capability, []).append(kind.name)
    allowed = Q(pk__in=[])
    for capability, kinds in groups.items():
        allowed |= Q(resource__in=kinds) & _over(user, capability)
    for (resource, name), rule in RULES.items():
        one = Q(resource=resource, field=name)
        if rule.never or (rule.also is not None and rule.also not in capabilities(user)):
            allowed &= ~one
        elif rule.also is not None and not base <= set(roles_with(rule.also)):
            allowed &= ~one | _over(user, rule.also)
    return allowed


def learned(rows: "QuerySet[Any]", user: "Person", since: datetime | None, debtor: Any) -> "QuerySet[Any]":
    """Those learned after `since`, or after the person's mark of `debtor`: a value, or a column of the row around.

    Neither bound depends on the rows themselves, so each company or client is one range of an index.
    """
    if since is not None:
        return rows.filter(learned_at__gt=since)
    now = clock.now()
    return _after_mark(rows, _own(user).filter(debtor=debtor), now - FIRST_LOOK, now - LOOKS_BACK)


def _after_mark(
    rows: "QuerySet[Any]", marks: "QuerySet[ChangesSeen]", first: datetime, bound: datetime
) -> "QuerySet[Any]":
    """Those learned after the mark, without one after `first`, and in any case after `bound`."""
    since = Coalesce(Subquery(marks.values("until")), Value(first, DateTimeField()))
    return rows.filter(learned_at__gt=since).filter(learned_at__gt=bound)


def watched_kinds(user: "Person") -> tuple[str, ...]:
    """The kinds of record whose changes the person may read somewhere."""
    held = capabilities(user)
    return tuple(kind.name for kind in registry if kind.watched and kind.capability in held)


def unwatched_labels(user: "Person") -> list[str]:
    """The kinds of record that the person may see somewhere and whose changes nobody watches, in their language."""
    held = capabilities(user)
    return [kind.label for kind in registry if not kind.watched and kind.capability in held]


def newer(marks: Mapping[int, datetime], debtors: Iterable[int]) -> Q:
    """The condition under which a change of one of these clients, the few of a page, is new to whoever has these marks.

    Each is a range of the index of its own; of many clients the statement would become too deep (`learned`).
    """
    now = clock.now()
    found = Q(pk__in=[])
    for debtor in debtors:
        found |= Q(debtor=debtor, learned_at__gt=new_since(marks.get(debtor), now))
    return found


def new_since(mark: datetime | None, now: datetime) -> datetime:
    """The moment after which changes are new, for somebody who marked the client then."""
    return max(mark or now - FIRST_LOOK, now - LOOKS_BACK)


def _own(user: "Person") -> "QuerySet[ChangesSeen]":
    """The person's own marks; somebody who is not signed in has none."""
    return user.changes_seen.all() if user.is_authenticated else ChangesSeen.objects.visible_to(user).none()


def marks_of(user: "Person") -> dict[int, datetime]:
    """Client -> up to when the person has seen its changes."""
    return dict(_own(user).values_list("debtor", "until"))


def mark_seen(user: "User", debtors: Iterable[int], until: datetime) -> None:
    """Remember that the person saw what a page showed of these clients that was made at `until`. Never goes back."""
    now = clock.now()
    moment = max(min(until, now), now - LOOKS_BACK) - GRACE
    known = marks_of(user)
    rows = [
        ChangesSeen(user_id=user.pk, debtor_id=debtor, until=moment)
        for debtor in set(debtors)
        if debtor not in known or known[debtor] < moment
    ]
    user.changes_seen.bulk_create(
        rows, update_conflicts=True, unique_fields=["user", "debtor"], update_fields=["until"], batch_size=300
    )


def _of_companies(user: "Person", condition: Q, since: datetime | None) -> Counts:
    companies = Company.everything.visible_to(user, CAPABILITY).filter(not_forgotten("debtors", "debtor__")).order_by()
    own = Change.objects.filter(company=OuterRef("pk")).filter(readable(user) & condition)
    number = _number(learned(own, user, since, OuterRef(OuterRef("debtor_id"))), "company")
    counts = Counts()
    for pk, debtor, name, found in companies.values_list("pk", "debtor_id", "name", number):
        if found:
            counts.companies[pk], counts.owners[pk], counts.names[pk] = found, debtor, name
    return counts


def _number(rows: "QuerySet[Any]", column: str) -> Coalesce:
    counted = rows.order_by().values(column).annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def _over(user: "Person", capability: Capability | None) -> Q:
    """Whether the change lies where the person holds this too; None: wherever they hold CAPABILITY."""
    if capability is None:
        return Q()
    return Q(Exists(Change.objects.visible_to(user, capability).filter(pk=OuterRef("pk"))))
