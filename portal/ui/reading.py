"""A look at somebody's data leaves an entry in the audit trail before it is shown; when it cannot, it is not shown."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.db.models import Model, QuerySet

from portal.audit.about import About, about
from portal.audit.details import Detail
from portal.audit.kinds import Kind
from portal.audit.recording import record_at_once, record_looks_at_once
from portal.ui import filtering
from portal.ui.panels import ShownPanel


def note(kind: Kind, view: Any) -> None:
    """Enter one look at the page of `view`: whose data, which kind of record, and the names of the filters in use."""
    row = getattr(view, "object", None) or getattr(view, "owner", None)
    record_at_once(kind, row, detail=_what(view))


def note_rows(view: Any, keys: "Collection[int] | QuerySet[Any]") -> None:
    """Enter one look at these rows of a list about nobody in particular: an entry for each client that they are of.

    `keys`: their primary keys. Who looked at a client's data is found by the client.
    """
    paths, name = view.model.scope_paths, str(view.model._meta.model_name)
    rows = view.model.objects.visible_to(view.request.user).filter(pk__in=keys)
    clients = rows.order_by().values_list(paths.firm, paths.debtor).distinct()
    looks = [About(firm_id=firm, object_type=name, debtor_id=debtor) for firm, debtor in clients]
    detail = _what(view)
    record_looks_at_once(Kind.LIST_READ, [(whose, detail) for whose in looks])


def _what(view: Any) -> Detail:
    return {"kind": str(view.model._meta.model_name), "filters": filters_of(view)}


def note_kinds(looks: Mapping[About, Collection[str]], filters: Collection[str] = ()) -> None:
    """Enter one look at a page that shows records of people beside others: whose people, and the kinds of record.

    An entry for each client on the page, none for a person: who looked at a client's data is found by the client.
    """
    shown = [(what, {"kind": sorted(kinds), "filters": sorted(filters)}) for what, kinds in looks.items() if kinds]
    record_looks_at_once(Kind.LIST_READ, shown)


def note_panels(row: Model, shown: Iterable[ShownPanel]) -> None:
    """Enter one look at a composed page about `row`: the kinds that its panels name as `read` in their contexts."""
    kinds = sorted({kind for one in shown for kind in one.context.get("read", ())})
    if kinds:
        note_kinds({about(row): kinds})


def filters_of(view: Any) -> list[str]:
    """The names of the filters in use."""
    return sorted(filtering.applied(getattr(view, "filterset", None)))
