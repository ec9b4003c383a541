"""A page's statements keep their plans on PostgreSQL: planning one of them takes longer than running it.

Where pages are served only. They ask the same few long statements again and again; a worker writes thousands of
different ones, some with more values than a prepared statement may have.
"""

from django.conf import settings
from django.db import connections

#: A connection keeps the plan of a statement once it was asked so often.
PREPARED_AFTER = 2
OPTIONS: dict[str, bool | int] = {"server_side_binding": True, "prepare_threshold": PREPARED_AFTER}


def keep_plans() -> None:
    """From now on each new connection of this process keeps plans, unless PAGE_PLANS_KEPT says no."""
    config = connections.settings["default"]
    if settings.PAGE_PLANS_KEPT and config["ENGINE"] == "django.db.backends.postgresql":
        config["OPTIONS"].update(OPTIONS)
