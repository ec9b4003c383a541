"""How long the rows of a model stay, told from what removes them: the terms, a removal, or the end of an account.

Nothing is written down twice: the categories of portal.privacy.terms are asked which models they take rows from, and
the foreign keys which rows go along with somebody else's.
"""

from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import TYPE_CHECKING

from django.apps import apps
from django.conf import settings
from django.db.models import Model
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.accounts.models import User
from portal.debtors.models import Debtor
from portal.employees.models import Employee
from portal.privacy.owned import owned_by
from portal.privacy.terms import CATEGORIES, Category
from portal.ui.exports.making import KEPT, TOLD

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Takes rows of nearly every kind, besides the term that the kind has of its own.
GONE = "gone_in_nmbrs"
#: Of these a category takes the rows with all that hangs on them.
_PEOPLE, _ACCOUNTS = "people", "user_accounts"
#: Any day does: only which models the categories ask is looked at.
_SOME_DAY = date(2026, 1, 1)


@dataclass(frozen=True)
class Stay:
    """For how long, in the reader's language. `category`: the name of the Category that says so; empty: none does."""

    text: str
    category: str = ""


def stays_of(model: type[Model]) -> list[Stay]:
    """How long rows of `model` stay: one answer, or several where the first that comes removes a row."""
    if model._meta.label == "audit.Entry":
        months = settings.AUDIT_KEPT_MONTHS
        return [Stay(ngettext("%(count)d month", "%(count)d months", months) % {"count": months})]
    if model._meta.label == "ui.Export":
        return [Stay(_exports())]
    known = {category.name: category for category in CATEGORIES}
    if own := _categories_by_model().get(model):
        return [_by(known[name]) for name in own]
    found = [_by(known[_PEOPLE])] if model in _hanging_on(Employee) else []
    if not found and model in {Debtor, *_hanging_on(Debtor)}:
        found.append(Stay(_("until the client is removed")))
    if model in _hanging_on(User):
        found.append(_by(known[_ACCOUNTS]))
    return found or [Stay(_("as long as the office works with the portal"))]


def general_stays() -> "Iterator[tuple[str, str]]":
    """What holds besides, whatever the data: label and term."""
    gone = next(category for category in CATEGORIES if category.name == GONE)
    yield capfirst(str(gone.label)), str(gone.term)


def _by(category: Category) -> Stay:
    return Stay(str(category.term), category.name)


def _exports() -> str:
    hours, days = KEPT.total_seconds() // 3600, TOLD.days
    return _("the file %(hours)d hours, that there was one %(days)d days") % {"hours": hours, "days": days}


@cache
def _categories_by_model() -> dict[type[Model], list[str]]:
    """The categories that take rows from a model by themselves. Building their queries asks the database nothing."""
    found: dict[type[Model], list[str]] = {}
    for category in CATEGORIES:
        if category.name == GONE:
            continue
        for kept in category.overdue(_SOME_DAY, category.usual):
            found.setdefault(kept.rows.model, []).append(category.name)
    return found


@cache
def _hanging_on(owner: type[Model]) -> frozenset[type[Model]]:
    """What goes with a row of `owner`, however far below it."""
    return frozenset(own.model for own in owned_by(owner))


def model_of(label: str) -> type[Model]:
    """The model with this label ("employees.Salary"). Raises LookupError."""
    found: type[Model] = apps.get_model(label)
    return found
