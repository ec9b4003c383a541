"""The times of an environment's syncs are its administrators' to choose."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from portal.connections.models import Environment
from tests.sync_pages.conftest import words

pytestmark = pytest.mark.pages

TIMES = {"nightly_hour": "4", "hourly_runs": "yes", "office_start": "8", "office_end": "18"}


def times(environment):
    """What is kept."""
    row = Environment.objects.get(pk=environment.pk)
    return row.nightly_hour, row.hourly_runs, row.office_start, row.office_end


def address(environment):
    return reverse("sync:settings", args=[environment.pk])


def test_an_environment_begins_with_the_hours_of_the_portal_and_of_an_office(office):
    assert times(office.environment) == (None, True, 7, 19)


def test_an_administrator_changes_the_times_from_the_sync_page(office, administrator, signed_in):
    client = signed_in(administrator())
    assert address(office.environment) in client.get(reverse("sync:overview")).content.decode()
    page = words(client.get(address(office.environment)))
    assert "as for the whole portal (2:00)" in page
    answer = client.post(address(office.environment), TIMES, follow=True)
    assert "The times of the syncs were changed." in words(answer)
    assert "04:00" in words(answer)
    assert times(office.environment) == (4, True, 8, 18)


def test_the_nightly_sync_can_be_switched_off_and_pages_say_so(office, administrator, signed_in):
    client = signed_in(administrator())
    client.post(address(office.environment), {**TIMES, "nightly_hour": "never"})
    assert not Environment.objects.get(pk=office.environment.pk).nightly_runs
    for page in (reverse("sync:overview"), reverse("sync:health")):
        assert "switched off" in words(client.get(page))
    # The way back is still there, and shows what is kept.
    assert address(office.environment) in client.get(reverse("sync:overview")).content.decode()
    assert 'value="never" selected' in client.get(address(office.environment)).content.decode()
    client.post(address(office.environment), {**TIMES, "nightly_hour": "4"})
    assert Environment.objects.get(pk=office.environment.pk).nightly_runs
    assert times(office.environment) == (4, True, 8, 18)


def test_an_environment_has_calls_of_its_own_for_the_rotation_over_people(office, administrator, signed_in):
    client = signed_in(administrator())
    assert "as for the whole portal (20,000)" in words(client.get(address(office.environment)))
    for typed, kept in (("5000", 5000), ("0", 0), ("1000000", 1_000_000), ("", None)):
        assert client.post(address(office.environment), {**TIMES, "rotation_calls": typed}).status_code == 302
        assert Environment.objects.get(pk=office.environment.pk).rotation_calls == kept


def test_the_hour_of_the_portal_can_be_chosen_again_and_the_hourly_runs_left_out(office, administrator, signed_in):
    Environment.objects.update(nightly_hour=4)
    client = signed_in(administrator())
    client.post(address(office.environment), {**TIMES, "nightly_hour": "usual", "hourly_runs": "no"})
    assert times(office.environment) == (None, False, 8, 18)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"office_start": "18", "office_end": "8"}, "Office hours end after they begin."),
        ({"nightly_hour": "24"}, "24 is not one of the available choices"),
        ({"nightly_hour": "soon"}, "soon is not one of the available choices"),
        ({"hourly_runs": "perhaps"}, "perhaps is not one of the available choices"),
        ({"office_end": ""}, "This field is required."),
        ({"rotation_calls": "-1"}, "Ensure this value is greater than or equal to 0."),
        ({"rotation_calls": "1000001"}, "Ensure this value is less than or equal to 1000000."),
        ({"rotation_calls": "many"}, "Enter a whole number."),
    ],
)
def test_times_that_cannot_be_are_refused_in_words(office, administrator, signed_in, wrong, said):
    answer = signed_in(administrator()).post(address(office.environment), {**TIMES, **wrong})
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert "Syncs of demo" in answer.content.decode()
    assert times(office.environment) == (None, True, 7, 19)


def test_what_is_kept_is_chosen_when_the_page_opens(office, administrator, signed_in):
    Environment.objects.update(nightly_hour=4, hourly_runs=False)
    page = signed_in(administrator()).get(address(office.environment)).content.decode()
    for choice in ('value="4" selected', 'value="no" selected', 'value="7" selected', 'value="19" selected'):
        assert choice in page


def test_posting_the_same_hour_again_changes_nothing(office, administrator, signed_in):
    client = signed_in(administrator())
    for hour in ("usual", "4"):
        client.post(address(office.environment), {**TIMES, "nightly_hour": hour})
        changed = Environment.objects.get(pk=office.environment.pk).nightly_changed
        client.post(address(office.environment), {**TIMES, "nightly_hour": hour, "office_start": "9"})
        assert Environment.objects.get(pk=office.environment.pk).nightly_changed == changed
    assert changed is not None


def test_nothing_but_the_times_can_be_posted(office, administrator, signed_in):
    form = {**TIMES, "domain": "elders", "firm": office.other_firm.pk, "kind": "business"}
    signed_in(administrator()).post(address(office.environment), form)
    row = Environment.objects.get(pk=office.environment.pk)
    assert (row.domain, row.firm, row.kind) == ("demo", office.firm, "accountant")


def test_nobody_else_sees_or_changes_them(office, administrator, accountant, signed_in):
    people = {
        signed_in(administrator("other@test.example", of=office.other_firm)): 404,
        signed_in(accountant(office.a)): 404,
        signed_in(None): 302,
    }
    for client, expected in people.items():
        assert client.get(address(office.environment)).status_code == expected
        assert client.post(address(office.environment), TIMES).status_code == expected
    assert times(office.environment) == (None, True, 7, 19)


@pytest.mark.parametrize(
    "wrong", [{"nightly_hour": 24}, {"office_end": 25}, {"office_start": 19}, {"rotation_calls": 1_000_001}]
)
def test_the_database_refuses_them_too(office, wrong):
    with pytest.raises(IntegrityError), transaction.atomic():
        Environment.objects.update(**wrong)
