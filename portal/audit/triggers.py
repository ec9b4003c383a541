"""What makes the tables append-only in the database itself, whoever is connected to it.

An entry can be deleted only when a Seal covers it; seals can be neither changed nor deleted. A seal that somebody
forges to get rid of entries does not carry the HMAC of a real one, which `audit_verify` says.
"""

from typing import Any

TABLES = ("audit_entry", "audit_seal")
REFUSED = "the audit trail cannot be changed"
_COVERED = "EXISTS (SELECT 1 FROM audit_seal WHERE OLD.number BETWEEN first AND last)"

_SQLITE = {
    "audit_entry_no_update": f"BEFORE UPDATE ON audit_entry BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END",
    "audit_entry_no_delete": f"BEFORE DELETE ON audit_entry WHEN NOT {_COVERED} "
    f"BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END",
    "audit_seal_no_update": f"BEFORE UPDATE ON audit_seal BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END",
    "audit_seal_no_delete": f"BEFORE DELETE ON audit_seal BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END",
    # REPLACE would delete without asking the triggers above.
    "audit_entry_no_replace": "BEFORE INSERT ON audit_entry "  # noqa: S608 - texts of ours only  # nosec B608
    "WHEN EXISTS (SELECT 1 FROM audit_entry WHERE number = NEW.number) "
    f"BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END",
    "audit_seal_no_replace": "BEFORE INSERT ON audit_seal WHEN EXISTS "  # noqa: S608 - texts of ours only  # nosec B608
    "(SELECT 1 FROM audit_seal WHERE id = NEW.id OR first = NEW.first OR last = NEW.last) "
    f"BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END",
}

_POSTGRES_FUNCTIONS = {
    "audit_refuse": f"BEGIN RAISE EXCEPTION '{REFUSED}'; END",
    "audit_refuse_unsealed": f"BEGIN IF {_COVERED} THEN RETURN OLD; END IF; RAISE EXCEPTION '{REFUSED}'; END",
}
_POSTGRES = {
    "audit_entry_no_update": "BEFORE UPDATE ON audit_entry FOR EACH ROW EXECUTE FUNCTION audit_refuse()",
    "audit_entry_no_delete": "BEFORE DELETE ON audit_entry FOR EACH ROW EXECUTE FUNCTION audit_refuse_unsealed()",
    "audit_entry_no_truncate": "BEFORE TRUNCATE ON audit_entry FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()",
    "audit_seal_no_update": "BEFORE UPDATE ON audit_seal FOR EACH ROW EXECUTE FUNCTION audit_refuse()",
    "audit_seal_no_delete": "BEFORE DELETE ON audit_seal FOR EACH ROW EXECUTE FUNCTION audit_refuse()",
    "audit_seal_no_truncate": "BEFORE TRUNCATE ON audit_seal FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()",
}


def statements(vendor: str) -> list[str]:
    """The SQL that makes the triggers, for the database `vendor` ("sqlite" or "postgresql")."""
    if vendor == "sqlite":
        return [f"CREATE TRIGGER {name} {body}" for name, body in _SQLITE.items()]
    made = [
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $${body}$$"
        for name, body in _POSTGRES_FUNCTIONS.items()
    ]
    return made + [f"CREATE TRIGGER {name} {body}" for name, body in _POSTGRES.items()]


def removals(vendor: str) -> list[str]:
    """The SQL that removes the triggers again."""
    if vendor == "sqlite":
        return [f"DROP TRIGGER IF EXISTS {name}" for name in _SQLITE]
    return [f"DROP TRIGGER IF EXISTS {name} ON {_table(name)}" for name in _POSTGRES]


def missing(connection: Any) -> list[str]:
    """The triggers that the database of `connection` does not have, or that are switched off there."""
    wanted = _SQLITE if connection.vendor == "sqlite" else _POSTGRES
    question = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        if connection.vendor == "sqlite"
        else "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'"
    )
    with connection.cursor() as cursor:
        cursor.execute(question)
        there = {name for (name,) in cursor.fetchall()}
    return [name for name in wanted if name not in there]


def _table(trigger: str) -> str:
    return next(table for table in TABLES if trigger.startswith(table))
