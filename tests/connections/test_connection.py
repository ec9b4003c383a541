"""A stored connection: opening it, its budget, its health, and what the model refuses."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db import connection as database

from portal.connections import open_source
from portal.connections.health import meaning, record
from portal.connections.models import BudgetState, Connection, Health
from portal.source import (
    AnswerMalformed,
    ConnectionDisabled,
    CredentialsRefused,
    HostNotAllowed,
    NotPermitted,
    Unavailable,
)

pytestmark = pytest.mark.pages


def test_an_open_source_reads_nmbrs_within_the_budget_of_its_environment(connected, own_folder):
    source = open_source(connected.connection)
    assert source.check_credentials() == "demo"
    source.close()
    name = f"environment-{connected.environment.pk}"
    if database.vendor == "postgresql":
        assert BudgetState.objects.filter(name=name).exists()
    else:
        assert [file.name for file in (own_folder / "budget").iterdir()] == [name]
    assert any((own_folder / "wsdl").iterdir())


def test_a_host_that_was_taken_off_the_list_is_no_longer_called(connected, settings):
    settings.NMBRS_HOSTS = ["https://api.nmbrs.nl"]
    with pytest.raises(HostNotAllowed):
        open_source(connected.connection).check_credentials()
    assert connected.sandbox.requests == []


def test_the_credentials_are_in_no_text_of_source_or_connection(connected):
    source = open_source(connected.connection)
    assert "demo-token" not in repr(source) + repr(vars(connected.connection)["environment_id"]) + str(
        connected.connection
    )


@pytest.mark.parametrize(
    ("outcome", "health"),
    [
        (None, Health.WORKING),
        (NotPermitted("Salary_Get", code=1002), Health.WORKING),
        (CredentialsRefused(code=1001), Health.REFUSED),
        (ConnectionDisabled(code=1004), Health.DISABLED),
        (Unavailable(), Health.UNAVAILABLE),
        (HostNotAllowed(), Health.UNAVAILABLE),
        (AnswerMalformed(), Health.UNTRIED),
    ],
)
def test_each_outcome_of_a_call_says_its_thing_about_the_connection(connected, outcome, health):
    record(connected.connection, outcome)
    connected.connection.refresh_from_db()
    assert connected.connection.health == health


def test_health_has_been_so_since_it_changed_not_since_it_was_seen_again(connected):
    assert record(connected.connection, Unavailable())
    since = Connection.objects.get().health_since
    assert not record(connected.connection, Unavailable())
    assert Connection.objects.get().health_since == since
    assert not record(connected.connection, AnswerMalformed())
    assert record(connected.connection)
    assert Connection.objects.get().health_since > since


def test_an_error_that_says_nothing_about_the_connection_has_no_meaning():
    assert meaning(AnswerMalformed()) is None


def test_an_address_outside_the_settings_does_not_pass_the_model(connected):
    connected.connection.host = "https://nmbrs.evil.example"
    with pytest.raises(ValidationError, match="NMBRS_HOSTS"):
        connected.connection.full_clean()


@pytest.mark.parametrize("ceiling", [0, 146])
def test_the_ceiling_stays_below_what_nmbrs_delays(connected, ceiling):
    with pytest.raises(IntegrityError), transaction.atomic():
        Connection.objects.update(ceiling=ceiling)
