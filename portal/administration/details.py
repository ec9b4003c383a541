"""The details of an entry in words."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.mirror.resource import registry

#: What the names in the details of entries mean.
NAMES = {
    "days": gettext_lazy("days"),
    "entries": gettext_lazy("entries"),
    "fields": gettext_lazy("fields"),
    "filters": gettext_lazy("filters"),
    "format": gettext_lazy("kind of file"),
    "kind": gettext_lazy("kind of record"),
    "method": gettext_lazy("method"),
    "month": gettext_lazy("month"),
    "on": gettext_lazy("switched on"),
    "role": gettext_lazy("role"),
    "rows": gettext_lazy("rows"),
    "state": gettext_lazy("state"),
    "status": gettext_lazy("answer"),
    "values": gettext_lazy("values"),
    "ways": gettext_lazy("ways in which it is open"),
    "what": gettext_lazy("what"),
}


def told(detail: Mapping[str, Any]) -> Iterator[str]:
    """One text a detail: `filters: kind, from`. What this version has no word for keeps its stored name."""
    for key, value in sorted(detail.items()):
        name = NAMES.get(key, key.replace("_", " "))
        parts = value if isinstance(value, list) else [value]
        said = [_kind(part) if key == "kind" else _word(part) for part in parts]
        yield f"{name}: {', '.join(said)}" if parts else f"{name}: {_('none')}"


def _word(value: Any) -> str:
    return (_("yes") if value else _("no")) if isinstance(value, bool) else str(value)


def _kind(value: Any) -> str:
    """A kind of record, which is stored under its own name or under that of its model."""
    of_model = (one for one in registry if one.model._meta.model_name == value)
    known = registry[value] if value in registry else next(of_model, None)
    return str(known.label) if known else _word(value)
