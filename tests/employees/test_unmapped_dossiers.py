"""Kinds of absence dossier that the table does not know: reported as words and counts, never with a person."""

from collections.abc import Callable

import pytest
from django.test import Client

from portal.accounts.models import Firm, User
from portal.employees.absence_types import remember_unmapped, unmapped
from portal.employees.models import Absence, Answer, UnmappedDossier
from portal.mirror.models import Change, Quarantine
from portal.mirror.opt_ins import choose
from portal.mirror.resource import OptIn
from portal.sync.service import sync_now
from tests import reference
from tests.conftest import Connected
from tests.factories import make_company, make_debtor, make_environment

pytestmark = [pytest.mark.pages, pytest.mark.django_db]

FIRST = "debtors,companies,current_period,employee_types,employees,absences"
WORDS = "Nieuw soort verzuim (2027)"


def page(user: User) -> str:
    """The sync page in English."""
    user.language = "en"
    user.save(update_fields=["language"])
    client = Client()
    client.force_login(user)
    answer = client.get("/sync/")
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.database
def test_a_new_kind_is_counted_and_kept_apart_from_every_absence(
    connected: Connected, administrator: Callable[..., User]
) -> None:
    choose(connected.environment.pk, OptIn.ABSENCE, on=True, reason="test")
    connected.sandbox.faults.add(
        "unknown_enum", operation="Absence_GetAll_AllEmployeesByCompany", element="Dossier", value=WORDS
    )
    plan = sync_now(connected.environment, resource=FIRST)
    assert set(plan.runs.values_list("status", flat=True)) == {"succeeded"}
    people = [person for company in connected.sandbox.firm.companies() for person in reference.people(company)]
    absences = Absence.objects.all()
    assert absences.count() == sum(len(person.records.absences) for person in people) > 0
    assert set(absences.values_list("clock", "safety_net")) == {(Answer.UNKNOWN, Answer.UNKNOWN)}
    row = UnmappedDossier.objects.get()
    assert (row.environment_id, row.text, row.times) == (connected.environment.pk, WORDS, absences.count())
    for model in (Absence, Change, Quarantine):
        assert WORDS not in str(list(model._base_manager.values_list()))
    said = page(administrator())
    assert WORDS in said
    assert not [person.display_name for person in people if person.display_name in said]


def test_what_the_table_has_learnt_is_not_reported_any_more(firm: Firm, administrator: Callable[..., User]) -> None:
    environment = make_environment(firm)
    remember_unmapped(environment.pk, {WORDS: 2, "  geen vangnetgeval /  ziekte": 5})
    remember_unmapped(environment.pk, {f" {WORDS} ": 1})
    assert [(row.text, row.times) for row in unmapped(administrator())] == [(WORDS, 3)]


def test_only_whoever_oversees_the_whole_firm_is_told(
    firm: Firm, administrator: Callable[..., User], accountant: Callable[..., User]
) -> None:
    environment = make_environment(firm)
    debtor = make_debtor(environment)
    make_company(debtor)
    remember_unmapped(environment.pk, {WORDS: 1})
    stranger = administrator("stranger@test.example", of=Firm.objects.create(name="Ander Kantoor"))
    assert WORDS in page(administrator())
    for other in (accountant(debtor), stranger):
        assert WORDS not in page(other)


def test_a_long_text_is_cut(firm: Firm) -> None:
    remember_unmapped(make_environment(firm).pk, {"x" * 500: 1})
    assert UnmappedDossier.objects.get().text == "x" * 80
