"""What is posted to start a sync, and when an environment is synced."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal import clock
from portal.connections.models import Environment
from portal.mirror.resource import registry
from portal.sync.targets import MODELS
from portal.ui import formats
from portal.ui.overtaken import OvertakenMixin

#: The largest primary key a database can hold.
LARGEST_KEY = 2**63 - 1


class StartForm(forms.Form):
    """Which environment, client or company, and which kind of record (empty: all). Says nothing about rights."""

    scope = forms.ChoiceField(choices=[(str(level), str(level)) for level in MODELS])
    pk = forms.IntegerField(min_value=1, max_value=LARGEST_KEY)
    resource = forms.CharField(required=False, max_length=60)

    def clean_resource(self) -> str:
        """Only declared kinds."""
        name: str = self.cleaned_data["resource"]
        if name and name not in registry:
            raise forms.ValidationError("There is no such kind of record.")
        return name


#: The choice of the settings' hour, and that of none.
USUAL, NEVER = "usual", "never"


class TimetableForm(OvertakenMixin, forms.ModelForm):  # type: ignore[type-arg]
    """When the syncs of an environment are. Says nothing about rights."""

    class Meta:
        model = Environment
        fields = ("nightly_hour", "rotation_calls", "hourly_runs", "office_start", "office_end")
        help_texts = {
            "nightly_hour": gettext_lazy("Everything is read once a night. Choose an hour at which nobody works."),
            "rotation_calls": gettext_lazy(
                "Bank accounts, tax settings, components and leave cost a call for each person, so each night reads as "
                "many people as this allows, in turn. More calls: newer data and a longer night. 0: only when somebody "
                "resyncs a company or a person. Empty: as for the whole portal (%(calls)s)."
            ),
            "hourly_runs": gettext_lazy("What changes by the hour, such as runs and returns, is then read each hour."),
            "office_start": gettext_lazy("On Monday to Friday, Dutch time."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        usual = _("as for the whole portal (%(hour)s)") % {"hour": _clock(settings.SYNC_NIGHTLY_HOUR)}
        never = _("never, only when somebody asks for it")
        self._choose("nightly_hour", [(USUAL, usual), (NEVER, never), *_hours(0, 23)], _hour)
        calls = self.fields["rotation_calls"]
        calls.help_text = calls.help_text % {"calls": formats.number(settings.SYNC_ROTATION_CALLS)}
        calls.widget.attrs["class"] = "form-control"
        self._choose("hourly_runs", [("yes", _("yes")), ("no", _("no"))], lambda word: word == "yes")
        self._choose("office_start", _hours(0, 23), int)
        self._choose("office_end", _hours(1, 24), int)
        if not self.instance.nightly_runs:
            self.initial["nightly_hour"] = NEVER
        elif self.instance.nightly_hour is None:
            self.initial["nightly_hour"] = USUAL
        self.initial["hourly_runs"] = "yes" if self.instance.hourly_runs else "no"

    def clean(self) -> dict[str, Any]:
        """Remember when the hour of the night was changed, and that there is one."""
        if "nightly_hour" in self.changed_data:
            self.instance.nightly_changed = clock.now()
        if "nightly_hour" in self.cleaned_data:
            self.instance.nightly_runs = self.data.get(self.add_prefix("nightly_hour")) != NEVER
        return super().clean() or self.cleaned_data

    def _choose(self, name: str, choices: list[tuple[str, str]], coerce: Callable[[str], Any]) -> None:
        """Put a list of words in place of a number or a tick."""
        old = self.fields[name]
        self.fields[name] = forms.TypedChoiceField(
            choices=choices,
            coerce=coerce,
            label=old.label,
            help_text=old.help_text,
            widget=forms.Select(attrs={"class": "form-select"}),
        )


def _hour(choice: str) -> int | None:
    return None if choice in (USUAL, NEVER) else int(choice)


def _hours(first: int, last: int) -> list[tuple[str, str]]:
    return [(str(hour), _clock(hour)) for hour in range(first, last + 1)]


def _clock(hour: int) -> str:
    return f"{hour}:00"
