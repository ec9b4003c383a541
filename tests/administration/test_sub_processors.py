"""The list of sub-processors and the contact for privacy: kept by administrators, each change in the trail."""

from datetime import date

import pytest

from portal.accounts import rights
from portal.accounts.rights import SYSTEM, Place
from portal.accounts.roles import Role
from portal.administration import sub_processors
from portal.audit.models import Entry
from portal.privacy.models import PrivacyContact, SubProcessor
from tests.accounts.office import somebody_new
from tests.administration.pages import by, person, url

pytestmark = pytest.mark.pages

FILLED = {
    "name": "Host BV",
    "purpose": "hosting of the portal",
    "country": "Netherlands",
    "in_eea": "on",
    "agreed_on": "2026-03-01",
}


def changes() -> list[Entry]:
    return list(Entry.objects.filter(kind="settings_changed").order_by("number"))


@pytest.fixture
def kept(office) -> SubProcessor:
    return SubProcessor.objects.create(firm=office.firm, name="Mail BV", purpose="mail", country="NL", in_eea=True)


def test_one_is_put_on_the_list_changed_and_taken_off(office, boss):
    assert boss.post(url("sub_processors"), FILLED).status_code == 302
    row = SubProcessor.objects.get()
    assert (row.firm, row.name, row.in_eea, row.agreed_on) == (office.firm, "Host BV", True, date(2026, 3, 1))
    page = boss.get(url("sub_processors")).text
    assert "Host BV" in page
    assert "1 Mar 2026" in page
    assert boss.post(url("sub_processor", row.pk), {**FILLED, "agreed_on": ""}).status_code == 302
    assert "no agreement recorded yet" in boss.get(url("sub_processors")).text
    assert boss.post(url("remove_sub_processor", row.pk)).status_code == 302
    assert not SubProcessor.objects.exists()
    added, changed, removed = changes()
    assert added.detail == {"what": "sub_processor", "fields": sorted(FILLED)}
    assert changed.detail == {"what": "sub_processor", "fields": ["agreed_on"]}
    assert removed.detail == {"what": "sub_processor", "removed": True}
    assert {entry.firm_id for entry in changes()} == {office.firm.pk}
    assert {entry.object_id for entry in changes()} == {row.pk}


def test_outside_the_european_economic_area_it_says_why(office, boss):
    outside = {name: value for name, value in FILLED.items() if name != "in_eea"} | {"country": "Elbonia"}
    answer = boss.post(url("sub_processors"), outside)
    assert answer.status_code == 422
    assert "Say why data may go to a country outside" in answer.text
    assert not SubProcessor.objects.exists()
    assert boss.post(url("sub_processors"), {**outside, "safeguard": "standard clauses"}).status_code == 302
    assert "outside the European Economic Area" in boss.get(url("sub_processors")).text
    assert "Elbonia, outside the EEA · standard clauses" in boss.get(url("processing")).text


@pytest.mark.parametrize("wrong", [{"name": ""}, {"purpose": ""}, {"country": ""}, {"agreed_on": "tomorrow"}])
def test_what_is_wrong_is_not_kept(boss, kept, wrong):
    assert boss.post(url("sub_processors"), {**FILLED, **wrong}).status_code == 422
    assert boss.post(url("sub_processor", kept.pk), {**FILLED, **wrong}).status_code == 422
    assert SubProcessor.objects.get().name == "Mail BV"
    assert not changes()


def test_what_a_colleague_changed_meanwhile_is_not_overwritten_unseen(boss, kept):
    opened = boss.get(url("sub_processor", kept.pk)).text.split('name="opened_with" value="')[1].split('"')[0]
    SubProcessor.objects.filter(pk=kept.pk).update(in_eea=False, safeguard="clauses")
    answer = boss.post(url("sub_processor", kept.pk), {**FILLED, "opened_with": opened})
    assert answer.status_code == 422
    assert "Within the European Economic Area: no" in answer.text
    assert SubProcessor.objects.get().name == "Mail BV"
    again = answer.text.split('name="opened_with" value="')[1].split('"')[0]
    assert boss.post(url("sub_processor", kept.pk), {**FILLED, "opened_with": again}).status_code == 302
    assert SubProcessor.objects.get().name == "Host BV"


def test_the_contact_is_kept_once(office, boss):
    assert boss.post(url("privacy_contact"), {"contact": ""}).status_code == 422
    for text in ("A. Smit", "B. de Boer"):
        assert boss.post(url("privacy_contact"), {"contact": text}).status_code == 302
    assert PrivacyContact.objects.get().contact == "B. de Boer"
    assert "B. de Boer" in boss.get(url("processing")).text
    assert [entry.detail for entry in changes()] == [{"what": "privacy_contact", "fields": ["contact"]}] * 2


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR], ids=str)
def test_only_administrators_keep_them(office, kept, role):
    browser = by(person(office, role, "" if role is Role.AUDITOR else "a"))
    assert browser.get(url("sub_processors")).status_code == 403
    assert browser.get(url("sub_processor", kept.pk)).status_code == 403
    for name, args in (("sub_processors", ()), ("sub_processor", (kept.pk,)), ("remove_sub_processor", (kept.pk,))):
        assert browser.post(url(name, *args), FILLED).status_code == 403
    assert browser.post(url("privacy_contact"), {"contact": "Somebody"}).status_code == 403
    assert SubProcessor.objects.get().name == "Mail BV"
    assert not PrivacyContact.objects.exists()


def test_those_of_another_firm_do_not_exist(office, other, boss):
    theirs = SubProcessor.objects.create(firm=other.firm, name="Theirs", purpose="mail", country="NL", in_eea=True)
    assert boss.get(url("sub_processor", theirs.pk)).status_code == 404
    assert boss.post(url("sub_processor", theirs.pk), FILLED).status_code == 404
    assert boss.post(url("remove_sub_processor", theirs.pk)).status_code == 404
    assert boss.post(url("sub_processors"), {**FILLED, "firm": other.firm.pk}).status_code == 404
    assert boss.post(url("privacy_contact"), {"contact": "Somebody", "firm": other.firm.pk}).status_code == 404
    assert "Theirs" not in boss.get(url("sub_processors")).text
    assert list(SubProcessor.objects.all()) == [theirs]
    assert SubProcessor.objects.get().name == "Theirs"
    assert not PrivacyContact.objects.exists()


def test_who_administers_two_firms_says_which(office, other, boss):
    rights.give(SYSTEM, office.administrator, Place(other.firm.pk, Role.ADMINISTRATOR))
    page = f"{url('sub_processors')}?firm={other.firm.pk}"
    assert boss.post(page, FILLED).headers["Location"] == page
    assert SubProcessor.objects.get().firm == other.firm
    assert boss.post(url("privacy_contact"), {"contact": "C", "firm": other.firm.pk}).headers["Location"] == page
    assert PrivacyContact.objects.get().firm == other.firm
    assert "Host BV" not in boss.get(f"{url('sub_processors')}?firm={office.firm.pk}").text


def test_the_list_and_the_contact_are_given_to_administrators_alone(office, kept):
    PrivacyContact.objects.create(firm=office.firm, contact="A. Smit")
    assert list(sub_processors.listed(office.administrator, office.firm)) == [kept]
    assert sub_processors.contact_of(office.administrator, office.firm) is not None
    for user in (person(office, Role.AUDITOR, name="reader"), somebody_new("stranger")):
        assert not sub_processors.listed(user, office.firm).exists()
        assert sub_processors.contact_of(user, office.firm) is None


def test_a_look_changes_nothing(boss, kept):
    assert boss.get(url("remove_sub_processor", kept.pk)).status_code == 405
    assert boss.get(url("privacy_contact")).status_code == 405
    assert SubProcessor.objects.exists()
