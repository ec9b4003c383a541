"""Starts background reports over the socket, asks for them and takes their content apart."""

from datetime import date
from decimal import Decimal

from lxml import etree

from portal.nmbrs.sandbox import Sandbox, SandboxProcess
from portal.nmbrs.sandbox.firm import Company, Run
from tests.nmbrs_sandbox.wire import Answer, call

WAGES = "Reports_GetWageCodesByRunCompany_v2_Background"
JOURNALS = "Reports_GetJournalsReportByCompany_Background"
RESULT = "Reports_BackgroundTask_Result"
TODAY = date(2026, 11, 22)


def start(url: str, operation: str, **parameters: int) -> Answer:
    return call(url, "ReportService", operation, parameters)


def poll(url: str, task: str | None) -> Answer:
    return call(url, "ReportService", RESULT, {"TaskId": task})


def task_for(url: str, company: Company, run: Run) -> str:
    answer = start(url, WAGES, companyId=company.id, runId=run.id, year=run.year)
    return answer.texts(f"{WAGES}Result")[0] or ""


def statuses(url: str, task: str, polls: int) -> list[str | None]:
    return [poll(url, task).texts("Status")[0] for _ in range(polls)]


def content_of(url: str, operation: str, **parameters: int) -> str:
    task = start(url, operation, **parameters).texts(f"{operation}Result")[0] or ""
    poll(url, task)
    answer = poll(url, task)
    assert answer.texts("Status") == ["Success"]
    return answer.texts("Content")[0] or ""


def document(content: str) -> etree._Element:
    """The content without its declaration, which says utf-16 though the bytes are not."""
    declaration, _, rest = content.partition("?>")
    assert "utf-16" in declaration
    return etree.fromstring(rest)


def amount(text: str | None) -> Decimal | None:
    return None if text == "-" else Decimal((text or "").replace(",", "."))


def wage_rows(url: str, company: Company, run: Run) -> list[etree._Element]:
    root = document(content_of(url, WAGES, companyId=company.id, runId=run.id, year=run.year))
    return root.getroottree().findall("report/lines/line")


def fault(answer: Answer) -> str:
    assert answer.status == 500
    return answer.texts("faultstring")[0] or ""


def first_company(sandbox: Sandbox | SandboxProcess) -> tuple[Company, Run]:
    company = next(sandbox.firm.companies())
    return company, company.runs[-1]
