"""Where a demo keeps its things and with which settings its programs run. Needs no settings itself."""

import os
from dataclasses import dataclass
from pathlib import Path

from portal.vault.env_file import fresh_keys, write_env_file

TOP = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class DemoEnvironment:
    """One demo on this machine: a folder of its own and two loopback ports."""

    folder: Path
    portal_port: int
    sandbox_port: int
    debtors: int = 12
    employees: int = 40

    @property
    def address(self) -> str:
        """What to open in the browser."""
        return f"http://localhost:{self.portal_port}"

    @property
    def env_file(self) -> Path:
        """The settings as a file: `PORTAL_ENV_FILE=<this> manage.py ...` works on the demo."""
        return self.folder / "env"

    def log(self, name: str) -> Path:
        """Where the program `name` writes."""
        return self.folder / "log" / f"{name}.log"

    def settings(self) -> dict[str, str]:
        """Every setting, so that nothing of a real installation on this machine reaches the demo."""
        return {
            **self._keys(),
            "SECRET_KEY_FALLBACKS": "",
            "HASH_KEY_FALLBACKS": "",
            "ALLOWED_HOSTS": "localhost,127.0.0.1,[::1]",
            "PORTAL_URL": self.address,
            "CSRF_TRUSTED_ORIGINS": "",
            "PORTAL_HTTPS": "no",
            "PORTAL_BEHIND_PROXY": "no",
            "PORTAL_PROXY_COUNT": "0",
            "SIGN_ON_ISSUERS": "",
            "DATABASE_URL": "",
            "PAGE_STATEMENT_SECONDS": "",
            "PAGE_PLANS_KEPT": "",
            "BACKUP_RECIPIENT": "",
            "BACKUP_FOLDER": "",
            "AUDIT_HEAD_FILE": "",
            "AUDIT_KEPT_MONTHS": "",
            "PORTAL_VAR": str(self.folder),
            "PORTAL_STATIC": str(self.folder / "static"),
            "NMBRS_HOSTS": f"http://127.0.0.1:{self.sandbox_port}",
            "NMBRS_FIXED_RATE": "no",
            "PORTAL_WORKERS": "1",
            "PORTAL_WORKER_NICENESS": "",
            "SYNC_FETCH_THREADS": "",
            "SYNC_LEASE_SECONDS": "",
            "SYNC_LEAST_FREE_MB": "",
            "SYNC_ROTATION_CALLS": "",
            "SYNC_NIGHTLY_HOUR": "",
            "MAIL_URL": "",
            "MAIL_FROM": "",
            "LOG_LEVEL": "INFO",
            "PORTAL_ADMIN": "",
            "PORTAL_DEBUG": "no",
            "PORTAL_DEMO": "yes",
        }

    def prepare(self) -> dict[str, str]:
        """Make the folder and the file of settings; the keys of an earlier start stay.

        Returns the environment for the demo's programs.
        """
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        (self.folder / "log").mkdir(mode=0o700, exist_ok=True)
        settings = self.settings()
        self.env_file.unlink(missing_ok=True)
        write_env_file(self.env_file, settings)
        return {**os.environ, **settings, "PORTAL_ENV_FILE": str(self.env_file), "PYTHONUNBUFFERED": "1"}

    def _keys(self) -> dict[str, str]:
        fresh = fresh_keys()
        if not self.env_file.is_file():
            return fresh
        lines = self.env_file.read_text(encoding="utf-8").splitlines()
        kept = dict(line.split("=", 1) for line in lines if "=" in line)
        return {name: kept.get(name) or fresh[name] for name in fresh}
