"""Which lines of a journal are cost, and what they come to by period: kept, so that pages add up no lines.

The publish that touched a company's journal calls `rewrite` inside its transaction. Which accounts are of cost is a
choice of the office; after another one portal.companies.recounting brings all of its companies up to date.
"""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from functools import reduce
from operator import or_
from typing import Any, NamedTuple

from django.db.models import F, Q, Sum

from portal.accounts.models import Firm
from portal.companies.models import BookedCost, Company, CostAccounts, JournalLine
from portal.mirror.upsert import bulk_upsert

#: Ledger accounts of costs, by how their numbers begin, where the office chose none: class 4 of the Dutch decimal plan,
#: and the wage costs of RGS.
USUAL_ACCOUNTS = ("4", "WPer")
_CENT = Decimal("0.01")
#: From an environment to what its firm chose, for `select_related`.
FIRM_WITH_ACCOUNTS = "firm__cost_accounts"


class CostRule(NamedTuple):
    """How the numbers of accounts of cost begin, and whether what is kept does not follow that yet."""

    accounts: tuple[str, ...] = USUAL_ACCOUNTS
    recounting: bool = False

    @classmethod
    def of(cls, firm: Firm) -> "CostRule":
        """That of a firm; no query where it was read with its choice (FIRM_WITH_ACCOUNTS)."""
        chosen: CostAccounts | None = getattr(firm, "cost_accounts", None)
        return cls(tuple(chosen.beginnings.split()), chosen.recounting) if chosen else cls()


def rule_of(**of: Any) -> CostRule:
    """The rule of the firm that `of` names, as by `firm=` or `firm__environments=`."""
    chosen = CostAccounts.objects.filter(**of).values_list("beginnings", "recounting").first()
    return CostRule(tuple(chosen[0].split()), chosen[1]) if chosen else CostRule()


def is_cost(accounts: Iterable[str] = USUAL_ACCOUNTS) -> Q:
    """Lines of the journal on accounts of costs."""
    return reduce(or_, (Q(account__istartswith=beginning) for beginning in accounts))


def rewrite(company_id: int, since: date | None = None) -> None:
    """Bring what is kept of a company up to date; writes only rows that differ. The journal has no dates: all of it."""
    cost = is_cost(
        rule_of(firm__environments__in=Company.everything.filter(pk=company_id).values("environment")).accounts
    )
    lines = JournalLine.objects.filter(company=company_id).order_by().values_list("year", "number")
    fresh = {
        (year, number): _cents(euros)
        for year, number, euros in lines.annotate(euros=Sum(F("debit") - F("credit"), filter=cost))
    }
    kept = BookedCost.objects.filter(company=company_id)
    have = {(year, number): cents for year, number, cents in kept.values_list("year", "number", "cents")}
    differing = [
        {"company_id": company_id, "year": year, "number": number, "cents": cents}
        for (year, number), cents in fresh.items()
        if (year, number) not in have or have[year, number] != cents
    ]
    bulk_upsert(BookedCost, differing, key=("company", "year", "number"))
    for year, number in set(have) - set(fresh):
        kept.filter(year=year, number=number).delete()


def _cents(euros: Decimal | None) -> int | None:
    """Rounded after adding: of lines in whole cents that is exact, also where decimals are kept as floating point."""
    return None if euros is None else int(euros.quantize(_CENT) * 100)
