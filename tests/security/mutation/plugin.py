"""A pytest plugin that switches off one guard of the portal after the other and looks which tests notice.

Every test runs once as it is, which also tells which guards it comes by. Then, for each guard, those tests run with it
switched off, the quickest first, until one fails. Only the body of a test meets the mutant, so that what fixtures
made stays good for the next one.
"""

import ast
import json
import os
import re
import sys
import time
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from importlib.util import spec_from_loader
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from _pytest.runner import runtestprotocol

from tests.security.mutation import switch
from tests.security.mutation.guards import all_guards, modules, switched

#: Tests that are tried for one guard.
MOST = 120
ONLY = os.environ.get("MUTANTS", "")


class Switching(MetaPathFinder, Loader):
    """Imports the portal's modules with switches in their guards."""

    def __init__(self) -> None:
        self.paths = modules()

    def find_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        if name not in self.paths:
            return None
        plain = PathFinder.find_spec(name, path)
        assert plain is not None
        locations = plain.submodule_search_locations
        spec = spec_from_loader(name, self, origin=plain.origin, is_package=locations is not None)
        assert spec is not None
        spec.has_location = True
        spec.submodule_search_locations = locations
        return spec

    def create_module(self, spec: ModuleSpec) -> None:
        return None

    def get_source(self, name: str) -> str:
        return self.paths[name].read_text(encoding="utf-8")

    def exec_module(self, module: ModuleType) -> None:
        tree, _ = switched(module.__name__, self.get_source(module.__name__))
        ast.fix_missing_locations(tree)
        exec(compile(tree, str(self.paths[module.__name__]), "exec"), module.__dict__)  # noqa: S102 - our own source


assert not [name for name in sys.modules if name.startswith("portal.")], "the portal was imported before its guards"
sys.meta_path.insert(0, Switching())


def forget() -> None:
    """Have the portal work out anew what it works out once: otherwise a mutant would meet what came before it."""
    for name, module in list(sys.modules.items()):
        if name.startswith("portal."):
            for found in vars(module).values():
                if getattr(found, "__module__", "") == name and hasattr(found, "cache_clear"):
                    found.cache_clear()


def words_of(name: str) -> set[str]:
    """The words in the name of a guard or of a test: "LookAsMiddleware.process" has look, middleware and process."""
    found = re.findall(r"[A-Z]?[a-z]+", name)
    return {word.lower() for word in found if len(word) > 3} - {"portal", "tests", "test", "accounts", "without"}


def alike(one: str, other: str) -> bool:
    """Whether two words are forms of one: looking and look, explain and explained."""
    return one.startswith(other[:5]) or other.startswith(one[:5])


class Before:
    """Stands for the next test where pytest asks what it needs: all but the test itself."""

    def __init__(self, item: pytest.Item) -> None:
        self.chain, self.path = item.listchain()[:-1], item.path

    def listchain(self) -> list[Any]:
        return self.chain


class Mutator:
    """The two rounds."""

    def __init__(self) -> None:
        self.now: str | None = None
        self.cost: dict[pytest.Item, float] = {}
        self.by_guard: dict[str, list[pytest.Item]] = {}
        self.result: dict[str, str] = {}
        self.red: list[str] = []
        self.last: pytest.Item | None = None

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Any:
        switch.active = self.now
        switch.touched.clear()
        forget()
        try:
            return (yield)
        finally:
            switch.active = None
            if self.now:
                forget()

    def run(self, item: pytest.Item) -> bool:
        """Run a test; returns whether it passed."""
        if self.last is not None and self.last.path.parent != item.path.parent:
            # What a folder keeps for its own tests (tests/access/conftest.py) meets no other test.
            folder = self.last.config.pluginmanager.get_plugin(str(self.last.path.with_name("conftest.py")))
            if kept := getattr(folder, "KEPT", None):
                kept.close()
        self.last = item
        item.session._setupstate.teardown_exact(Before(item))  # type: ignore[arg-type]
        item._initrequest()  # type: ignore[attr-defined]
        reports = runtestprotocol(item, log=False, nextitem=Before(item))  # type: ignore[arg-type]
        return all(report.passed or report.skipped for report in reports)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        if session.config.option.collectonly:
            return False
        for item in session.items:
            begun = time.monotonic()
            if len(self.cost) % 50 == 0:
                print(f"{len(self.cost)} of {len(session.items)} tests have run as they are", flush=True)
            if not self.run(item):
                self.red.append(item.nodeid)
                continue
            self.cost[item] = time.monotonic() - begun
            for guard in switch.touched:
                self.by_guard.setdefault(guard, []).append(item)
        print(f"\n{len(self.cost)} tests pass as things are, {len(self.red)} do not", flush=True)
        for guard in all_guards():
            if re.search(ONLY, guard.name):
                self.result[guard.name] = self._killed(guard.name)
                print(f"{self.result[guard.name] or 'SURVIVED':<60.60} {guard.name}", flush=True)
                self.write()
        session._setupstate.teardown_exact(None)
        survivors = [name for name, by in self.result.items() if not by]
        session.testsfailed = len(survivors)
        return True

    def write(self) -> None:
        """Keep what is known so far."""
        written = {"killed": self.result, "red": self.red}
        Path(os.environ["MUTATION_RESULT"]).write_text(json.dumps(written, indent=1), encoding="utf-8")

    def _likely(self, guard: str) -> list[pytest.Item]:
        """The tests that come by the guard: those in the file of its module first, then those that sound like it.

        Of these and of the others the quickest first. By a middleware comes every page; few of a thousand tests of
        pages would miss it.
        """
        module, about = guard.split(":")[0].rsplit(".", 1)[-1], words_of(guard)

        def rank(item: pytest.Item) -> tuple[bool, int, float]:
            spoken = words_of(item.nodeid)
            sounds = sum(any(alike(one, other) for other in spoken) for one in about)
            return item.path.stem != f"test_{module}", -sounds, self.cost[item]

        return sorted(self.by_guard.get(guard, []), key=rank)

    def _killed(self, guard: str) -> str:
        """The test that fails without the guard; empty when none does."""
        self.now = guard
        try:
            for item in self._likely(guard)[:MOST]:
                if not self.run(item):
                    return item.nodeid
        finally:
            self.now = None
        return ""


def pytest_configure(config: pytest.Config) -> None:
    """Take over the running of tests."""
    config.pluginmanager.register(Mutator(), "mutator")
