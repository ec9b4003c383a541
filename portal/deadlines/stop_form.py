"""What has ended: the form of one company, and the fields of it that a change of several companies has."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal import clock
from portal.deadlines import arranging
from portal.deadlines.fields import day_field, select
from portal.deadlines.models import Ending
from portal.ui import formats

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.utils.functional import _StrPromise

    from portal.accounts.models import User

#: A last day is not before the portal knows anything, and not further ahead than somebody plans.
EARLIEST, AHEAD = date(2000, 1, 1), timedelta(days=366)
_ON = "goes_on"
WORDS: "dict[str, _StrPromise]" = {
    Ending.PAYROLL: gettext_lazy("no payroll after the last day"),
    Ending.PENSION: gettext_lazy("no pension return after the last day"),
}
GOES_ON: "dict[str, _StrPromise]" = {
    f"{Ending.PAYROLL}_{_ON}": gettext_lazy("payroll goes on"),
    f"{Ending.PENSION}_{_ON}": gettext_lazy("pension returns go on"),
}


def ended_words(part: Ending, day: date) -> str:
    """What has ended, and after which day."""
    said = _("no payroll after %(day)s") if part is Ending.PAYROLL else _("no pension return after %(day)s")
    return said % {"day": formats.day(day)}


@dataclass(frozen=True)
class Asked:
    """What ends after a day; `after` None: it goes on."""

    part: Ending
    after: date | None
    reason: str

    def carry_out(self, by: "User", companies: "Iterable[int]") -> arranging.Done:
        """Set it for these companies."""
        if self.after is None:
            return arranging.go_on(by, companies, self.part)
        return arranging.stop(by, companies, self.part, after=self.after, reason=self.reason)

    @property
    def said(self) -> str:
        """In words."""
        if self.after is None:
            return str(GOES_ON[f"{self.part}_{_ON}"])
        return f"{ended_words(self.part, self.after)} ({self.reason})"


class StopForm(forms.Form):
    """No payroll, or no pension return, after a day; or it goes on after all."""

    stop = select([], label=gettext_lazy("Payroll or pension returns that ended"), required=False)
    stop_after = day_field(
        label=gettext_lazy("Last day"),
        required=False,
        help_text=gettext_lazy("Of a period that begins after this day nothing is expected any more."),
    )
    stop_reason = forms.CharField(
        label=gettext_lazy("Why it ended"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("For instance: the company was sold. Nothing about people."),
        widget=forms.TextInput(attrs={"class": "form-control"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer_stop(())

    def offer_stop(self, first: "Iterable[tuple[str, Any]]") -> None:
        """The choices, after these."""
        self.fields["stop"].choices = [*first, *WORDS.items(), *GOES_ON.items()]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """What ends needs its last day and a reason."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("stop") not in WORDS:
            return cleaned
        day = cleaned.get("stop_after")
        if day is None and "stop_after" not in self.errors:
            self.add_error("stop_after", _("Enter the last day."))
        elif day is not None and not EARLIEST <= day <= clock.today() + AHEAD:
            self.add_error("stop_after", _("Enter a day from 2000 on and at most a year ahead."))
        if not cleaned.get("stop_reason"):
            self.add_error("stop_reason", _("Say why it ended."))
        return cleaned

    @property
    def stop_asked(self) -> Asked | None:
        """What ends or goes on; None where nothing was chosen."""
        chosen = self.cleaned_data["stop"]
        if chosen in WORDS:
            return Asked(Ending(chosen), self.cleaned_data["stop_after"], self.cleaned_data["stop_reason"])
        if chosen in GOES_ON:
            return Asked(Ending(chosen.removesuffix(f"_{_ON}")), None, "")
        return None
