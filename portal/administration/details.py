"""The details of an entry in words."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

#: What the names in the details of entries mean.
NAMES = {
    "entries": gettext_lazy("entries"),
    "fields": gettext_lazy("fields"),
    "filters": gettext_lazy("filters"),
    "kind": gettext_lazy("kind of record"),
    "method": gettext_lazy("method"),
    "month": gettext_lazy("month"),
    "on": gettext_lazy("switched on"),
    "rows": gettext_lazy("rows"),
    "status": gettext_lazy("answer"),
}


def told(detail: Mapping[str, Any]) -> Iterator[str]:
    """One text a detail: `filters: kind, from`. What this version has no word for keeps its stored name."""
    for key, value in sorted(detail.items()):
        name = NAMES.get(key, key.replace("_", " "))
        parts = value if isinstance(value, list) else [value]
        yield f"{name}: {', '.join(_word(part) for part in parts)}" if parts else f"{name}: {_('none')}"


def _word(value: Any) -> str:
    return (_("yes") if value else _("no")) if isinstance(value, bool) else str(value)
