"""How companies and what belongs to them directly are read."""

from portal.companies.resources import codes, company, filings, output, particulars, runs, terms
from portal.mirror.resource import Resource


def declared() -> tuple[Resource, ...]:
    """All kinds of this room. Call it when every model is loaded."""
    parts = (company.ALL, particulars.ALL, codes.ALL, terms.ALL, runs.ALL, filings.ALL, output.ALL)
    return (*(resource for part in parts for resource in part), runs.people_in_runs(), output.run_output())
