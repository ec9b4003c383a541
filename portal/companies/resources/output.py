"""How the output of runs is read: two background reports (start, ask again, fetch)."""

from collections.abc import Callable
from hashlib import blake2b

from django.apps import apps

from portal.accounts.roles import Capability
from portal.companies import models
from portal.companies.loops import journal_periods, journal_periods_at_first, runs_at_first, runs_without_wages
from portal.mirror.convert import BadValue
from portal.mirror.resource import Link, Loop, Resource
from portal.source import UNREADABLE, Level, Soap

Texts = dict[str, str | None]
#: What makes two journal lines the same line, and what is added up over people.
_PLACE = ("run_number", "account", "component", "department", "cost_center", "cost_unit")


def amounts(*columns: str) -> Callable[[Texts], Texts]:
    """The door of report content: it writes amounts with a comma as well as a point, and `-` for none."""

    def read(texts: Texts) -> Texts:
        for column in columns:
            text = (texts.get(column) or "").strip()
            texts[column] = "0" if text in {"", "-"} else text.replace(",", ".")
        return texts

    read.__qualname__ = f"amounts({', '.join(columns)})"
    return read


def journal_line(texts: Texts) -> Texts:
    """A journal line without the person, with a short key: its names may be longer than a key can be."""
    texts = amounts("debit", "credit")(texts)
    place = "\x1f".join((texts.get(column) or "").strip() for column in _PLACE)
    if UNREADABLE in place:
        raise BadValue("place")
    return texts | {"place": blake2b(place.encode(), digest_size=12).hexdigest()}


JOURNAL = Resource(
    name="journal",
    model=models.JournalLine,
    level=Level.COMPANY,
    key=("company", "year", "number", "place"),
    adopt_by=("company", "year", "number", *_PLACE),
    prepare=journal_line,
    sums=("debit", "credit"),
    loops={"period": Loop(journal_periods, journal_periods_at_first, window={"year": "year", "number": "number"})},
    after=("runs",),
    capability=Capability.VIEW_SALARIES,
    soap=Soap(
        "Reports_GetJournalsReportByCompany_Background",
        service="ReportService",
        rows="Items/Item",
        report=True,
        parameters={
            "companyId": "company",
            "startPeriod": "period.number",
            "endPeriod": "period.number",
            "year": "period.year",
        },
        fields={
            "company": "@company",
            "year": "Year",
            "number": "Period",
            "run_number": "Run",
            "department": "Department",
            "cost_center": "CostCenter",
            "cost_unit": "CostUnit",
            "account": "GeneralLedgerAccount",
            "component": "ComponentName",
            "debit": "Debit",
            "credit": "Credit",
        },
    ),
)


def run_output() -> Resource:
    """Amounts per person and wage code. People live in a room above this one, so their model is looked up by name."""
    return Resource(
        name="run_output",
        model=models.RunWage,
        level=Level.COMPANY,
        key=("run", "employee", "year", "number", "code"),
        links={
            "run": Link(models.Run),
            "employee": Link(apps.get_model("employees", "Employee"), ignore_unknown=True),
        },
        prepare=amounts("amount"),
        sums=("amount",),
        guarded="amount",
        loops={"run": Loop(runs_without_wages, runs_at_first, window={"run__remote_id": "id"})},
        after=("current_period", "runs", "employees"),
        capability=Capability.VIEW_SALARIES,
        soap=Soap(
            "Reports_GetWageCodesByRunCompany_v2_Background",
            service="ReportService",
            rows="reports/report/lines/line",
            report=True,
            parameters={"companyId": "company", "runId": "run.id", "year": "run.year"},
            fields={
                "run": "@run.id",
                "employee": "employeeid",
                "year": "year",
                "number": "period",
                "code": "code",
                "description": "description",
                "amount": "value",
            },
        ),
    )


ALL = (JOURNAL,)
