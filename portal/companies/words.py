"""Words for periods: their types, and a company's current period as short as a table needs it."""

from django.utils.translation import gettext_lazy as _

from portal.companies.models import CurrentPeriod
from portal.connections.wording import by_side
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


#: Beside the current period of a company that Nmbrs has given before and does not give now.
GIVEN_NO_MORE = by_side(_("no longer given by Nmbrs"), _("not up to date"))


def period(kind: PeriodType, number: Period) -> str:
    """A period with its year: 2026-11 M."""
    return f"{number.year}-{number.number:02d} {_SHORT[kind]}"


def short(current: CurrentPeriod, year: int) -> str:
    """A current period without the year that the page is about: 11 M; of another year: 2025-12 M. Where Nmbrs does not
    give it any more, with these words."""
    kind = PeriodType(current.period_type)
    text = f"{current.number} {_SHORT[kind]}" if current.year == year else period(kind, current.period)
    return with_doubt(text, current)


def with_doubt(text: str, current: CurrentPeriod) -> str:
    """The text of a current period; where Nmbrs does not give it any more, with these words."""
    return text if current.missing_since is None else f"{text} ({GIVEN_NO_MORE})"
