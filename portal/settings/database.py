"""Database settings: SQLite by default, PostgreSQL by DATABASE_URL. Reasons: tests in tests/settings."""

from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from environ import Env

SQLITE_PRAGMAS = ";".join(
    (
        "PRAGMA journal_mode=WAL",
        "PRAGMA synchronous=NORMAL",
        "PRAGMA temp_store=MEMORY",
        # Of each connection; a process of four threads has as many, and what is mapped counts as its memory.
        "PRAGMA mmap_size=67108864",
        "PRAGMA journal_size_limit=67108864",
        "PRAGMA cache_size=-20000",
    )
)


def database_settings(url: str, var: Path) -> dict[str, Any]:
    """Django's settings of the one database for `url` (empty: an SQLite file in the folder `var`).

    Raises ImproperlyConfigured for an SQLite address that is relative or in memory: web and worker would
    then each open a database of their own.
    """
    config: dict[str, Any] = dict(Env.db_url_config(url or f"sqlite:///{var / 'portal.sqlite3'}"))
    config["ATOMIC_REQUESTS"] = False
    config["CONN_MAX_AGE"] = 3600
    options = database_options(config["ENGINE"])
    config["OPTIONS"] = {**options, **config.get("OPTIONS", {})}
    if config["ENGINE"] == "django.db.backends.sqlite3":
        if not Path(str(config["NAME"])).is_absolute():
            raise ImproperlyConfigured(
                f"DATABASE_URL names the SQLite file {config['NAME']!r}, which is not an absolute path. "
                "Write four slashes: sqlite:////srv/portal/portal.sqlite3"
            )
    elif config["ENGINE"] == "django.db.backends.postgresql":
        config["CONN_HEALTH_CHECKS"] = True
    else:
        raise ImproperlyConfigured("DATABASE_URL must start with sqlite:// or postgres://.")
    return config


def database_options(engine: str) -> dict[str, Any]:
    """Connection options per engine.

    IMMEDIATE: a transaction that reads first and then writes fails at once under DEFERRED, whatever the
    timeout. No pool on PostgreSQL: django-q2 forks its workers. No compiling of statements there: the planner
    guesses the price of a page's statement too high, and compiling it took ten times as long as running it.
    """
    if engine == "django.db.backends.sqlite3":
        return {"timeout": 20, "transaction_mode": "IMMEDIATE", "init_command": SQLITE_PRAGMAS}
    return {"options": "-c jit=off"}
