"""What an entry says, what it may not say, and that it stands or falls with the act."""

import pytest
from django.db import DatabaseError, transaction

from portal.accounts.models import Firm
from portal.audit.about import About
from portal.audit.actors import SYSTEM, Actor, acting, address_of, command, current
from portal.audit.details import checked
from portal.audit.kinds import Kind, Outcome, words
from portal.audit.models import Entry, Head
from portal.audit.recording import record, record_at_once
from portal.audit.verifying import verify
from tests.audit.tampering import WHO, run

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def test_an_entry_says_who_what_whose_when_and_from_where():
    (entry,) = record(
        Kind.HOLD_ACCEPTED,
        About(firm_id=3, object_type="freshness", object_id=4, debtor_id=5, company_id=6, employee_id=9),
        actor=Actor(7, "accountant, auditor", look_as=8, address="2001:db8::1"),
        detail={"kind": "tags", "filters": ["client", "first"], "rows": 12, "on": True},
    )
    kept = Entry.objects.get()
    assert (kept.number, kept.firm_id, kept.kind, kept.outcome) == (1, 3, "hold_accepted", "done")
    assert (kept.actor_id, kept.actor_label, kept.look_as_id) == (7, "accountant, auditor", 8)
    assert (kept.object_type, kept.object_id) == ("freshness", 4)
    assert (kept.debtor_id, kept.company_id, kept.employee_id) == (5, 6, 9)
    assert kept.detail == {"kind": "tags", "filters": ["client", "first"], "rows": 12, "on": True}
    assert kept.address == "2001:db8::1"
    assert kept.at == entry.at
    verify()


def test_an_act_without_a_row_is_written_for_each_firm_of_the_actor():
    entries = record(Kind.SIGNED_IN, actor=Actor(7, "accountant", firms=(3, 4)))
    assert [entry.firm_id for entry in entries] == [3, 4]
    assert [entry.firm_id for entry in record(Kind.SIGNED_IN, actor=SYSTEM)] == [None]
    verify()


def test_whoever_acts_in_the_block_is_the_actor():
    with acting(command("connect")):
        (entry,) = record(Kind.CONNECTION_ADDED)
        with acting(WHO):
            assert current() == WHO
        assert current().label == "command connect"
    assert entry.actor_label == "command connect"
    assert current() == SYSTEM


def test_an_entry_of_an_act_that_is_rolled_back_goes_with_it():
    with pytest.raises(RuntimeError), transaction.atomic():
        record(Kind.SIGNED_IN, actor=WHO)
        raise RuntimeError
    assert not Entry.objects.exists()
    record(Kind.SIGNED_IN, actor=WHO)
    assert verify().last == 1


def test_an_act_whose_entry_cannot_be_written_does_not_happen():
    run("ALTER TABLE audit_head RENAME TO audit_gone")
    with pytest.raises(DatabaseError), transaction.atomic():
        Firm.objects.create(name="Kantoor Nieuw")
        record(Kind.FIRM_ADDED, actor=WHO)
    run("ALTER TABLE audit_gone RENAME TO audit_head")
    assert not Firm.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_look_is_safe_before_it_is_shown_so_it_has_no_transaction_around_it():
    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        record_at_once(Kind.PERSON_READ, actor=WHO)
    record_at_once(Kind.PERSON_READ, actor=WHO)
    assert Entry.objects.count() == 1


VALUES = [
    "jan@kantoor.example",
    "Jan",
    "jan jansen",
    "NL91ABNA0417164300",
    "123456782",
    "nl91abna0417164300",
    "2.500,00",
    123456782,
    12.5,
    None,
    {"name": "x"},
    "x" * 81,
]


@pytest.mark.parametrize("value", VALUES, ids=str)
def test_a_value_of_a_person_cannot_be_written(value):
    with pytest.raises(ValueError, match="neither a name of ours nor a small number") as error:
        record(Kind.EXPORTED, actor=WHO, detail={"fields": ["kind", value]})
    assert str(value) not in str(error.value)
    assert not Entry.objects.exists()


def test_a_name_cannot_be_hidden_in_a_key_or_a_label():
    with pytest.raises(ValueError, match="small letters"):
        checked({"Jan Jansen": 1})
    with pytest.raises(ValueError, match="small letters"):
        Actor(1, "Jan Jansen")
    with pytest.raises(ValueError, match="too long"):
        checked({"fields": ["a" * 80] * 100})


@pytest.mark.parametrize(
    ("remote", "kept"), [("192.0.2.1", "192.0.2.1"), (" 2001:DB8::1 ", "2001:db8::1"), ("jan", ""), ("", "")]
)
def test_only_an_address_is_kept_of_where_a_request_says_it_came_from(remote, kept):
    assert address_of(remote) == kept


def test_a_head_that_is_gone_stops_writing_and_never_starts_a_second_chain():
    record(Kind.SIGNED_IN, actor=WHO)
    Head.objects.all().delete()
    with pytest.raises(DatabaseError), transaction.atomic():
        record(Kind.SIGNED_IN, actor=WHO)
    assert Entry.objects.count() == 1


def test_every_kind_has_words_and_fits_its_column():
    assert all(words(kind.value) and len(kind.value) <= 40 for kind in Kind)
    assert {outcome.value for outcome in Outcome} == {"done", "refused"}
    assert words("of_another_version") == "of_another_version"
