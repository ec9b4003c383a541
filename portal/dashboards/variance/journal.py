"""Whether what a side came to agrees with the journal of its runs, component by component.

The journal has no wage codes and is kept without people: a booking names the component by its description, and may
stand on the debit side, on the credit side or on both. So a component agrees when every side on which it is booked adds
up to its amount in the output of the runs. See docs/variance.md.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any

from django.db.models import Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from portal.accounts.roles import Capability
from portal.companies.freshness import ever_fetched, refused
from portal.companies.models import Company, JournalLine
from portal.dashboards.variance.rows import amount_in_cents, lines_of
from portal.dashboards.variance.sides import Pair, Side
from portal.ui import formats
from portal.ui.values import Level, Status

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from portal.companies.freshness import Person

_ZERO = Decimal(0)


class Verdict(Enum):
    """How one component stands."""

    AGREES = Status(Level.FINE, gettext_lazy("agrees"))
    DIFFERS = Status(Level.LATE, gettext_lazy("differs"))
    NOT_BOOKED = Status(Level.SOON, gettext_lazy("not in the journal"), "search-off")
    ONLY_BOOKED = Status(Level.SOON, gettext_lazy("only in the journal"), "search-off")


@dataclass(frozen=True)
class Line:
    """One component in euros; None: the output, or the journal, has no line of this name."""

    component: str
    output: Decimal | None
    debit: Decimal | None
    credit: Decimal | None

    @property
    def difference(self) -> Decimal | None:
        """The output less what is booked, of the side that is farther off; None where there is nothing to compare."""
        if self.output is None or self.debit is None or self.credit is None:
            return None
        booked = [side for side in (self.debit, self.credit) if side] or [_ZERO]
        return max((self.output - side for side in booked), key=abs)

    @property
    def verdict(self) -> Verdict:
        """Whether it agrees. What came to nothing needs no booking."""
        if self.output is None:
            return Verdict.ONLY_BOOKED if self.debit or self.credit else Verdict.AGREES
        if self.difference is None:
            return Verdict.NOT_BOOKED if self.output else Verdict.AGREES
        return Verdict.DIFFERS if self.difference else Verdict.AGREES

    @property
    def status(self) -> Status:
        """Word, icon and colour."""
        return self.verdict.value


@dataclass(frozen=True)
class Reconciled:
    """One side against its journal. `why` tells why it cannot be compared at all; then there are no lines."""

    label: str
    lines: Sequence[Line] = ()
    why: str = ""

    @property
    def output(self) -> Decimal:
        """All components together: what the totals of the table are without a filter."""
        return sum((line.output or _ZERO for line in self.lines), _ZERO)

    @property
    def debit(self) -> Decimal:
        """Everything debited."""
        return sum((line.debit or _ZERO for line in self.lines), _ZERO)

    @property
    def credit(self) -> Decimal:
        """Everything credited."""
        return sum((line.credit or _ZERO for line in self.lines), _ZERO)

    @property
    def difference(self) -> Decimal:
        """How far the components that differ are off, added up without their signs."""
        return sum((abs(line.difference or _ZERO) for line in self._with(Verdict.DIFFERS)), _ZERO)

    @property
    def status(self) -> Status | None:
        """The worst of its components in one word; None where nothing can be said."""
        if self.why:
            return None
        if self._with(Verdict.DIFFERS):
            said = _("differs from the journal by %(amount)s") % {"amount": formats.money(self.difference)}
            return Status(Level.LATE, said)
        if self._with(Verdict.NOT_BOOKED) or self._with(Verdict.ONLY_BOOKED):
            return Status(Level.SOON, _("agrees with the journal in part"), "search-off")
        return Status(Level.FINE, _("agrees with the journal"))

    @property
    def sentences(self) -> list[str]:
        """What was compared, and which components could not be."""
        if self.why:
            return [self.why]
        compared = [line for line in self.lines if line.output is not None and line.verdict is not Verdict.NOT_BOOKED]
        agreeing = sum(line.verdict is Verdict.AGREES for line in compared)
        said = ngettext(
            "%(agreeing)s of %(count)s component agrees; everything together came to %(amount)s.",
            "%(agreeing)s of %(count)s components agree; everything together came to %(amount)s.",
            len(compared),
        )
        found = [said % {"agreeing": agreeing, "count": len(compared), "amount": formats.money(self.output)}]
        for verdict, text in (
            (Verdict.DIFFERS, _("Differs: %(names)s.")),
            (Verdict.NOT_BOOKED, _("The journal has no line of this name, so it cannot be compared: %(names)s.")),
            (Verdict.ONLY_BOOKED, _("Only the journal has it: %(names)s.")),
        ):
            names = [line.component or _("without a name") for line in self._with(verdict)]
            if names:
                found.append(text % {"names": ", ".join(names)})
        if self.debit != self.credit:
            amount = formats.money(self.debit - self.credit)
            found.append(_("The journal does not balance: debit less credit is %(amount)s.") % {"amount": amount})
        return found

    def _with(self, verdict: Verdict) -> list[Line]:
        return [line for line in self.lines if line.verdict is verdict]


def reconciled(user: "Person", company: Company, rows: "QuerySet[Any]", pair: Pair) -> list[Reconciled]:
    """Both sides against their journals, the earlier first. `rows` is the run output of the company. Two queries."""
    sides = {"before": pair.before, "now": pair.now}
    known = {name: side for name, side in sides.items() if side.known}
    if not known:
        return []
    output = _output(rows, known)
    why = _why_not(user, company)
    booked = {} if why else _booked(user, company, known)
    return [_side(side, output[name], booked.get(name, {}), why) for name, side in known.items()]


def _side(
    side: Side, output: Mapping[str, tuple[str, int]], booked: Mapping[str, tuple[str, int, int]], why: str
) -> Reconciled:
    if why or not booked:
        nothing = _("No journal of it is here: it was not fetched, or nothing is booked yet.")
        return Reconciled(side.label, why=why or nothing)
    lines = []
    for name in dict.fromkeys([*output, *booked]):
        own, other = output.get(name), booked.get(name)
        known = own or other
        lines.append(
            Line(
                component=known[0] if known else "",
                output=_euros(own[1]) if own else None,
                debit=_euros(other[1]) if other else None,
                credit=_euros(other[2]) if other else None,
            )
        )
    return Reconciled(side.label, sorted(lines, key=lambda line: line.component.casefold()))


def _output(rows: "QuerySet[Any]", sides: Mapping[str, Side]) -> dict[str, dict[str, tuple[str, int]]]:
    """Side -> name of a component -> as it is written, and its cents."""
    asked = {name: Sum(amount_in_cents(), filter=side.rows) for name, side in sides.items()}
    own = lines_of(rows, sides.values())
    found: dict[str, dict[str, tuple[str, int]]] = {name: {} for name in sides}
    for row in own.order_by("description").values("description").annotate(**asked):
        for name in sides:
            if row[name] is not None:
                written, before = found[name].get(_key(row["description"]), (row["description"].strip(), 0))
                found[name][_key(row["description"])] = (written, before + int(row[name]))
    return found


def _booked(user: "Person", company: Company, sides: Mapping[str, Side]) -> dict[str, dict[str, tuple[str, int, int]]]:
    """Side -> name of a component -> as it is written, cents debited and credited."""
    asked = {}
    for name, side in sides.items():
        asked[f"{name}_debit"] = Sum(amount_in_cents("debit"), filter=side.booked)
        asked[f"{name}_credit"] = Sum(amount_in_cents("credit"), filter=side.booked)
    own: Any = JournalLine.objects.visible_to(user, Capability.VIEW_SALARIES).filter(company=company)
    own = own.filter(reduce(or_, (side.booked for side in sides.values())))
    found: dict[str, dict[str, tuple[str, int, int]]] = {name: {} for name in sides}
    for row in own.order_by("component").values("component").annotate(**asked):
        for name in sides:
            debit, credit = row[f"{name}_debit"], row[f"{name}_credit"]
            if debit is not None:
                key = _key(row["component"])
                written, debited, credited = found[name].get(key, (row["component"].strip(), 0, 0))
                found[name][key] = (written, debited + int(debit), credited + int(credit))
    return found


def _why_not(user: "Person", company: Company) -> str:
    if ever_fetched(user, company, "journal"):
        return ""
    if refused(user, company, "journal"):
        return _("Nmbrs does not give the journal.")
    return _("The journal was never fetched from Nmbrs.")


def _key(name: str) -> str:
    return " ".join(name.split()).casefold()


def _euros(cents: int) -> Decimal:
    return Decimal(cents) / 100
