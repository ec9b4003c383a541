"""What is posted to choose which sensitive kinds an environment reads."""

from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.mirror.models import OptInChoice
from portal.mirror.resource import OptIn
from portal.sync.messages import OPT_INS


class OptInForm(forms.Form):
    """Which sensitive kinds an environment reads, each with the reason (privacy.md D6). Says nothing about rights."""

    def __init__(self, *args: Any, choices: Mapping[str, OptInChoice], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._kept = choices
        for kind in OptIn:
            kept = choices.get(kind.value)
            words = OPT_INS[kind]
            self.fields[kind.value] = forms.BooleanField(
                label=words.name,
                help_text=words.what,
                required=False,
                initial=bool(kept and kept.on),
                widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
            )
            self.fields[_reason(kind)] = forms.CharField(
                label=gettext_lazy("Reason"),
                required=False,
                max_length=255,
                initial=kept.reason if kept else "",
                widget=forms.TextInput(attrs={"class": "form-control"}),
            )

    def clean(self) -> dict[str, Any]:
        """Whoever switches a kind on says why."""
        cleaned = super().clean() or self.cleaned_data
        for kind in OptIn:
            if cleaned.get(kind.value) and not cleaned.get(_reason(kind), "").strip():
                self.add_error(_reason(kind), _("Say why your office needs this."))
        return cleaned

    def changed(self) -> Iterator[tuple[OptIn, bool, str]]:
        """The kinds about which another choice was made than the one that is kept."""
        for kind in OptIn:
            on, reason = self.cleaned_data[kind.value], self.cleaned_data[_reason(kind)].strip()
            kept = self._kept.get(kind.value)
            if (on, reason) != ((kept.on, kept.reason) if kept else (False, "")):
                yield kind, on, reason

    def pairs(self) -> list[tuple[Any, Any]]:
        """Switch and reason of each kind, for the page."""
        return [(self[kind.value], self[_reason(kind)]) for kind in OptIn]


def _reason(kind: OptIn) -> str:
    return f"{kind.value}_reason"
