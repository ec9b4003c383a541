"""How absences, leave and its balance are read."""

from portal.accounts.roles import Capability
from portal.employees.absence_types import flags, is_known
from portal.employees.models import Absence, Leave, LeaveBalance
from portal.employees.resources.declare import LEAVE_YEARS, of_company, one_by_one
from portal.mirror.dating import Spell
from portal.mirror.resource import UNMAPPED, OptIn

#: Of somebody's absence only that something changed, and no day of it either.
ABSENCE_WATCHED = ("valid_from", "end_date", "percentage")


def dossier_to_flags(record: dict[str, str | None]) -> dict[str, str | None]:
    """The record with two flags in the place of the kind of dossier (privacy.md D2).

    A kind that says nothing to us is counted, apart from the record (privacy.md 3.3).
    """
    dossier = record.pop("dossier", None) or ""
    known = flags(dossier)
    reduced = {**record, "clock": known.clock.value, "safety_net": known.safety_net.value}
    return reduced if is_known(dossier) else {**reduced, UNMAPPED: dossier}


ABSENCES = of_company(
    "absences",
    Absence,
    "Absence_GetAll_AllEmployeesByCompany",
    "EmployeeAbsence",
    {
        "remote_id": "AbsenceId",
        "valid_from": "Start",
        "end_date": "End",
        "created_at": "RegistrationStartDate",
        "end_registered_at": "RegistrationEndDate",
        "percentage": "Percentage",
        "dossier_number": "Dossiernr",
        "dossier": "Dossier",
    },
    company="CompanyId",
    dating=Spell(),
    prepare=dossier_to_flags,
    capability=Capability.VIEW_SICKNESS,
    opt_in=OptIn.ABSENCE,
    watched=ABSENCE_WATCHED,
    sensitive=ABSENCE_WATCHED,
    headline="percentage",
    alone=True,
    adopt_by=("employee", "valid_from", "created_at"),
)

LEAVE = one_by_one(
    "leave",
    Leave,
    "Leave_GetList_V2",
    "LeaveV2",
    {
        "remote_id": "Id",
        "valid_from": "Start",
        "end_date": "End",
        "hours": "Hours",
        "usage": "UsageType",
        "leave_type": "Type",
        "status": "Status",
    },
    loops={"year": LEAVE_YEARS},
    parameters={"Year": "year"},
    dating=Spell(),
    key=("employee", "remote_id"),
    watched=("hours", "valid_from", "end_date", "status"),
    headline="hours",
    alone=True,
    adopt_by=("employee", "valid_from", "end_date", "leave_type", "usage"),
)

LEAVE_BALANCES = one_by_one(
    "leave_balances",
    LeaveBalance,
    "LeaveBalance_Get",
    ".",
    {"opening": "DecMedewerkerVerlofStartSaldo", "current": "DecMedewerkerVerlofCurrSaldo"},
)

ALL = (ABSENCES, LEAVE, LEAVE_BALANCES)
