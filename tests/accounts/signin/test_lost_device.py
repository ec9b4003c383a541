"""A lost phone is made good by an administrator of the person's own firm, and everybody can see that it was."""

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.test import Client

from portal.accounts.models import Firm, Membership
from portal.accounts.roles import Role
from portal.accounts.signin.lost_device import may_reset, reset_second_factor
from portal.audit.models import Entry
from portal.clock import now
from tests.access.passkeys import add_passkey
from tests.accounts.signin.world import ENGLISH, factors, is_in, password_step, with_app, with_codes

pytestmark = pytest.mark.pages
LOST = "lost@test.example"


@pytest.fixture
def lost(administrator):
    """Somebody with an app, recovery codes and an open session."""
    person = administrator(LOST, language="en")
    with_app(person)
    with_codes(person)
    return person


def test_the_person_has_to_enrol_anew_and_is_told(administrator, lost):
    session = Client()
    session.force_login(lost)
    reset_second_factor(lost, administrator())
    assert factors(lost) == []
    assert not is_in(session)
    assert (mail.outbox[-1].to, mail.outbox[-1].subject) == ([LOST], "Your second step was removed by an administrator")
    client = Client()
    password_step(client, LOST)
    assert client.get("/account/")["Location"] == "/account/enrol/"


@pytest.mark.parametrize("give", [with_app, lambda person: add_passkey(person, "phone")], ids=["app", "passkey"])
def test_a_sign_in_that_waits_for_the_second_step_begins_anew(administrator, give):
    person, waiting, posting = administrator(LOST, language="en"), Client(), Client()
    give(person)
    for client in (waiting, posting):
        password_step(client, LOST)
        assert client.get("/sign-in/code/").status_code == 200
    reset_second_factor(person, administrator())
    assert waiting.get("/sign-in/code/")["Location"] == "/sign-in/"
    page = waiting.get("/sign-in/", headers=ENGLISH)
    assert page.status_code == 200
    assert "The second step was reset" in page.text
    assert not is_in(waiting)
    # Also who does not load the page anew but gives the password again. Neither is in without a second step.
    for client in (waiting, posting):
        assert password_step(client, LOST).status_code == 302
        assert client.get("/account/")["Location"] == "/account/enrol/"
        assert "The second step was reset" not in client.get("/account/enrol/").text


def test_a_sign_in_that_waits_goes_on_while_there_is_a_second_step(lost):
    client = Client()
    password_step(client, LOST)
    assert client.get("/sign-in/")["Location"] == "/sign-in/code/"
    assert password_step(client, LOST)["Location"] == "/sign-in/code/"
    assert client.get("/sign-in/code/").status_code == 200
    assert not is_in(client)


def test_it_is_in_the_trail_once(administrator, lost, firm):
    reset_second_factor(lost, administrator())
    entry = Entry.objects.get(kind="second_factor_reset")
    assert (entry.object_id, entry.firm_id) == (lost.pk, firm.pk)


def test_only_an_administrator_of_the_persons_firm_may_and_nobody_for_themselves(administrator, accountant, lost):
    elsewhere = administrator("elsewhere@test.example", of=Firm.objects.create(name="Kantoor Elders"))
    for by in (accountant(), elsewhere, lost):
        assert not may_reset(lost, by)
        with pytest.raises(PermissionDenied):
            reset_second_factor(lost, by)
    assert factors(lost) == ["recovery_codes", "totp"]
    assert mail.outbox == []
    assert not Entry.objects.filter(kind="second_factor_reset").exists()


def test_who_works_for_several_firms_is_reset_by_who_manages_all_of_them_and_else_by_command(administrator, lost, firm):
    other = Firm.objects.create(name="Kantoor Elders")
    of_one, of_other, of_both = (administrator(f"{name}@test.example") for name in ("one", "other", "both"))
    of_other.memberships.update(firm=other)
    place = Membership.objects.create(user=lost, firm=other, role=Role.AUDITOR)
    Membership.objects.create(user=of_both, firm=other, role=Role.ADMINISTRATOR)
    assert not may_reset(lost, of_one) and not may_reset(lost, of_other)
    assert may_reset(lost, of_both)
    with pytest.raises(CommandError):
        call_command("reset_second_factor", "--email", "nobody@test.example")
    call_command("reset_second_factor", "--email", LOST.upper())
    assert factors(lost) == []
    entries = Entry.objects.filter(kind="second_factor_reset")
    assert {(entry.firm_id, entry.actor_label) for entry in entries} == {
        (one.pk, "command reset_second_factor") for one in (firm, other)
    }
    # Who left the other firm is nobody of it any more.
    place.ends = now()
    place.save()
    assert may_reset(lost, of_one) and not may_reset(lost, of_other)
