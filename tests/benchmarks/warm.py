"""Ask the embedded Nmbrs everything a first sync will ask, without a budget, so that its answers are ready.

Run inside an office's portal whose debtors, companies, employee types, periods and runs are synced:
`python -m tests.benchmarks.warm kind,kind,…`.
"""

import os
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

#: What `Asked` of other kinds is worked out from.
BASE = ("debtors", "employee_types", "companies", "current_period", "runs")
THREADS = 4


class Open:
    """A budget without an end."""

    def acquire(self) -> float:
        """Never waits."""
        return 0.0

    def observe(self, latency: float, kind: str = "") -> None:
        """Learns nothing."""


def main() -> None:
    """Ask, and print how many questions that were."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    django.setup()
    from django.conf import settings

    from portal.connections.models import Connection
    from portal.nmbrs.soap import SoapSource

    way_in = Connection.objects.get()
    source = SoapSource(
        host=way_in.host,
        user=way_in.user,
        token=way_in.token,
        domain=way_in.environment.domain,
        budget=Open(),
        allowed_hosts=settings.NMBRS_HOSTS,
        wsdl_folder=settings.VAR_DIR / "wsdl",
    )
    with ThreadPoolExecutor(THREADS) as pool:
        # Answers are dropped at once: thousands of companies do not fit into memory.
        print(sum(pool.map(lambda asked: asked.fetch(source) is not None, questions(sys.argv[1].split(",")))))
    source.close()


def questions(kinds: list[str]) -> Iterator[Any]:
    """What a first sync asks of debtors and companies."""
    from portal.companies.models import Company
    from portal.debtors.models import Debtor
    from portal.mirror.asked import Asked
    from portal.mirror.engine import loop_values
    from portal.mirror.models import Freshness
    from portal.mirror.resource import registry
    from portal.mirror.scope import MirrorScope
    from portal.source import Level
    from portal.sync.scopes import company_scope

    never = Freshness()
    debtors = [
        MirrorScope(debtor.environment_id, Level.DEBTOR, debtor_id=debtor.pk, debtor_remote_id=debtor.remote_id)
        for debtor in Debtor.objects.order_by("pk")
    ]
    companies = [company_scope(company) for company in Company.objects.select_related("current").order_by("pk")]
    scopes = {Level.DEBTOR: debtors, Level.COMPANY: companies}
    for name in kinds:
        resource = registry[name]
        for scope in scopes.get(resource.level, []):
            yield Asked(resource, scope, loop_values(resource, scope, never))


if __name__ == "__main__":
    main()
