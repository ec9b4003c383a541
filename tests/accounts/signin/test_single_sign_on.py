"""Single sign-on, over a real socket: who belongs to the firm comes in, to the second step and no further."""

import urllib.request
from collections.abc import Callable, Iterator
from io import StringIO
from urllib.error import HTTPError
from urllib.parse import urlsplit

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from django.core import mail
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.utils import translation

from portal.accounts.models import Firm, Membership, SignOnIdentity, SingleSignOn, User
from portal.accounts.models.single_sign_on import issuer_allowed
from portal.accounts.signin.lost_device import reset_second_factor
from portal.audit.models import Entry
from tests.accounts.signin.provider import CLIENT, SECRET, Provider, provider
from tests.accounts.signin.world import EMAIL, ENGLISH, code, code_step, is_in, password_step, with_app

pytestmark = pytest.mark.pages
FAILED = "/sign-in/office/failed/"


@pytest.fixture
def there() -> Iterator[Provider]:
    with provider() as running:
        running.claims = {"sub": "subject-1", "email": EMAIL, "email_verified": True}
        yield running


@pytest.fixture
def single(firm: Firm, there: Provider, settings) -> SingleSignOn:
    settings.SIGN_ON_ISSUERS = [there.url]
    made = SingleSignOn(firm=firm, issuer=there.url, client_id=CLIENT, client_secret=SECRET, domains=["test.example"])
    made.full_clean()
    made.save()
    return made


@pytest.fixture
def somebody(administrator: Callable[..., User]) -> Callable[..., User]:
    """Makes an administrator who has a second factor: who has none is refused before anything else is asked."""

    def make(*given: object, **more: object) -> User:
        person = administrator(*given, **more)
        with_app(person)
        return person

    return make


class NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: object) -> None:
        return None


def through(client: Client, single: SingleSignOn, start: str = "") -> str:
    """Go to the provider and back as a browser does; returns where one lands."""
    away = client.get(start or f"/sign-in/office/firm-{single.firm_id}/")
    assert away.status_code == 302
    if away["Location"].startswith("/"):
        return away["Location"]
    try:
        urllib.request.build_opener(NoRedirects).open(away["Location"], timeout=5)
        raise AssertionError("the provider did not send back")
    except HTTPError as answer:
        back = urlsplit(answer.headers["Location"])
        answer.close()
    return client.get(f"{back.path}?{back.query}")["Location"]


def test_a_person_of_the_firm_comes_in_with_our_second_step(client, administrator, single):
    secret = with_app(administrator())
    assert through(client, single) == "/sign-in/code/"
    assert not is_in(client)
    assert code_step(client, code(secret)).status_code == 302
    assert is_in(client)


def test_without_a_second_factor_one_signs_in_with_the_password_first(administrator, single):
    person = administrator()
    assert refused(single)
    assert not SignOnIdentity.objects.exists()
    with_app(person)
    assert not refused(single)


def test_an_administrator_cannot_become_a_colleague_by_way_of_the_provider(administrator, somebody, single):
    """They choose the provider and may reset a second factor: neither alone nor together does it let them in."""
    boss, colleague = administrator("boss@test.example"), somebody()
    assert not refused(single)
    reset_second_factor(colleague, boss)
    assert refused(single)
    SignOnIdentity.objects.all().delete()
    assert refused(single)


def test_who_waits_at_the_second_step_while_it_is_reset_signs_in_with_the_password(client, administrator, single):
    boss, colleague = administrator("boss@test.example"), administrator()
    with_app(colleague)
    assert through(client, single) == "/sign-in/code/"
    reset_second_factor(colleague, boss)
    assert client.get("/sign-in/code/")["Location"] == "/sign-in/"
    assert client.get("/sign-in/").status_code == 200
    assert password_step(client).status_code == 302
    assert client.get("/account/")["Location"] == "/account/enrol/"


def test_the_first_time_is_in_the_trail_and_the_person_is_told(somebody, single):
    person = somebody()
    for _ in range(2):
        assert not refused(single)
    entry = Entry.objects.get(kind="sign_on_tied")
    assert (entry.object_type, entry.object_id, entry.firm_id) == ("user", person.pk, single.firm_id)
    (letter,) = mail.outbox
    assert letter.to == [person.email]
    assert "office account" in letter.subject + letter.body or "kantooraccount" in letter.subject + letter.body


def test_the_way_there_is_a_plain_link_of_the_page_for_the_address(client, single):
    page = client.post("/sign-in/office/", {"email": "somebody@Test.example"}, headers=ENGLISH).content.decode()
    assert f'href="/sign-in/office/firm-{single.firm_id}/"' in page
    assert client.get("/sign-in/office/", headers=ENGLISH).content.decode().count("firm-") == 0
    unknown = client.post("/sign-in/office/", {"email": "somebody@elsewhere.example"}, headers=ENGLISH).content.decode()
    assert "No office account belongs to this address" in unknown
    assert single.firm.name not in page + unknown


def test_nobody_is_made_by_signing_in(client, single):
    assert through(client, single) == FAILED
    assert not User.objects.exists()
    assert Entry.objects.get().kind == "sign_in_failed"


def refused(single: SingleSignOn) -> bool:
    client = Client()
    landed = through(client, single)
    return landed == FAILED and not is_in(client) and "account_login" not in client.session


def test_only_active_people_who_belong_to_that_firm_come_in(somebody, single):
    elsewhere = Firm.objects.create(name="Kantoor Elders")
    person = somebody(of=elsewhere)
    assert refused(single)
    Membership.objects.create(user=person, firm=single.firm, role="administrator")
    person.is_active = False
    person.save()
    assert refused(single)
    person.is_active = True
    person.save()
    # A session opens both firms, and the other one has not agreed to this provider.
    assert refused(single)
    Membership.objects.filter(user=person, firm=elsewhere).delete()
    assert not refused(single)


@pytest.mark.parametrize(
    "claims",
    [
        {"sub": "subject-1", "email": EMAIL, "email_verified": False},
        {"sub": "subject-1", "email": "administrator@elsewhere.example", "email_verified": True},
        {"sub": "", "email": EMAIL},
        {"sub": "subject-1"},
    ],
    ids=str,
)
def test_an_address_that_nobody_vouches_for_is_refused(somebody, single, there, claims):
    somebody()
    somebody("administrator@elsewhere.example")
    there.claims = claims
    assert refused(single)


def test_a_provider_that_says_nothing_of_verification_is_believed_within_the_domains(somebody, single, there):
    somebody()
    there.claims = {"sub": "subject-1", "email": EMAIL}
    assert not refused(single)


def test_from_the_first_time_the_account_at_the_provider_counts_and_not_its_address(somebody, single, there):
    person, other = somebody(), somebody("other@test.example")
    assert not refused(single)
    there.claims = {"sub": "subject-2", "email": EMAIL}
    assert refused(single)
    there.claims = {"sub": "subject-1", "email": other.email}
    client = Client()
    through(client, single)
    assert client.session["account_login"]["user_pk"] == str(person.pk)
    assert SignOnIdentity.objects.count() == 1


@pytest.mark.parametrize(
    "change",
    [
        {"signing_key": rsa.generate_private_key(65537, 2048)},
        {"algorithm": "none"},
        {"audience": "somebody-else"},
        {"age": 3600},
        {"issuer": "https://accounts.google.com"},
        {"token_status": 400},
        {"redirects_to": "http://127.0.0.1:9/"},
    ],
    ids=["other key", "unsigned", "other audience", "expired", "other issuer", "no token", "redirected"],
)
def test_a_token_that_does_not_hold_is_refused(somebody, single, there, change):
    somebody()
    for name, value in change.items():
        setattr(there, name, value)
    assert refused(single)


def test_an_answer_without_its_request_is_refused(client, somebody, single):
    somebody()
    answer = client.get(f"/sign-in/office/firm-{single.firm_id}/back/?code=a-code&state=made-up")
    assert answer["Location"] == FAILED
    assert not is_in(client)


@pytest.mark.parametrize("number", ["0", "999999999999999999", "9" * 19, "9" * 400, "٣", "one", ""])
def test_an_office_that_nobody_has_is_not_found(client, single, number):
    assert client.get(f"/sign-in/office/firm-{number}/").status_code == 404


def test_a_link_cannot_choose_what_the_provider_is_asked(client, somebody, single):
    somebody()
    more = "?auth_params=redirect_uri%3Dhttps%3A%2F%2Fevil.example&scope=offline_access&process=connect"
    asked = client.get(f"/sign-in/office/firm-{single.firm_id}/{more}")["Location"]
    assert "evil.example" not in asked
    assert "offline_access" not in asked
    assert "code_challenge=" in asked
    assert through(client, single, f"/sign-in/office/firm-{single.firm_id}/{more}") == "/sign-in/code/"


def test_somebody_who_stops_halfway_reads_what_they_can_do(client, somebody, single):
    somebody()
    state = client.get(f"/sign-in/office/firm-{single.firm_id}/")["Location"].split("state=")[1].split("&")[0]
    answer = client.get(f"/sign-in/office/firm-{single.firm_id}/back/?error=access_denied&state={state}")
    assert answer["Location"] == FAILED
    page = client.get(FAILED, headers=ENGLISH)
    assert (page.status_code, b"Try once more" in page.content) == (403, True)


def test_a_provider_that_is_down_is_no_error_of_ours(client, somebody, single):
    SingleSignOn.objects.update(issuer="http://127.0.0.1:9")
    assert client.get(f"/sign-in/office/firm-{single.firm_id}/")["Location"] == FAILED


@pytest.mark.parametrize("name", ["firm-999", "firm-", "firm-x", "openid_connect", "google"])
def test_a_firm_without_single_sign_on_has_no_such_address(client, db, name):
    assert client.get(f"/sign-in/office/{name}/").status_code == 404
    assert client.get(f"/sign-in/office/{name}/back/?code=1&state=2").status_code == 404


def test_the_provider_gets_the_secret_and_the_database_does_not_show_it(client, somebody, single, there):
    somebody()
    through(client, single)
    assert there.asked[0]["client_secret"] == SECRET
    assert "/userinfo" not in there.paths
    with connection.cursor() as cursor:
        cursor.execute("SELECT client_secret FROM accounts_singlesignon")
        (stored,) = cursor.fetchone()
    assert SECRET not in stored


@pytest.mark.parametrize(
    ("issuer", "fine"),
    [
        ("https://login.microsoftonline.com/tenant/v2.0", True),
        ("https://accounts.google.com", True),
        ("https://accounts.google.com.evil.example", False),
        ("https://accounts.google.com@evil.example", False),
        ("http://accounts.google.com", False),
        ("https://169.254.169.254/", False),
        ("file:///etc/passwd", False),
    ],
)
def test_only_providers_of_the_settings_can_be_chosen(settings, issuer, fine):
    settings.SIGN_ON_ISSUERS = ["https://login.microsoftonline.com/", "https://accounts.google.com"]
    assert issuer_allowed(issuer) is fine


def test_two_firms_do_not_share_a_domain(single, there):
    other = SingleSignOn(
        firm=Firm.objects.create(name="Kantoor Elders"),
        issuer=there.url,
        client_id="x",
        client_secret="y",
        domains=["test.example"],
    )
    with translation.override("en"), pytest.raises(ValidationError, match="already has"):
        other.full_clean()


def test_a_command_sets_it_up_and_takes_it_away(firm, there, settings, monkeypatch):
    settings.SIGN_ON_ISSUERS = [there.url]
    said = StringIO()
    options = {"issuer": f"{there.url}/", "client_id": CLIENT, "domain": ["@Test.Example"], "secret_stdin": True}
    monkeypatch.setattr("sys.stdin", StringIO(f"{SECRET}\n"))
    call_command("single_sign_on", stdout=said, **options)
    made = SingleSignOn.objects.get()
    assert (made.client_secret, made.domains, made.issuer) == (SECRET, ["test.example"], there.url)
    assert f"/sign-in/office/firm-{firm.pk}/back/" in said.getvalue()
    assert SECRET not in said.getvalue()
    monkeypatch.setattr("sys.stdin", StringIO(f"{SECRET}\n"))
    with pytest.raises(CommandError, match="SIGN_ON_ISSUERS"):
        call_command("single_sign_on", **{**options, "issuer": "https://evil.example"})
    call_command("single_sign_on", remove=True, stdout=said)
    assert not SingleSignOn.objects.exists()
    assert list(Entry.objects.values_list("kind", flat=True)) == ["settings_changed"] * 2
