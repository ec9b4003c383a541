"""Making the database's own index over the texts: by the migration, and by `manage.py search_index` where it failed.

`pg_trgm` is part of PostgreSQL's contrib modules and a trusted extension: whoever may create in the database may add
it. Where that is not allowed nothing fails; docs/search.md says what an administrator of the database does then.
"""

from typing import Any

from django.db import DatabaseError, transaction

#: Without the extension these words tell an administrator what to do.
NO_EXTENSION = (
    "The extension pg_trgm could not be created, so search forgives no typing errors and is slower. Let an "
    "administrator of the database run `CREATE EXTENSION pg_trgm` in it, then run `manage.py search_index`."
)
NO_FTS5 = "This SQLite has no FTS5 with the trigram tokenizer (3.34 or newer), so search forgives no typing errors."

_SQLITE = (
    "CREATE VIRTUAL TABLE search_text USING fts5(text, content='search_entry', content_rowid='id', "
    "tokenize='trigram case_sensitive 1')",
    "CREATE TRIGGER search_text_added AFTER INSERT ON search_entry BEGIN "
    "INSERT INTO search_text(rowid, text) VALUES (NEW.id, NEW.text); END",
    "CREATE TRIGGER search_text_removed AFTER DELETE ON search_entry BEGIN "
    "INSERT INTO search_text(search_text, rowid, text) VALUES ('delete', OLD.id, OLD.text); END",
    "CREATE TRIGGER search_text_changed AFTER UPDATE OF id, text ON search_entry BEGIN "
    "INSERT INTO search_text(search_text, rowid, text) VALUES ('delete', OLD.id, OLD.text); "
    "INSERT INTO search_text(rowid, text) VALUES (NEW.id, NEW.text); END",
    "INSERT INTO search_text(search_text) VALUES ('rebuild')",
)
_UNMAKE_SQLITE = (
    "DROP TRIGGER IF EXISTS search_text_added",
    "DROP TRIGGER IF EXISTS search_text_removed",
    "DROP TRIGGER IF EXISTS search_text_changed",
    "DROP TABLE IF EXISTS search_text",
)
_POSTGRES = (
    "CREATE EXTENSION IF NOT EXISTS pg_trgm",
    "CREATE INDEX IF NOT EXISTS search_entry_trigrams ON search_entry USING gin (text gin_trgm_ops)",
)
_UNMAKE_POSTGRES = ("DROP INDEX IF EXISTS search_entry_trigrams",)


#: Not permitted, not installed (by its file, by its name): the SQLSTATE of what keeps an extension away.
_NOT_TO_BE_HAD = {"42501", "58P01", "0A000"}
#: How SQLite says that it was built without it.
_NOT_BUILT_IN = ("no such module: fts5", "no such tokenizer", "error in tokenizer constructor")


def make(connection: Any) -> str:
    """Make what is not there yet. Returns why it could not be made; empty when it is there.

    Raises DatabaseError for whatever else goes wrong: a full disk is no missing extension.
    """
    try:
        with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
            if connection.vendor == "sqlite":
                cursor.execute("SELECT 1 FROM sqlite_master WHERE name = 'search_text'")
            else:
                cursor.execute("SELECT 1 WHERE to_regclass('search_entry_trigrams') IS NOT NULL")
            if cursor.fetchone() is None:
                for statement in _SQLITE if connection.vendor == "sqlite" else _POSTGRES:
                    cursor.execute(statement)
            return ""
    except DatabaseError as error:
        if connection.vendor == "sqlite":
            if any(words in str(error) for words in _NOT_BUILT_IN):
                return NO_FTS5
        elif getattr(error.__cause__, "sqlstate", None) in _NOT_TO_BE_HAD:
            return NO_EXTENSION
        raise


def unmake(connection: Any) -> None:
    """Remove it, before its table goes. The extension stays: others may use it by now."""
    with connection.cursor() as cursor:
        for statement in _UNMAKE_SQLITE if connection.vendor == "sqlite" else _UNMAKE_POSTGRES:
            cursor.execute(statement)


def tidy(connection: Any) -> None:
    """Let SQLite forget for good what was removed: until then pieces of removed names may stay in its index."""
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM sqlite_master WHERE name = 'search_text'")
        if cursor.fetchone():
            cursor.execute("INSERT INTO search_text(search_text) VALUES ('optimize')")
