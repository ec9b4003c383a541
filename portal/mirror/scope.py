"""MirrorScope: one environment, debtor or company as the engine addresses it."""

from dataclasses import dataclass
from typing import Any

from portal.periods import PeriodType
from portal.source import Level, Scope


@dataclass(frozen=True)
class MirrorScope:
    """Primary keys for our side, remote ids for theirs. `period_type` is the company's, where known."""

    environment_id: int
    level: Level
    debtor_id: int | None = None
    debtor_remote_id: int | None = None
    company_id: int | None = None
    company_remote_id: int | None = None
    period_type: PeriodType | None = None

    @property
    def key(self) -> str:
        """A text that is unique over all scopes."""
        own = {Level.ENVIRONMENT: self.environment_id, Level.DEBTOR: self.debtor_id, Level.COMPANY: self.company_id}
        return f"{self.level}:{own[self.level]}"

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
