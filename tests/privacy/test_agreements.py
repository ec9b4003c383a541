"""What the office is for a client, and the agreement: recorded by administrators, missed when it is not there."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from portal import clock
from portal.accounts.roles import Role
from portal.debtors.models import Debtor
from portal.privacy.models import Agreement
from tests.accounts.office import make_office
from tests.privacy.conftest import entries

pytestmark = pytest.mark.pages

FILLED = {
    "role": "processor",
    "reference": "Verwerkersovereenkomst A",
    "version": "2",
    "agreed_on": "2026-03-01",
    "contact": "privacy@client.example",
}


def url(office, letter="a"):
    return reverse("administration:agreement", args=[office.clients[letter].debtor.pk])


def test_role_and_agreement_are_kept_with_who_recorded_them_and_the_trail_names_the_fields(office, by):
    browser = by(Role.ADMINISTRATOR)
    assert browser.post(url(office), FILLED).status_code == 302
    kept = Agreement.objects.get()
    assert (kept.debtor, kept.role, kept.agreed_on) == (office.clients["a"].debtor, "processor", date(2026, 3, 1))
    assert kept.recorded_by == office.administrator
    browser.post(url(office), {**FILLED, "role": "both"})
    first, second = entries("agreement_changed")
    assert first.detail == {"fields": sorted(FILLED)}
    assert second.detail == {"fields": ["role"]}
    assert (second.object_type, second.debtor_id) == ("debtor", kept.debtor_id)
    assert "both, by service" in browser.get(reverse("administration:agreements")).content.decode()


@pytest.mark.parametrize("wrong", [{"role": ""}, {"role": "owner"}, {"agreed_on": "tomorrow"}])
def test_what_is_wrong_is_not_kept(office, by, wrong):
    assert by(Role.ADMINISTRATOR).post(url(office), {**FILLED, **wrong}).status_code == 422
    assert not Agreement.objects.exists()
    assert not entries("agreement_changed")


@pytest.mark.parametrize(
    ("days", "words"), [(1, "not recorded yet"), (30, "not recorded yet"), (31, "not recorded, for more than 30 days")]
)
def test_a_client_without_agreement_is_a_warning_and_urgent_after_thirty_days(office, by, days, words):
    Debtor.everything.update(first_seen=clock.now() - timedelta(days=days) + timedelta(minutes=5))
    browser = by(Role.ADMINISTRATOR)
    assert browser.get(reverse("administration:agreements")).content.decode().count(words) == 2
    browser.post(url(office), FILLED)
    assert browser.get(reverse("administration:agreements")).content.decode().count(words) == 1


def test_a_role_without_a_dated_agreement_is_not_enough(office, by):
    browser = by(Role.ADMINISTRATOR)
    browser.post(url(office), {"role": "controller"})
    assert Agreement.objects.get().is_complete is False
    assert ">recorded<" not in browser.get(url(office)).content.decode()


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR], ids=str)
def test_only_administrators_see_and_record_it(office, by, role):
    browser = by(role)
    assert browser.get(url(office)).status_code == 403
    assert browser.post(url(office), FILLED).status_code == 403
    assert browser.get(reverse("administration:agreements")).status_code == 403
    assert not Agreement.objects.exists()


def test_clients_of_other_offices_do_not_exist(by):
    other = make_office("two", "a")
    assert by(Role.ADMINISTRATOR).post(url(other), FILLED).status_code == 404
    assert not Agreement.objects.exists()
