"""Tries to prove who one is that failed: each is written down as somebody's account and nobody's act."""

from django.http import HttpRequest

from portal.accounts import acting
from portal.accounts.models import User
from portal.audit.about import About
from portal.audit.actors import Actor
from portal.audit.details import Detail
from portal.audit.kinds import Kind, Outcome
from portal.audit.recording import record


def note(request: HttpRequest, user: User | None, kind: Kind, detail: Detail | None = None) -> None:
    """Write down that a try for the account of `user` was refused; nothing that was typed is kept."""
    about = About(object_type="user", object_id=user.pk if user else None)
    actor = Actor(None, acting.NOBODY, address=acting.address(request), firms=acting.firms(user) if user else ())
    record(kind, about, outcome=Outcome.REFUSED, actor=actor, detail=detail)
