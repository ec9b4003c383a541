"""What an address asks of the filter of a list: what narrows the rows, and what was left out because it cannot be.

A filter leaves a value out that is none of its choices: a team that was removed, a tag that nobody carries any more.
The list is then wider than its address says, so it must say so itself.
"""

from typing import Any

from django.utils.translation import gettext as _


def applied(filterset: Any) -> dict[str, Any]:
    """The filters that were asked for and narrow the rows, by name with their values; a list without a filter: none."""
    if filterset is None:
        return {}
    filterset.form.is_valid()
    return {name: value for name, value in filterset.form.cleaned_data.items() if value not in (None, "", [], ())}


def left_out(filterset: Any) -> dict[str, str]:
    """The filters that were asked for and narrow nothing, by name with what they are called: their value is not there
    any more, or the filter itself is not there for this reader.
    """
    if filterset is None:
        return {}
    narrow, fields = applied(filterset), filterset.form.fields
    return {
        name: str((fields[name].label if name in fields else declared.label) or name)
        for name, declared in filterset.base_filters.items()
        if name not in narrow and str(filterset.data.get(name) or "").strip()
    }


def left_out_words(names: "list[str] | tuple[str, ...]") -> str:
    """What is said of them."""
    text = _("Left out of the filter: %(names)s. There is no such choice any more, or it is not for you to see.")
    return text % {"names": ", ".join(f"“{name}”" for name in names)}
