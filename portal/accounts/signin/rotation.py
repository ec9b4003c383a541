"""Encrypting the seeds of second factors anew: they lie in allauth's JSON column, which is no encrypted field."""

from allauth.mfa.models import Authenticator
from django.db import transaction

from portal.accounts.signin.seeds import SECRETS, opened, place_of
from portal.vault.cipher import is_bound_with_newest_key, seal_bound


def outdated_seeds() -> int:
    """How many people's factors hold a seed with an older key, or one that is not bound to its person."""
    held = Authenticator.objects.values_list("data", flat=True)
    return sum(any(not is_bound_with_newest_key(data[name]) for name in SECRETS if name in data) for data in held)


def rotate_seeds() -> int:
    """Give every seed the newest key and bind it to its person; returns how many had an older key or were not bound.

    Raises Sealed when a key is missing, Misplaced when a seed is somebody else's.
    """
    changed = 0
    for pk in list(Authenticator.objects.order_by("pk").values_list("pk", flat=True)):
        with transaction.atomic():
            authenticator = Authenticator.objects.select_for_update().filter(pk=pk).first()
            if authenticator is None:
                continue
            data = authenticator.data
            old = [name for name in SECRETS if name in data and not is_bound_with_newest_key(data[name])]
            for name in old:
                data[name] = seal_bound(opened(data[name]), place_of(name, authenticator.user_id))
            if old:
                authenticator.save(update_fields=["data"])
                changed += 1
    return changed
