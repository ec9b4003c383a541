"""What is posted to start a sync."""

from django import forms

from portal.mirror.resource import registry
from portal.sync.targets import MODELS

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
