"""Due dates against days worked out by hand."""

from datetime import date

import pytest

from portal.deadlines.parameters import PARAMETERS, in_force
from portal.deadlines.rules import PayDay, PayRule, act_by, holidays, is_working_day, pay_due, return_due
from portal.periods import Period, PeriodType, bounds


@pytest.mark.parametrize(
    ("kind", "period", "due"),
    [
        (PeriodType.MONTH, Period(2026, 10), date(2026, 11, 30)),
        (PeriodType.MONTH, Period(2026, 11), date(2026, 12, 31)),
        (PeriodType.MONTH, Period(2026, 12), date(2027, 1, 31)),
        (PeriodType.MONTH, Period(2027, 1), date(2027, 2, 28)),
        (PeriodType.MONTH, Period(2028, 1), date(2028, 2, 29)),
        # The example of the tax office's rule: 26 January gives 26 February; period 1 of 2025 ends on it.
        (PeriodType.FOUR_WEEKS, Period(2025, 1), date(2025, 2, 26)),
        (PeriodType.FOUR_WEEKS, Period(2026, 12), date(2026, 12, 29)),
        # 2026 has 53 weeks: its last period of four weeks is one of five and ends on 3 January.
        (PeriodType.FOUR_WEEKS, Period(2026, 13), date(2027, 2, 3)),
        # Unclear until the tax office's table is there: the earlier reading.
        (PeriodType.FOUR_WEEKS, Period(2027, 1), date(2027, 2, 28)),
        (PeriodType.FOUR_WEEKS, Period(2027, 2), date(2027, 3, 28)),
        (PeriodType.HALF_YEAR, Period(2026, 1), date(2026, 7, 31)),
        (PeriodType.YEAR, Period(2026, 1), date(2027, 1, 31)),
    ],
)
def test_a_wage_tax_return_is_due_a_month_after_its_period(kind, period, due):
    assert return_due(kind, bounds(kind, period).last, 1) == due


@pytest.mark.parametrize(
    ("last", "agreed", "due"),
    [
        (date(2026, 11, 30), None, date(2026, 11, 30)),
        (date(2026, 11, 30), PayDay(PayRule.DAY_OF_MONTH, 25), date(2026, 11, 25)),
        (date(2026, 11, 30), PayDay(PayRule.DAY_OF_MONTH, 31), date(2026, 11, 30)),
        (date(2028, 2, 29), PayDay(PayRule.DAY_OF_MONTH, 30), date(2028, 2, 29)),
        (date(2027, 1, 3), PayDay(PayRule.DAYS_AFTER, 5), date(2027, 1, 8)),
        (date(2027, 1, 3), PayDay(PayRule.DAYS_AFTER, -4), date(2026, 12, 30)),
    ],
)
def test_the_pay_day_is_the_end_of_the_period_or_as_agreed(last, agreed, due):
    assert pay_due(last, agreed, 0) == due


@pytest.mark.parametrize(
    ("due", "act"),
    [
        (date(2026, 11, 27), date(2026, 11, 27)),
        # Sundays that the rules name.
        (date(2027, 1, 31), date(2027, 1, 29)),
        (date(2027, 2, 28), date(2027, 2, 26)),
        # Over Christmas into the week before it: 25 December 2026 is a Friday.
        (date(2026, 12, 27), date(2026, 12, 24)),
        # Easter Monday, with Sunday, Saturday and Good Friday before it.
        (date(2027, 3, 29), date(2027, 3, 25)),
        (date(2027, 1, 1), date(2026, 12, 31)),
    ],
)
def test_the_day_to_act_is_the_last_working_day_at_or_before(due, act):
    assert act_by(due) == act


def test_holidays_of_a_year():
    assert holidays(2026) == {
        date(2026, 1, 1),
        date(2026, 4, 3),
        date(2026, 4, 6),
        date(2026, 4, 27),
        date(2026, 5, 5),
        date(2026, 5, 14),
        date(2026, 5, 25),
        date(2026, 12, 25),
        date(2026, 12, 26),
    }
    # 27 April 2025 is a Sunday.
    assert date(2025, 4, 26) in holidays(2025)
    assert not is_working_day(date(2026, 5, 14))


def test_a_parameter_counts_from_its_day_on_and_names_its_source():
    assert in_force("return.due_months", date(2031, 1, 1)).value == 1
    assert in_force("return.due_months", date(2019, 1, 1)).value == 1
    with pytest.raises(LookupError):
        in_force("nothing.of_ours", date(2026, 1, 1))
    assert all(row.source and row.valid_from for row in PARAMETERS)
