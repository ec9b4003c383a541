"""The columns that a reader chose to see. What somebody may not see was left out before and cannot be chosen."""

from dataclasses import dataclass
from typing import Any

#: Names of an address that a page repeats; the rest is counted.
NAMED = 5


@dataclass(frozen=True)
class Column:
    """One that may be chosen. `fixed`: the first, which names the row and always stays."""

    name: str
    heading: str
    chosen: bool
    fixed: bool


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


def choose(table: Any, asked: tuple[str, ...]) -> Choice:
    """Leave the columns of `table` out that were not asked for; nothing asked, or nothing that is there, is all.

    Left out as one that may not be seen: an invisible column could still be sorted by.
    """
    permitted = [column.name for column in table.columns]
    wanted = {name for name in asked if name in permitted}
    if wanted:
        wanted.add(permitted[0])
    chosen = [name for name in permitted if not wanted or name in wanted]
    columns = tuple(
        Column(column.name, str(column.header or column.name), column.name in chosen, column.name == permitted[0])
        for column in table.columns
    )
    table.exclude = (*table.exclude, *(name for name in permitted if name not in chosen))
    return Choice(columns, tuple(name for name in asked if name not in permitted))
