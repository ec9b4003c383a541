"""A reader that looks at the mirror all the time while others write it, and remembers every state it saw.

It looks at the fast lane. What is read person by person has no state of a company: it is compared afterwards.
"""

import threading
from collections import defaultdict
from functools import cache
from hashlib import blake2b
from types import TracebackType
from typing import Self

from django.db import connection

from portal.mirror.resource import Lane, registry
from portal.source import Level

#: (kind, company) -> a digest of the present rows: keys and fingerprints.
States = dict[tuple[str, int], bytes]
#: No rows at all.
NONE = b""


def look() -> States:
    """The state of every company in every kind of the fast lane, one statement a kind."""
    states: States = {}
    with connection.cursor() as cursor:
        for name, statement, values in _statements():
            rows: dict[int, list[bytes]] = defaultdict(list)
            cursor.execute(statement, values)
            for company, key, print_ in cursor.fetchall():
                rows[company].append(key.encode() + bytes(print_))
            for company, found in rows.items():
                states[name, company] = blake2b(b"".join(sorted(found)), digest_size=16).digest()
    return states


@cache
def _statements() -> list[tuple[str, str, tuple[object, ...]]]:
    """Kind, statement and its values: a reader asks many times a second, and putting them together takes longer."""
    kinds = [one for one in registry if one.level is Level.COMPANY and one.lane is Lane.FAST]
    rows = [(one.name, one.model.objects.values_list("company_id", "key", "fingerprint")) for one in kinds]
    return [(name, *asked.query.sql_with_params()) for name, asked in rows]


class Reader:
    """Looks again and again in a thread with a database connection of its own.

    `pause`: seconds between two looks. What a killed worker left half-written stays until another worker comes, seconds
    later, so a reader that rests for a moment sees it too.
    """

    def __init__(self, pause: float = 0) -> None:
        self._pause = pause
        self.looks = 0
        self.problem: Exception | None = None
        self._seen: dict[tuple[str, int], set[bytes]] = defaultdict(set)
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="reader", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join()

    def forget(self) -> None:
        """Begin anew."""
        with self._lock:
            self._seen.clear()

    def strange(self, *versions: States) -> list[str]:
        """Kinds and companies that were seen in a state which is none of these versions."""
        with self._lock:
            return sorted(
                f"{name} of company {company}"
                for (name, company), states in self._seen.items()
                if states - {version.get((name, company), NONE) for version in versions}
            )

    def _run(self) -> None:
        try:
            while not self._stop.is_set():
                states = look()
                with self._lock:
                    self.looks += 1
                    for place, state in states.items():
                        self._seen[place].add(state)
                    for place in self._seen.keys() - states.keys():
                        self._seen[place].add(NONE)
                self._stop.wait(self._pause)
        except Exception as error:  # noqa: BLE001 - told to the test, which fails on it
            self.problem = error
        finally:
            connection.close()
