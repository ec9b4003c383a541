"""Which ids an entry about a row holds: found by the names that rows of every room use for their owners."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Model

_LEVELS = ("employee", "company", "debtor", "environment", "firm")


@dataclass(frozen=True)
class About:
    """What an act is about. Only ids of rows that the actor could reach."""

    firm_id: int | None = None
    object_type: str = ""
    object_id: int | None = None
    debtor_id: int | None = None
    company_id: int | None = None
    employee_id: int | None = None


def about(row: Model) -> About:
    """The row itself and its owners: an employee's company and debtor, an environment's firm.

    Costs a query for each owner that was not fetched with the row.
    """
    found: dict[str, int | None] = {}
    own = row._meta.model_name or ""
    if own in _LEVELS:
        found[own] = row.pk
    step: Any = row
    while step is not None:
        for level in _LEVELS:
            pk = getattr(step, f"{level}_id", None)
            if pk is not None:
                found.setdefault(level, pk)
        step = _owner(step)
    return About(
        firm_id=found.get("firm"),
        object_type=own,
        object_id=row.pk,
        debtor_id=found.get("debtor"),
        company_id=found.get("company"),
        employee_id=found.get("employee"),
    )


def _owner(row: Any) -> Any:
    """The nearest owner, from where the rest is found."""
    for level in _LEVELS[:-1]:
        if getattr(row, f"{level}_id", None) is not None and row._meta.model_name != level:
            return getattr(row, level)
    return None
