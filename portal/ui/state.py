"""The state of a list in its address: filters, order, columns, rows a page. What a saved view keeps.

Not part of it is what a page is about: a day, a month, a period. A view that kept those would be out of date tomorrow.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import ResolverMatch

SORT, COLUMNS, PER_PAGE, VIEW, PAGE = "sort", "columns", "per_page", "view", "page"
#: In the address in place of a saved view: the plain list, also for who begins with a view.
NO_VIEW = "none"
#: Rows on a page, and what a reader may choose.
ROWS_PER_PAGE = 50
PAGE_SIZES = (25, 50, 100, 200)
#: Columns that an address may name; more than any table has.
MOST_COLUMNS = 60
LONGEST_NAME = 60
#: Characters of a state that is kept.
LARGEST = 3000
#: What a filter cannot be called: an address says something else with it.
_RESERVED = frozenset({SORT, COLUMNS, PER_PAGE, VIEW, PAGE})
#: No address has halves of a character, and PostgreSQL keeps no NUL.
_NO_TEXT = re.compile(r"[\x00\ud800-\udfff]")


def key_of(match: ResolverMatch) -> str:
    """The name of the kind of list behind an address; lists of different kinds of record are different ones."""
    return " ".join(filter(None, (match.view_name, str(match.kwargs.get("kind", "")))))


@dataclass(frozen=True)
class ListState:
    """What the reader made of a list. `per_page` 0: as every list begins."""

    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sort: str = ""
    columns: tuple[str, ...] = ()
    per_page: int = 0

    @classmethod
    def read(cls, query: QueryDict, filters: Collection[str]) -> Self:
        """The state in an address; `filters` are the names of the list's filters."""
        given = {name: _texts(query.getlist(name)) for name in sorted(filters)}
        size = query.get(PER_PAGE, "")
        chosen = int(size) if size in {str(one) for one in PAGE_SIZES} else 0
        return cls(
            {name: values for name, values in given.items() if values},
            ",".join(_texts(query.getlist(SORT))),
            asked_columns(query),
            0 if chosen == ROWS_PER_PAGE else chosen,
        )

    @classmethod
    def from_json(cls, kept: Any) -> Self:
        """As `as_json` wrote it. What cannot be is left out: a row outlives the code that wrote it."""
        kept = kept if isinstance(kept, dict) and len(str(kept)) <= LARGEST else {}
        filters, sort, size = kept.get("filters"), kept.get("sort"), kept.get("per_page")
        given = filters if isinstance(filters, dict) else {}
        return cls(
            {
                name: texts
                for name, values in given.items()
                if _is_text(name) and name not in _RESERVED and (texts := _texts(values))
            },
            str(sort) if _is_text(sort) else "",
            tuple(dict.fromkeys(_texts(kept.get("columns"))))[:MOST_COLUMNS],
            size if isinstance(size, int) and size in PAGE_SIZES and size != ROWS_PER_PAGE else 0,
        )

    def as_json(self) -> dict[str, Any]:
        """For the database; without what is as every list begins."""
        kept: dict[str, Any] = {
            "filters": {name: list(values) for name, values in self.filters.items()},
            "sort": self.sort,
            "columns": list(self.columns),
            "per_page": self.per_page,
        }
        return {name: value for name, value in kept.items() if value}

    def pairs(self) -> list[tuple[str, str]]:
        """For an address."""
        found = [(name, value) for name, values in self.filters.items() for value in values]
        found += [(COLUMNS, name) for name in self.columns]
        if self.sort:
            found.append((SORT, self.sort))
        if self.per_page:
            found.append((PER_PAGE, str(self.per_page)))
        return found


def asked_columns(query: QueryDict) -> tuple[str, ...]:
    """The columns in an address, each once: repeated (as a form sends them) or with commas between."""
    named = (name.strip() for text in _texts(query.getlist(COLUMNS)) for name in text.split(","))
    return tuple(dict.fromkeys(name[:LONGEST_NAME] for name in named if name))[:MOST_COLUMNS]


def _texts(values: Any) -> tuple[str, ...]:
    """The texts among the values; of anything but a list there are none."""
    return tuple(value for value in values if _is_text(value)) if isinstance(values, list | tuple) else ()


def _is_text(value: Any) -> bool:
    """Whether it is a text that an address and every database can hold, and not an empty one."""
    return isinstance(value, str) and value != "" and _NO_TEXT.search(value) is None


def names_of(filterset_class: Any) -> frozenset[str]:
    """The names of a list's filters; a list without a filter has none."""
    return frozenset(filterset_class.base_filters) if filterset_class is not None else frozenset()


def is_plain(query: QueryDict, filters: Collection[str]) -> bool:
    """Whether an address says nothing about the state of the list, so that it begins as the reader wants it to."""
    return not any(name in query for name in (*filters, SORT, COLUMNS, PER_PAGE, VIEW, PAGE))


def with_state(query: QueryDict, filters: Collection[str], state: ListState, view: str) -> str:
    """The query of an address with another state; what the page is about stays."""
    replaced = {*filters, SORT, COLUMNS, PER_PAGE, VIEW, PAGE}
    kept = [(name, value) for name, values in query.lists() for value in values if name not in replaced]
    return urlencode([*kept, (VIEW, view), *state.pairs()])


def hidden(query: QueryDict, without: Iterable[str]) -> list[tuple[str, str]]:
    """The parts of an address that a form has to carry along; not the page number, which no longer fits."""
    left_out = {*without, PAGE}
    return [(name, value) for name, values in query.lists() for value in values if name not in left_out]
