"""People who sign in, as a browser does: address, password, second step."""

import re
import time
from collections.abc import Iterable

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.core import mail
from django.test import Client

from portal.accounts.models import User

EMAIL = "administrator@test.example"
PASSWORD = "a-good-password"
ENGLISH = {"Accept-Language": "en"}


def code(secret: str, steps: int = 0) -> str:
    """What an authenticator app shows now, or `steps` steps of 30 seconds later."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))


def with_app(user: User) -> str:
    """Give the person an app; returns its seed."""
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    return secret


def with_codes(user: User) -> list[str]:
    """Give the person recovery codes."""
    return RecoveryCodes.activate(user).generate_codes()


def password_step(client: Client, email: str = EMAIL, password: str = PASSWORD, address: str = "127.0.0.1", **more):
    """The first step of signing in."""
    form = {"login": email, "password": password, **more}
    return client.post("/sign-in/", form, headers=ENGLISH, REMOTE_ADDR=address)


def code_step(client: Client, given: str):
    """The second step of signing in."""
    return client.post("/sign-in/code/", {"code": given}, headers=ENGLISH)


def signed_in(secret: str, client: Client | None = None, steps: int = 0, email: str = EMAIL) -> Client:
    """A client of somebody with an app who went through both steps."""
    client = client or Client()
    assert password_step(client, email).headers["Location"] == "/sign-in/code/"
    answer = code_step(client, code(secret, steps))
    assert answer.status_code == 302, refusals(answer)
    return client


def is_in(client: Client, page: str = "/account/") -> bool:
    """Whether a page of the portal opens."""
    return client.get(page).status_code == 200


def refusals(answer) -> list[str]:
    """What the forms of an answer say is wrong."""
    forms: Iterable = [answer.context.get(name) for name in ("form", "webauthn_form")] if answer.context else []
    return [str(error) for form in forms if form is not None for errors in form.errors.values() for error in errors]


def mailed_link() -> str:
    """The path of the link in the newest mail."""
    (link,) = re.findall(r"https?://[^/\s]+(/password/\S+)", mail.outbox[-1].body)
    return link


def factors(user: User) -> list[str]:
    return sorted(Authenticator.objects.filter(user=user).values_list("type", flat=True))
