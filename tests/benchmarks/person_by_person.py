"""What Nmbrs gives of people, beside the package `nmbrs` in a plain loop: everything of people that it can read."""

import time

from portal.nmbrs.sandbox import DOMAIN, TOKEN, USER, SandboxProcess
from tests.benchmarks import plain_loop
from tests.benchmarks.first_sync import LATENCY, SET_UP, TODAY, one_sync
from tests.benchmarks.office import Office

RATE = 60
BEFORE = ("debtors", "employee_types", "companies", "current_period", "employees", "employments")
#: A whole office reads its people in rotation; a company reads all of them when it is asked to.
COMPANY_BY_COMPANY = """
from portal.companies.models import Company
from portal.sync import plans
from portal.sync.models import Trigger
from portal.sync.tasks import wake
from portal.connections.models import Environment
from portal.mirror.opt_ins import choose
from portal.mirror.resource import OptIn
for kind in (OptIn.ABSENCE, OptIn.PARTNER, OptIn.CHILDREN):
    choose(Environment.objects.get().pk, kind, on=True, reason="the peer reads it")
for company in Company.objects.order_by("pk"):
    plans.start(company, trigger=Trigger.COMMAND, resource={kinds!r})
wake(Company.objects.first().environment_id)
"""
#: The kinds that the package reads too.
KINDS = (
    "absences",
    "addresses",
    "bank_accounts",
    "children",
    "contracts",
    "departments",
    "employee_cost_centers",
    "employee_managers",
    "employees",
    "employments",
    "fixed_hours",
    "functions",
    "partners",
    "personal_info",
    "salaries",
    "schedules",
    "social_insurances",
    "variable_hours",
)


def main() -> None:
    """Measure ten companies of twenty people on SQLite and print both."""
    with SandboxProcess(debtors=5, companies=2, employees=20, seed=7, today=TODAY, latency=LATENCY) as sandbox:
        options = {"NMBRS_HOSTS": sandbox.url, "NMBRS_FIXED_RATE": "yes", "PORTAL_WORKERS": "1"}
        with Office("sqlite", options) as office:
            office.shell(SET_UP.format(domain=DOMAIN, url=sandbox.url, user=USER, token=TOKEN, ceiling=RATE))
            office.manage("sync", "--resource", ",".join(BEFORE))
            with office.cluster() as cluster:
                time.sleep(3)
                ours = one_sync(office, sandbox, cluster, RATE, ",".join(KINDS), COMPANY_BY_COMPANY)
        print(
            f"  ours   {ours.calls} calls in {ours.seconds:.1f} s at {RATE} a second, {ours.workers.cpu:.1f} s CPU, "
            f"{ours.workers.peak:.0f} MB, {ours.statuses}",
            flush=True,
        )
        peer = plain_loop.measure(sandbox.url, "people")
    print(f"  nmbrs  {peer.calls} calls in {peer.seconds:.1f} s, {peer.cpu:.1f} s CPU, {peer.peak:.0f} MB", flush=True)


if __name__ == "__main__":
    main()
