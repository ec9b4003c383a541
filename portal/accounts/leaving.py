"""Telling higher rooms that somebody lost their last place in a firm, so that what they set going there stops."""

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from portal.accounts.models import User

Follower = Callable[["User", int], None]

_followers: list[Follower] = []


def follow(follower: Follower) -> None:
    """Call `follower(user, firm)` in the transaction in which the person's last place in the firm ends.

    A place that ends by the clock ends without an act: rooms look for that themselves, in their own time.
    """
    if follower not in _followers:
        _followers.append(follower)


def tell(user: "User", firm: int) -> None:
    """The person has no place in the firm any more. May be told twice."""
    for follower in _followers:
        follower(user, firm)
