"""The smallest pieces of markup, shared by template tags and table columns."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from portal.clock import AMSTERDAM
from portal.ui import formats, icons
from portal.ui.freshness import FreshnessSummary
from portal.ui.values import Missing, Status

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

Amount = int | float | Decimal

_MISSING_ICONS = {
    Missing.NOT_PERMITTED: "lock",
    Missing.NEVER_FETCHED: "circle-dashed",
    Missing.SWITCHED_OFF: "circle-minus",
}


def missing(reason: Missing = Missing.UNKNOWN) -> SafeString:
    """The mark for no value. Unknown is a dash with its word for screen readers; the others say their word."""
    if reason is Missing.UNKNOWN:
        return format_html(
            '<span class="ui-missing"><span aria-hidden="true">–</span><span class="visually-hidden">{}</span></span>',
            reason.label,
        )
    icon = icons.draw(_MISSING_ICONS[reason])
    return format_html('<span class="ui-missing">{} {}</span>', icon, reason.label)


def _shown(value: Any, draw: Callable[[Any], SafeString]) -> SafeString:
    if isinstance(value, Missing):
        return missing(value)
    return missing() if value is None else draw(value)


def money(value: Amount | Missing | None, places: int = 2) -> SafeString:
    """An amount in euro with its sign."""
    return _shown(value, lambda known: format_html('<span class="ui-num">{}</span>', formats.money(known, places)))


def number(value: Amount | Missing | None, places: int = 0) -> SafeString:
    """A number without a unit."""
    return _shown(value, lambda known: format_html('<span class="ui-num">{}</span>', formats.number(known, places)))


def day(value: date | Missing | None) -> SafeString:
    """A calendar day."""

    def draw(known: date) -> SafeString:
        plain = known.astimezone(AMSTERDAM).date() if isinstance(known, datetime) else known
        return format_html('<time class="ui-num" datetime="{}">{}</time>', plain.isoformat(), formats.day(known))

    return _shown(value, draw)


def moment(value: datetime | Missing | None) -> SafeString:
    """A day with its time, in Amsterdam."""
    return _shown(
        value,
        lambda known: format_html(
            '<time class="ui-num" datetime="{}">{}</time>', known.isoformat(), formats.moment(known)
        ),
    )


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
    return _shown(
        value,
        lambda known: format_html(
            '<span class="ui-status ui-status-{}">{}<span>{}</span></span>',
            known.level,
            icons.draw(known.shown_icon),
            known.label,
        ),
    )


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
