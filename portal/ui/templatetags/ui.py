"""The components as template tags. docs/components.md shows each one; templates/ui holds their markup."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django import template
from django.forms import BoundField
from django.template.context import Context
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from portal.clock import today
from portal.ui import filtering, icons, markup, pieces
from portal.ui.charts import Chart, Figure, sparkline
from portal.ui.empty import EMPTY_STATES
from portal.ui.freshness import FreshnessSummary
from portal.ui.panels import ShownPanel
from portal.ui.progress import Progress
from portal.ui.state import hidden
from portal.ui.table_body import body
from portal.ui.values import Level, Status

register = template.Library()

register.simple_tag(icons.draw, name="icon")
register.simple_tag(markup.money, name="money")
register.simple_tag(markup.number, name="number")
register.simple_tag(markup.day, name="day")
register.simple_tag(markup.moment, name="moment")
register.simple_tag(markup.since, name="since")
register.simple_tag(markup.words, name="words")
register.simple_tag(markup.freshness, name="freshness_line")
register.simple_tag(markup.explain, name="explain")
register.simple_tag(body, name="table_body")


@register.simple_tag
def status(value: Any, label: str = "", icon: str = "") -> SafeString:
    """`{% status row.status %}` of a Status, or `{% status "late" _("2 days late") %}` of a level and its word."""
    return markup.status(Status(Level(value), label, icon) if label else value)


@register.simple_tag
def term(name: str, word: str) -> SafeString:
    """`{% term "head_count" _("Head count") %}`: a word with the control that explains it (portal.ui.glossary)."""
    return markup.explained(word, name)


@register.inclusion_tag("ui/freshness.html")
def freshness_badge(summary: FreshnessSummary) -> dict[str, Any]:
    """How old the oldest needed kind is, with a list per kind to unfold; why it failed for who may know that."""
    return {"summary": summary}


@register.inclusion_tag("ui/empty.html")
def empty_state(kind: str, title: str = "", text: str = "", url: str = "", action: str = "") -> dict[str, Any]:
    """Why there is nothing to show: never_synced, nothing, no_match or not_permitted."""
    state = EMPTY_STATES[kind]
    return {
        "icon": state.icon,
        "title": title or state.title,
        "text": text or state.text,
        "url": url,
        "action": action,
    }


@register.inclusion_tag("ui/figure.html")
def figure(
    label: str,
    value: Any,
    unit: str = "number",
    places: int = 0,
    note: str = "",
    points: Sequence[Figure] | None = None,
    points_label: str = "",
    url: str = "",
    term: str = "",
) -> dict[str, Any]:
    """One figure with its date and source in `note` and, if given, the line of its last points."""
    return {
        "label": label,
        "term": term,
        "value": markup.money(value, places) if unit == "money" else markup.number(value, places),
        "note": note,
        "sparkline": sparkline(points) if points else None,
        "points_label": points_label,
        "url": url,
    }


@register.inclusion_tag("ui/chart.html")
def chart(value: Chart) -> dict[str, Any]:
    """A chart with the table of its values folded below."""
    return {"chart": value, "data_id": f"chart-data-{value.key}"}


@register.simple_block_tag
def panel(content: SafeString, title: str, footer: str = "", note: str = "", term: str = "") -> SafeString:
    """A titled box: `{% panel title=_("Contracts ending") %} … {% endpanel %}`. A table inside fills it."""
    return render_to_string(
        "ui/panel.html", {"content": content, "title": title, "footer": footer, "note": note, "term": term}
    )


@register.simple_tag(takes_context=True)
def show_panel(context: Context, shown: ShownPanel) -> SafeString:
    """One panel of a page, as `panels.shown_on` gave it; `head_note` in its context stands beside the title."""
    body = render_to_string(shown.panel.template, shown.context, context.get("request")) if shown.permitted else ""
    told = {"title": shown.panel.title, "term": shown.panel.term, "denied": not shown.permitted}
    return render_to_string("ui/panel.html", {"content": body, "note": shown.context.get("head_note", ""), **told})


@register.inclusion_tag("ui/progress.html")
def progress(value: Progress) -> dict[str, Any]:
    """A progress bar that asks for itself every second until the work is finished."""
    return {"progress": value}


@register.inclusion_tag("ui/as_of.html", takes_context=True)
def as_of_picker(
    context: Context, day: date, name: str = "as_of", links: Sequence[tuple[str, date]] | None = None
) -> dict[str, Any]:
    """A date field with quick links. The day lives in the address; other parameters stay, the page number goes."""
    request = context["request"]
    kept = [(key, value) for key, values in request.GET.lists() for value in values if key not in {name, "page"}]
    now = today()
    if links is None:
        links = [(_("Today"), now), (_("End of last month"), now.replace(day=1) - timedelta(days=1))]
    quick = [(label, "?" + urlencode([*kept, (name, target.isoformat())])) for label, target in links if target != day]
    return {"request": request, "day": day, "name": name, "kept": kept, "links": quick}


@register.simple_tag(takes_context=True)
def carried(context: Context, *without: str) -> list[tuple[str, str]]:
    """The parts of the address that a form carries along, without the numbers of pieces: it leads to other rows. A
    template that asked `request.GET` for them itself would take a parameter of that name for the answer."""
    return hidden(context["request"].GET, (*without, *pieces.NAMES))


@register.simple_block_tag(takes_context=True)
def confirm(
    context: Context,
    content: SafeString,
    key: str,
    url: str,
    title: str,
    verb: str,
    icon: str = "refresh",
    target: str = "",
    style: str = "primary",
    details: str = "",
) -> SafeString:
    """A button that opens a native dialog; its form posts to `url`. The content says consequence and price.

    `verb` stands on both buttons ("Resync this client"). `target`: an element that takes the answer by htmx.
    `details`: the address of what is worked out only when somebody opens the dialog, for instance a price.
    """
    return render_to_string(
        "ui/confirm.html",
        {
            "content": content,
            "key": key,
            "url": url,
            "title": title,
            "verb": verb,
            "icon": icon,
            "target": target,
            "style": style,
            "details": details,
        },
        context.get("request"),
    )


@register.filter
def sort_state(column: Any) -> SafeString:
    """The aria-sort attribute of a table's heading, if the table is sorted by it."""
    if not column.is_ordered:
        return SafeString("")
    return format_html('aria-sort="{}"', "descending" if column.order_by_alias.is_descending else "ascending")


@register.simple_tag
def heading(column: Any, address: str = "") -> SafeString:
    """The heading of a column with what explains it; with an address it sorts the table."""
    word = column.header
    if address:
        word = format_html('<a href="{}">{}{}</a>', address, word, sort_icon(column))
    term = term_of(column)
    return format_html('<span class="ui-term">{}{}</span>', word, markup.explain(term, column.header)) if term else word


@register.filter
def heading_name(column: Any) -> SafeString:
    """The aria-label of a heading with an explanation: with each cell the word is read out, not the control too."""
    return format_html('aria-label="{}"', column.header) if term_of(column) else SafeString("")


def term_of(column: Any) -> str:
    """The term of a column; one that django-tables2 made of a model's field has none."""
    return getattr(column.column, "term", "")


@register.filter
def sort_icon(column: Any) -> SafeString:
    """The arrow beside the heading that the table is sorted by."""
    if not column.is_ordered:
        return SafeString("")
    return icons.draw("arrow-down" if column.order_by_alias.is_descending else "arrow-up")


@register.inclusion_tag("ui/field.html")
def field(bound: BoundField) -> dict[str, Any]:
    """A form field with its label, help and errors tied to it."""
    return {"field": bound}


@register.inclusion_tag("ui/filters.html", takes_context=True)
def filters(context: Context, filterset: Any, region: str) -> dict[str, Any]:
    """The filter form over a table; `region` is the table's `region_id`. Works without JavaScript."""
    request = context["request"]
    own = set(filterset.form.fields)
    kept = [(k, v) for k, vs in request.GET.lists() for v in vs if k not in own and k not in {"page", "sort"}]
    clear = "?" + urlencode(kept) if kept else request.path
    return {
        "request": request,
        "form": filterset.form,
        "region": region,
        "kept": kept,
        "clear": clear,
        "active": len(filtering.applied(filterset)),
        "asked": bool(filtering.applied(filterset) or filtering.left_out(filterset)),
    }
