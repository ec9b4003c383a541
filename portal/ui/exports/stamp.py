"""The first lines of a file: what it is, of whom, with which filters, as of when, by whom, and how old its data is."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from portal.accounts.models import User
from portal.accounts.roles import Capability
from portal.ui import filtering, formats
from portal.ui.freshness import FreshnessSummary, State
from portal.ui.permissions import firms_of

Line = tuple[str, str]


def stamp(view: Any, user: User, made_at: datetime, rows: int, notices: list[str]) -> list[Line]:
    """Label and text of each line, in the reader's language."""
    lines = [
        (_("Office"), ", ".join(firms_of(view.request))),
        (_("List"), view.get_heading()),
        (_("Scope"), _scope(view)),
        (_("Filters"), "; ".join(used_filters(view)) or _("none")),
        *(view.get_when() or [(_("As of"), formats.moment(made_at))]),
        (_("Made by"), user.name),
        (_("Made at"), formats.moment(made_at)),
        (_("Data"), _freshness(view.get_freshness())),
        (_("Rows"), formats.number(rows)),
        *view.get_facts(),
    ]
    if view.rows_of_model and _has_more(view):
        lines.append((_("Left out"), _("rows that this person may see but not take out of the portal")))
    if names := list(filtering.left_out(view.filterset).values()):
        notices = [filtering.left_out_words(names), *notices]
    return [*lines, *((_("Note"), text) for text in notices)]


def used_filters(view: Any) -> list[str]:
    """The filters in words: the ones that were set, and those that narrow a list when nothing is set."""
    if view.filterset is None:
        return []
    form, said = view.filterset.form, []
    form.is_valid()
    for name, field in form.fields.items():
        value = form.cleaned_data.get(name)
        shown = _chosen(field, value) if isinstance(field, forms.ChoiceField) else str(value or "")
        if shown:
            said.append(f"{field.label or name}: {shown}")
    return said


def _chosen(field: forms.ChoiceField, value: Any) -> str:
    choices: Any = field.choices
    words = {str(key): str(text) for key, text in choices if not isinstance(text, list | tuple)}
    shown = words.get(str(value or ""), "")
    return "" if not value and shown == _("All") else shown


def _scope(view: Any) -> str:
    crumbs = [str(crumb.label) for crumb in view.get_breadcrumb()]
    return " › ".join(crumbs) if len(crumbs) > 1 else _("everything that this person may take out of the portal")


def _freshness(summary: FreshnessSummary | None) -> str:
    if summary is None:
        return _("kept by the portal itself")
    said = [str(summary.status.label)]
    if summary.oldest is not None:
        said.append(_("oldest part of %(moment)s") % {"moment": formats.moment(summary.oldest)})
    # When everything is in the same state, one word tells it all.
    if summary.state is not State.FRESH and len({line.state for line in summary.lines}) > 1:
        said += [f"{line.label}: {line.status.label}" for line in summary.lines if line.state is not State.FRESH]
    return "; ".join(said)


def _has_more(view: Any) -> bool:
    """Whether the list has rows for this person of which a file has none."""
    user, model = view.request.user, view.model
    taken = model.objects.visible_to(user, Capability.EXPORT).order_by().values("pk")
    return bool(model.objects.visible_to(user, view.capability).exclude(pk__in=taken).exists())
