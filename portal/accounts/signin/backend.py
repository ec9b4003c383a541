"""Whether an address and a password belong together, and who a session belongs to."""

from allauth.account.auth_backends import AuthenticationBackend


class PersonBackend(AuthenticationBackend):
    """The one backend. A session of somebody who is deactivated belongs to nobody."""
