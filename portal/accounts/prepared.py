"""Questions of a page that are put together once for everybody who has the same kinds of rights.

Django takes longer to put a statement of a page together than the database to answer it: of the page of a client that
was half of the processor time. Here the statement is kept, and whose it is and of which rows goes into its parameters.

What may differ between two askers is said by the signature, and all of it is part of what is kept or goes in anew:
- the person: kept for each set of holdings; their key and the moment go in anew, so what they may see is asked anew;
- whole numbers by position, the keys of rows, and moments by name: they go in anew;
- everything else by name: kept for each value.

A question is a function of its module that looks at nothing else: not at the clock (a day is an argument), and not at
what the database holds. Its rows are of models with `scope_paths`: those with a door of their own do not know StandIn.
"""

import re
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from functools import lru_cache, update_wrapper
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar, cast

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Model
from django.db.models.query import get_related_populators

from portal.accounts.grants import SOME_MOMENT, SOMEBODY, Holdings, StandIn, as_asked_by, holdings
from portal.accounts.roles import CAPABILITIES, Capability, Role
from portal.clock import unasked

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser
    from django.db.models import QuerySet
    from django.db.models.sql.compiler import SQLCompiler

    from portal.accounts.models import User

M = TypeVar("M", bound=Model)

#: What the roles of somebody's holdings may do.
Rights = frozenset[frozenset[Capability] | None]
#: Statements that a process keeps of each question.
KEPT = 128
#: The first number that stands for a key, far from every key and from SOMEBODY; the next ones are below it.
_FIRST_KEY = 2 * SOMEBODY
#: The first moment that stands for one; the next ones are microseconds after it.
_FIRST_MOMENT = datetime(9998, 7, 8, 9, 10, 11, 987000, tzinfo=UTC)
#: A number with so many digits can only come from one that stands for something, and so can what is left of a moment
#: that was reckoned with: its year, or the fraction of its second.
_STANDS_FOR_SOMETHING = re.compile(r"\d{15}|9998-|\.9870\d\d")


class _Statement(NamedTuple):
    """SQL, its parameters with what stands for a person, a moment and keys, what makes values of its columns, and what
    makes rows of a model of them."""

    sql: str
    parameters: tuple[Any, ...]
    converters: dict[int, tuple[list[Callable[..., Any]], Any]]
    shape: "_Shape | None"


class _Shape:
    """How columns become rows of a model, with the related rows that were selected and what was annotated: what
    Django's own ModelIterable does with a statement that it has just put together."""

    def __init__(self, compiler: "SQLCompiler") -> None:
        kept: Any = compiler
        own = kept.klass_info["select_fields"]
        self._columns = slice(own[0], own[-1] + 1)
        self._model = kept.klass_info["model"]
        self._names = [column[0].target.attname for column in kept.select[self._columns]]
        self._related = get_related_populators(kept.klass_info, kept.select, kept.using)  # type: ignore[call-arg]  # the stubs are of Django 6.1
        self._annotated = dict(kept.annotation_col_map or {})

    def row(self, values: "Sequence[Any]") -> Any:
        """One row of the model."""
        row = self._model.from_db(connection.alias, self._names, values[self._columns])
        for related in self._related:
            related.populate(values, row)
        for name, place in self._annotated.items():
            setattr(row, name, values[place])
        return row


class _Question:
    """A question whose statement is kept, whatever is made of its answer."""

    def __init__(self, question: "Callable[..., QuerySet[Any, Any]]") -> None:
        if getattr(question, "__closure__", None):
            raise TypeError(f"{question.__qualname__} looks at more than its arguments.")
        update_wrapper(cast(Any, self), question)
        self.question = question
        self._kept = lru_cache(maxsize=KEPT)(self._put_together)
        self.cache_clear, self.cache_info = self._kept.cache_clear, self._kept.cache_info

    def _asked(
        self, user: "User | AnonymousUser | None", keys: tuple[int, ...], named: dict[str, Hashable]
    ) -> tuple[list[tuple[Any, ...]], _Statement | None]:
        """The rows as of now, with values as their fields have them, and by what statement."""
        held = holdings(user)
        rights = frozenset(CAPABILITIES.get(cast(Role, one.role)) for one in held)
        moments = {name: value for name, value in sorted(named.items()) if isinstance(value, datetime)}
        others = tuple(sorted((name, value) for name, value in named.items() if name not in moments))
        found = self._kept(connection.vendor, held, rights, len(keys), others, tuple(moments))
        if found is None:
            return [], None
        adapted = connection.ops.adapt_datetimefield_value
        places: dict[Any, Any] = {_FIRST_KEY - place: key for place, key in enumerate(keys)}
        places |= {adapted(_stand_in(place)): adapted(moment) for place, moment in enumerate(moments.values())}
        parameters = as_asked_by(getattr(user, "pk", None) or 0, found.parameters, places)
        with connection.cursor() as cursor:
            cursor.execute(found.sql, parameters)
            rows: list[tuple[Any, ...]] = cursor.fetchall()
        return (list(_converted(rows, found.converters)) if found.converters else rows), found

    def _put_together(
        self,
        _vendor: str,
        held: Holdings,
        _rights: Rights,
        count: int,
        named: tuple[tuple[str, Hashable], ...],
        moments: tuple[str, ...],
    ) -> _Statement | None:
        """None: whoever has only this sees no rows."""
        keys = [_FIRST_KEY - place for place in range(count)]
        stand_ins = {name: _stand_in(place) for place, name in enumerate(moments)}
        with unasked(), connection.execute_wrapper(_refused):
            rows = self.question(StandIn(held), *keys, **dict(named), **stand_ins)
            compiler = rows.query.get_compiler(rows.db)
            try:
                sql, parameters = compiler.as_sql()
            except EmptyResultSet:
                return None
        self._check(keys, stand_ins.values(), sql, parameters)
        columns = [column[0] for column in compiler.select[: compiler.col_count]]
        shape = _Shape(compiler) if isinstance(self, PreparedRows) else None
        return _Statement(sql, tuple(parameters), compiler.get_converters(columns), shape)

    def _check(self, keys: list[int], moments: Iterable[datetime], sql: str, parameters: Iterable[Any]) -> None:
        """A key or moment stands in the statement as it is or not at all: one that was reckoned with, written into a
        text or into the statement itself would be kept for everybody.
        """
        adapted = connection.ops.adapt_datetimefield_value
        expected = {*keys, SOMEBODY, *map(adapted, (*moments, SOME_MOMENT))}
        others = [str(value) for value in parameters if not _is_one_of(value, expected)]
        if any(_STANDS_FOR_SOMETHING.search(text) for text in (sql, *others)):
            raise ValueError(f"{self.question.__qualname__} does not use its keys and moments as they are.")


class Prepared(_Question):
    """A question to the database; called, it answers with its rows as tuples."""

    def __call__(self, user: "User | AnonymousUser | None", *keys: int, **named: Hashable) -> list[tuple[Any, ...]]:
        """The rows, as of now. `keys` are keys of rows, `named` what the statement is different for."""
        return self._asked(user, keys, named)[0]


class PreparedRows(_Question, Generic[M]):
    """A question that answers with rows of its model: select_related, annotate and slices, but no prefetch_related.

    Each call reads anew and makes new rows.
    """

    def __init__(self, question: "Callable[..., QuerySet[M]]") -> None:
        super().__init__(question)

    def __call__(self, user: "User | AnonymousUser | None", *keys: int, **named: Hashable) -> list[M]:
        """The rows, as of now. `keys` are keys of rows, `named` what the statement is different for."""
        rows, found = self._asked(user, keys, named)
        shape = found.shape if found else None
        return [shape.row(values) for values in rows] if shape else []


def _stand_in(place: int) -> datetime:
    """The moment that stands for a moment."""
    return _FIRST_MOMENT.replace(microsecond=_FIRST_MOMENT.microsecond + place)


def _is_one_of(value: Any, expected: set[Any]) -> bool:
    return isinstance(value, int | str | datetime) and value in expected


def _refused(*_: Any) -> Any:
    raise RuntimeError("What is put together here is kept: it cannot hang on what the database holds now.")


def _converted(
    rows: list[tuple[Any, ...]], converters: dict[int, tuple[list[Callable[..., Any]], Any]]
) -> Iterator[tuple[Any, ...]]:
    """The rows with values as their fields have them, as Django's compiler makes them."""
    for row in rows:
        values = list(row)
        for place, (steps, expression) in converters.items():
            for step in steps:
                values[place] = step(values[place], expression, connection)
        yield tuple(values)
