"""Threat 17, stolen and forgotten sessions; threat 26, somebody leaves."""

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.tokens import PasswordResetTokenGenerator, default_token_generator
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from portal.accounts.models import Membership, User
from portal.accounts.roles import Role
from portal.audit.models import Entry
from tests.accounts.signin.world import PASSWORD, code, is_in, signed_in, with_app, with_codes

pytestmark = pytest.mark.pages
MINUTE = 60


@pytest.fixture
def client_user(firm):
    """A person of a client."""
    from tests.factories import make_debtor, make_environment

    user = User.objects.create_user("client@test.example", "Client", PASSWORD)
    debtor = make_debtor(make_environment(firm))
    Membership.objects.create(user=user, firm=firm, role=Role.CLIENT_USER, debtor=debtor)
    return user


def test_an_earlier_key_that_still_counts_keeps_people_in_and_their_links_whole(client, administrator, settings):
    person = administrator()
    client.force_login(person)
    link = default_token_generator.make_token(person)
    old, settings.SECRET_KEY = settings.SECRET_KEY, "changed-" + "k" * 50
    settings.SECRET_KEY_FALLBACKS = [old]
    assert is_in(client)
    assert PasswordResetTokenGenerator().check_token(person, link)
    other = Client()
    settings.SECRET_KEY_FALLBACKS = []
    settings.SECRET_KEY = old
    other.force_login(person)
    settings.SECRET_KEY = "changed-" + "k" * 50
    assert not is_in(other)


def test_staff_may_be_idle_for_an_hour(client, administrator, clock):
    client.force_login(administrator())
    clock.move_to(59 * MINUTE)
    assert is_in(client)
    clock.move_to((59 + 61) * MINUTE)
    assert client.get("/account/")["Location"].startswith("/sign-in/")
    page = client.get("/sign-in/", headers={"Accept-Language": "en"})
    assert b"you did nothing for a while" in page.content


def test_clients_may_be_idle_for_half_an_hour(client, client_user, clock):
    client.force_login(client_user)
    clock.move_to(29 * MINUTE)
    assert client.get("/account/").status_code == 200
    clock.move_to((29 + 31) * MINUTE)
    assert client.get("/account/")["Location"].startswith("/sign-in/")


def test_nobody_stays_longer_than_twelve_hours(client, administrator, clock):
    client.force_login(administrator())
    for half_hour in range(1, 24):
        clock.move_to(half_hour * 30 * MINUTE)
        assert is_in(client)
    clock.move_to(12 * 60 * MINUTE)
    assert not is_in(client)


def test_the_time_of_the_last_visit_is_written_once_a_minute(client, administrator, clock):
    client.force_login(administrator())
    seen = UserSession.objects.get().last_seen_at
    clock.move_to(50)
    is_in(client)
    assert UserSession.objects.get().last_seen_at == seen
    clock.move_to(70)
    is_in(client)
    assert UserSession.objects.get().last_seen_at == timezone.now()


def test_the_checks_of_a_session_cost_the_one_query_that_pages_ask_anyway(client, administrator):
    client.force_login(administrator())
    is_in(client)
    with CaptureQueriesContext(connection) as asked:
        assert is_in(client)
    texts = [query["sql"] for query in asked]
    assert len([sql for sql in texts if "accounts_membership" in sql and "UNION" in sql]) == 1
    assert not [sql for sql in texts if sql.startswith(("UPDATE", "INSERT", "DELETE"))]


def test_threat_26_the_next_request_of_each_session_is_refused_when_a_person_is_deactivated(administrator):
    person = administrator()
    clients = [Client() for _ in range(3)]
    for one in clients:
        one.force_login(person)
    User.objects.filter(pk=person.pk).update(is_active=False)
    assert [is_in(one) for one in clients] == [False] * 3


def test_the_next_request_is_refused_when_the_last_membership_is_gone(client, administrator):
    person = administrator()
    client.force_login(person)
    Membership.objects.filter(user=person).delete()
    assert client.get("/account/")["Location"].startswith("/sign-in/")
    assert b"your access has ended" in client.get("/sign-in/", headers={"Accept-Language": "en"}).content


def test_access_that_ends_by_the_clock_ends_the_session_too(client, administrator, clock):
    from datetime import timedelta

    person = administrator()
    Membership.objects.filter(user=person).update(ends=timezone.now() + timedelta(minutes=10))
    client.force_login(person)
    assert is_in(client)
    clock.move_to(11 * MINUTE)
    assert not is_in(client)


def test_somebody_who_never_had_access_may_look_at_nothing(client, accountant):
    client.force_login(accountant())
    assert client.get("/account/").status_code == 200


@pytest.mark.parametrize(
    ("address", "details"),
    [
        ("/account/sessions/{pk}/end/", [{"count": 1}]),
        ("/account/sessions/end-others/", [{"count": 2}]),
        ("/account/sessions/end-all/", [{"count": 2}]),
    ],
)
def test_ending_sessions_is_in_the_trail_once(client, administrator, address, details):
    person = administrator()
    client.force_login(person)
    for _ in range(2):
        Client().force_login(person)
    other = UserSession.objects.exclude(session_key=client.session.session_key).first()
    assert client.post(address.format(pk=other.pk)).status_code == 302
    ended = Entry.objects.filter(kind="sessions_ended", object_id=person.pk, actor_id=person.pk)
    assert list(ended.values_list("detail", flat=True)) == details


def test_nothing_is_written_where_no_other_session_was(client, administrator):
    client.force_login(administrator())
    client.post("/account/sessions/end-others/")
    assert not Entry.objects.filter(kind="sessions_ended").exists()


def test_threat_17_a_new_password_ends_all_other_sessions_and_gives_this_one_a_new_key(administrator):
    person = administrator()
    secret = with_app(person)
    here, there = signed_in(secret), Client()
    there.force_login(person)
    before = here.session.session_key
    form = {"oldpassword": PASSWORD, "password1": "blauwe fiets bij de sluis", "password2": "blauwe fiets bij de sluis"}
    assert here.post("/account/password/", form).status_code == 302
    assert is_in(here)
    assert here.session.session_key != before
    assert not is_in(there)
    old = Client()
    old.cookies["portal-session"] = before
    assert not is_in(old)


@pytest.mark.django_db(transaction=True)
def test_new_recovery_codes_end_all_other_sessions(client, administrator):
    person = administrator()
    secret = with_app(person)
    with_codes(person)
    there = Client()
    there.force_login(person)
    signed_in(secret, client)
    assert client.post("/account/recovery-codes/new/").status_code == 302
    assert (is_in(client), is_in(there)) == (True, False)


def test_a_person_sees_and_ends_their_own_sessions_only(client, administrator):
    person, other = administrator(), administrator("other@test.example")
    there, foreign = Client(headers={"User-Agent": "Firefox on a phone"}), Client()
    there.force_login(person)
    foreign.force_login(other)
    client.force_login(person)
    mine = UserSession.objects.get(session_key=there.session.session_key)
    theirs = UserSession.objects.get(session_key=foreign.session.session_key)
    assert client.post(f"/account/sessions/{theirs.pk}/end/").status_code == 404
    assert client.get(f"/account/sessions/{mine.pk}/end/").status_code == 405
    client.post(f"/account/sessions/{mine.pk}/end/")
    assert (is_in(there), is_in(foreign), is_in(client)) == (False, True, True)


def test_the_list_of_sessions_costs_the_same_however_many_there_are(client, administrator):
    person = administrator()
    client.force_login(person)
    counts = []
    for more in (1, 10):
        for _ in range(more):
            Client().force_login(person)
        with CaptureQueriesContext(connection) as queries:
            page = client.get("/account/").content.decode()
        counts.append(len(queries))
        assert page.count("/end/") >= more
    assert counts[0] == counts[1]


def test_sessions_that_ended_leave_the_list(client, administrator):
    person, other = administrator(), administrator("other@test.example")
    expired, elsewhere, stale = Client(), Client(), Client()
    for one in (expired, elsewhere, stale, client):
        one.force_login(person)
    Session.objects.filter(session_key=expired.session.session_key).update(expire_date=timezone.now())
    # One that another person has taken over, and one from before the password was changed.
    for one, changed in ((elsewhere, {SESSION_KEY: str(other.pk)}), (stale, {HASH_SESSION_KEY: "old"})):
        session = one.session
        session.update(changed)
        session.save()
    assert client.get("/account/").status_code == 200
    listed = UserSession.objects.filter(user=person).values_list("session_key", flat=True)
    assert list(listed) == [client.session.session_key]


def test_signing_out_elsewhere_and_everywhere(client, administrator):
    person = administrator()
    others = [Client(), Client()]
    for one in [client, *others]:
        one.force_login(person)
    client.post("/account/sessions/end-others/")
    assert [is_in(one) for one in [client, *others]] == [True, False, False]
    others[0].force_login(person)
    assert client.post("/account/sessions/end-all/").headers["Clear-Site-Data"]
    assert [is_in(one) for one in [client, *others]] == [False] * 3
    assert UserSession.objects.filter(user=person).count() == 0


def test_sign_in_and_what_follows_is_in_the_trail(administrator):
    person = administrator()
    secret = with_app(person)
    client = signed_in(secret)
    client.post("/sign-out/")
    kinds = list(Entry.objects.filter(object_id=person.pk).order_by("number").values_list("kind", flat=True))
    assert kinds == ["signed_in", "signed_out"]
    assert code(secret) not in str(list(Entry.objects.values()))
