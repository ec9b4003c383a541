"""The fixed day of the pages below these."""

from tests.dashboards.conftest import the_day

__all__ = ["the_day"]
