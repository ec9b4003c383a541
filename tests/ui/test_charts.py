"""Charts and sparklines show what is there and leave open what is not."""

from decimal import Decimal

import pytest

from portal.ui.charts import Chart, Series, sparkline


def test_a_sparkline_runs_from_the_lowest_to_the_highest_value() -> None:
    line = sparkline([1, 3], width=106, height=26)
    assert line is not None
    assert line.lines == ("3.0,23.0 103.0,3.0",)
    assert line.last == ("103.0", "3.0")


def test_a_gap_breaks_the_line() -> None:
    line = sparkline([1, 2, None, 3, 4])
    assert line is not None
    assert len(line.lines) == 2


def test_a_value_alone_between_gaps_is_a_dot() -> None:
    line = sparkline([1, 2, None, 3, None, 4])
    assert line is not None
    assert len(line.dots) == 2


def test_without_any_value_there_is_no_sparkline() -> None:
    assert sparkline([None, None]) is None


def test_equal_values_make_a_level_line() -> None:
    line = sparkline([5, 5, 5], height=28)
    assert line is not None
    assert {point.split(",")[1] for point in line.lines[0].split()} == {"14.0"}


def make(*series: Series) -> Chart:
    return Chart("wage", "Contract wage (€)", ["Oct", "Nov"], series, unit="money")


def test_the_table_of_a_chart_has_every_value_and_keeps_gaps(english: None) -> None:
    chart = make(Series("now", [Decimal("10.4"), None]), Series("before", [0, 7], muted=True))
    assert chart.rows == [("Oct", ["€10", "€0"]), ("Nov", [None, "€7"])]
    assert chart.data["series"][0]["values"] == [10.4, None]


def test_a_chart_without_any_value_says_so() -> None:
    assert make(Series("now", [None, None])).empty
    assert not make(Series("now", [0, None])).empty


def test_a_chart_has_at_most_four_series() -> None:
    with pytest.raises(ValueError, match="one to four"):
        make(*(Series(str(number), [1, 2]) for number in range(5)))


def test_a_series_has_one_value_per_label() -> None:
    with pytest.raises(ValueError, match="per label"):
        make(Series("now", [1, 2, 3]))
