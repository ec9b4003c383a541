"""What the API user of a connection may see, counted before the first sync."""

from dataclasses import dataclass

from portal.source import Level, NotPermitted, Scope, Soap, Source

_EVERYTHING = Scope(Level.ENVIRONMENT)
_DEBTORS = Soap("List_GetAll", "DebtorService", "Debtor", {"remote_id": "Id", "name": "Name"})
_COMPANIES = Soap("List_GetAll", "CompanyService", "Company", {"remote_id": "ID"})

#: So many debtors are named.
NAMES = 5


@dataclass(frozen=True)
class Reach:
    """Numbers of debtors and companies; None: the API user may not list them. `names`: of the first debtors."""

    debtors: int | None
    companies: int | None
    names: tuple[str, ...] = ()


def reach(source: Source) -> Reach:
    """Ask for the debtors and companies and count them. Raises a SourceError unless it is NotPermitted."""
    debtors, companies = _listed(source, _DEBTORS), _listed(source, _COMPANIES)
    names = tuple(name for name in (debtors or [])[:NAMES] if name)
    return Reach(None if debtors is None else len(debtors), None if companies is None else len(companies), names)


def _listed(source: Source, soap: Soap) -> list[str] | None:
    """The name of each record (empty where it has none), or None where the list is not permitted."""
    try:
        fetched = source.fetch(source.binding(soap, None), _EVERYTHING, {})
    except NotPermitted:
        return None
    return [record.get("name") or "" for record in fetched.records()]
