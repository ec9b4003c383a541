"""The columns that a reader chose to see. What somebody may not see was left out before: it can neither be chosen nor
sorted by. What somebody may see and put away can still be sorted by."""

from dataclasses import dataclass
from typing import Any

#: Names of an address that a page repeats; the rest is counted.
NAMED = 5


@dataclass(frozen=True)
class Column:
    """One that may be chosen. `fixed`: the first, which names the row and always stays. `sorts`: the rows go by it."""

    name: str
    heading: str
    chosen: bool
    fixed: bool
    sorts: bool = False


@dataclass(frozen=True)
class Choice:
    """The columns of a table, and the names that were asked for and are none of them."""

    columns: tuple[Column, ...]
    dropped: tuple[str, ...]

    @property
    def all_shown(self) -> bool:
        """Whether nothing was left out."""
        return all(column.chosen for column in self.columns)

    @property
    def every(self) -> str:
        """All of them, as an address names them."""
        return ",".join(column.name for column in self.columns)

    @property
    def shown(self) -> list[str]:
        """The names of what is shown."""
        return [column.name for column in self.columns if column.chosen]

    @property
    def sorted_unseen(self) -> tuple[str, ...]:
        """The headings of columns that the rows go by and that were put away."""
        return tuple(column.heading for column in self.columns if column.sorts and not column.chosen)


def choose(table: Any, asked: tuple[str, ...]) -> Choice:
    """Leave the columns of `table`, which is sorted, out that were not asked for; nothing asked, or nothing that is
    there, is all.
    """
    permitted = [column.name for column in table.columns]
    wanted = {name for name in asked if name in permitted}
    if wanted:
        wanted.add(permitted[0])
    chosen = [name for name in permitted if not wanted or name in wanted]
    sorting = {name.removeprefix("-") for name in table.order_by or ()}
    columns = tuple(
        Column(
            column.name,
            str(column.header or column.name),
            chosen=column.name in chosen,
            fixed=column.name == permitted[0],
            sorts=column.name in sorting,
        )
        for column in table.columns
    )
    table.exclude = (*table.exclude, *(name for name in permitted if name not in chosen))
    return Choice(columns, tuple(name for name in asked if name not in permitted))
