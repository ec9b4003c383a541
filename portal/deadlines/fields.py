"""The fields that forms about dates are made of."""

from typing import Any

from django import forms

#: What browsers send, and what somebody types where a browser has no calendar of its own.
DAYS = ("%Y-%m-%d", "%d-%m-%Y")


def select(choices: list[tuple[str, Any]], **kwargs: Any) -> forms.ChoiceField:
    """A list to choose from."""
    return forms.ChoiceField(choices=choices, widget=forms.Select(attrs={"class": "form-select"}), **kwargs)


def day_field(**kwargs: Any) -> forms.DateField:
    """A day."""
    widget = forms.DateInput(attrs={"class": "form-control", "type": "date"}, format=DAYS[0])
    return forms.DateField(widget=widget, input_formats=DAYS, **kwargs)
