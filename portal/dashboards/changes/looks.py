"""What a page of changes shows of people, for the audit trail."""

from collections.abc import Iterable

from portal.audit.about import About
from portal.dashboards.changes.told import Told

#: Client (with its firm) -> kinds of record.
Looks = dict[About, set[str]]


def of_people(told: Iterable[Told]) -> Looks:
    """Of each client the kinds of record of its people that are among these changes; nothing where none is of people.

    What changed of a client or company itself is nobody's personal data.
    """
    found: Looks = {}
    for one in told:
        change = one.change
        if change.employee_id is not None:
            whose = About(firm_id=one.firm, object_type="change", debtor_id=change.debtor_id)
            found.setdefault(whose, set()).add(change.resource)
    return found
