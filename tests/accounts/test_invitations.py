"""Invitations: one use, 72 hours, bound to address, role and scope, and resting on the right of whoever sent them."""

import logging
import threading
from datetime import timedelta

import pytest
import time_machine
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from cryptography.fernet import Fernet
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import connection, connections
from django.test import Client as Browser

from portal.accounts import invitations, rights
from portal.accounts.models import Invitation, Membership, Team, TeamMember, User
from portal.accounts.rights import NotAllowed, Place, Refused
from portal.accounts.roles import Capability, Role
from portal.audit.models import Entry
from portal.clock import now
from tests.accounts.office import Office, make_office, seen_clients, somebody_new

pytestmark = pytest.mark.database

PASSWORD = "a quiet sentence of words"
EMAIL = "new@people.example"


@pytest.fixture
def office(db) -> Office:
    return make_office("one", "ab")


@pytest.fixture
def client_administrator(office) -> User:
    user = somebody_new("client-administrator")
    rights.give(rights.SYSTEM, user, at(office, Role.CLIENT_ADMINISTRATOR, "a"))
    return user


def at(office: Office, role: Role, client: str = "") -> Place:
    return Place(office.firm.pk, role, office.clients[client].debtor.pk if client else None)


def invite(office: Office, by: User, role: Role = Role.CLIENT_USER, client: str = "a", email: str = EMAIL, **more):
    return invitations.invite(by, at(office, role, client), email=email, name="New Person", language="en", **more)


def accept(token: str) -> User:
    return invitations.accept_as_new(token, name="New Person", password=PASSWORD)


def open_link(browser: Browser, token: str):
    return browser.get(f"/invitation/{token}/", follow=True)


def test_an_accepted_invitation_gives_the_account_and_the_place_it_names(office):
    invited = invite(office, office.administrator, Role.CLIENT_USER, switches=[Capability.VIEW_SICKNESS])
    user = accept(invited.token)
    assert (user.email, user.language) == (EMAIL, "en")
    assert user.check_password(PASSWORD)
    assert seen_clients(user) == seen_clients(user, Capability.VIEW_SICKNESS) == {"a"}
    assert seen_clients(user, Capability.VIEW_SALARIES) == set()


def test_the_token_is_kept_as_a_hash_of_128_bits_or_more(office):
    invited = invite(office, office.administrator)
    assert len(invited.token) >= 22
    kept = Invitation.objects.values().get()
    assert invited.token not in str(kept)
    assert (
        invitations.invite(
            office.administrator, at(office, Role.CLIENT_USER, "b"), email=EMAIL, name="x", language="nl"
        ).token
        != invited.token
    )


@pytest.mark.parametrize("what", ["used", "withdrawn", "late", "resent", "replaced", "wrong"])
def test_threat_21_a_link_that_is_used_withdrawn_late_or_replaced_is_refused(office, what):
    invited = invite(office, office.administrator)
    token = invited.token
    if what == "used":
        accept(token)
    elif what == "withdrawn":
        invitations.withdraw_invitation(office.administrator, invited.invitation)
    elif what == "resent":
        invitations.resend(office.administrator, invited.invitation)
    elif what == "replaced":
        invite(office, office.administrator, email=EMAIL.upper())
    elif what == "wrong":
        token = token[::-1]
    before = User.objects.count()
    moment = now() + (timedelta(hours=72) if what == "late" else timedelta())
    with time_machine.travel(moment, tick=False):
        assert invitations.found(token) is None
        with pytest.raises(Refused):
            accept(token)
    assert User.objects.count() == before


def test_a_link_works_until_the_last_second_and_anew_after_sending_again(office):
    invited = invite(office, office.administrator)
    with time_machine.travel(now() + timedelta(hours=71, minutes=59), tick=False):
        assert invitations.found(invited.token) is not None
    with time_machine.travel(now() + timedelta(hours=100), tick=False):
        again = invitations.resend(office.administrator, invited.invitation)
        assert accept(again.token).email == EMAIL


def test_a_weak_password_uses_nothing_up(office):
    invited = invite(office, office.administrator)
    with pytest.raises(ValidationError):
        invitations.accept_as_new(invited.token, name="New", password="short")
    assert accept(invited.token).email == EMAIL


def test_a_client_administrator_invites_client_users_of_the_own_client_and_nobody_else(office, client_administrator):
    other = make_office("two", "x")
    for role in Role:
        for place in (
            at(office, role, "a"),
            at(office, role, "b"),
            at(office, role),
            at(other, role, "x"),
            Place(office.firm.pk, role, company=office.clients["b"].company.pk),
        ):
            if place == at(office, Role.CLIENT_USER, "a"):
                continue
            with pytest.raises((NotAllowed, Refused)):
                invitations.invite(client_administrator, place, email=EMAIL, name="x", language="nl")
    assert Invitation.objects.count() == 0
    user = accept(invite(office, client_administrator, switches=[Capability.VIEW_SALARIES]).token)
    assert seen_clients(user, Capability.VIEW_SALARIES) == {"a"}
    with pytest.raises(NotAllowed):
        invite(office, client_administrator, email="b@people.example", switches=[Capability.VIEW_SICKNESS])


@pytest.mark.parametrize("role", [Role.ACCOUNTANT, Role.ASSISTANT, Role.AUDITOR, Role.CLIENT_USER])
def test_nobody_else_invites(office, role):
    user = somebody_new("other")
    rights.give(rights.SYSTEM, user, at(office, role, "a"))
    with pytest.raises(NotAllowed):
        invite(office, user)


def test_what_was_offered_by_somebody_who_lost_the_right_is_worth_nothing(office, client_administrator):
    invited = invite(office, client_administrator)
    # Past the service, which would have withdrawn it.
    Membership.objects.filter(user=client_administrator).update(ends=now())
    with pytest.raises(Refused):
        accept(invited.token)
    assert not User.objects.filter(email=EMAIL).exists()
    assert Invitation.objects.get().accepted_at is None


def test_losing_the_right_or_the_account_withdraws_what_one_sent(office, client_administrator):
    first = invite(office, client_administrator)
    rights.withdraw(office.administrator, client_administrator.memberships.get())
    assert invitations.found(first.token) is None
    second = somebody_new("second-administrator")
    rights.give(rights.SYSTEM, second, at(office, Role.ADMINISTRATOR))
    sent = invite(office, second)
    rights.deactivate(office.administrator, second, office.firm.pk)
    assert invitations.found(sent.token) is None


def test_an_invitation_into_a_team_makes_a_member_of_it(office):
    team = Team.objects.create(firm=office.firm, name="north")
    place = at(office, Role.ASSISTANT)
    invited = invitations.invite(
        office.administrator, place, email=EMAIL, name="x", language="nl", team=team, access_ends=now() + timedelta(9)
    )
    user = accept(invited.token)
    member = TeamMember.objects.get()
    assert (member.user, member.team, member.role) == (user, team, Role.ASSISTANT)
    assert member.ends is not None
    foreign = Team.objects.create(firm=make_office("two", "x").firm, name="theirs")
    with pytest.raises(NotAllowed):
        invitations.invite(office.administrator, place, email=EMAIL, name="x", language="nl", team=foreign)


def test_the_mail_is_written_in_the_receivers_language_with_a_link_of_the_portals_own_address(office, settings):
    settings.PORTAL_URL = "https://portal.example"
    invited = invite(office, office.administrator)
    invitations.send(invited)
    (sent,) = mail.outbox
    assert sent.to == [EMAIL]
    assert f"https://portal.example/invitation/{invited.token}/" in sent.body
    assert "72 hours" in sent.body
    assert "one" in sent.subject
    assert "\n" not in sent.subject


# --- the pages ----------------------------------------------------------------------------------------------------


def test_looking_uses_nothing_up_and_the_token_leaves_the_address(office, client, caplog):
    caplog.set_level(logging.DEBUG)
    invited = invite(office, office.administrator)
    for _ in range(3):
        assert client.head(f"/invitation/{invited.token}/").status_code == 302
        page = open_link(client, invited.token)
        assert page.redirect_chain == [("/invitation/", 302)]
        assert page.status_code == 200
        assert invited.token not in page.text
    assert invited.token not in caplog.text
    assert "invitation" in client.session
    assert invited.token not in str(dict(client.session))
    assert User.objects.filter(email=EMAIL).count() == 0
    assert Invitation.objects.get().is_open


def test_a_link_that_was_opened_before_the_keys_changed_has_to_be_opened_again(office, client, settings):
    invited = invite(office, office.administrator)
    open_link(client, invited.token)
    settings.VAULT_KEYS = [Fernet.generate_key().decode()]
    assert client.get("/invitation/").status_code == 410
    assert open_link(client, invited.token).status_code == 200


def test_a_new_person_chooses_a_password_and_is_sent_to_enrol_a_second_factor(office, client):
    invited = invite(office, office.administrator)
    open_link(client, invited.token)
    wrong = client.post("/invitation/", {"name": "Me", "password": PASSWORD, "again": PASSWORD + "x"})
    assert wrong.status_code == 422
    weak = client.post("/invitation/", {"name": "Me", "password": "short", "again": "short"})
    assert weak.status_code == 422
    done = client.post("/invitation/", {"name": "Me", "password": PASSWORD, "again": PASSWORD})
    assert done.status_code == 302
    assert int(client.session["_auth_user_id"]) == User.objects.get(email=EMAIL).pk
    assert "invitation" not in client.session
    # Nothing of the portal opens before the second factor.
    assert client.get("/")["Location"] == "/account/enrol/"


def test_what_is_posted_beside_the_form_changes_nothing(office, client):
    other = make_office("two", "x")
    invited = invite(office, office.administrator)
    open_link(client, invited.token)
    client.post(
        "/invitation/",
        {
            "name": "Me",
            "password": PASSWORD,
            "again": PASSWORD,
            "email": "other@people.example",
            "role": Role.ADMINISTRATOR,
            "debtor": other.clients["x"].debtor.pk,
            "firm": other.firm.pk,
            "capabilities": list(Capability),
            "switches": list(Capability),
            "is_staff": "1",
            "is_superuser": "1",
        },
    )
    user = User.objects.get(email=EMAIL)
    assert [(m.role, m.firm, m.debtor) for m in user.memberships.all()] == [
        (Role.CLIENT_USER, office.firm, office.clients["a"].debtor)
    ]
    assert not user.memberships.get().switches.exists()


@pytest.mark.parametrize("token", ["x", "0" * 22, "ü" * 22, "a" * 500])
def test_a_link_that_never_was_says_so(db, client, token):
    assert open_link(client, token).status_code == 410
    assert client.post("/invitation/", {}).status_code == 410


def test_somebody_with_an_account_signs_in_first_and_keeps_the_password(office, client):
    known = somebody_new("known")
    known.set_password("the old password of mine")
    known.save()
    invited = invite(office, office.administrator, email=known.email)
    page = open_link(client, invited.token)
    assert "/sign-in/?next=/invitation/" in page.text
    client.post("/invitation/", {"name": "Me", "password": PASSWORD, "again": PASSWORD})
    known.refresh_from_db()
    assert known.check_password("the old password of mine")
    assert Invitation.objects.get().is_open
    with pytest.raises(Refused):
        accept(invited.token)


@pytest.fixture
def closed(office) -> User:
    """Somebody whose account this office closed, with an own place and one in a team that wait for a return."""
    user = somebody_new("known")
    user.set_password("the old password of mine")
    user.save()
    rights.give(rights.SYSTEM, user, at(office, Role.ACCOUNTANT, "b"))
    rights.add_member(
        office.administrator, rights.create_team(office.administrator, office.firm, "north"), user, Role.ASSISTANT
    )
    rights.deactivate(office.administrator, user, office.firm.pk)
    return user


def test_a_closed_account_comes_in_at_another_firm_by_its_invitation_and_brings_nothing_along(office, closed, client):
    other = make_office("two", "x")
    TOTP.activate(closed, generate_totp_secret())
    invited = invite(other, other.administrator, Role.ACCOUNTANT, "x", email=closed.email)
    page = open_link(client, invited.token)
    assert "/sign-in/" not in page.text
    done = client.post("/invitation/", {"name": "Me", "password": PASSWORD, "again": PASSWORD})
    assert done.status_code == 302
    closed.refresh_from_db()
    assert closed.is_active and closed.closed_at is None and closed.check_password(PASSWORD)
    assert seen_clients(closed) == {"x"}
    assert Membership.objects.get(user=closed, firm=office.firm).has_ended
    assert not TeamMember.objects.filter(user=closed).exists()
    of_office = Entry.objects.filter(firm_id=office.firm.pk, actor_id=closed.pk).order_by("number")
    assert [entry.kind for entry in of_office] == ["membership_ended", "team_changed"]
    # The second factor of before was not proven by the link: it is asked for.
    assert client.get("/")["Location"].startswith("/account/confirm/")
    # Nor does the office that closed the account get a say in it again.
    with pytest.raises(Refused):
        rights.reactivate(office.administrator, closed, office.firm.pk)


def test_a_closed_account_without_a_second_factor_enrols_one_after_the_invitation(office, closed, client):
    invited = invite(office, office.administrator, email=closed.email)
    open_link(client, invited.token)
    client.post("/invitation/", {"name": "Me", "password": PASSWORD, "again": PASSWORD})
    assert client.get("/")["Location"] == "/account/enrol/"
    # What was kept for a return is not part of what is offered now.
    assert seen_clients(closed) == {"a"}


def test_who_closed_an_account_decides_also_when_a_client_of_the_office_invites(office, closed, client_administrator):
    invited = invite(office, client_administrator, email=closed.email)
    with pytest.raises(Refused, match="closed"):
        accept(invited.token)
    closed.refresh_from_db()
    assert not closed.is_active and closed.check_password("the old password of mine")
    assert invitations.found(invited.token) is not None


def test_a_link_and_a_new_password_do_nothing_to_an_account_that_is_open(office, closed):
    other = make_office("two", "x")
    invited = invite(other, other.administrator, Role.ACCOUNTANT, "x", email=closed.email)
    rights.reactivate(office.administrator, closed, office.firm.pk)
    with pytest.raises(Refused, match="Sign in with it first"):
        accept(invited.token)
    closed.refresh_from_db()
    assert closed.check_password("the old password of mine")
    assert seen_clients(closed) == {"b"}


def test_an_invitation_is_not_accepted_by_another_person_than_it_is_for(office):
    known, thief = somebody_new("known"), somebody_new("thief")
    invited = invite(office, office.administrator, email=known.email)
    with pytest.raises(Refused):
        invitations.accept_as(invited.token, thief)
    assert seen_clients(thief) == set()
    invitations.accept_as(invited.token, known)
    assert seen_clients(known) == {"a"}


@pytest.mark.django_db(transaction=True)
def test_ten_at_once_make_one_account():
    office = make_office("one", "a")
    invited = invite(office, office.administrator)
    gate, outcomes = threading.Barrier(10), []

    def try_it() -> None:
        gate.wait()
        try:
            outcomes.append(accept(invited.token).pk)
        except Refused:
            outcomes.append(None)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=try_it) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert connection.vendor in ("sqlite", "postgresql")
    assert len(outcomes) == 10
    assert len([one for one in outcomes if one is not None]) == 1
    assert User.objects.filter(email=EMAIL).count() == Membership.objects.filter(user__email=EMAIL).count() == 1
