"""Threat 10: somebody who moves to another client is seen, found and taken out by the people of that client alone."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from portal.accounts.models import Membership, User
from portal.accounts.roles import Role
from portal.companies.models import Company
from portal.employees.models import Employee
from portal.mirror.models import Change
from portal.nmbrs.sandbox.firm.model import EmployeeType
from portal.sync.service import sync_now
from portal.ui.exports import making, tasks
from portal.ui.models import Export, ExportFormat, ExportStatus
from tests import reference
from tests.conftest import Connected
from tests.search.conftest import found_by

pytestmark = [pytest.mark.database, pytest.mark.django_db]

KINDS = "debtors,companies,current_period,employee_types,employees"


def accountant_of(company: Company, name: str) -> User:
    user = User.objects.create_user(f"{name}@test.example", name, "a-good-password", language="en")
    firm = company.environment.firm
    Membership.objects.create(user=user, firm=firm, role=Role.ACCOUNTANT, debtor=company.debtor)
    return user


def browser_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_threat_10_somebody_who_moved_is_lost_by_the_old_client_and_brings_nothing_along(
    connected: Connected, monkeypatch: pytest.MonkeyPatch
) -> None:
    sync_now(connected.environment, resource=KINDS)
    # The two companies of different clients with the most people, here and at Nmbrs.
    remote = {one.id: one for one in connected.sandbox.firm.companies()}
    here = sorted(Company.objects.all(), key=lambda one: -len(reference.people(remote[one.remote_id])))
    old = here[0]
    new = next(one for one in here if one.debtor_id != old.debtor_id)
    before, after = accountant_of(old, "before"), accountant_of(new, "after")
    moving = reference.people(remote[old.remote_id])[0]
    person = Employee.objects.get(remote_id=moving.id)
    # A number that nobody else's begins with, and a change that is written down.
    moving.number += 700_000
    moving.type = EmployeeType.EXTERNAL if moving.type != EmployeeType.EXTERNAL else EmployeeType.PAYROLL
    connected.sandbox.forget_answers()
    sync_now(connected.environment, resource=KINDS)
    person.refresh_from_db()
    learned_before = set(Change.objects.filter(employee=person).values_list("pk", flat=True))
    assert learned_before
    page, entry = reverse("employees:person", args=[person.pk]), ("employee", person.pk)

    def sees(user: User) -> tuple[bool, bool, bool]:
        """Whether they open the page, find the name, and read what changed in the time before."""
        fresh: Any = User.objects.get(pk=user.pk)
        changes = set(Change.objects.visible_to(fresh).values_list("pk", flat=True))
        return (
            browser_of(user).get(page).status_code == 200,
            entry in found_by(fresh, str(person.number)),
            learned_before <= changes,
        )

    assert (sees(before), sees(after)) == ((True, True, True), (False, False, False))
    monkeypatch.setattr(making, "AT_ONCE", dict.fromkeys(ExportFormat, 0))
    people = "/employees/?columns=number&service=all"
    assert browser_of(before).post("/files/", {"at": people, "format": "csv"}).status_code == 302

    remote[old.remote_id].people.remove(moving)
    remote[new.remote_id].people.append(moving)
    connected.sandbox.forget_answers()
    sync_now(connected.environment, resource=KINDS)

    assert Employee.objects.get(pk=person.pk).company_id == new.pk
    assert (sees(before), sees(after)) == ((False, False, True), (True, True, False))
    # The file was asked for before, and is made of what its person may see when it is made.
    assert browser_of(after).post("/files/", {"at": people, "format": "csv"}).status_code == 302
    files = {}
    for row in Export.objects.select_related("user"):
        tasks.make(row.pk)
        row.refresh_from_db()
        assert row.status == ExportStatus.DONE
        answer: Any = browser_of(row.user).get(f"/files/{row.pk}/content/")
        files[row.user.name] = b"".join(answer).decode("utf-8-sig")
    assert (str(person.number) in files["before"], str(person.number) in files["after"]) == (False, True)
