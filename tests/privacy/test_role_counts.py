"""Clients by the role of the office, and those without an agreement: counted, never guessed."""

from datetime import date

from portal.debtors.models import Debtor
from portal.privacy.models import Agreement, LegalRole
from portal.privacy.role_counts import counted_by_role
from tests.accounts.office import make_office


def test_roles_and_missing_agreements_are_counted(db):
    office = make_office("one", "abcdef")
    of = {letter: client.debtor for letter, client in office.clients.items()}
    complete = {"reference": "A1", "agreed_on": date(2026, 1, 1)}
    Agreement.objects.create(debtor=of["a"], role=LegalRole.PROCESSOR, **complete)
    Agreement.objects.create(debtor=of["b"], role=LegalRole.PROCESSOR, **complete)
    Agreement.objects.create(debtor=of["c"], role=LegalRole.CONTROLLER, reference="A2")
    Agreement.objects.create(debtor=of["d"], role=LegalRole.BOTH, agreed_on=date(2026, 1, 1))
    counts = counted_by_role(Debtor.objects.filter(environment=office.environment))
    assert counts.by_role == [(LegalRole.PROCESSOR, 2), (LegalRole.CONTROLLER, 1), (LegalRole.BOTH, 1)]
    # One without a date, one without a reference, two without anything.
    assert (counts.without_role, counts.without_agreement) == (2, 4)
    assert [number for _label, number in counts.lines] == [2, 1, 1, 2]


def test_an_office_without_clients_has_none(db):
    counts = counted_by_role(Debtor.objects.none())
    assert [number for _label, number in counts.lines] == [0, 0, 0, 0]
    assert counts.without_agreement == 0
