"""Keys change: everything is readable without the old one, and nothing was written twice."""

from io import StringIO

import pytest
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command

from portal.accounts.models import SingleSignOn
from portal.accounts.signin.seeds import opened
from portal.audit.models import Entry
from portal.connections.models import Connection, Environment
from portal.vault import Sealed, open_text, seal_text
from portal.vault.cipher import is_bound_with_newest_key
from portal.vault.rotation import Column, encrypted_columns, rotate
from tests.accounts.signin.world import EMAIL, signed_in, with_app, with_codes

pytestmark = pytest.mark.pages


@pytest.fixture
def secrets(firm, administrator):
    """A token, a client secret and the seeds of a person, stored with the key of the settings."""
    environment = Environment.objects.create(firm=firm, domain="demo")
    Connection.objects.create(environment=environment, host="http://127.0.0.1", user="u@example.nl", token="the-token")
    SingleSignOn.objects.create(
        firm=firm, issuer="https://accounts.google.com", client_id="x", client_secret="the-secret", domains=["a.nl"]
    )
    person = administrator()
    return with_app(person), with_codes(person)


def test_after_rotation_the_old_key_can_go(secrets, settings):
    app, codes = secrets
    old, new = settings.VAULT_KEYS[0], Fernet.generate_key().decode()
    settings.VAULT_KEYS = [new, old]
    said = StringIO()
    call_command("rotate_keys", stdout=said)
    assert "connections.connection.token: 1 encrypted anew" in said.getvalue()
    assert "mfa.authenticator.data: 2 encrypted anew" in said.getvalue()
    settings.VAULT_KEYS = [new]
    assert Connection.objects.get().token == "the-token"
    assert SingleSignOn.objects.get().client_secret == "the-secret"
    totp, recovery = Authenticator.objects.order_by("pk")
    assert opened(totp.data["secret"]) == app
    assert recovery.wrap().generate_codes() == codes
    signed_in(app)
    assert Entry.objects.filter(kind="keys_rotated").count() == 1


def test_repeating_it_writes_nothing(secrets, settings, django_assert_max_num_queries):
    settings.VAULT_KEYS = [Fernet.generate_key().decode(), *settings.VAULT_KEYS]
    call_command("rotate_keys", stdout=StringIO())
    stored = [
        list(Connection.objects.extra(select={"raw": "token"}).values_list("raw")),
        list(Authenticator.objects.values()),
    ]
    again = StringIO()
    call_command("rotate_keys", stdout=again)
    assert ": 0 encrypted anew" in again.getvalue()
    assert stored == [
        list(Connection.objects.extra(select={"raw": "token"}).values_list("raw")),
        list(Authenticator.objects.values()),
    ]


def test_a_missing_key_stops_it_and_says_what_to_do(secrets, settings):
    settings.VAULT_KEYS = [Fernet.generate_key().decode()]
    with pytest.raises(CommandError, match="Put it back in VAULT_KEYS"):
        call_command("rotate_keys", stdout=StringIO())


def test_a_seed_of_before_seeds_were_bound_is_bound_on_the_way(secrets):
    app, _codes = secrets
    row = Authenticator.objects.get(type="totp")
    Authenticator.objects.filter(pk=row.pk).update(data={"secret": seal_text(app)})
    signed_in(app)
    said = StringIO()
    call_command("rotate_keys", stdout=said)
    assert "mfa.authenticator.data: 1 encrypted anew" in said.getvalue()
    stored = Authenticator.objects.get(pk=row.pk).data["secret"]
    assert is_bound_with_newest_key(stored)
    assert opened(stored) == app
    with pytest.raises(Sealed):
        open_text(stored)


def test_a_seed_in_the_wrong_row_stops_it(secrets, accountant, settings):
    other = accountant()
    with_app(other)
    mine = Authenticator.objects.get(type="totp", user__email=EMAIL)
    Authenticator.objects.filter(type="totp", user=other).update(data=mine.data)
    settings.VAULT_KEYS = [Fernet.generate_key().decode(), *settings.VAULT_KEYS]
    with pytest.raises(CommandError, match="does not belong"):
        call_command("rotate_keys", stdout=StringIO())


def test_more_rows_than_one_batch(firm, settings, monkeypatch):
    monkeypatch.setattr("portal.vault.rotation.BATCH", 3)
    environment = [Environment.objects.create(firm=firm, domain=f"d{number}") for number in range(8)]
    for one in environment:
        Connection.objects.create(environment=one, host="http://127.0.0.1", user="u@example.nl", token=one.domain)
    settings.VAULT_KEYS = [Fernet.generate_key().decode(), *settings.VAULT_KEYS]
    assert rotate(Column(Connection, "token")) == 8
    settings.VAULT_KEYS = settings.VAULT_KEYS[:1]
    assert sorted(one.token for one in Connection.objects.all()) == [f"d{number}" for number in range(8)]


def test_every_encrypted_column_is_found():
    names = {str(column) for column in encrypted_columns()}
    assert {"connections.connection.token", "accounts.singlesignon.client_secret"} < names
    assert any(name.endswith(".iban") for name in names)


def test_a_value_that_nothing_sealed_does_not_pass_for_a_sealed_one():
    with pytest.raises(Sealed):
        open_text(Fernet(Fernet.generate_key()).encrypt(b"x").decode())
    assert not is_bound_with_newest_key("nonsense")
