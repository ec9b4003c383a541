"""Starting PostgreSQL's own programs on the database that a connection is connected to."""

import os
import shutil
import subprocess
from typing import Any

import psycopg

from portal.backup.errors import BackupError, full_disk


def run(raw: psycopg.Connection[Any], program: str, *arguments: str) -> None:
    """Run `program` and raise BackupError with what it says when it fails."""
    path = shutil.which(program)
    if path is None:
        raise BackupError(
            f"{program} is not installed here. Install PostgreSQL's client programs of the server's version or newer; "
            "on Debian and Ubuntu: apt-get install postgresql-client"
        )
    done = subprocess.run(  # noqa: S603 - a program of PostgreSQL with arguments of ours
        [path, *arguments],
        env=_environment(raw),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        check=False,
        # Then a file that grows too large is an error that the program explains, not a silent death.
        restore_signals=False,
    )
    if done.returncode:
        lines = done.stderr.decode(errors="replace").splitlines()
        last = lines[-1] if lines else f"exit code {done.returncode}, without a reason"
        said = next((line for line in lines if "error:" in line), last).strip()
        raise BackupError(full_disk(said) or f"{program} stopped: {said}")


def _environment(raw: psycopg.Connection[Any]) -> dict[str, str]:
    """How `raw` is connected, as environment variables: a password among the arguments could be read by everybody.

    Nothing else of this process's environment is handed on, and so none of the portal's keys.
    """
    options = {
        option.envvar.decode(): option.val.decode() for option in raw.pgconn.info if option.envvar and option.val
    }
    return {
        **options,
        # The path of the socket when no host is named: programs and driver may look in different places.
        "PGHOST": raw.info.host,
        "PGPORT": str(raw.info.port),
        "PATH": os.defpath,
        "LC_ALL": "C",
    }
