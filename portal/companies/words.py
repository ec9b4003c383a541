"""Words for periods: their types, and a company's current period as short as a table needs it."""

from django.utils.translation import gettext_lazy as _

from portal.companies.models import CurrentPeriod
from portal.periods import Period, PeriodType

PERIOD_TYPES = {
    PeriodType.MONTH: _("month"),
    PeriodType.FOUR_WEEKS: _("four weeks"),
    PeriodType.WEEK: _("week"),
    PeriodType.QUARTER: _("quarter"),
    PeriodType.HALF_YEAR: _("half year"),
    PeriodType.YEAR: _("year"),
}

#: As payroll people abbreviate them, in Dutch and in English.
_SHORT = {
    PeriodType.MONTH: "M",
    PeriodType.FOUR_WEEKS: "4W",
    PeriodType.WEEK: "W",
    PeriodType.QUARTER: "K",
    PeriodType.HALF_YEAR: "HJ",
    PeriodType.YEAR: "J",
}


def period(kind: PeriodType, number: Period) -> str:
    """A period with its year: 2026-11 M."""
    return f"{number.year}-{number.number:02d} {_SHORT[kind]}"


def short(current: CurrentPeriod, year: int) -> str:
    """A current period without the year that the page is about: 11 M; of another year: 2025-12 M."""
    kind = PeriodType(current.period_type)
    return f"{current.number} {_SHORT[kind]}" if current.year == year else period(kind, current.period)
