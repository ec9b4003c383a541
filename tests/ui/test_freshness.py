"""The badge tells the worst state and the oldest success of the kinds that a page needs."""

from datetime import UTC, datetime, timedelta

from portal.mirror.models import Freshness
from portal.mirror.models import State as Stored
from portal.ui.freshness import STALE_AFTER, FreshnessLine, FreshnessSummary, State, summarise

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)


def row(
    resource: str, state: Stored = Stored.FRESH, success: datetime | None = NOW - HOUR, error: str = ""
) -> Freshness:
    return Freshness(resource=resource, state=state, last_success=success, last_attempt=NOW, error_kind=error)


def test_every_stored_state_has_a_shown_one() -> None:
    assert {str(state) for state in Stored} <= {str(state) for state in State}


def test_one_failing_kind_makes_the_page_failing_and_keeps_its_last_success() -> None:
    summary = summarise([row("salary"), row("contract", Stored.FAILING, NOW - 3 * HOUR, "unavailable")], at=NOW)
    assert summary.state is State.FAILING
    assert summary.oldest == NOW - 3 * HOUR
    assert [line.fault is not None for line in summary.lines] == [True, False]


def test_a_success_that_is_too_long_ago_is_stale() -> None:
    assert summarise([row("salary", success=NOW - STALE_AFTER)], at=NOW).state is State.FRESH
    assert summarise([row("salary", success=NOW - STALE_AFTER - HOUR)], at=NOW).state is State.STALE


def test_a_needed_kind_without_a_row_was_never_fetched() -> None:
    summary = summarise([row("salary")], needed=["salary", "contract"], at=NOW)
    assert [line.state for line in summary.lines] == [State.FRESH, State.NEVER]
    assert summary.state is State.NEVER
    assert summary.ever


def test_kinds_that_a_page_does_not_need_are_left_out() -> None:
    summary = summarise([row("salary"), row("contract", Stored.FAILING)], needed=["salary"], at=NOW)
    assert summary.state is State.FRESH


def test_of_several_scopes_the_worst_state_and_the_oldest_success_count() -> None:
    rows = [row("salary", success=NOW - 5 * HOUR), row("salary", Stored.HELD, NOW - HOUR)]
    for order in (rows, rows[::-1]):
        (line,) = summarise(order, at=NOW).lines
        assert (line.state, line.last_success) == (State.HELD, NOW - 5 * HOUR)


def test_a_page_that_nothing_was_fetched_for_is_never_synced() -> None:
    summary = summarise([], at=NOW)
    assert summary.state is State.NEVER
    assert not summary.ever


def test_where_only_a_part_came_in_the_age_is_not_said_of_what_never_did() -> None:
    whole, none = FreshnessLine("a", State.FRESH, NOW), FreshnessLine("b", State.NEVER)
    assert str(FreshnessSummary((whole, none)).status.label) == "not all synced yet"
    assert str(FreshnessSummary((none,)).status.label) == "never synced"
