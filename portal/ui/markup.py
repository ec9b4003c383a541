"""The smallest pieces of markup, shared by template tags and table columns."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from portal.clock import AMSTERDAM
from portal.ui import formats, glossary, icons
from portal.ui.charts import Sparkline
from portal.ui.freshness import FreshnessSummary
from portal.ui.values import Missing, Status

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

Amount = int | float | Decimal


class Shown(SafeString):
    """Markup that remembers what it shows, for what needs the value itself: a file with typed cells.

    `value`: number, day, moment or why there is none. `places`: decimals of a number. `note`: what must be known
    beside it.
    """

    value: "Amount | date | Missing"
    places: int
    note: str

    @classmethod
    def of(cls, drawn: SafeString, value: "Amount | date | Missing", places: int = 0, note: str = "") -> "Shown":
        """`drawn`, which is markup already, with its value."""
        if not isinstance(drawn, SafeString):
            raise TypeError("Only markup can be shown as markup.")
        shown = cls(drawn)
        shown.value, shown.places, shown.note = value, places, note
        return shown


_MISSING_ICONS = {
    Missing.NOT_PERMITTED: "lock",
    Missing.NEVER_FETCHED: "circle-dashed",
    Missing.SWITCHED_OFF: "circle-minus",
    Missing.NO_PERIOD: "calendar",
}


def missing(reason: Missing = Missing.UNKNOWN) -> SafeString:
    """The mark for no value. Unknown is a dash with its word for screen readers; the others say their word."""
    return _missing(reason, get_language())


@cache
def _missing(reason: Missing, _language: str | None) -> SafeString:
    """A page has hundreds of them; they are drawn once for each language."""
    if reason is Missing.UNKNOWN:
        drawn = format_html(
            '<span class="ui-missing"><span aria-hidden="true">–</span><span class="visually-hidden">{}</span></span>',
            reason.label,
        )
        return Shown.of(drawn, reason)
    icon = icons.draw(_MISSING_ICONS[reason])
    return Shown.of(format_html('<span class="ui-missing">{} {}</span>', icon, reason.label), reason)


def _shown(value: Any, draw: Callable[[Any], SafeString]) -> SafeString:
    if isinstance(value, Missing):
        return missing(value)
    return missing() if value is None else draw(value)


def spark(line: Sparkline | None, words: str) -> SafeString:
    """A small line in a cell; `words` are its values, for screen readers and on hover. Without any value: nothing."""
    if line is None:
        return SafeString("")
    # A page has up to two hundred of them: no more is drawn than the line, and a dot where there is no line.
    return format_html(
        '<svg class="ui-spark ui-spark-row" viewBox="0 0 {} {}" role="img"><title>{}</title>{}{}</svg>',
        line.width,
        line.height,
        words,
        format_html_join("", '<polyline points="{}"/>', ((points,) for points in line.lines)),
        format_html_join("", '<circle cx="{}" cy="{}" r="2"/>', line.dots),
    )


def money(value: Amount | Missing | None, places: int = 2) -> SafeString:
    """An amount in euro with its sign."""

    def draw(known: Amount) -> SafeString:
        return Shown.of(format_html('<span class="ui-num">{}</span>', formats.money(known, places)), known, places)

    return _shown(value, draw)


def number(value: Amount | Missing | None, places: int = 0) -> SafeString:
    """A number without a unit."""

    def draw(known: Amount) -> SafeString:
        return Shown.of(format_html('<span class="ui-num">{}</span>', formats.number(known, places)), known, places)

    return _shown(value, draw)


def day(value: date | Missing | None) -> SafeString:
    """A calendar day."""

    def draw(known: date) -> SafeString:
        plain = known.astimezone(AMSTERDAM).date() if isinstance(known, datetime) else known
        drawn = format_html('<time class="ui-num" datetime="{}">{}</time>', plain.isoformat(), formats.day(known))
        return Shown.of(drawn, plain)

    return _shown(value, draw)


def moment(value: datetime | Missing | None) -> SafeString:
    """A day with its time, in Amsterdam."""

    def draw(known: datetime) -> SafeString:
        drawn = format_html('<time class="ui-num" datetime="{}">{}</time>', known.isoformat(), formats.moment(known))
        return Shown.of(drawn, known)

    return _shown(value, draw)


def since(value: datetime | Missing | None) -> SafeString:
    """The age of a moment, with the moment itself on hover."""
    return _shown(
        value,
        lambda known: format_html(
            '<time class="ui-num" datetime="{}" title="{}">{}</time>',
            known.isoformat(),
            formats.moment(known),
            formats.since(known),
        ),
    )


def status(value: Status | Missing | None) -> SafeString:
    """Word, icon and colour; never colour alone."""
    return _shown(value, lambda known: _status(known.level, known.shown_icon, str(known.label)))


@lru_cache(maxsize=512, typed=True)
def _status(level: str, icon: str, label: str) -> SafeString:
    """A list has the same few words in each of its rows. Markup and text are told apart by their type."""
    return format_html('<span class="ui-status ui-status-{}">{}<span>{}</span></span>', level, icons.draw(icon), label)


def freshness(summary: FreshnessSummary) -> SafeString:
    """The worst state of the data and the age of its oldest part, in one line."""
    if summary.oldest is None:
        return status(summary.status)
    return format_html(
        '<span class="ui-fresh-line">{} <span class="ui-age">{}</span></span>',
        status(summary.status),
        since(summary.oldest),
    )


def words(label: "str | _StrPromise | Missing | None") -> SafeString:
    """A text, or the mark for no value. Nmbrs gives an empty text for "not filled in"."""
    return _shown(label or None, lambda known: format_html("{}", known))


def masked_iban(iban: str | Missing | None) -> SafeString:
    """An account number as people may see it: country and the last four characters (privacy.md 4)."""

    def draw(known: str) -> SafeString:
        plain = "".join(known.split()).upper()
        # Of something that short, four characters would be too much of it.
        country, last = (plain[:2], plain[-4:]) if len(plain) > 8 else ("", "")
        return format_html('<span class="ui-num text-nowrap">{} •••• {}</span>', country, last)

    return _shown(iban or None, draw)


def yes_or_no(value: bool | Missing | None) -> SafeString:
    """A fact that is so or not so."""
    return _shown(value, lambda known: format_html("{}", _("yes") if known else _("no")))


def explain(term: str, word: "str | _StrPromise") -> SafeString:
    """The small control beside a payroll word that tells what it means (static/portal/terms.js). No term: none."""
    if not term:
        return SafeString("")
    return format_html(
        '<button class="ui-term-open" type="button" aria-label="{}" title="{}">{}</button>',
        _("Explanation: %(word)s") % {"word": word},
        glossary.explanation(term),
        icons.draw("info-circle"),
    )


def explained(word: "str | _StrPromise", term: str) -> SafeString:
    """A word, which may be markup already, with its explanation; without a term the word alone."""
    if not term:
        return format_html("{}", word)
    return format_html('<span class="ui-term">{}{}</span>', word, explain(term, word))
