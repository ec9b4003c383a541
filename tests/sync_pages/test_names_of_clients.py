"""Who was given a company by itself reads nothing of its client on the pages about syncs, and finds nothing by it."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from portal.accounts import rights
from portal.accounts.models import User
from portal.accounts.rights import SYSTEM, Place
from portal.accounts.roles import Role
from portal.clock import now
from portal.companies.models import Company
from portal.mirror.models import Freshness, Quarantine, State
from portal.sync.models import Status, SyncPlan, SyncRun, Trigger
from tests.accounts.office import Office, make_office, somebody_new
from tests.factories import make_company, make_debtor

pytestmark = [pytest.mark.pages, pytest.mark.database]

SignIn = Callable[[User], Client]
NAME, NUMBER = "Slagersgroep", "2002"


@pytest.fixture
def office(db: None) -> Office:
    return make_office("one", "a")


@pytest.fixture
def company(office: Office) -> Company:
    """Of the client that everybody here sees."""
    made = office.clients["a"].company
    made.debtor.name = "Bakkersgroep"
    made.debtor.save()
    return made


@pytest.fixture
def single(company: Company) -> Company:
    """A company of another client of the office, of which the runs fail."""
    other = make_debtor(company.environment, NAME, number=NUMBER)
    made = make_company(other, "Worst B.V.")
    for one in (made, company):
        Freshness.objects.create(
            environment=one.environment,
            debtor=one.debtor,
            company=one,
            scope_key=f"company:{one.pk}",
            resource="runs",
            state=State.FAILING,
            last_attempt=now(),
        )
    return made


@pytest.fixture
def both(company: Company, single: Company) -> User:
    """Somebody who sees one client as a whole, and of the other the company."""
    user = somebody_new("single")
    rights.give(SYSTEM, user, Place(single.environment.firm_id, Role.ACCOUNTANT, company=single.pk))
    rights.give(SYSTEM, user, Place(company.environment.firm_id, Role.ACCOUNTANT, company.debtor_id))
    return user


def test_what_is_not_up_to_date_names_no_client_that_one_does_not_see(
    both: User, company: Company, as_user: SignIn
) -> None:
    page = as_user(both).get(reverse("sync:overview")).content.decode()
    assert NAME not in page
    assert "Companies that you see by themselves" in page
    assert str(company.debtor) in page


@pytest.mark.parametrize("asked", [NAME[:5], NUMBER])
def test_nothing_is_found_by_its_name_or_number(both: User, company: Company, as_user: SignIn, asked: str) -> None:
    found = "Companies that you see by themselves"
    page = as_user(both).get(reverse("sync:overview"), {"client": asked}).content.decode()
    assert found not in page
    assert NAME not in page
    # Of a client that one sees it is.
    page = as_user(both).get(reverse("sync:overview"), {"client": company.debtor.name[:5]}).content.decode()
    assert found not in page
    assert f'href="{reverse("dashboards:debtor", args=[company.debtor_id])}"' in page


def test_an_administrator_reads_all_names(office: Office, both: User, as_user: SignIn) -> None:
    page = as_user(office.administrator).get(reverse("sync:overview"), {"client": NUMBER}).content.decode()
    assert NAME in page


def test_a_sync_of_the_company_and_its_records_left_out_name_the_company_alone(
    both: User, single: Company, as_user: SignIn
) -> None:
    own = {
        "environment": single.environment,
        "debtor": single.debtor,
        "company": single,
        "scope_key": f"company:{single.pk}",
    }
    plan = SyncPlan.objects.create(**own, trigger=Trigger.PERSON)
    run = SyncRun.objects.create(
        **own, resource="runs", trigger=Trigger.PERSON, status=Status.FAILED, finished=now(), error_kind="unavailable"
    )
    run.plans.add(plan)
    Quarantine.objects.create(**own, resource="runs", row_key="7", field="number", first_seen=now(), last_seen=now())
    for address in (reverse("sync:plan", args=[plan.pk]), reverse("sync:quarantine")):
        page = as_user(both).get(address).content.decode()
        assert NAME not in page, address
        assert f'<a href="{reverse("companies:company", args=[single.pk])}">' in page, address
        assert "Worst B.V." in page, address
