"""A program that the demo runs, from start to a stop that leaves nothing behind."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from portal.demo.environment import TOP

#: Seconds a program gets to stop what it started, then everything it started to stop by itself, before all are killed.
PATIENCE = 4.0
_PR_SET_PDEATHSIG = 1


class Child:
    """One program in a process group of its own, so that Ctrl-C reaches it through the supervisor only."""

    def __init__(
        self, name: str, command: Sequence[str], environment: Mapping[str, str], log: Path | None = None
    ) -> None:
        self.name = name
        self.log = log
        output = log.open("wb") if log else None
        try:
            self._process = subprocess.Popen(  # noqa: S603 - fixed commands of ours
                [sys.executable, *command],
                cwd=TOP,
                env=dict(environment),
                # Closed by the end of this process, however it ends.
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=subprocess.STDOUT if output else None,
                start_new_session=True,
                preexec_fn=_end_with_parent if sys.platform == "linux" else None,
            )
        finally:
            if output:
                output.close()

    @property
    def pid(self) -> int:
        """The id of the program, which is also that of its group."""
        return self._process.pid

    def exit_code(self) -> int | None:
        """How the program ended; None while it runs."""
        return self._process.poll()

    def tail(self, lines: int = 15) -> str:
        """The last lines that the program wrote."""
        if self.log is None:
            return ""
        return "\n".join(self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])

    def ask_to_stop(self) -> None:
        """Send SIGTERM to the program, which stops what it started itself."""
        if self.exit_code() is None:
            self._process.terminate()

    def stop(self) -> None:
        """Wait until the whole group is gone: first by itself, then asked one by one, then killed."""
        for number in (signal.SIGTERM, signal.SIGKILL):
            deadline = time.monotonic() + PATIENCE
            while self._alive() and time.monotonic() < deadline:
                time.sleep(0.05)
            if self._alive():
                self._signal(number)
        self._process.wait()
        if self._process.stdin:
            self._process.stdin.close()

    def _alive(self) -> bool:
        self._process.poll()
        try:
            os.killpg(self.pid, 0)
        except ProcessLookupError:
            return False
        return True

    def _signal(self, number: signal.Signals) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self.pid, number)


def _end_with_parent() -> None:
    """Ask Linux for a SIGTERM when the supervisor dies, even by SIGKILL."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
