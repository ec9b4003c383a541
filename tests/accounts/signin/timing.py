"""How long answers about known and unknown addresses take."""

from collections.abc import Callable, Mapping
from statistics import median
from time import perf_counter
from typing import Any

from django.core.cache import cache

#: Seconds that two medians may lie apart (security.md, threat 22).
MOST = 0.015


def medians_of(
    ask: Callable[[str], Any], addresses: Mapping[str, str], times: int, status: int = 200
) -> dict[str, float]:
    """The median seconds of an answer to each of the addresses, asked in turn so that a busy machine hits all alike."""
    taken: dict[str, list[float]] = {name: [] for name in addresses}
    for _ in range(times):
        for name, email in addresses.items():
            # No limit on tries stands between the answers.
            cache.clear()
            start = perf_counter()
            assert ask(email).status_code == status
            taken[name].append(perf_counter() - start)
    medians = {name: median(all_) for name, all_ in taken.items()}
    print({name: f"{seconds * 1000:.1f} ms" for name, seconds in medians.items()})
    return medians
