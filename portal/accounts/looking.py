"""Looking as somebody else: an administrator sees what a person of the own firm sees, and changes nothing.

It is kept in the administrator's own session, lasts half an hour at most and ends with that session. Whether it is
still allowed is asked anew at every request. `portal.accounts.looking_middleware` lends the view; the audit trail gets
both people.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, TypeVar

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest

from portal.accounts.grants import Grants, firms_of, roles_of
from portal.accounts.models import User
from portal.accounts.roles import Capability, Role
from portal.audit.about import About
from portal.audit.kinds import Kind
from portal.audit.recording import record
from portal.clock import now

LONGEST = timedelta(minutes=30)
#: Where a session keeps who looks as whom and until when.
KEY = "looking"

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True)
class Look:
    """A borrowed view: whose, by whom, and until when."""

    other: User
    looker: User
    until: datetime


def may_look_as(looker: User, other: User) -> bool:
    """Whether the looker administers every firm in which the other has a place.

    Never as oneself, as an administrator, or as somebody who is closed or has no place: somebody of two firms shows
    what belongs to both, so both must be the looker's.
    """
    if looker.pk == other.pk or not other.is_active or Role.ADMINISTRATOR in roles_of(other):
        return False
    firms = Grants(looker, Capability.LOOK_AS).firms() if looker.is_active else None
    theirs = set(firms_of(other))
    return firms is not None and bool(theirs) and theirs <= {pk for (pk,) in firms.values_list("firm_id")}


def begin(request: HttpRequest, looker: User, other: User) -> None:
    """Let this session look as `other` from the next request on. Raises PermissionDenied."""
    if not may_look_as(looker, other):
        raise PermissionDenied
    _write(Kind.LOOK_AS_STARTED, other)
    request.session[KEY] = {"by": looker.pk, "as": other.pk, "until": (now() + LONGEST).timestamp()}


def resumed(session: Any, looker: User) -> Look | None:
    """The view that this session borrows; None when that is over or no longer allowed."""
    kept = session[KEY]
    other = User.objects.filter(pk=kept["as"]).first()
    until = datetime.fromtimestamp(kept["until"], tz=now().tzinfo)
    if other is None or kept["by"] != looker.pk or now() >= until or not may_look_as(looker, other):
        return None
    return Look(other, looker, until)


def end(session: Any) -> int:
    """Give the view back; returns whose it was."""
    pk: int = session[KEY]["as"]
    other = User.objects.filter(pk=pk).first()
    if other is not None:
        _write(Kind.LOOK_AS_ENDED, other)
    del session[KEY]
    return pk


def never_while_looking(view: View) -> View:
    """Marks a view that is refused to whoever looks as somebody else: it hands out a file."""

    @wraps(view)
    def marked(*args: Any, **kwargs: Any) -> Any:
        return view(*args, **kwargs)

    marked.never_while_looking = True  # type: ignore[attr-defined]
    return marked  # type: ignore[return-value]


def _write(kind: Kind, other: User) -> None:
    """One entry in each firm of the person; of somebody who has no place any more, in those of who acts."""
    with transaction.atomic():
        firms: Iterable[int | None] = firms_of(other) or [None]
        for firm in firms:
            record(kind, About(firm_id=firm, object_type="user", object_id=other.pk))
