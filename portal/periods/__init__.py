"""Payroll periods: types, numbers, dates, and the text Nmbrs writes them in. No models, no I/O.

Assumption, named here because no public text settles it: four-week and week periods follow the ISO week year, and
in a year with 53 weeks the thirteenth four-week period runs to the last ISO week.
"""

from portal.periods.bounds import Bounds, bounds, containing, periods_in, periods_touching
from portal.periods.period import YEARS, Period, PeriodType, count, exists, following, parse, preceding

__all__ = [
    "YEARS",
    "Bounds",
    "Period",
    "PeriodType",
    "bounds",
    "containing",
    "count",
    "exists",
    "following",
    "parse",
    "periods_in",
    "periods_touching",
    "preceding",
]
