"""The pages about invitations."""

import re

import pytest
from django.core import mail
from django.test import Client as Browser

from portal.accounts.models import Invitation, User
from portal.accounts.roles import Role
from tests.accounts.office import Office
from tests.accounts.signin.timing import MOST, medians_of
from tests.administration.pages import by, person, url

pytestmark = pytest.mark.pages


@pytest.fixture
def manager(office: Office) -> Browser:
    """A client's own administrator, who knows the people of that client alone."""
    return by(person(office, Role.CLIENT_ADMINISTRATOR, "a"))


@pytest.fixture
def addresses(office: Office, other: Office) -> dict[str, str]:
    """Of somebody of the office, of another office, of somebody who left, and of nobody."""
    gone = person(other, Role.AUDITOR, name="gone")
    User.objects.filter(pk=gone.pk).update(is_active=False)
    return {
        "here": person(office, Role.ACCOUNTANT, "b", "colleague").email,
        "elsewhere": other.administrator.email,
        "gone": gone.email,
        "unknown": "nobody@people.example",
    }


def offer(office: Office, email: str) -> dict[str, object]:
    client = office.clients["a"].debtor.pk
    return {"email": email, "name": "Somebody", "language": "en", "role": Role.CLIENT_USER, "debtor": client}


def test_an_invitation_is_sent_again_and_withdrawn_from_the_pages(office, boss, settings):
    settings.PORTAL_URL = "https://portal.example"
    form = {
        "email": "new@people.example",
        "name": "New",
        "language": "nl",
        "role": Role.CLIENT_USER,
        "debtor": office.clients["a"].debtor.pk,
    }
    assert boss.post(url("invite"), form)["Location"] == url("invitations")
    row = Invitation.objects.get()
    assert url("invitation", row.pk) in boss.get(url("invitations")).text
    boss.post(url("resend", row.pk))
    assert len(mail.outbox) == 2
    assert len({one.body.split("/invitation/")[1].split("/")[0] for one in mail.outbox}) == 2
    boss.post(url("withdraw_invitation", row.pk))
    row.refresh_from_db()
    assert row.withdrawn_at is not None


def test_an_invitation_whose_mail_fails_says_so_and_can_be_sent_again(office, boss, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    form = {"email": "n@people.example", "name": "N", "language": "en", "role": Role.AUDITOR}
    page = boss.post(url("invite"), form, follow=True).text
    assert "could not be sent" in page
    assert Invitation.objects.get().is_open


def test_threat_22_inviting_tells_nothing_about_whose_address_it_is(office, manager, addresses):
    answers = set()
    for email in addresses.values():
        answer = manager.post(url("invite"), offer(office, email))
        told, listed = manager.get(url("invitations")).text.split("<tbody", 1)
        row = re.sub(r"/[0-9]+/|<time.*?</time>", "", listed.replace(email, "").split("</tr>")[0])
        assert email in told
        answers.add((answer.status_code, answer["Location"], row))
        Invitation.objects.all().delete()
    assert len(answers) == 1
    said = [letter.body.split("/invitation/")[0] for letter in mail.outbox]
    assert len(said) == len(addresses)
    assert len(set(said)) == 1


@pytest.mark.long
@pytest.mark.timeout(900)
def test_threat_22_inviting_takes_as_long_whose_address_it_ever_is(office, manager, addresses):
    invite = url("invite")
    medians = medians_of(lambda email: manager.post(invite, offer(office, email)), addresses, 200, status=302)
    assert Invitation.objects.open().count() == len(addresses)
    assert max(medians.values()) - min(medians.values()) < MOST, medians
