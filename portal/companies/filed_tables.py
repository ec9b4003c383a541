"""One table for each kind that a company files or settles over days or a period: returns and work-related costs."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from portal.accounts.prepared import PreparedRows
from portal.companies import status
from portal.companies.models import WageTaxReturn
from portal.periods import Bounds
from portal.ui.records import FactTable, When, shows
from portal.ui.tables import CodeColumn, DayColumn, MomentColumn, MoneyColumn, TextColumn

if TYPE_CHECKING:
    from portal.companies.freshness import Person


@shows("wage_tax_returns")
class WageTaxReturnTable(FactTable):
    """The wage-tax returns over days of the period. Return period and pay period need not be the same."""

    term = "wage_tax_return"
    summed = ("total",)
    first_day = DayColumn()
    last_day = DayColumn()
    serial_number = CodeColumn()
    payment_reference = TextColumn()
    total = MoneyColumn(places=0, verbose_name=_("Total"))
    status = TextColumn()
    sent_at = MomentColumn()
    correction_first_day = DayColumn()
    correction_last_day = DayColumn()

    @classmethod
    def at(cls, rows: "QuerySet[Any]", when: When) -> "QuerySet[Any]":
        """Found by their days."""
        if when.period is None or when.days is None:
            return rows
        near = _near(rows, when.period.year)
        return rows.filter(pk__in=[declaration.pk for declaration in _touching(near, when.days)])

    @classmethod
    def count(cls, user: "Person", owner: int, when: When) -> int:
        """Of the rows as they are now, which are few."""
        if when.period is None or when.days is None:
            return _returns(user).filter(company=owner).count()
        near: list[Any] = _returns_near(user, owner, year=when.period.year)
        return len(_touching(near, when.days))


@PreparedRows
def _returns_near(user: "Person", company: int, *, year: int) -> "QuerySet[Any]":
    return _near(_returns(user).filter(company=company), year)


def _returns(user: "Person") -> "QuerySet[WageTaxReturn]":
    return WageTaxReturn.objects.visible_to(user, WageTaxReturn.resource.capability)


def _near(rows: "QuerySet[Any]", year: int) -> "QuerySet[Any]":
    """The returns of a year and those around it, whose days may lie in it."""
    return rows.filter(year__range=(year - 1, year + 1)).select_related("company")


def _touching(near: Iterable[WageTaxReturn], days: Bounds) -> list[WageTaxReturn]:
    return [one for one in near if status.touching([one], one.company, days.first, days.last)]


@shows("pension_exports")
class PensionExportTable(FactTable):
    """The pension returns of the period."""

    term = "pension_return"
    serial_number = CodeColumn()
    status = TextColumn()
    sent_at = MomentColumn()
    correction_first_day = DayColumn()
    correction_last_day = DayColumn()


@shows("work_costs")
class WorkCostTable(FactTable):
    """The work-related costs of the period."""

    term = "work_costs"
    #: Not what was estimated: Nmbrs leaves it empty in some periods, and a total of the others would mislead.
    summed = ("payroll", "financial", "base", "fiscal_wage", "available_space", "to_pay", "paid")

    payroll = MoneyColumn(verbose_name=_("Costs in the payroll"))
    financial = MoneyColumn(verbose_name=_("Costs in the accounts"))
    base = MoneyColumn(verbose_name=_("Costs together"))
    fiscal_wage = MoneyColumn(verbose_name=_("Wage for tax purposes"))
    available_space = MoneyColumn(verbose_name=_("Free space"))
    to_pay = MoneyColumn(verbose_name=_("Levy to pay"))
    estimated = MoneyColumn(verbose_name=_("Estimated"))
    paid = MoneyColumn(verbose_name=_("Paid"))
