"""Ending whatever opens the portal for somebody: their sessions, and what higher rooms gave out to be read without one.

For an account that is closed, a last place that is taken, and a lost device: what lies on it must open nothing, and
must not work again when the person comes back.
"""

from collections.abc import Callable, Collection

from portal.accounts.models import User
from portal.accounts.signin.sessions import end_all

Follower = Callable[[User, Collection[int]], None]

_followers: list[Follower] = []


def follow(follower: Follower) -> None:
    """Call `follower(user, firms)` in the transaction in which the person is locked out, by what happened there."""
    if follower not in _followers:
        _followers.append(follower)


def lock_out(user: User, firms: Collection[int]) -> None:
    """Nothing that was given out opens anything for the person any more."""
    end_all(user)
    for follower in _followers:
        follower(user, firms)
