"""What is kept otherwise than the usual terms say: terms of a client, and legal holds. Its writes and its reading."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.accounts.models import User
from portal.accounts.rights import Refused
from portal.accounts.rights.guards import lock
from portal.accounts.roles import Capability
from portal.audit.kinds import Kind
from portal.audit.recording import record
from portal.debtors.models import Debtor
from portal.privacy.kept import Kept
from portal.privacy.models import LegalHold, RetentionTerm
from portal.privacy.terms import CATEGORIES, Category

if TYPE_CHECKING:
    from django.db.models import QuerySet

#: The categories for which a client can have a term of its own.
ADJUSTABLE = tuple(category for category in CATEGORIES if category.bounds is not None)


@dataclass(frozen=True)
class Exceptions:
    """Clients that are held on a day, and by category and number the clients with a term of their own."""

    held: frozenset[int]
    terms: Mapping[str, Mapping[int, frozenset[int]]]


def exceptions(day: date) -> Exceptions:
    """As they stand now."""
    terms: dict[str, dict[int, set[int]]] = {}
    for category, number, debtor in RetentionTerm.objects.values_list("category", "number", "debtor_id"):
        terms.setdefault(category, {}).setdefault(number, set()).add(debtor)
    fixed = {name: {number: frozenset(own) for number, own in of.items()} for name, of in terms.items()}
    held = LegalHold.objects.filter(_in_force(day)).values_list("debtor_id", flat=True)
    return Exceptions(frozenset(held), fixed)


def overdue(category: Category, day: date, special: Exceptions) -> Iterator[Kept]:
    """What of the category is kept too long: by the usual term, and by those of clients. Nothing of a held client."""
    own = special.terms.get(category.name, {}) if category.bounds else {}
    apart = special.held.union(*own.values())
    for kept in category.overdue(day, category.usual):
        yield replace(kept, rows=_without(kept, apart))
    for number, debtors in sorted(own.items()):
        for kept in category.overdue(day, number):
            (path,) = kept.debtors
            yield replace(kept, rows=kept.rows.filter(**{f"{path}__in": debtors - special.held}))


def hold_on(debtor: int, day: date) -> LegalHold | None:
    """The hold that is in force for the client."""
    return LegalHold.objects.filter(_in_force(day), debtor_id=debtor).select_related("placed_by").first()


def set_terms(by: User, debtor: Debtor, numbers: Mapping[str, int | None], reason: str) -> list[str]:
    """Keep these terms; None is the usual one. Returns the categories that changed.

    A term longer than usual needs a reason (privacy.md 9, point 8). Raises Refused for a number out of bounds or
    without its reason, and PermissionDenied.
    """
    bounds = {category.name: category.bounds for category in ADJUSTABLE}
    longer = False
    for name, number in numbers.items():
        limits = bounds[name]
        if number is None or limits is None:
            continue
        if not limits.shortest <= number <= limits.longest:
            raise Refused(_("This term lies outside what the law and the sync leave room for."))
        longer |= number > limits.usual
    if longer and not reason.strip():
        raise Refused(_("A term that is longer than usual needs a reason."))
    with transaction.atomic():
        _begin(by, debtor)
        known = {term.category: term for term in RetentionTerm.objects.filter(debtor=debtor)}
        usual = {name: limits.usual for name, limits in bounds.items() if limits is not None}
        changed = []
        for name, number in numbers.items():
            before = known.get(name)
            wanted = None if number == usual[name] else number
            if (before.number if before else None) == wanted:
                continue
            changed.append(f"{name}:{'usual' if wanted is None else wanted}")
            if wanted is None:
                RetentionTerm.objects.filter(debtor=debtor, category=name).delete()
            else:
                RetentionTerm.objects.update_or_create(
                    debtor=debtor,
                    category=name,
                    defaults={
                        "number": wanted,
                        "reason": reason.strip(),
                        "decided_by": by,
                        "decided_at": clock.now(),
                    },
                )
        if changed:
            record(Kind.RETENTION_TERM_CHANGED, debtor, detail={"terms": changed})
    return changed


def place_hold(by: User, debtor: Debtor, reason: str, until: date) -> LegalHold:
    """Keep everything of the client through `until`; a hold that is there is replaced. Raises Refused."""
    if until < clock.today():
        raise Refused(_("This day is over."))
    if not reason.strip():
        raise Refused(_("A hold needs a reason."))
    with transaction.atomic():
        _begin(by, debtor)
        _lift(by, debtor)
        hold = LegalHold.objects.create(debtor=debtor, reason=reason.strip(), until=until, placed_by=by)
        record(Kind.LEGAL_HOLD_PLACED, debtor, detail={"hold": hold.pk, "days": (until - clock.today()).days})
    return hold


def lift_hold(by: User, debtor: Debtor) -> bool:
    """The terms hold again. Returns whether there was a hold."""
    with transaction.atomic():
        _begin(by, debtor)
        hold = _lift(by, debtor)
        if hold is not None:
            record(Kind.LEGAL_HOLD_LIFTED, debtor, detail={"hold": hold.pk})
    return hold is not None


def refuse_when_held(debtor: Debtor) -> None:
    """Raises Refused while the client is held: its data is not removed on request either."""
    if hold_on(debtor.pk, clock.today()) is not None:
        raise Refused(_("This client is under a legal hold. Lift it first."))


def _in_force(day: date) -> Q:
    return Q(lifted_at__isnull=True, until__gte=day)


def _begin(by: User, debtor: Debtor) -> None:
    """One change at a time, and only for who may: asked again behind the lock."""
    lock(debtor.environment.firm_id)
    if not Debtor.objects.visible_to(by, Capability.MANAGE_SETTINGS).filter(pk=debtor.pk).exists():
        raise PermissionDenied


def _lift(by: User, debtor: Debtor) -> LegalHold | None:
    hold = LegalHold.objects.filter(debtor=debtor, lifted_at=None).first()
    if hold is not None:
        hold.lifted_at, hold.lifted_by = clock.now(), by
        hold.save(update_fields=["lifted_at", "lifted_by"])
    return hold


def _without(kept: Kept, debtors: Collection[int]) -> "QuerySet[Any]":
    rows = kept.rows
    for path in kept.debtors if debtors else ():
        rows = rows.exclude(**{f"{path}__in": debtors})
    return rows
