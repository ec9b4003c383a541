"""Carrying out a change of several companies, and telling what was done: which were left out, and why."""

from collections.abc import Iterable

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import ngettext

from portal.accounts.models import User
from portal.accounts.roles import Capability
from portal.companies.models import Company
from portal.deadlines import arranging
from portal.deadlines.several_form import SeveralForm
from portal.ui import formats

#: Names that a page or message lists; the others are counted.
NAMED = 10


def carry_out(request: HttpRequest, user: User, form: SeveralForm, pks: list[int]) -> None:
    """Change these companies as the form says, with a message of each part of it."""
    unseen: frozenset[int] = frozenset()
    unfit: frozenset[int] = frozenset()
    terms = form.terms
    if form.changes_person:
        unseen = arranging.assign(user, pks, form.person).without
    if terms != arranging.Terms():
        unfit = arranging.set_terms(user, pks, terms).without
    if form.changes_person or terms != arranging.Terms():
        _tell_set(request, len(pks) - len(unseen | unfit))
        _tell_unseen(request, unseen)
        _tell_unfit(request, unfit)
    if (stop := form.stop_asked) is not None:
        _tell_set(request, stop.carry_out(user, pks).changed)
    if (moved := form.moved) is not None:
        _tell_moved(request, arranging.move(user, pks, *moved.subject, due=moved.due, reason=moved.reason))


def _tell_set(request: HttpRequest, done: int) -> None:
    text = ngettext("%(count)s company was set.", "%(count)s companies were set.", done)
    messages.success(request, text % {"count": formats.number(done)})


def _tell_unseen(request: HttpRequest, pks: frozenset[int]) -> None:
    text = ngettext(
        "The responsible person of %(count)s company was not changed, because that person does not see it: %(names)s.",
        "The responsible person of %(count)s companies was not changed, because that person does not see them: "
        "%(names)s.",
        len(pks),
    )
    _warn(request, text, pks)


def _tell_unfit(request: HttpRequest, pks: frozenset[int]) -> None:
    text = ngettext(
        "The terms of %(count)s company were not changed, because a day of the month does not go with its short "
        "periods, or it is not known yet how long they are: %(names)s.",
        "The terms of %(count)s companies were not changed, because a day of the month does not go with their short "
        "periods, or it is not known yet how long they are: %(names)s.",
        len(pks),
    )
    _warn(request, text, pks)


def _tell_moved(request: HttpRequest, done: arranging.Done) -> None:
    text = ngettext(
        "The date was moved for %(count)s company. The computed date stays beside it.",
        "The date was moved for %(count)s companies. The computed date stays beside it.",
        done.changed,
    )
    messages.success(request, text % {"count": formats.number(done.changed)})
    text = ngettext(
        "%(count)s company was left out, because it has no return of this period: %(names)s.",
        "%(count)s companies were left out, because they have no return of this period: %(names)s.",
        len(done.without),
    )
    _warn(request, text, done.without)


def _warn(request: HttpRequest, text: str, pks: frozenset[int]) -> None:
    if pks:
        names = named(request, pks)
        if len(pks) > len(names):
            more = len(pks) - len(names)
            names.append(
                ngettext("and %(count)s other", "and %(count)s others", more) % {"count": formats.number(more)}
            )
        messages.warning(request, text % {"count": formats.number(len(pks)), "names": ", ".join(names)})


def named(request: HttpRequest, pks: Iterable[int]) -> list[str]:
    """The first of these companies by name, as many as are listed."""
    rows = Company.objects.visible_to(request.user, Capability.SET_DEADLINES).filter(pk__in=list(pks))
    return [str(row) for row in rows.order_by("name", "pk")[:NAMED]]
