"""The pages about invitations."""

import pytest
from django.core import mail

from portal.accounts.models import (
    Invitation,
)
from portal.accounts.roles import Role
from tests.administration.pages import url

pytestmark = pytest.mark.pages


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
