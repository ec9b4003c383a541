"""Forms about a company's dates."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.accounts.models import User
from portal.companies import words
from portal.deadlines.arranging import Terms
from portal.deadlines.colleagues import colleagues
from portal.deadlines.fields import select
from portal.deadlines.models import Arrangement, Deadline, Kind
from portal.deadlines.rules import PayRule
from portal.periods import PeriodType
from portal.ui import formats
from portal.ui.overtaken import OvertakenMixin

#: The first entry of a choice that changes nothing.
KEEP, NOBODY, USUAL = "keep", "nobody", "usual"
#: Days around the end of a period within which something can be agreed.
FIRST, LAST = -31, 366


def _number(**kwargs: Any) -> forms.IntegerField:
    return forms.IntegerField(
        required=False,
        min_value=FIRST,
        max_value=LAST,
        widget=forms.NumberInput(attrs={"class": "form-control", "inputmode": "numeric"}),
        **kwargs,
    )


class TermsForm(OvertakenMixin, forms.Form):
    """Who sees to companies and what is agreed about their dates.

    `of`: as one company has them; its person can be chosen also where `user` could not name them. With `keep` (several
    companies at once) every part begins with "leave as it is".
    """

    responsible = select([], label=gettext_lazy("Responsible"), required=False)
    pay_rule = select([], label=gettext_lazy("Pay day"), required=False)
    pay_number = _number(
        label=gettext_lazy("Day or number of days"),
        help_text=gettext_lazy(
            "Day of the month (1 to 31), or days after the end of the period; below zero: before it."
        ),
    )
    pension = select([], label=gettext_lazy("Pension return"), required=False)
    pension_days = _number(label=gettext_lazy("Days after the end of the period, as the fund wants it"))

    def __init__(
        self, *args: Any, user: User, of: Arrangement | None = None, keep: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **(kwargs if keep else {**kwargs, "initial": self.initial_of(of)}))
        self.people = {str(person.pk): person for person in colleagues(user)}
        if of is not None and of.responsible is not None:
            # A browser sends the first of the list where the chosen one is not in it, and that is nobody.
            self.people.setdefault(str(of.responsible.pk), of.responsible)
        first: list[tuple[str, Any]] = [(KEEP, _("leave as it is"))] if keep else []
        rules = [(rule.value or USUAL, words) for rule, words in _PAY_RULES.items()]
        self.choose(
            "responsible", [*first, (NOBODY, _("nobody")), *((pk, _person(one)) for pk, one in self.people.items())]
        )
        self.choose("pay_rule", [*first, *rules])
        self.choose("pension", [*first, (USUAL, _("usual term of the office")), ("own", _("own term"))])

    def choose(self, name: str, choices: list[tuple[str, Any]]) -> None:
        """Offer these for a field."""
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    @staticmethod
    def initial_of(arrangement: Arrangement | None) -> dict[str, Any]:
        """The fields as a company has them."""
        if arrangement is None:
            return {"responsible": NOBODY, "pay_rule": USUAL, "pension": USUAL}
        return {
            "responsible": str(arrangement.responsible_id or NOBODY),
            "pay_rule": arrangement.pay_rule or USUAL,
            "pay_number": arrangement.pay_number if arrangement.pay_rule else None,
            "pension": USUAL if arrangement.pension_days is None else "own",
            "pension_days": arrangement.pension_days,
        }

    def clean(self) -> dict[str, Any]:
        """A rule needs its number."""
        cleaned = super().clean() or self.cleaned_data
        rule, number = cleaned.get("pay_rule"), cleaned.get("pay_number")
        if rule == PayRule.DAY_OF_MONTH and (number is None or not 1 <= number <= 31):
            self.add_error("pay_number", _("Enter a day of the month, from 1 to 31."))
        if rule == PayRule.DAYS_AFTER and number is None:
            self.add_error("pay_number", _("Enter a number of days."))
        if cleaned.get("pension") == "own" and cleaned.get("pension_days") is None:
            self.add_error("pension_days", _("Enter a number of days."))
        return cleaned

    @property
    def changes_person(self) -> bool:
        """Whether another responsible person was chosen, be it nobody."""
        return "responsible" in self.changed_data and self.cleaned_data["responsible"] not in ("", KEEP)

    @property
    def person(self) -> User | None:
        """The person who was chosen."""
        return self.people.get(self.cleaned_data["responsible"])

    @property
    def terms(self) -> Terms:
        """What is agreed; a part that was left as it is is None."""
        given = self.cleaned_data
        pay = pension = None
        if given["pay_rule"] not in ("", KEEP):
            rule = PayRule("" if given["pay_rule"] == USUAL else given["pay_rule"])
            pay = (rule, given["pay_number"] if rule else 0)
        if given["pension"] not in ("", KEEP):
            pension = given["pension_days"] if given["pension"] == "own" else ""
        return Terms(pay, pension)

    @property
    def said(self) -> list[str]:
        """What will be changed, in words."""
        terms, said = self.terms, []
        if self.changes_person:
            said.append(_("Responsible: %(name)s") % {"name": self.person or _("nobody")})
        if terms.pay is not None:
            said.append(_("Pay day: %(words)s") % {"words": pay_words(*terms.pay)})
        if terms.pension is not None:
            said.append(_("Pension return: %(words)s") % {"words": pension_words(terms.pension)})
        return said


class MoveForm(forms.Form):
    """Another due date for one of a company's deadlines."""

    deadline = select([], label=gettext_lazy("Deadline"))
    due = forms.DateField(
        label=gettext_lazy("New due date"), widget=forms.DateInput(attrs={"class": "form-control", "type": "date"})
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=200,
        help_text=gettext_lazy("For instance: the letter of the tax office for 2027. Nothing about people."),
        widget=forms.TextInput(attrs={"class": "form-control"}),
    )

    def __init__(self, *args: Any, deadlines: list[Deadline], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = {key_of(one): one for one in deadlines}
        self.fields["deadline"].choices = [(key, _words(one)) for key, one in self.known.items()]  # type: ignore[attr-defined]

    def clean_due(self) -> date:
        """Near the computed date: another one is a typing error."""
        due: date = self.cleaned_data["due"]
        chosen = self.known.get(self.cleaned_data.get("deadline", ""))
        if chosen and abs((due - chosen.due).days) > LAST:
            raise forms.ValidationError(_("This is more than a year from the computed date."))
        return due

    @property
    def chosen(self) -> Deadline:
        """The deadline."""
        return self.known[self.cleaned_data["deadline"]]


_PAY_RULES = {
    PayRule.NONE: gettext_lazy("end of the period"),
    PayRule.DAY_OF_MONTH: gettext_lazy("day of the month"),
    PayRule.DAYS_AFTER: gettext_lazy("days after the end of the period"),
}


def pay_words(rule: PayRule, number: int) -> str:
    """An agreed pay day in words."""
    if rule is PayRule.DAY_OF_MONTH:
        return _("day %(number)s of the month") % {"number": number}
    return days_words(number) if rule is PayRule.DAYS_AFTER else _("end of the period")


def pension_words(days: int | str | None) -> str:
    """The term of the pension return in words."""
    return _("usual term of the office") if days in ("", None) else days_words(int(days or 0))


def days_words(number: int) -> str:
    """So many days after or before the end of the period."""
    if number < 0:
        return _("%(count)s days before the end of the period") % {"count": formats.number(-number)}
    return _("%(count)s days after the end of the period") % {"count": formats.number(number)}


def _person(person: User) -> str:
    return str(person) if person.is_active else _("%(name)s (account closed)") % {"name": person}


def key_of(deadline: Deadline) -> str:
    """A deadline in a form: kind, length and number of its period."""
    return f"{deadline.kind}:{deadline.period_type}:{deadline.year}-{deadline.number}"


def _words(deadline: Deadline) -> str:
    what = Kind(deadline.kind).label
    period = words.period(PeriodType(deadline.period_type), deadline.period)
    return f"{what} {period} · {formats.day(deadline.due)}"
