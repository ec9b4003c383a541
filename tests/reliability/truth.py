"""Whether the mirror equals the embedded Nmbrs: every kind of the registry is read once more and compared row by row,
column by column.

The answers go through the same reader and the same preparation as a sync, so this proves that nothing was lost,
doubled or half-written on the way into the database. That the preparation itself is right is proven by
tests/sync/test_mirror.py against the embedded Nmbrs' own data.
"""

from collections.abc import Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from portal import clock
from portal.companies.models import Company
from portal.connections.models import Connection, Environment
from portal.debtors.models import Debtor
from portal.mirror import engine
from portal.mirror.asked import Asked
from portal.mirror.dating import Observed
from portal.mirror.difference import SINCE, window_of
from portal.mirror.models import Freshness
from portal.mirror.opt_ins import switched_on
from portal.mirror.prepare import LONGEST_KEY, prepare
from portal.mirror.resource import Lane, Resource, columns, registry
from portal.mirror.scope import MirrorScope
from portal.nmbrs.soap import SoapSource
from portal.nmbrs.throttle import Budget, FileStore
from portal.source import Level, Source
from portal.sync.scopes import company_scope, environment_scope

#: Differences that are named one by one; the counts are always complete.
SHOWN = 20
#: Calls a second; the embedded Nmbrs delays from 150 on.
RATE = 140


@dataclass
class Verdict:
    """What the comparison found. `rows` and `kinds`: how much was compared, so that nothing compared is not a pass."""

    rows: int = 0
    kinds: int = 0
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    surplus: list[str] = field(default_factory=list)
    different: list[str] = field(default_factory=list)
    falsely_missing: list[str] = field(default_factory=list)
    #: Rows of periods that a sync does not ask for any more and that Nmbrs has changed since. Not judged.
    outdated: list[str] = field(default_factory=list)

    @property
    def equal(self) -> bool:
        """Mirror equals source: 0 lost, 0 doubled, 0 falsely missing, no row or column besides."""
        return not any((self.lost, self.doubled, self.surplus, self.different, self.falsely_missing))

    def __str__(self) -> str:
        parts = [f"{self.rows} rows of {self.kinds} kinds"]
        for name in ("lost", "doubled", "surplus", "different", "falsely_missing"):
            found = getattr(self, name)
            parts.append(f"{name} {len(found)} {found[:SHOWN] if found else ''}".strip())
        return ", ".join([*parts, f"outdated {len(self.outdated)}"])


def check(environment: Environment, *, slow: bool = False, moved: bool = False, only: Collection[str] = ()) -> Verdict:
    """Compare every switched-on kind of an environment; the slow lane only where it was read whole (`slow`).

    The questions are those of a first read: the widest. `moved`: Nmbrs has moved to later periods since, so what a row
    says is judged only where a sync still asks; that it is there is judged everywhere. `only`: these kinds. Raises
    SourceError where the embedded Nmbrs does not answer.
    """
    verdict = Verdict()
    with TemporaryDirectory() as folder:
        source = _source(environment, Path(folder))
        try:
            for resource in _kinds(environment, slow=slow):
                if only and resource.name not in only:
                    continue
                _compare(resource, environment, source, verdict, moved=moved)
        finally:
            source.close()
    return verdict


def assert_equal(environment: Environment, *, least: int, slow: bool = False, moved: bool = False) -> Verdict:
    """Check, with at least so many rows compared."""
    verdict = check(environment, slow=slow, moved=moved)
    assert verdict.equal, str(verdict)
    assert verdict.rows >= least, str(verdict)
    return verdict


def _kinds(environment: Environment, *, slow: bool) -> Iterator[Resource]:
    on = switched_on(environment.pk)
    for resource in registry:
        if (resource.opt_in is None or resource.opt_in in on) and (slow or resource.lane is Lane.FAST):
            yield resource


def _scopes(environment: Environment, level: Level) -> list[MirrorScope]:
    if level is Level.ENVIRONMENT:
        return [environment_scope(environment.pk)]
    if level is Level.DEBTOR:
        return [
            MirrorScope(environment.pk, Level.DEBTOR, debtor_id=pk, debtor_remote_id=remote_id)
            for pk, remote_id in Debtor.objects.filter(environment=environment).values_list("pk", "remote_id")
        ]
    return [company_scope(one) for one in Company.objects.filter(environment=environment).select_related("current")]


def _source(environment: Environment, folder: Path) -> SoapSource:
    connection = Connection.objects.get(environment=environment)
    return SoapSource(
        host=connection.host,
        user=connection.user,
        token=connection.token,
        domain=environment.domain,
        budget=Budget(FileStore(folder / "budget"), ceiling=RATE, fixed=True),
        allowed_hosts=[connection.host],
        wsdl_folder=folder / "wsdl",
    )


def _compare(resource: Resource, environment: Environment, source: Source, verdict: Verdict, *, moved: bool) -> None:
    asked = [
        Asked(resource, scope, engine.loop_values(resource, scope, Freshness()))
        for scope in _scopes(environment, resource.level)
    ]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda one: one.fetch(source), asked))
    verdict.kinds += 1
    accounted: set[int] = set()
    observed = isinstance(resource.dating, Observed)
    names = [column.attname for column in columns(resource.model)]
    for one, fetched in zip(asked, answers, strict=True):
        drafts = prepare(resource, one.scope, fetched.records())
        assert not drafts.quarantined, f"{resource.name}: the embedded Nmbrs gave a record that cannot be read"
        # Of an observed row's key the end makes room for the day.
        fresh = {key[: LONGEST_KEY - 11]: values for key, values in drafts.rows.items()} if observed else drafts.rows
        verdict.rows += len(fresh)
        judged = _still_asked(one) if moved else None
        stored: dict[str, Any] = {}
        for row in window_of(one):
            accounted.add(row.pk)
            key = row.key.rpartition(SINCE)[0] if observed else row.key
            where = f"{resource.name} {one.scope.key} {key}"
            if row.missing_since is not None:
                if key in fresh:
                    verdict.falsely_missing.append(where)
            elif observed and row.valid_until is not None:
                continue
            elif key in stored:
                verdict.doubled.append(where)
            else:
                stored[key] = row
        for key, values in fresh.items():
            where = f"{resource.name} {one.scope.key} {key}"
            if key not in stored:
                verdict.lost.append(where)
            elif wrong := _wrong(stored[key], values, names, observed=observed):
                judge = verdict.different if judged is None or stored[key].pk in judged else verdict.outdated
                judge.append(f"{where}: {', '.join(wrong)}")
        for key in stored.keys() - fresh.keys():
            judge = verdict.surplus if judged is None or stored[key].pk in judged else verdict.outdated
            judge.append(f"{resource.name} {one.scope.key} {key}")
    # People who left and periods that have passed are outside every question by now.
    if resource.lane is Lane.FAST and not (moved and any(loop.window for loop in resource.loops.values())):
        strays = resource.model.objects.filter(environment=environment).exclude(pk__in=accounted)
        verdict.surplus += [
            f"{resource.name} outside every scope: {key}" for key in strays.values_list("key", flat=True)
        ]


def _still_asked(asked: Asked) -> set[int]:
    """The rows in the windows of a later read."""
    later = Freshness(last_success=clock.now())
    now = Asked(asked.resource, asked.scope, engine.loop_values(asked.resource, asked.scope, later))
    return set(window_of(now).values_list("pk", flat=True))


def _wrong(row: Any, values: dict[str, Any], names: list[str], *, observed: bool) -> list[str]:
    """The columns in which a row differs from what was freshly prepared."""
    wrong = [
        name
        for name in names
        if name in values and not (observed and name in {"valid_from", "valid_until"})
        if getattr(row, name) != values[name]
    ]
    if bytes(row.fingerprint) != values["fingerprint"]:
        wrong.append("fingerprint")
    return wrong
