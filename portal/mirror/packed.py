"""Rows on their way into the database, small: a first answer about ten thousand people is half a million of them."""

from __future__ import annotations

import pickle
import zlib
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

#: Rows that lie unpacked in memory at a time.
CHUNK = 2_000

Row = dict[str, Any]


class Packed:
    """Rows that are read from the first to the last, as often as needed. They never leave the memory of the process."""

    def __init__(self) -> None:
        self._chunks: list[bytes] = []
        self._count = 0

    def extend(self, rows: Iterable[Row]) -> None:
        """Add `rows` after those that are here."""
        left = iter(rows)
        while chunk := list(islice(left, CHUNK)):
            self._chunks.append(zlib.compress(pickle.dumps(chunk, pickle.HIGHEST_PROTOCOL), 1))
            self._count += len(chunk)

    def __iter__(self) -> Iterator[Row]:
        for chunk in self._chunks:
            yield from pickle.loads(zlib.decompress(chunk))  # noqa: S301 -- our own, from this process  # nosec B301

    def __len__(self) -> int:
        return self._count
