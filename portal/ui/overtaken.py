"""Forms over what several people may change: nobody overwrites unseen what a colleague has just set."""

from hashlib import blake2b
from typing import Any

from django import forms
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from portal.ui import formats

#: The hidden field that says what the form was filled in over.
NAME = "opened_with"


class OvertakenMixin(forms.BaseForm):
    """A form that refuses what was filled in over values that have changed since, and says what they are now.

    What was entered stays in the form, and sending it once more puts it in the place of what the other person set.
    Templates write `{{ form.opened_with }}` inside the form. A request without it has nothing to compare and is taken.
    """

    def clean(self) -> dict[str, Any]:
        """Refuse it where the values are no more those that the form began with."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        given = self.data.get(NAME, "")
        # Equal to what stands there now: the same form sent twice, or two people of one mind.
        if given and given != self._values_now() and self.has_changed():
            self.add_error(None, self._overtaken())
        return cleaned

    @property
    def opened_with(self) -> SafeString:
        """The hidden field: a digest of the values that stand there now, so that nothing of them goes into the page."""
        return format_html('<input type="hidden" name="{}" value="{}">', NAME, self._values_now())

    def _values_now(self) -> str:
        values = repr([(name, _plain(self.get_initial_for_field(field, name))) for name, field in self.fields.items()])
        return blake2b(values.encode(), digest_size=16).hexdigest()

    def _overtaken(self) -> str:
        names = [name for name in self.changed_data if name in self.fields]
        now = "; ".join(f"{self.fields[name].label}: {_shown(self, name)}" for name in names)
        words = _(
            "This was changed while you had it open, and what you entered is not stored yet. Where it differs, there "
            "stands now: %(now)s. Send it once more to put yours in its place."
        )
        return words % {"now": now}


def _plain(value: Any) -> str:
    return "" if value is None else str(value)


def _shown(form: forms.BaseForm, name: str) -> str:
    """The value that stands there now as the form's reader knows it."""
    field = form.fields[name]
    value = form.get_initial_for_field(field, name)
    if isinstance(field, forms.ChoiceField):
        choices: Any = field.choices
        words = {str(key): str(label) for key, label in choices}
        return words.get(_plain(value), _plain(value)) or _("nothing")
    if isinstance(field, forms.BooleanField):
        return _("yes") if value else _("no")
    if value in (None, ""):
        return _("nothing")
    if isinstance(field, forms.DateField):
        return formats.day(value)
    # As the field itself writes it: a number in the reader's language.
    return str(field.prepare_value(value))
