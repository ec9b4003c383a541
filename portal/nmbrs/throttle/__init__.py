"""The call budget of one Nmbrs environment, shared by every thread and process that calls it."""

from portal.nmbrs.throttle.budget import HARD_CEILING, Budget
from portal.nmbrs.throttle.store import FileStore, State, Store

__all__ = ["HARD_CEILING", "Budget", "FileStore", "State", "Store"]
