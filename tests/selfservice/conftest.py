"""The fixed day and the signed-in browser of the pages below these."""

from tests.dashboards.conftest import as_user, the_day

__all__ = ["as_user", "the_day"]
