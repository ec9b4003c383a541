"""The form of a saved view: its name, and who gets it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import User
from portal.ui.models import SavedView
from portal.ui.saved.changing import MINE, Audience, audiences


class ViewForm(forms.Form):
    """Choices are those of the person: only their teams, and the firms that they administer."""

    name = forms.CharField(
        label=_("Name"),
        max_length=SavedView._meta.get_field("name").max_length,
        widget=forms.TextInput(attrs={"class": "form-control", "autocomplete": "off"}),
    )
    audience = forms.ChoiceField(
        label=_("Who gets it"), required=False, widget=forms.Select(attrs={"class": "form-select"})
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = audiences(user)
        self._offered = {one.key: one for one, _words in offered}
        self.fields["audience"].choices = [(one.key, words) for one, words in offered]  # type: ignore[attr-defined]

    @property
    def chosen(self) -> Audience:
        """Who gets it; nothing said is: nobody else."""
        return self._offered.get(self.cleaned_data.get("audience", ""), MINE)
