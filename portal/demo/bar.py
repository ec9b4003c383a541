"""The progress of the first sync: a bar on a terminal, a line now and then elsewhere."""

from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from portal.sync.service import Progress as SyncProgress

#: Parts (one kind of record of one company) per line, where there is no terminal.
STEP = 50


class Bar:
    """Shows how far a sync is. The total grows while clients and companies are being found."""

    def __init__(self) -> None:
        self._console = Console()
        self._shown = 0
        self._progress = Progress(
            TextColumn("  {task.description}"),
            BarColumn(bar_width=32),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=self._console,
        )
        self._task = self._progress.add_task("reading", total=None)

    def __enter__(self) -> Self:
        if self._console.is_terminal:
            self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._console.is_terminal:
            self._progress.stop()

    def show(self, sync: SyncProgress) -> None:
        """Show the present counts."""
        if self._console.is_terminal:
            self._progress.update(
                self._task, completed=sync.done, total=sync.total or None, description=f"{sync.read:,} records"
            )
        elif sync.done - self._shown >= STEP or sync.done == sync.total:
            self._shown = sync.done
            self._console.print(f"  {sync.done} of {sync.total} parts read, {sync.read:,} records")
