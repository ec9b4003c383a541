"""An administrator takes a lost second step away, also while no mail can be sent."""

from allauth.mfa.models import Authenticator

from portal.accounts.roles import Role
from portal.audit.models import Entry
from tests.accounts.signin.world import with_app
from tests.administration.pages import person, url


def test_a_reset_whose_mail_fails_is_done_and_says_so(office, boss, settings):
    lost = person(office, Role.ACCOUNTANT, "a")
    with_app(lost)
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    page = boss.post(url("reset_factor", lost.pk), follow=True)
    assert page.status_code == 200
    assert "Tell the person yourself" in page.text
    assert not Authenticator.objects.filter(user=lost).exists()
    assert Entry.objects.filter(kind="second_factor_reset", object_id=lost.pk).count() == 1
