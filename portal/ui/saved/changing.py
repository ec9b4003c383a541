"""Keeping, changing and removing saved views: the one home of these writes. Each asks anew who may.

One's own view is one's own affair; what others get to see leaves a trace.
"""

from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from portal.accounts.grants import Grants, firms_of
from portal.accounts.models import User
from portal.accounts.roles import Capability
from portal.accounts.team_clients import teams_of
from portal.audit.about import About
from portal.audit.kinds import Kind
from portal.audit.recording import record
from portal.ui.models import SavedView
from portal.ui.state import LARGEST, ListState

#: Views that one person may own.
MOST = 200


class CannotSave(Exception):
    """A view cannot be kept like this; the text says why, to its owner."""


@dataclass(frozen=True)
class Audience:
    """Who gets a view: its owner alone, a team, or everybody of a firm, whose list begins with it."""

    firm_id: int | None = None
    team_id: int | None = None

    @property
    def key(self) -> str:
        """As a form sends it."""
        if self.team_id is not None:
            return f"team-{self.team_id}"
        return "mine" if self.firm_id is None else f"firm-{self.firm_id}"

    @classmethod
    def of(cls, row: SavedView) -> "Audience":
        """That of a view."""
        return cls(row.firm_id, row.team_id)


MINE = Audience()


def audiences(user: User) -> list[tuple[Audience, str]]:
    """Who this person may keep a view for, in words."""
    found = [(MINE, _("Only me"))]
    found += [(Audience(team.firm_id, team.pk), _("Team %(team)s") % {"team": team}) for team in teams_of(user)]
    named = firms_of(user)
    found += [
        (Audience(pk), _("The office: what the list of everybody at %(firm)s begins with") % {"firm": named[pk]})
        for pk in administered(user)
        if pk in named
    ]
    return found


def administered(user: User) -> list[int]:
    """The firms whose settings the person changes."""
    firms = Grants(user, Capability.MANAGE_SETTINGS).firms()
    return [] if firms is None else sorted({pk for (pk,) in firms.values_list("firm_id")})


def may_change(user: Any, row: SavedView) -> bool:
    """Whether the person may overwrite, rename or remove a view that they may open.

    One's own and what one gave to a team; what the office begins with belongs to its administrators, who also tidy up
    what was given to teams.
    """
    if not isinstance(user, User):
        return False
    if row.owner_id == user.pk and not row.is_of_firm:
        return True
    return row.firm_id is not None and row.firm_id in administered(user)


@transaction.atomic
def keep(user: User, page: str, name: str, state: ListState, audience: Audience) -> SavedView:
    """A new view. Raises CannotSave."""
    if user.saved_views.count() >= MOST:
        raise CannotSave(_("You have %(count)s views. Remove one first.") % {"count": MOST})
    row = SavedView(owner=user, page=page, name=name, firm_id=audience.firm_id, team_id=audience.team_id)
    _write(row, state)
    _tell(row, "view_shared")
    return row


@transaction.atomic
def overwrite(row: SavedView, state: ListState) -> None:
    """Let the view be what is shown now. Raises CannotSave."""
    _write(row, state)
    _tell(row, "view_changed")


@transaction.atomic
def rename(row: SavedView, name: str, audience: Audience) -> None:
    """Another name, or other people who get it. Raises CannotSave."""
    before = Audience.of(row)
    if before != audience:
        _tell(row, "view_no_longer_shared")
    row.name, row.firm_id, row.team_id = name, audience.firm_id, audience.team_id
    _write(row, ListState.from_json(row.state))
    _tell(row, "view_changed" if before == audience else "view_shared")


@transaction.atomic
def remove(row: SavedView) -> None:
    """The view is gone; lists that began with it begin as they do without."""
    _tell(row, "view_removed")
    row.delete()


def begin_with(user: User, page: str, row: SavedView | None) -> None:
    """Let this person's list begin with a view; None: with the plain list, whatever the office's is."""
    start, made = user.start_views.get_or_create(page=page, defaults={"view": row})
    if not made and start.view_id != (row.pk if row else None):
        start.view = row
        start.save(update_fields=["view"])


def _write(row: SavedView, state: ListState) -> None:
    row.state = state.as_json()
    if len(str(row.state)) > LARGEST:
        raise CannotSave(_("This is too much to keep: choose fewer filters or columns."))
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        raise CannotSave(_taken(row)) from None


def _taken(row: SavedView) -> str:
    if row.is_of_firm:
        return _("The office already has a view that this list begins with. Overwrite or remove that one.")
    return _("There is a view of this name. Choose another name, or open that one and overwrite it.")


def _tell(row: SavedView, what: str) -> None:
    if row.firm_id is not None:
        about = About(firm_id=row.firm_id, object_type="savedview", object_id=row.pk)
        record(Kind.SETTINGS_CHANGED, about, detail={"what": what, "for": "team" if row.team_id else "firm"})
