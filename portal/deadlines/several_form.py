"""The form that changes several companies: who sees to them, what was agreed, and the date of one return period."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal import clock
from portal.accounts.models import User
from portal.accounts.roles import Capability
from portal.companies import words
from portal.deadlines.fields import select
from portal.deadlines.forms import KEEP, LAST, TermsForm
from portal.deadlines.models import Deadline, Kind
from portal.deadlines.stop_form import StopForm
from portal.periods import Period, PeriodType
from portal.ui import formats

#: Return periods whose dates can be moved for several companies: due so long before today, or after it.
BEFORE, AFTER = timedelta(days=62), timedelta(days=200)

Return = tuple[PeriodType, Period]


@dataclass(frozen=True)
class Moved:
    """Another due date for the return of a period."""

    of: Return
    due: date
    reason: str

    @property
    def subject(self) -> tuple[Kind, PeriodType, Period]:
        """What is moved."""
        return (Kind.RETURN, *self.of)


def returns_of(request: HttpRequest) -> dict[str, tuple[Return, date]]:
    """The return periods that some company has whose dates the person may set, each with its earliest due date."""
    today = clock.today()
    rows = (
        Deadline.objects.visible_to(request.user, Capability.SET_DEADLINES)
        .filter(kind=Kind.RETURN, due__range=(today - BEFORE, today + AFTER), company__missing_since__isnull=True)
        .order_by("due")
        .values_list("period_type", "year", "number", "due")
        .distinct()
    )
    found: dict[str, tuple[Return, date]] = {}
    for length, year, number, due in rows:
        found.setdefault(f"{length}:{year}-{number}", ((PeriodType(length), Period(year, number)), due))
    return found


class SeveralForm(TermsForm, StopForm):
    """Every part begins with "leave as it is"."""

    field_order = tuple(TermsForm.base_fields)

    moved_return = select([], label=gettext_lazy("Due date of a wage-tax return"), required=False)
    moved_due = forms.DateField(
        label=gettext_lazy("New due date"),
        required=False,
        widget=forms.DateInput(attrs={"class": "form-control", "type": "date"}),
    )
    moved_reason = forms.CharField(
        label=gettext_lazy("Reason"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("For instance: the letter of the tax office for 2027. Nothing about people."),
        widget=forms.TextInput(attrs={"class": "form-control"}),
    )

    def __init__(self, *args: Any, user: User, returns: dict[str, tuple[Return, date]], **kwargs: Any) -> None:
        super().__init__(*args, user=user, keep=True, **kwargs)
        self.returns = returns
        choices = [(key, f"{words.period(*of)} · {formats.day(due)}") for key, (of, due) in returns.items()]
        self.offer_stop([(KEEP, _("leave as it is"))])
        self.choose("moved_return", [(KEEP, _("leave as it is")), *choices])

    def clean(self) -> dict[str, Any]:
        """A move needs its day, near the computed one, and a reason."""
        cleaned = super().clean()
        chosen = self.returns.get(cleaned.get("moved_return", ""))
        if chosen is None:
            return cleaned
        due = cleaned.get("moved_due")
        if due is None and "moved_due" not in self.errors:
            self.add_error("moved_due", _("Enter the new due date."))
        elif due is not None and abs((due - chosen[1]).days) > LAST:
            self.add_error("moved_due", _("This is more than a year from the computed date."))
        if not cleaned.get("moved_reason"):
            self.add_error("moved_reason", _("Say why the date is moved."))
        return cleaned

    @property
    def moved(self) -> Moved | None:
        """The return period that is moved; None where none was chosen."""
        given = self.cleaned_data
        chosen = self.returns.get(given["moved_return"])
        return None if chosen is None else Moved(chosen[0], given["moved_due"], given["moved_reason"])

    @property
    def said(self) -> list[str]:
        """What will be changed, in words."""
        said, moved = super().said, self.moved
        if self.stop_asked is not None:
            said.append(capfirst(self.stop_asked.said))
        if moved is not None:
            text = _("Wage-tax return %(period)s: due %(day)s (%(reason)s)")
            told = {"period": words.period(*moved.of), "day": formats.day(moved.due), "reason": moved.reason}
            said.append(text % told)
        return said
