"""How long the statements of a page take, and how many they are."""

import time
from collections.abc import Callable
from typing import Any

#: What every page asks before and around its figures: who asks, what they may see, their views and last places, and
#: the line in the trail.
FRAME = ("django_session", "accounts_user", '"_source"', "ui_savedview", "search_", "audit_", "SAVEPOINT")


class StopWatch:
    """For `connection.execute_wrapper`: adds up `seconds` and `statements`, and the seconds of the page's `frame`."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.frame = 0.0
        self.statements = 0

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        """Run the statement."""
        begun = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            taken = time.perf_counter() - begun
            self.seconds += taken
            self.statements += 1
            if any(word in sql.split(" WHERE ")[0].split(" JOIN ")[0] for word in FRAME):
                self.frame += taken
