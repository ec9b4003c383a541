"""The commands of a first start: a firm and its administrator."""

import io

import pytest
from django.core.management import CommandError, call_command

from portal.accounts.models import Firm, Membership, User
from portal.accounts.roles import Role

pytestmark = pytest.mark.pages


def run(*arguments: str) -> str:
    out = io.StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


def appoint(*more: str, email: str = "anke@jansen.example") -> str:
    return run("create_administrator", "--email", email, "--name", "Anke de Boer", *more)


def test_a_firm_is_made_once(db):
    run("create_firm", " Kantoor Jansen ")
    assert Firm.objects.get().name == "Kantoor Jansen"
    with pytest.raises(CommandError):
        run("create_firm", "Kantoor Jansen")
    with pytest.raises(CommandError):
        run("create_firm", "  ")


def test_an_administrator_gets_a_password_that_is_shown_once_and_opens_the_account(firm, client):
    said = appoint("--generate")
    password = said.rsplit(": ", 1)[1].strip()
    user = User.objects.get()
    assert user.check_password(password)
    assert Membership.objects.get(user=user, firm=firm).role == Role.ADMINISTRATOR


def test_a_typed_password_must_be_typed_twice_alike_and_be_strong(firm, monkeypatch):
    typed = iter(["a-good-password", "another-password", "short", "short", "a-good-password", "a-good-password"])
    monkeypatch.setattr(
        "portal.accounts.management.commands.create_administrator.getpass", lambda question: next(typed)
    )
    with pytest.raises(CommandError, match="differ"):
        appoint()
    with pytest.raises(CommandError, match="12"):
        appoint()
    assert User.objects.count() == 0
    appoint()
    assert User.objects.get().check_password("a-good-password")


def test_a_closed_account_is_not_told_to_be_an_administrator(firm, accountant):
    person = accountant(email="anke@jansen.example")
    User.objects.filter(pk=person.pk).update(is_active=False)
    with pytest.raises(CommandError, match="This account is closed"):
        appoint()
    assert not person.memberships.filter(role=Role.ADMINISTRATOR).exists()


def test_somebody_with_an_account_keeps_their_password(firm, accountant):
    person = accountant(email="anke@jansen.example")
    assert "same password" in appoint(email="Anke@Jansen.example")
    person.refresh_from_db()
    assert person.check_password("a-good-password")
    assert person.memberships.get().role == Role.ADMINISTRATOR


def test_appointing_twice_changes_nothing(firm):
    appoint("--generate")
    appoint()
    assert Membership.objects.count() == 1


def test_a_wrong_address_is_refused(firm):
    with pytest.raises(CommandError):
        appoint("--generate", email="not an address")


def test_without_a_firm_the_command_says_how_to_make_one(db):
    with pytest.raises(CommandError, match="create_firm"):
        appoint("--generate")
