"""How long the statements of a page take, and how many they are."""

import time
from collections.abc import Callable
from typing import Any


class StopWatch:
    """For `connection.execute_wrapper`: adds up `seconds` and `statements`."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.statements = 0

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        """Run the statement."""
        begun = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            self.seconds += time.perf_counter() - begun
            self.statements += 1
