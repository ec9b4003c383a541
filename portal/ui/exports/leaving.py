"""Files of somebody who left: none is made any more, and what was not fetched goes."""

from django.db import transaction

from portal.accounts.models import User
from portal.accounts.rights.guards import has_place
from portal.ui.exports import files
from portal.ui.models.files import end_all_of, people_with_files


def stop_for(user: User, _firm: int) -> None:
    """End every file of the person, whichever firm they left: a file may hold rows of several."""
    _stop(user)


def stop_where_access_ended() -> None:
    """The same for everybody whose access ended by the clock, when nobody did anything that could have stopped it."""
    for user in people_with_files():
        if not user.is_active or not has_place(user):
            _stop(user)


@transaction.atomic
def _stop(user: User) -> None:
    names = end_all_of(user)

    def remove() -> None:
        for name in names:
            files.remove(name)

    transaction.on_commit(remove)
