"""Telling other rooms which row a page is about, when it is shown: what somebody opened is found again first."""

from collections.abc import Callable

from django.db.models import Model
from django.http import HttpRequest

Follower = Callable[[HttpRequest, Model], None]

_followers: list[Follower] = []


def follow(follower: Follower) -> None:
    """Call `follower` for every page about one row that a person opens, once its right to it is known."""
    if follower not in _followers:
        _followers.append(follower)


def tell(request: HttpRequest, row: Model) -> None:
    """This page shows `row`."""
    for follower in _followers:
        follower(request, row)
