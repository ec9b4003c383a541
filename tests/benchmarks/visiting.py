"""Somebody who is signed in, for programs that only speak HTTP."""

from typing import Any


def cookie_of(user: Any) -> str:
    """The cookie of a new session of the user that counts as signed in with a second factor."""
    from django.conf import settings
    from django.test import Client

    from portal.accounts.signin import second_factor

    client = Client(HTTP_HOST="localhost")
    client.force_login(user)
    session = client.session
    session[second_factor.KEY] = user.pk
    session.save()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"
