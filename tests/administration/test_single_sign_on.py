"""The page on which an administrator sets up the single sign-on of the firm."""

from datetime import timedelta

import pytest

from portal.accounts import rights
from portal.accounts.models import Membership, SignOnIdentity, SingleSignOn, Team, TeamMember, User
from portal.accounts.rights import SYSTEM, Place
from portal.accounts.roles import Role
from portal.accounts.signin.sessions import SIGNED_IN
from portal.audit.models import Entry
from portal.clock import now
from tests.administration.pages import by, person, url

GOOGLE = "https://accounts.google.com"
SECRET = "kan-client-secret-7f3a"
#: People of the tests have their addresses there.
FORM = {"issuer": f"{GOOGLE}/", "client_id": "portal", "secret": SECRET, "addresses": "@People.example"}


@pytest.fixture
def told(settings):
    settings.SIGN_ON_ISSUERS = ["https://login.microsoftonline.com/", GOOGLE]
    settings.PORTAL_URL = "https://portal.example"
    return settings


def test_it_is_set_up_changed_and_taken_away(office, boss, told):
    page = boss.get(url("single_sign_on")).text
    assert f"https://portal.example/sign-in/office/firm-{office.firm.pk}/back/" in page
    assert "Not set up" in page
    answer = boss.post(url("single_sign_on"), FORM)
    assert answer["Location"] == url("single_sign_on")
    kept = SingleSignOn.objects.get()
    assert (kept.firm, kept.issuer, kept.client_id, kept.domains) == (office.firm, GOOGLE, "portal", ["people.example"])
    assert kept.client_secret == SECRET
    boss.post(url("single_sign_on"), {**FORM, "secret": "another-one"})
    kept.refresh_from_db()
    assert kept.client_secret == "another-one"
    boss.post(url("remove_single_sign_on"))
    assert not SingleSignOn.objects.exists()
    details = [entry.detail for entry in Entry.objects.filter(kind="settings_changed").order_by("number")]
    assert details == [
        {"what": "single_sign_on", "fields": ["issuer", "client_id", "client_secret", "domains"]},
        {"what": "single_sign_on", "fields": ["client_secret"]},
        {"what": "single_sign_on", "removed": True},
    ]
    assert {entry.actor_id for entry in Entry.objects.filter(kind="settings_changed")} == {office.administrator.pk}


def test_the_secret_is_never_shown_again_and_stays_when_nothing_is_typed(office, boss, told):
    wrong = boss.post(url("single_sign_on"), {**FORM, "client_id": ""})
    assert wrong.status_code == 422
    assert SECRET not in wrong.text
    boss.post(url("single_sign_on"), FORM)
    page = boss.get(url("single_sign_on"))
    assert SECRET not in page.text
    assert "it is not shown again" in page.text
    boss.post(url("single_sign_on"), {**FORM, "secret": ""})
    assert SingleSignOn.objects.get().client_secret == SECRET


@pytest.mark.parametrize(
    "change", [{"issuer": "https://login.microsoftonline.com/tenant/v2.0"}, {"client_id": "other"}]
)
def test_another_provider_or_client_needs_its_own_secret_and_knows_nobody_yet(office, boss, told, change):
    boss.post(url("single_sign_on"), FORM)
    user = person(office, Role.ACCOUNTANT, "a")
    SignOnIdentity.objects.create(single_sign_on=SingleSignOn.objects.get(), user=user, subject="7")
    refused = boss.post(url("single_sign_on"), {**FORM, **change, "secret": ""})
    assert refused.status_code == 422
    assert "belongs to this provider" in refused.text
    assert SingleSignOn.objects.get().issuer == GOOGLE
    assert SignOnIdentity.objects.exists()
    assert boss.post(url("single_sign_on"), {**FORM, **change}).status_code == 302
    assert not SignOnIdentity.objects.exists()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"issuer": "https://evil.example"}, "not one of SIGN_ON_ISSUERS"),
        ({"issuer": "https://accounts.google.com.evil.example"}, "not one of SIGN_ON_ISSUERS"),
        ({"issuer": "javascript:alert(1)"}, "Enter a valid URL"),
        ({"addresses": "elsewhere.example"}, "Nobody of the firm has an address at elsewhere.example"),
        ({"addresses": " , @ "}, "Name at least one e-mail domain"),
    ],
)
def test_what_cannot_be_stored_is_said_at_its_field(office, boss, told, change, said):
    answer = boss.post(url("single_sign_on"), {**FORM, **change})
    assert answer.status_code == 422
    assert said in answer.text
    assert not SingleSignOn.objects.exists()


def test_a_domain_belongs_to_one_firm(office, other, boss, told):
    by(other.administrator).post(url("single_sign_on"), FORM)
    answer = boss.post(url("single_sign_on"), FORM)
    assert "already has a single sign-on" in answer.text
    assert [one.firm for one in SingleSignOn.objects.all()] == [other.firm]


@pytest.fixture
def at(office):
    """`at("x.example", ...)`: an assistant of client a with an address there."""

    def make(domain):
        user = person(office, Role.ASSISTANT, "a")
        User.objects.filter(pk=user.pk).update(email=f"somebody@{domain}")
        user.refresh_from_db()
        return user

    return make


def claim(boss, domain):
    answer = boss.post(url("single_sign_on"), {**FORM, "addresses": domain})
    stored = SingleSignOn.objects.exists()
    assert (answer.status_code == 302) == stored
    assert stored or "Nobody of the firm has an address at" in answer.text
    return stored


def test_a_domain_is_not_claimed_through_somebody_who_left_or_works_for_another_firm_too(office, other, boss, told, at):
    assert not claim(boss, "shared.example")
    rights.give(SYSTEM, at("shared.example"), Place(other.firm.pk, Role.AUDITOR))
    assert not claim(boss, "shared.example")
    left = at("left.example")
    Membership.objects.filter(user=left).update(starts=now() - timedelta(days=9), ends=now() - timedelta(days=1))
    assert not claim(boss, "left.example")
    assert not SingleSignOn.objects.exists()


def test_a_domain_is_claimed_through_somebody_who_is_only_in_a_team(office, boss, told, at):
    user = at("team.example")
    team = Team.objects.create(firm=office.firm, name="North")
    TeamMember.objects.create(team=team, user=user, role=Role.ASSISTANT)
    Membership.objects.filter(user=user).delete()
    assert claim(boss, "team.example")


def test_an_administrator_sets_up_the_own_firm_alone(office, other, boss, told):
    assert boss.post(url("single_sign_on"), {**FORM, "firm": other.firm.pk}).status_code == 404
    assert boss.post(url("remove_single_sign_on"), {"firm": other.firm.pk}).status_code == 404
    rights.give(SYSTEM, office.administrator, Place(other.firm.pk, Role.ADMINISTRATOR))
    assert other.administrator.email.endswith("@people.example")
    boss.post(url("single_sign_on"), {**FORM, "firm": other.firm.pk})
    assert SingleSignOn.objects.get().firm == other.firm


@pytest.mark.parametrize("role", [Role.ACCOUNTANT, Role.AUDITOR, Role.CLIENT_ADMINISTRATOR])
def test_nobody_else_does(office, told, role):
    browser = by(person(office, role, "a"))
    assert browser.get(url("single_sign_on")).status_code == 403
    assert browser.post(url("single_sign_on"), FORM).status_code == 403
    assert browser.post(url("remove_single_sign_on")).status_code == 403
    assert not SingleSignOn.objects.exists()


def test_it_takes_a_fresh_sign_in(office, boss, told):
    session = boss.session
    session[SIGNED_IN] -= 600
    session.save()
    for name in ("single_sign_on", "remove_single_sign_on"):
        # Nothing that could be asked again: the people of these tests have neither password nor second factor.
        assert boss.post(url(name), FORM)["Location"].startswith("/sign-in/?next=")
        boss.force_login(office.administrator)
        session = boss.session
        session[SIGNED_IN] -= 600
        session.save()
    assert not SingleSignOn.objects.exists()
