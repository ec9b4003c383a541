"""The form of the dates of a year: one field for each return period, and a box to paste them all in."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.deadlines.fields import DAYS, day_field
from portal.deadlines.year_dates import MOST, Declared, pasted
from portal.ui import formats
from portal.ui.overtaken import OvertakenMixin

if TYPE_CHECKING:
    from django.forms.boundfield import BoundField

#: A date further from the computed one than this is most likely of another year.
NEAR = timedelta(days=62)


class YearForm(OvertakenMixin, forms.Form):
    """The dates of `declared`; `moved`: those that somebody has set before, by the number of the period.

    An empty field means the computed date, where the form began with what one company has (`moved` given); of several
    companies it leaves the date as it is.
    """

    reason = forms.CharField(
        label=gettext_lazy("Where these dates come from"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("For instance: the letter of the tax office for 2027. Nothing about people."),
        widget=forms.TextInput(attrs={"class": "form-control"}),
    )
    paste = forms.CharField(
        label=gettext_lazy("Or paste all dates at once"),
        required=False,
        max_length=4000,
        help_text=gettext_lazy(
            "One date on each line, in the order of the periods: 28-02-2027, 28 februari 2027 or 2027-02-28. They are "
            "put into the fields first, so that you can look them over."
        ),
        widget=forms.Textarea(attrs={"class": "form-control", "rows": 6}),
    )

    def __init__(
        self, *args: Any, declared: Sequence[Declared], moved: Mapping[int, date] | None = None, **kwargs: Any
    ) -> None:
        known = moved or {}
        initial = {_name(number): day for number, day in known.items()}
        super().__init__(*args, **{**kwargs, "initial": initial})
        self.declared, self.moved, self.was_filled = declared, known, False
        self.clears = moved is not None
        for number in range(1, MOST + 1):
            row = next((row for row in declared if row.number == number), None)
            if row is None:
                self.fields.pop(_name(number))
            else:
                self.fields[_name(number)].label = str(row)

    def fill(self) -> None:
        """Put what was pasted into the fields; afterwards the form is to be looked over, not stored."""
        given = self.data.copy() if isinstance(self.data, QueryDict) else QueryDict(mutable=True)
        found = pasted(given.get("paste", "")[:4000], self.declared)
        self.was_filled = True
        if found.problems:
            self.full_clean()
            self.errors.pop("reason", None)
            for problem in found.problems:
                self.add_error("paste", problem)
            return
        for row, day in zip(self.declared, found.days, strict=True):
            given[_name(row.number)] = day.strftime(DAYS[0])
        given["paste"] = ""
        self.data = given
        self.full_clean()
        self.errors.pop("reason", None)

    def clean(self) -> dict[str, Any]:
        """Each date lies after its period, near the computed one, and after that of the period before."""
        cleaned = super().clean() or self.cleaned_data
        before: date | None = None
        for row in self.declared:
            day = cleaned.get(_name(row.number))
            if day is None:
                continue
            if problem := _problem(row, day, before):
                self.add_error(_name(row.number), problem)
            before = day
        if any(cleaned.get(_name(row.number)) for row in self.declared):
            if not cleaned.get("reason"):
                self.add_error("reason", _("Say where the dates come from."))
        elif not self.errors and not self.dues:
            self.add_error(None, _("Enter at least one date."))
        return cleaned

    @property
    def dues(self) -> dict[int, date | None]:
        """By the number of the period the date that was entered; None: the computed one counts again."""
        given = {row.number: self.cleaned_data.get(_name(row.number)) for row in self.declared}
        return {number: day for number, day in given.items() if day or (self.clears and number in self.moved)}

    def rows(self) -> "Iterator[tuple[Declared, BoundField]]":
        """Each return period with its field."""
        return ((row, self[_name(row.number)]) for row in self.declared)


def _name(number: int) -> str:
    return f"due_{number}"


def _problem(row: Declared, day: date, before: date | None) -> str:
    if day <= row.days.last:
        return _("This is not after the period, which ends on %(day)s.") % {"day": formats.day(row.days.last)}
    if abs(day - row.computed) > NEAR:
        said = _("This is more than two months from the computed date, %(day)s. Is it of another year?")
        return said % {"day": formats.day(row.computed)}
    if before is not None and day <= before:
        return _("This is not after the date of the period before it, %(day)s.") % {"day": formats.day(before)}
    return ""


# Named here, so that all fields that the form may have are known without making one.
YearForm.base_fields |= {_name(number): day_field(required=False) for number in range(1, MOST + 1)}
