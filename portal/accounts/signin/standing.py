"""What a session has to know of its person: whether they belong anywhere, and whether they work at a firm.

Both come from the holdings that every page asks for anyway, once a request.
"""

from portal.accounts.grants import holdings, roles_of
from portal.accounts.models import User
from portal.accounts.roles import STAFF


def belongs(user: User) -> bool:
    """Whether the person was given anything that counts now."""
    return bool(holdings(user))


def is_firm_staff(user: User) -> bool:
    """Whether the person works at a firm; False for clients and for people who belong nowhere."""
    return bool(roles_of(user) & STAFF)
