"""`make demo` as another program runs it: in a folder and on ports of its own."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

#: Seconds until the first page, with room for a busy machine.
START = 300.0

#: Reading the whole demo takes a minute and shows nothing that a part of it does not.
SMALL = ("--debtors", "3", "--employees", "3")


def free_port() -> int:
    """A port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Demo:
    """A demo from its start to its stop.

    Its database has its tables already where a migrated one is at hand (tests/template.py): making them takes 20
    seconds, and was done for this very run.
    """

    def __init__(
        self,
        folder: Path,
        portal_port: int,
        sandbox_port: int,
        size: Sequence[str] = SMALL,
        *,
        from_nothing: bool = False,
    ) -> None:
        self.folder = folder
        self.address = f"http://localhost:{portal_port}"
        settings = {name: value for name, value in os.environ.items() if not name.startswith(("PORTAL_", "DJANGO_"))}
        # What a real installation on the same machine may have set must not reach the demo.
        settings |= {"DATABASE_URL": "postgres://nobody@127.0.0.1:1/none", "PORTAL_HTTPS": "yes"}
        migrated = Path(os.environ.get("TEST_TEMPLATE", ""))
        if migrated.is_file() and not folder.exists() and not from_nothing:
            folder.mkdir(mode=0o700)
            shutil.copyfile(migrated, folder / "portal.sqlite3")
        self.output = folder.parent / "output"
        with self.output.open("wb") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "portal.demo", "--folder", str(folder), *size],
                env={**settings, "PORTAL_PORT": str(portal_port), "SANDBOX_PORT": str(sandbox_port)},
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def said(self) -> str:
        """What it wrote so far."""
        return self.output.read_text()

    def wait_until_open(self) -> None:
        """Return when its pages answer. Raises RuntimeError with what it wrote when they do not."""
        deadline = time.monotonic() + START
        while f"Open {self.address}" not in self.said():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"The demo does not come up:\n{self.said()}")
            time.sleep(0.1)

    def stop(self, number: signal.Signals = signal.SIGINT) -> int:
        """Ask it to stop and return its exit code."""
        self._process.send_signal(number)
        return self._process.wait(40)

    def wait(self) -> int:
        """Wait for its end and return its exit code."""
        return self._process.wait(40)

    def end(self) -> None:
        """See to it that its first process is over, however a test ended; nothing happens when it was."""
        self._process.kill()
        self._process.wait()
