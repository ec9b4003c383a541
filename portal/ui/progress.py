"""The progress of long work, as a page polls it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True)
class Progress:
    """Work under way or done.

    `total` None: not known yet, the bar only moves. `url` is asked every second until `finished`; it answers with
    the same component as a fragment. `key` is unique on the page. `failed` counts steps that did not work out.
    """

    key: str
    label: "str | _StrPromise"
    url: str
    done: int = 0
    total: int | None = None
    failed: int = 0
    finished: bool = False
    detail: "str | _StrPromise" = ""

    @property
    def percent(self) -> int | None:
        """Whole per cents done, rounded down; None when the total is unknown. Nothing to do is all done."""
        if self.total is None:
            return None
        return 100 if self.total == 0 else min(100, self.done * 100 // self.total)

    @property
    def spoken_percent(self) -> int | None:
        """In steps of a quarter, so that a screen reader is not interrupted every second."""
        return None if self.percent is None else self.percent // 25 * 25
