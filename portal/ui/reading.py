"""A look at somebody's data leaves an entry in the audit trail before it is shown; when it cannot, it is not shown."""

from typing import Any

from portal.audit.kinds import Kind
from portal.audit.recording import record_at_once


def note(kind: Kind, view: Any) -> None:
    """Enter one look at the page of `view`: whose data, which kind of record, and the names of the filters in use."""
    form = getattr(getattr(view, "filterset", None), "form", None)
    filters = sorted(name for name in form.fields if view.request.GET.get(name)) if form is not None else []
    row = getattr(view, "object", None) or getattr(view, "owner", None)
    record_at_once(kind, row, detail={"kind": str(view.model._meta.model_name), "filters": filters})
