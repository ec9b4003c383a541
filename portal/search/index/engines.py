"""The database's own index over the texts, behind one small interface with an implementation a database.

SQLite keeps a table of the module FTS5 with the tokenizer `trigram`, which triggers keep equal to the entries;
PostgreSQL an index with the operators of the extension `pg_trgm`. A database that lets us have neither walks through
the texts: slower, and without forgiving typing errors.
"""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import reduce
from operator import add, and_
from typing import Any, Protocol

from django.db import connection, transaction
from django.db.models import BigIntegerField, BooleanField, F, FloatField, Func, Q, QuerySet, Value
from django.db.models.functions import Collate

from portal.search.index.folding import SHORTEST_ALIKE

#: Rows that are looked at for typing errors, the most alike first.
CANDIDATES = 200
#: Letters in a row that the indexes know: shorter words are found at the beginning of a word only.
GRAM = 3
#: How much of a typed word must be in a text for PostgreSQL to call them alike: two swapped letters in a word of six.
THRESHOLD = "0.25"


class Engine(Protocol):
    """How texts are found in one database. Words are folded; `rows` are entries that the reader may see."""

    forgiving: bool

    def asking(self) -> AbstractContextManager[Any]:
        """What all questions of one search are asked within."""

    def holding(self, words: Sequence[str]) -> Q:
        """Entries with every word: at the beginning of one of their own, or inside it from three letters on."""

    def numbered(self, beginning: str) -> Q:
        """Entries whose number begins so."""

    def beginning(self, rows: "QuerySet[Any]", text: str) -> "QuerySet[Any]":
        """Entries whose name begins so, in the order of the names."""

    def alike(self, rows: "QuerySet[Any]", words: Sequence[str]) -> list[Any]:
        """Entries that may hold every word with typing errors, the most alike first; CANDIDATES at most."""


def part(word: str) -> str:
    """What a text holds that has the word: of a short one with the space before it."""
    return word if len(word) >= GRAM else f" {word}"


class Walking:
    """Any database, without an index over the texts."""

    forgiving = False

    def asking(self) -> AbstractContextManager[Any]:
        """Nothing to prepare."""
        return nullcontext()

    def holding(self, words: Sequence[str]) -> Q:
        """Entries with every word."""
        return reduce(and_, (Q(text__contains=part(word)) for word in words))

    def numbered(self, beginning: str) -> Q:
        """Entries whose number begins so."""
        return _begins("number", beginning)

    def beginning(self, rows: "QuerySet[Any]", text: str) -> "QuerySet[Any]":
        """Entries whose name begins so, in the order of the names.

        In PostgreSQL by an order that no index has: with one it would walk through all names up to the first of these.
        """
        order = Collate("text", "C") if connection.vendor == "postgresql" else F("text")
        return rows.filter(_begins("text", text)).order_by(order, "pk")

    def alike(self, rows: "QuerySet[Any]", words: Sequence[str]) -> list[Any]:
        """Nothing: without an index it would take too long."""
        return []


class SqliteTrigrams(Walking):
    """FTS5. A phrase of the tokenizer `trigram` is a part of the text, spaces included."""

    forgiving = True

    def holding(self, words: Sequence[str]) -> Q:
        """The words that FTS5 can look up; single letters are looked for in what that leaves."""
        parts = [part(word) for word in words]
        found = Q(pk__in=_matching(" AND ".join(f'"{one}"' for one in parts if len(one) >= GRAM)))
        rest = [one for one in parts if len(one) < GRAM]
        return reduce(and_, (Q(text__contains=one) for one in rest), found)

    def alike(self, rows: "QuerySet[Any]", words: Sequence[str]) -> list[Any]:
        """Rare trigrams in common count more: bm25, which is what FTS5 calls rank."""
        match = " AND ".join(f"({_trigrams(word)})" for word in words if len(word) > 1)
        # The words are folded to letters and digits, and they are a parameter.
        joined = rows.extra(
            tables=["search_text"],
            where=["search_text.rowid = search_entry.id", "search_text MATCH %s"],
            params=[match],
            order_by=["search_text.rank"],
        )
        return list(joined[:CANDIDATES])


class PostgresTrigrams(Walking):
    """pg_trgm. Its index also serves LIKE."""

    forgiving = True

    @contextmanager
    def asking(self) -> Iterator[None]:
        """A transaction in which every statement is planned for what was typed.

        A plan that was kept for any text whatever serves none: it walks through all names for the rarest, too.
        """
        with transaction.atomic():
            _set("plan_cache_mode = force_custom_plan")
            yield

    def alike(self, rows: "QuerySet[Any]", words: Sequence[str]) -> list[Any]:
        """By word similarity, of which the index needs to know the least that counts."""
        long = [word for word in words if len(word) >= SHORTEST_ALIKE]
        short = [word for word in words if len(word) < SHORTEST_ALIKE]
        if short:
            rows = rows.filter(self.holding(short))
        similar = [
            Func(Value(word), F("text"), template="(%(expressions)s)", arg_joiner=" <%% ", output_field=BooleanField())
            for word in long
        ]
        score = reduce(
            add, (Func(Value(word), F("text"), function="word_similarity", output_field=FloatField()) for word in long)
        )
        # PostgreSQL takes comparing for as cheap as an equality, and would go from client to client of the reader and
        # compare all of their names. Without that way it asks the index first. Nothing else is asked after this.
        _set(f"pg_trgm.word_similarity_threshold = {THRESHOLD}", "enable_nestloop = off")
        return list(rows.filter(*similar).order_by(score.desc(), "pk")[:CANDIDATES])


def engine() -> Engine:
    """What this database can do. Asked anew each time: an administrator of the database may add what was missing."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT 1 FROM sqlite_master WHERE name = 'search_text'")
            return SqliteTrigrams() if cursor.fetchone() else Walking()
        cursor.execute("SELECT to_regclass('search_entry_trigrams')")
        found = cursor.fetchone()
        return PostgresTrigrams() if found and found[0] else Walking()


def _set(*settings: str) -> None:
    """Until the end of the transaction."""
    with connection.cursor() as cursor:
        for setting in settings:
            cursor.execute(f"SET LOCAL {setting}")


def _begins(column: str, beginning: str) -> Q:
    """As a range on SQLite, where no index serves LIKE."""
    if connection.vendor == "postgresql":
        return Q(**{f"{column}__startswith": beginning})
    return Q(**{f"{column}__gte": beginning, f"{column}__lt": beginning + "\U0010ffff"})


class _Matching(Func):
    """The entries whose text matches a question to FTS5, whose table is none of Django's."""

    template = "(SELECT rowid FROM search_text WHERE search_text MATCH %(expressions)s)"
    output_field = BigIntegerField()


def _matching(match: str) -> _Matching:
    return _Matching(Value(match))


def _trigrams(word: str) -> str:
    """Any of the trigrams of a word, of which the first has the space before it; a short word as a whole."""
    padded = f" {word}"
    if len(word) < SHORTEST_ALIKE:
        return f'"{padded if len(word) < GRAM else word}"'
    return " OR ".join(f'"{padded[place : place + GRAM]}"' for place in range(len(padded) - GRAM + 1))
