"""Background reports: tasks that take some polls."""

from collections.abc import Iterator

import pytest
import requests
import zeep
from zeep.transports import Transport

from portal.nmbrs.contract import service
from portal.nmbrs.sandbox import Sandbox, SandboxProcess
from portal.nmbrs.sandbox.firm.run_output import wage_lines
from tests.nmbrs_sandbox.reports import (
    JOURNALS,
    RESULT,
    TODAY,
    WAGES,
    amount,
    document,
    fault,
    first_company,
    poll,
    start,
    statuses,
    task_for,
)
from tests.nmbrs_sandbox.wire import CREDENTIALS, call

NOBODY = "00000000-0000-0000-0000-000000000001"


@pytest.fixture(scope="module")
def shared() -> Iterator[Sandbox]:
    """No test moves it on, adds a fault or changes how long a report takes."""
    with Sandbox(debtors=3, employees=40, seed=7, today=TODAY) as running:
        yield running


def test_a_report_is_enqueued_at_first_and_ready_after_that(shared: Sandbox) -> None:
    task = task_for(shared.url, *first_company(shared))
    answer = poll(shared.url, task)
    assert (answer.texts("TaskId"), answer.texts("Status"), answer.texts("Content")) == ([task], ["Enqueued"], [])
    assert statuses(shared.url, task, 3) == ["Success"] * 3
    assert task_for(shared.url, *first_company(shared)) != task


def test_how_long_a_report_takes_is_a_setting(sandbox: Sandbox) -> None:
    sandbox.tasks.enqueued_polls, sandbox.tasks.executing_polls = 2, 3
    found = statuses(sandbox.url, task_for(sandbox.url, *first_company(sandbox)), 6)
    assert found == ["Enqueued", "Enqueued", "Executing", "Executing", "Executing", "Success"]
    sandbox.tasks.enqueued_polls, sandbox.tasks.executing_polls = 0, 0
    assert statuses(sandbox.url, task_for(sandbox.url, *first_company(sandbox)), 1) == ["Success"]


def test_an_unknown_task_and_an_id_that_is_none(shared: Sandbox) -> None:
    assert poll(shared.url, NOBODY).texts("Status") == ["Unknown"]
    assert "---> 2020: " in fault(poll(shared.url, "12"))


def test_old_tasks_are_forgotten(sandbox: Sandbox) -> None:
    oldest = task_for(sandbox.url, *first_company(sandbox))
    for _ in range(1_000):
        sandbox.tasks.start(str, None)
    assert poll(sandbox.url, oldest).texts("Status") == ["Unknown"]


def test_what_cannot_be_reported_is_a_fault_at_the_start(shared: Sandbox) -> None:
    company, run = first_company(shared)
    assert "---> 2004: " in fault(start(shared.url, WAGES, companyId=1, runId=run.id, year=run.year))
    assert "---> 2046: " in fault(start(shared.url, WAGES, companyId=company.id, runId=run.id, year=run.year - 1))
    for first, last, code in ((0, 1, 2006), (1, 13, 2006), (3, 2, 2028)):
        asked = {"companyId": company.id, "startPeriod": first, "endPeriod": last, "year": 2026}
        assert f"---> {code}: " in fault(start(shared.url, JOURNALS, **asked))


def test_a_task_can_be_stuck_fail_or_be_lost(sandbox: Sandbox) -> None:
    for kind in ("task_stuck", "task_error"):
        sandbox.faults.add(kind, count=1)
    tasks = [task_for(sandbox.url, *first_company(sandbox)) for _ in range(3)]
    assert statuses(sandbox.url, tasks[0], 5) == ["Enqueued"] + ["Executing"] * 4
    assert statuses(sandbox.url, tasks[1], 3) == ["Enqueued", "Error", "Error"]
    assert statuses(sandbox.url, tasks[2], 2) == ["Enqueued", "Success"]
    for code in (2019, 2021):
        sandbox.faults.replace([{"kind": "task_fault", "code": code}])
        task = task_for(sandbox.url, *first_company(sandbox))
        assert poll(sandbox.url, task).texts("Status") == ["Enqueued"]
        assert f"---> {code}: " in fault(poll(sandbox.url, task))


def test_the_fate_of_a_task_can_be_that_of_one_company_and_come_late(sandbox: Sandbox) -> None:
    one, other, *_ = sandbox.firm.companies()
    sandbox.faults.add("task_error", company=one.id)
    assert statuses(sandbox.url, task_for(sandbox.url, one, one.runs[0]), 2) == ["Enqueued", "Error"]
    task = task_for(sandbox.url, other, other.runs[0])
    assert statuses(sandbox.url, task, 2) == ["Enqueued", "Success"]
    sandbox.faults.replace([{"kind": "task_stuck", "operation": RESULT, "count": 1}])
    assert statuses(sandbox.url, task, 2) == ["Executing", "Executing"]
    assert call(sandbox.url, "DebtorService", "List_GetAll").status == 200


def test_a_child_process_takes_the_setting_and_has_the_same_output() -> None:
    with SandboxProcess(debtors=1, employees=5, seed=7, today=TODAY) as running:
        assert running.control("GET", "reports") == {"enqueued": 1, "executing": 0}
        running.control("PUT", "reports", {"enqueued": 0, "executing": 1})
        company, run = first_company(running)
        task = task_for(running.url, company, run)
        assert poll(running.url, task).texts("Status") == ["Executing"]
        root = document(poll(running.url, task).texts("Content")[0] or "")
        found = [amount(line.findtext("value")) for line in root.findall("report/lines/line")]
        assert found == [line.value for line in wage_lines(running.firm.seed, company, run)]
        with pytest.raises(RuntimeError, match=r": 400$"):
            running.control("PUT", "reports", {"enqueued": -1, "executing": 1})


def test_strict_zeep_starts_a_report_and_reads_it(shared: Sandbox) -> None:
    company, run = first_company(shared)
    with requests.Session() as session:
        client = zeep.Client(
            f"{shared.url}{service('ReportService').path}?WSDL",
            transport=Transport(session=session),
            settings=zeep.Settings(strict=True),
        )
        header = {"AuthHeaderWithDomain": CREDENTIALS}
        task = client.service[WAGES](companyId=company.id, runId=run.id, year=run.year, _soapheaders=header)
        first, second = (client.service[RESULT](TaskId=task, _soapheaders=header) for _ in range(2))
    assert (first["TaskId"], first["Status"], first["Content"]) == (task, "Enqueued", None)
    assert second["Content"].startswith('<?xml version="1.0" encoding="utf-16"?><reports>')
