"""MirrorScope: one environment, debtor or company as the engine addresses it."""

from dataclasses import dataclass
from typing import Any

from portal.periods import Period, PeriodType
from portal.source import Level, Scope


@dataclass(frozen=True)
class MirrorScope:
    """Primary keys for our side, remote ids for theirs. `period_type` and `current` period are the company's,
    where known. With an `employee` the scope is a company's slow-lane kinds for that person alone.
    """

    environment_id: int
    level: Level
    debtor_id: int | None = None
    debtor_remote_id: int | None = None
    company_id: int | None = None
    company_remote_id: int | None = None
    period_type: PeriodType | None = None
    current: Period | None = None
    employee_id: int | None = None
    employee_remote_id: int | None = None

    @property
    def key(self) -> str:
        """A text that is unique over all scopes. One person's answers belong to their company's."""
        return f"{self.level}:{self.owner_id}"

    @property
    def owner_id(self) -> int:
        """The primary key of the environment, debtor or company."""
        own = {Level.ENVIRONMENT: self.environment_id, Level.DEBTOR: self.debtor_id, Level.COMPANY: self.company_id}
        owner = own[self.level]
        assert owner is not None, f"a scope of the level {self.level} without its {self.level}"  # noqa: S101
        return owner

    @property
    def wider_keys(self) -> tuple[str, ...]:
        """The keys of this scope and of those around it."""
        keys = [self.key, f"{Level.ENVIRONMENT}:{self.environment_id}"]
        if self.debtor_id is not None:
            keys.append(f"{Level.DEBTOR}:{self.debtor_id}")
        return tuple(keys)

    @property
    def remote(self) -> Scope:
        """The scope in Nmbrs' ids."""
        return Scope(self.level, debtor=str(self.debtor_remote_id or ""), company=str(self.company_remote_id or ""))

    @property
    def columns(self) -> dict[str, Any]:
        """What every row of this scope has in common, and by which its rows are found."""
        if self.level is Level.COMPANY:
            return {"environment_id": self.environment_id, "company_id": self.company_id}
        if self.level is Level.DEBTOR:
            return {"environment_id": self.environment_id, "debtor_id": self.debtor_id}
        return {"environment_id": self.environment_id}
