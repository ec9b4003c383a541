"""What the API user of a connection may see, counted before the first sync."""

from dataclasses import dataclass

from portal.source import Level, NotPermitted, Scope, Soap, Source

_EVERYTHING = Scope(Level.ENVIRONMENT)
_DEBTORS = Soap("List_GetAll", "DebtorService", "Debtor", {"remote_id": "Id"})
_COMPANIES = Soap("List_GetAll", "CompanyService", "Company", {"remote_id": "ID"})


@dataclass(frozen=True)
class Reach:
    """Numbers of debtors and companies; None: the API user may not list them."""

    debtors: int | None
    companies: int | None


def reach(source: Source) -> Reach:
    """Ask for the debtors and companies and count them. Raises a SourceError unless it is NotPermitted."""
    return Reach(_count(source, _DEBTORS), _count(source, _COMPANIES))


def _count(source: Source, soap: Soap) -> int | None:
    try:
        fetched = source.fetch(source.binding(soap, None), _EVERYTHING, {})
    except NotPermitted:
        return None
    return sum(1 for _ in fetched.records())
