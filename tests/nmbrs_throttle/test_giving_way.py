"""Beside another integration of the same environment the budget finds its share by itself."""

import multiprocessing
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest

from portal.nmbrs.sandbox import DOMAIN, TOKEN, USER, SandboxProcess
from portal.nmbrs.soap import SoapSource
from portal.nmbrs.throttle import Budget, FileStore
from portal.source import Level, Scope, Soap

SMALL = Soap("List_GetAll", "DebtorService", "Debtor", {"remote_id": "Id"})


def call(url: str, folder: Path, budget: Budget, threads: int, seconds: float) -> None:
    """Make small calls as fast as the budget allows."""
    source = SoapSource(
        host=url,
        user=USER,
        token=TOKEN,
        domain=DOMAIN,
        budget=budget,
        allowed_hosts=[url],
        wsdl_folder=folder,
    )
    end = time.monotonic() + seconds

    def one() -> None:
        while time.monotonic() < end:
            source.fetch(SMALL, Scope(Level.ENVIRONMENT), {})

    with ThreadPoolExecutor(threads) as pool:
        for running in [pool.submit(one) for _ in range(threads)]:
            running.result()
    source.close()


def other_integration(url: str, folder: Path, seconds: float) -> None:
    """Another client of Nmbrs: 100 calls a second whatever happens, with a budget of its own."""
    call(url, folder / "other-wsdl", Budget(FileStore(folder / "other"), ceiling=100, fixed=True), 64, seconds)


@pytest.mark.timeout(60)
def test_the_budget_gives_way_to_another_integration_within_seconds(tmp_path: Path) -> None:
    with SandboxProcess(debtors=3, employees=2, seed=7, today=date(2026, 11, 22)) as sandbox:
        ours = Budget(FileStore(tmp_path / "ours"), ceiling=100, start=80)
        call(sandbox.url, tmp_path / "wsdl", ours, 32, 2.0)
        alone = ours.rate()
        sandbox.forget_requests()
        other = multiprocessing.get_context("fork").Process(
            target=other_integration, args=(sandbox.url, tmp_path, 10.0)
        )
        other.start()
        began = time.time()
        call(sandbox.url, tmp_path / "wsdl", ours, 32, 9.0)
        other.join()
        requests = sandbox.requests
    assert alone >= 80
    assert ours.rate() < 60
    early = [request for request in requests if request.time < began + 4]
    late = [request for request in requests if began + 5 < request.time < began + 9]
    assert sum(request.delayed for request in early) > 0
    # It tries for more now and then; without giving way every call of both would be delayed.
    assert sum(request.delayed for request in late) <= 0.25 * len(late)
    # Both go on; on a busy machine the other one does not make its hundred a second.
    assert len(late) > 4 * 70
