"""What the API user of a connection may see, counted before the first sync."""

from dataclasses import dataclass

from portal.source import Level, NotPermitted, Scope, Soap, Source

_EVERYTHING = Scope(Level.ENVIRONMENT)
_DEBTORS = Soap("List_GetAll", "DebtorService", "Debtor", {"remote_id": "Id", "name": "Name"})
_COMPANIES = Soap("List_GetAll", "CompanyService", "Company", {"remote_id": "ID", "name": "Name"})

#: So many debtors are named.
NAMES = 5


@dataclass(frozen=True)
class Listed:
    """One company by its remote id and name."""

    remote_id: str
    name: str


@dataclass(frozen=True)
class Reach:
    """Numbers of debtors and companies; None: the API user may not list them. `names`: of the first debtors.

    `company` is the first company, for asking what may be read of one; None where there is none to see.
    """

    debtors: int | None
    companies: int | None
    names: tuple[str, ...] = ()
    company: Listed | None = None


def reach(source: Source) -> Reach:
    """Ask for the debtors and companies and count them. Raises a SourceError unless it is NotPermitted."""
    debtors, companies = _listed(source, _DEBTORS), _listed(source, _COMPANIES)
    names = tuple(one.name for one in (debtors or [])[:NAMES] if one.name)
    company = next((one for one in companies or [] if one.remote_id), None)
    return Reach(
        None if debtors is None else len(debtors), None if companies is None else len(companies), names, company
    )


def _listed(source: Source, soap: Soap) -> list[Listed] | None:
    """Each record (with an empty text for what it lacks), or None where the list is not permitted."""
    try:
        fetched = source.fetch(source.binding(soap, None), _EVERYTHING, {})
    except NotPermitted:
        return None
    return [Listed(record.get("remote_id") or "", record.get("name") or "") for record in fetched.records()]
