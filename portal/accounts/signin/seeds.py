"""Seeds of second factors at rest: bound to their person, so that one copied into somebody else's row does not open.

allauth keeps them in a JSON column and asks its adapter to encrypt and open them without saying whose they are. So the
row itself sees to it: what is saved is bound to its person here, and what is read knows whose row it lies in.
"""

from typing import Any

from allauth.mfa.models import Authenticator
from django.db.models.signals import post_init, pre_save
from django.dispatch import receiver

from portal.vault.cipher import BOUND, open_bound, seal_bound

#: Where allauth keeps what its adapter encrypts: the seed of an app, and that of recovery codes.
SECRETS = ("secret", "seed")
NOWHERE = ["no row", "no column"]


class Placed(str):
    """A ciphertext that knows its place; to JSON and the database a text as any other."""

    place: list[str]


def place_of(name: str, user_id: int) -> list[str]:
    """Table, part of the column and person: what a seed is authenticated with."""
    return ["mfa.authenticator", name, str(user_id)]


def place_of_new(user_id: int) -> list[str]:
    """The place of a seed that waits in the session of somebody who enrols: it is worth nothing in a table."""
    return ["session", "secret", str(user_id)]


def placed(text: str, name: str, user_id: int) -> Placed:
    """`text` as it lies in the row of the person."""
    made = Placed(text)
    made.place = place_of(name, user_id)
    return made


def opened(sealed: str) -> str:
    """The seed. Raises Misplaced when it lies in the row of somebody else, Sealed when its key is missing.

    A text that came from no row has no place, and then only a free ciphertext opens.
    """
    return open_bound(sealed, sealed.place if isinstance(sealed, Placed) else NOWHERE)


@receiver(post_init, sender=Authenticator)
def say_where_it_lies(instance: Authenticator, **_: Any) -> None:
    """A row that was read tells its ciphertexts whose they are. Columns that were not asked for stay unread."""
    data, user_id = instance.__dict__.get("data"), instance.__dict__.get("user_id")
    if not isinstance(data, dict) or user_id is None:
        return
    for name in SECRETS:
        if isinstance(data.get(name), str):
            data[name] = placed(data[name], name, user_id)


@receiver(pre_save, sender=Authenticator)
def bind(instance: Authenticator, **_: Any) -> None:
    """What is saved is bound to its person; what is bound already stays as it is, also where it does not belong."""
    for name in SECRETS:
        value = instance.data.get(name)
        if isinstance(value, str) and not value.startswith(BOUND):
            seed = opened(placed(value, name, instance.user_id))
            instance.data[name] = placed(seal_bound(seed, place_of(name, instance.user_id)), name, instance.user_id)
