"""A Business environment read over the wire: its pages and those of its syncs know companies and no clients."""

import re
from collections.abc import Callable, Iterator
from datetime import date
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from portal.accounts.models import User
from portal.companies.models import Company
from portal.connections.models import EnvironmentKind
from portal.debtors.models import Debtor
from portal.employees.models import Employee
from portal.nmbrs.sandbox import Sandbox
from portal.sync.models import Status
from portal.sync.service import sync_now
from tests.conftest import Connected
from tests.sync_pages.conftest import words

pytestmark = [pytest.mark.pages, pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]

KINDS = "debtors,companies,employee_types,current_period,employees,employments,debtor_tags,debtor_departments,runs"
CLIENT = re.compile(r"\bclients?\b", re.IGNORECASE)


@pytest.fixture
def sandbox(settings: Settings) -> Iterator[Sandbox]:
    """The Nmbrs of one employer with two companies."""
    with Sandbox(business=True, companies=2, employees=6, seed=7, today=date(2026, 11, 22)) as running:
        settings.NMBRS_HOSTS = [running.url]
        yield running


def test_after_a_sync_that_was_refused_something_no_page_speaks_of_clients(
    connected: Connected, administrator: Callable[..., User], signed_in: Callable[[User], Client]
) -> None:
    environment = connected.environment
    environment.kind = EnvironmentKind.BUSINESS
    environment.save()
    connected.sandbox.faults.add("fault", code=1002, operation="Department_GetList", service="DebtorService")
    connected.sandbox.faults.add("fault", code=1002, operation="Run_GetList")
    plan = sync_now(environment, resource=KINDS)
    assert set(plan.runs.values_list("status", flat=True)) == {Status.SUCCEEDED, Status.NOT_PERMITTED}
    debtor, company = Debtor.objects.get(), Company.objects.order_by("pk")[0]
    person = Employee.objects.filter(company=company).order_by("pk")[0]
    client = signed_in(administrator())
    assert client.get("/", follow=True).redirect_chain[-1][0] == f"/business/{debtor.pk}/"
    for address in (
        f"/business/{debtor.pk}/",
        f"/business/{debtor.pk}/employees/",
        f"/business/{debtor.pk}/records/debtor_departments/",
        f"/companies/{company.pk}/",
        f"/employees/{person.pk}/",
        "/employees/",
        reverse("sync:overview"),
        reverse("sync:quarantine"),
        reverse("sync:health"),
        reverse("sync:plan", args=[plan.pk]),
        reverse("sync:settings", args=[environment.pk]),
        reverse("sync:opt_ins", args=[environment.pk]),
        reverse("sync:price", args=["debtor", debtor.pk]),
    ):
        said = words(client.get(address))
        assert not CLIENT.search(said), (address, CLIENT.findall(said))
    assert str(debtor) in unescape(words(client.get(reverse("sync:plan", args=[plan.pk]))))
