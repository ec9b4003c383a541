"""`manage.py connect` against a running Nmbrs: what it says, what it stores, and what it never shows."""

import io
import socket

import pytest
from django.core.management import CommandError, call_command
from django.db import connection as database

from portal.accounts.models import Firm
from portal.connections.models import Connection, Environment, Health

pytestmark = pytest.mark.pages

TOKEN = "demo-token"


@pytest.fixture
def connect(monkeypatch, firm, sandbox):
    """Run the command without anybody to ask; the token comes over standard input."""

    def run(*arguments: str, token: str = TOKEN, host: str = sandbox.url, user: str = "api@demo.example") -> str:
        monkeypatch.setattr("sys.stdin", io.StringIO(f"{token}\n"))
        out = io.StringIO()
        call_command("connect", "--host", host, "--user", user, "--token-stdin", *arguments, stdout=out)
        return out.getvalue()

    return run


def test_it_says_what_the_api_user_may_see_and_stores_a_working_connection(connect, sandbox, firm):
    said = connect()
    stored = Connection.objects.get()
    assert "Nmbrs knows api@demo.example in the environment demo." in said
    assert "It may see 4 debtors." in said
    assert f"It may see {sum(len(debtor.companies) for debtor in sandbox.firm.debtors)} companies." in said
    assert (stored.environment.firm, stored.environment.domain) == (firm, "demo")
    assert (stored.host, stored.user, stored.token, stored.health) == (
        sandbox.url,
        "api@demo.example",
        TOKEN,
        Health.WORKING,
    )


def test_the_token_is_neither_shown_nor_readable_in_the_database(connect):
    assert TOKEN not in connect()
    with database.cursor() as cursor:
        cursor.execute("SELECT token FROM connections_connection")
        assert TOKEN not in cursor.fetchone()[0]


def test_connecting_again_replaces_the_credentials_of_the_same_environment(connect):
    connect()
    before = Connection.objects.get()
    before.token, before.health = "an old one", Health.REFUSED
    before.save()
    connect()
    stored = Connection.objects.get()
    assert (Environment.objects.count(), stored.token, stored.health) == (1, TOKEN, Health.WORKING)


def test_the_token_may_come_from_the_environment(connect, firm, sandbox, monkeypatch):
    monkeypatch.setenv("NMBRS_TOKEN", TOKEN)
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    call_command("connect", "--host", sandbox.url, "--user", "api@demo.example", stdout=io.StringIO())
    assert Connection.objects.get().token == TOKEN


def test_the_token_is_no_option(connect):
    with pytest.raises(CommandError, match="unrecognized arguments"):
        connect("--token", TOKEN)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"token": "another-secret"}, "does not accept this user, token and domain"),
        ({"user": "nobody@demo.example"}, "does not accept this user, token and domain"),
        ({"token": ""}, "The token is empty"),
    ],
)
def test_wrong_credentials_are_refused_in_plain_words_and_nothing_is_stored(connect, wrong, said):
    with pytest.raises(CommandError, match=said) as refusal:
        connect(**wrong)
    assert "another-secret" not in str(refusal.value)
    assert Connection.objects.count() == 0


def test_a_wrong_domain_is_refused(connect):
    with pytest.raises(CommandError, match="does not accept this user, token and domain"):
        connect("--domain", "somebody-else")
    assert Environment.objects.count() == 0


def test_an_address_outside_the_settings_is_refused_before_anything_is_sent(connect, sandbox):
    with socket.create_server(("127.0.0.1", 0)) as other:
        other.settimeout(0.2)
        with pytest.raises(CommandError, match="not one of NMBRS_HOSTS"):
            connect(host=f"http://127.0.0.1:{other.getsockname()[1]}")
        with pytest.raises(TimeoutError):
            other.accept()


def test_a_host_that_is_down_is_said_to_be_down(connect, sandbox):
    sandbox.close()
    with pytest.raises(CommandError, match="could not be reached"):
        connect()


def test_a_user_who_may_not_list_companies_can_connect_and_is_told_so(connect, sandbox):
    sandbox.faults.add("fault", code=1002, operation="List_GetAll")
    said = connect()
    assert "It may not list debtors: ask the owner of the API user to allow it in Nmbrs." in said
    assert Connection.objects.count() == 1


def test_without_somebody_to_ask_a_missing_answer_is_an_error(connect, monkeypatch):
    with pytest.raises(CommandError, match="API user"):
        connect(user="")


def test_with_several_firms_the_firm_must_be_named(connect, firm):
    Firm.objects.create(name="Kantoor Twee")
    with pytest.raises(CommandError, match='"Kantoor Test", "Kantoor Twee"'):
        connect()
    connect("--firm", "Kantoor Twee")
    assert Environment.objects.get().firm.name == "Kantoor Twee"
