"""What every mirrored row has in common, and what is kept about reading them."""

from portal.mirror.models.log import Change, ChangeKind
from portal.mirror.models.quarantine import Quarantine, Reason
from portal.mirror.models.querysets import (
    HistoryQuerySet,
    MirrorQuerySet,
    PeriodFactQuerySet,
    PresentFactManager,
    PresentHistoryManager,
    PresentManager,
    in_force,
)
from portal.mirror.models.rows import (
    ROW_KEY,
    CompanyHistory,
    CompanyPeriodFact,
    CompanyRow,
    CompanyRun,
    DatedRow,
    DebtorHistory,
    DebtorRow,
    EmployeeHistory,
    EmployeeInterval,
    EmployeePeriodFact,
    EmployeeRow,
    MirrorRow,
    RunMember,
)
from portal.mirror.models.standing import Forgotten, Freshness, OptInChoice, PersonFetch, State

__all__ = [
    "ROW_KEY",
    "Change",
    "ChangeKind",
    "CompanyHistory",
    "CompanyPeriodFact",
    "CompanyRow",
    "CompanyRun",
    "DatedRow",
    "DebtorHistory",
    "DebtorRow",
    "EmployeeHistory",
    "EmployeeInterval",
    "EmployeePeriodFact",
    "EmployeeRow",
    "Forgotten",
    "Freshness",
    "HistoryQuerySet",
    "MirrorQuerySet",
    "MirrorRow",
    "OptInChoice",
    "PeriodFactQuerySet",
    "PersonFetch",
    "PresentFactManager",
    "PresentHistoryManager",
    "PresentManager",
    "Quarantine",
    "Reason",
    "RunMember",
    "State",
    "in_force",
]
