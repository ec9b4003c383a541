"""The peer: the same reads with the package `nmbrs` in a plain loop, one call after another."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
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


def measure(url: str, reads: str = "everything") -> Loop:
    """Run the loop in a process of its own; `reads` is "everything" or "people"."""
    command = [sys.executable, "-m", "tests.benchmarks.plain_loop", url, reads]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return Loop(**json.loads(done.stdout))


def read_everything(url: str) -> tuple[int, int]:
    """All reads of the first sync. Returns (calls, rows)."""
    with _at(url) as api:
        return _loop(api, {})


def read_tables(url: str) -> tuple[dict[str, list[Any]], int]:
    """The same, kept: the records by the name of what was asked, and the number of calls."""
    tables: dict[str, list[Any]] = {}
    with _at(url) as api:
        calls, _ = _loop(api, tables)
    return tables, calls


def read_people(url: str) -> tuple[int, int]:
    """Everything of people that the package can read and the embedded Nmbrs answers: (calls, rows).

    Of a person alone bank accounts, fixed and variable hours and the manager; all other kinds for a whole company.
    What the package can also ask about a person alone (address, contract, department, ...) is the same once more.
    Of wage components, leave, tax settings, labour agreements and lease cars it has the names, and raises
    NotImplementedError or asks an older operation.
    """
    calls = rows = 0
    with _at(url) as api:
        people = api.employee
        types = people.get_types()
        calls += 2
        for debtor in api.debtor.get_all():
            companies = api.company.get_by_debtor(debtor.id)
            calls += 1
            for company in companies:
                period = api.company.get_current_period(company.id)
                when = (period.period, period.year)
                reads = [partial(read, company.id) for read in {**_bulk_reads(api), **_more_of_people(api)}.values()]
                reads.append(partial(people.cost_center.get_all_by_company, company.id, *when))
                calls += 1
                for kind in types:
                    if any(word in kind.description.lower() for word in TYPES_LEFT_OUT):
                        continue
                    found = people.get_by_company(company.id, kind.id) or []
                    calls += 1
                    for person in found:
                        reads += [
                            partial(people.bank_account.get_current, person.id),
                            partial(people.hour_component.get_fixed, person.id, *when),
                            partial(people.hour_component.get_variable, person.id, *when),
                            lambda person=person: [people.manager.get_current(person.id)],  # type: ignore[misc]
                        ]
                rows += sum(len(_rows(read)) for read in reads)
                calls += len(reads)
    return calls, rows


@contextmanager
def _at(url: str) -> Iterator[Nmbrs]:
    """The package, asking the embedded Nmbrs at `url`."""
    original = nmbrs.service.service.Service.__init__

    def at_the_sandbox(service: Any, *args: Any, **options: Any) -> None:
        original(service, *args, **options)
        service.base_uri = f"{url}/soap/v3/"

    nmbrs.service.service.Service.__init__ = at_the_sandbox  # type: ignore[method-assign]
    try:
        yield Nmbrs(username=USER, token=TOKEN, auth_type="token")
    finally:
        nmbrs.service.service.Service.__init__ = original  # type: ignore[method-assign]


def _loop(api: Nmbrs, tables: dict[str, list[Any]]) -> tuple[int, int]:
    """Calls and rows; the rows go into `tables`."""

    def keep(name: str, rows: list[Any]) -> list[Any]:
        tables.setdefault(name, []).extend(rows)
        return rows

    debtors, types = keep("debtors", api.debtor.get_all()), keep("employee_types", api.employee.get_types())
    asked = [kind for kind in types if not any(word in kind.description.lower() for word in TYPES_LEFT_OUT)]
    calls = 2
    for debtor in debtors:
        companies = keep("companies", api.company.get_by_debtor(debtor.id))
        calls += 1
        for company in companies:
            api.company.get_current_period(company.id)
            reads = [("employees", partial(api.employee.get_by_company, company.id, kind.id)) for kind in asked]
            reads += [("runs", partial(api.company.run.get, company.id, year)) for year in YEARS]
            reads += [("returns", partial(api.company.wage_tax.get_all_wagetax, company.id, year)) for year in YEARS]
            reads += [(name, partial(read, company.id)) for name, read in _bulk_reads(api).items()]
            for name, read in reads:
                keep(name, _rows(read))
            calls += 1 + len(reads)
    return calls, sum(map(len, tables.values()))


def _rows(read: Any) -> list[Any]:
    try:
        return list(read() or [])
    except (TypeError, AttributeError):
        # The package stumbles over a company without schedules, and over a person without a manager; the call was made
        # and there is nothing.
        return []


def _bulk_reads(api: Nmbrs) -> dict[str, Any]:
    people = api.employee
    return {
        "personal_info": people.personal_info.get_all_by_company_without_bsn,
        "addresses": people.address.get_all_by_company,
        "employments": people.employment.get_all_by_company,
        "contracts": people.contract.get_all_by_company,
        "salaries": people.salary.get_all_by_company,
        "schedules": people.schedule.get_all_by_company,
        "departments": people.department.get_all_by_company,
        "functions": people.function.get_all_by_company,
    }


def _more_of_people(api: Nmbrs) -> dict[str, Any]:
    """What else it reads of all people of a company in one call."""
    people = api.employee
    return {
        "absences": people.absence.get_all_by_company,
        "partners": people.partner.get_all_by_company,
        "children": people.child.get_all_by_company,
        "social_insurances": people.svw.get_all_by_company,
    }


def _main(url: str, reads: str) -> None:
    import os
    import time

    started = time.monotonic()
    calls, rows = {"everything": read_everything, "people": read_people}[reads](url)
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
    _main(*sys.argv[1:])
