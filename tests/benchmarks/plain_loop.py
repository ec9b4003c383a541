"""The peer: the same reads with the package `nmbrs` in a plain loop, one call after another."""

import json
import subprocess
import sys
from dataclasses import dataclass
from functools import partial
from typing import Any

import nmbrs.service.service
from nmbrs import Nmbrs

from portal.nmbrs.sandbox import TOKEN, USER
from tests.benchmarks.office import ROOT, peak_memory

YEARS = (2024, 2025, 2026)
TYPES_LEFT_OUT = ("applicant",)


@dataclass
class Loop:
    """What the loop took."""

    calls: int
    rows: int
    seconds: float
    cpu: float
    peak: float


def measure(url: str) -> Loop:
    """Run the loop in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.plain_loop", url], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return Loop(**json.loads(done.stdout))


def read_everything(url: str) -> tuple[int, int]:
    """All reads of the first sync. Returns (calls, rows)."""
    original = nmbrs.service.service.Service.__init__

    def at_the_sandbox(service: Any, *args: Any, **options: Any) -> None:
        original(service, *args, **options)
        service.base_uri = f"{url}/soap/v3/"

    nmbrs.service.service.Service.__init__ = at_the_sandbox  # type: ignore[method-assign]
    try:
        return _loop(Nmbrs(username=USER, token=TOKEN, auth_type="token"))
    finally:
        nmbrs.service.service.Service.__init__ = original  # type: ignore[method-assign]


def _loop(api: Nmbrs) -> tuple[int, int]:
    answers: list[list[Any]] = [api.debtor.get_all()]
    types = api.employee.get_types()
    answers.append(types)
    asked = [kind for kind in types if not any(word in kind.description.lower() for word in TYPES_LEFT_OUT)]
    calls = 2
    for debtor in answers[0]:
        companies = api.company.get_by_debtor(debtor.id)
        answers.append(companies)
        calls += 1
        for company in companies:
            api.company.get_current_period(company.id)
            reads = [partial(api.employee.get_by_company, company.id, kind.id) for kind in asked]
            reads += [partial(api.company.run.get, company.id, year) for year in YEARS]
            reads += [partial(api.company.wage_tax.get_all_wagetax, company.id, year) for year in YEARS]
            reads += [partial(read, company.id) for read in _bulk_reads(api)]
            answers += [_rows(read) for read in reads]
            calls += 1 + len(reads)
    return calls, sum(len(answer) for answer in answers)


def _rows(read: Any) -> list[Any]:
    try:
        return list(read() or [])
    except TypeError:
        # The package stumbles over a company without schedules; the call was made and the list is empty.
        return []


def _bulk_reads(api: Nmbrs) -> list[Any]:
    people = api.employee
    return [
        people.personal_info.get_all_by_company_without_bsn,
        people.address.get_all_by_company,
        people.employment.get_all_by_company,
        people.contract.get_all_by_company,
        people.salary.get_all_by_company,
        people.schedule.get_all_by_company,
        people.department.get_all_by_company,
        people.function.get_all_by_company,
    ]


def _main(url: str) -> None:
    import os
    import time

    started = time.monotonic()
    calls, rows = read_everything(url)
    times = os.times()
    print(
        json.dumps(
            {
                "calls": calls,
                "rows": rows,
                "seconds": time.monotonic() - started,
                "cpu": times.user + times.system,
                "peak": peak_memory(os.getpid()),
            }
        )
    )


if __name__ == "__main__":
    _main(sys.argv[1])
