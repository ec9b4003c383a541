"""When the single kinds of a person were read one by one."""

from portal.employees.models import Employee
from portal.mirror.models import PersonFetch


def fetches_of(person: Employee) -> dict[str, PersonFetch]:
    """Kind -> when it was last read of this person, and whether Nmbrs refused. One query."""
    return {row.resource: row for row in PersonFetch.objects.filter(employee=person)}
