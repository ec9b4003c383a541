"""Now and today, in one place, so that tests can move them and no module asks the host in its own way."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

AMSTERDAM = ZoneInfo("Europe/Amsterdam")


def now() -> datetime:
    """The current moment, UTC, aware."""
    return datetime.now(UTC)


def today() -> date:
    """The current day in the Netherlands: the day payroll dates are compared with."""
    return now().astimezone(AMSTERDAM).date()
