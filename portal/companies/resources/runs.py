"""How payroll runs, the people in them, requests for them and the payroll workflow are read."""

from django.apps import apps

from portal.accounts.roles import Capability
from portal.companies import models
from portal.companies.loops import runs_at_first, runs_to_ask
from portal.companies.resources.shapes import by_period, by_year, of_company
from portal.mirror.resource import Link, Loop, Resource

RUNS = by_year(
    "runs",
    models.Run,
    "Run_GetList",
    {
        "remote_id": "ID",
        "number": "Number",
        "year": "Year",
        "period_start": "PeriodStart",
        "period_end": "PeriodEnd",
        "description": "Description",
        "run_at": "RunAt",
        "locked": "IsLocked",
    },
    rows="RunInfo",
    hourly=True,
    watched=("locked",),
    adopt_by=("company", "year", "number"),
)

# Requests and workflow are how an office divides its work in Nmbrs, in its own words: no client needs to read them.
# A request has no id and a period may have several: all that it says tells it apart.
RUN_REQUESTS = by_year(
    "run_requests",
    models.RunRequest,
    "RunRequest_GetList",
    {"year": "Year", "number": "Period", "status": "Status", "handled_on": "HandledDate"},
    rows="RunRequest",
    key=("company", "year", "number", "status", "handled_on"),
    capability=Capability.VIEW_LABELS,
    hourly=True,
    watched=("status",),
)

WORKFLOW = by_period(
    "payroll_workflow",
    models.WorkflowAction,
    "PayrollWorkflow_Get",
    {
        "track": "TrackName",
        "track_status": "TrackStatus",
        "action_id": "ActionId",
        "name": "ActionName",
        "status_id": "ActionStatusId",
        "status": "ActionStatus",
        "run_at": "RunAt",
    },
    rows="PayrollWorkflowTrack/Actions/PayrollWorkflowAction",
    key=("track", "action_id"),
    capability=Capability.VIEW_LABELS,
    adopt_by=("company", "year", "number", "track", "name"),
)


def people_in_runs() -> Resource:
    """Whose pay is in each run. People live in a room above this one, so their model is looked up by name."""
    return of_company(
        "run_people",
        models.RunEmployee,
        "Run_GetEmployeesByRunCompany",
        {"run": "@run.id", "employee": "EmployeeId"},
        rows="EmployeeIdNumber",
        key=("run", "employee"),
        links={
            "run": Link(models.Run),
            "employee": Link(apps.get_model("employees", "Employee"), ignore_unknown=True),
        },
        loops={"run": Loop(runs_to_ask, runs_at_first, window={"run__remote_id": "id"})},
        parameters={"RunId": "run.id", "Year": "run.year"},
        after=("current_period", "runs", "employees"),
    )


ALL = (RUNS, RUN_REQUESTS, WORKFLOW)
