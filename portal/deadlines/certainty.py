"""The mark "check" on dates that were worked out from a term that nobody verified (payroll rules, general rule 6).

A date that a person set has none: an agreed pay day, the term that a fund gave, a moved date. Lists carry the mark
alone and say once below it what it means; where a few dates stand, each says it itself.
"""

from typing import TYPE_CHECKING

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.deadlines.models import Kind
from portal.deadlines.parameters import in_force
from portal.ui import markup
from portal.ui.values import Level, Status

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

CHECK = Status(Level.NEUTRAL, _("check"))
NOTHING = SafeString("")
#: What the mark means, for people of the office.
MEANING = _("Worked out from a usual term that was not verified; nobody set this date.")
#: The same for people of a client.
MEANING_FOR_CLIENTS = _("This date follows from the usual rule and was not confirmed. Ask your accountant about it.")
#: The term behind each kind.
TERMS = {Kind.PAYMENT: "payment.due_days", Kind.PENSION: "pension.due_days", Kind.RETURN: "return.due_months"}


def meaning_for(*, client: bool) -> "_StrPromise":
    """What the mark means, for this reader."""
    return MEANING_FOR_CLIENTS if client else MEANING


def check(unsure: bool) -> SafeString:
    """The mark in a list, of an unsure date; nothing for a certain one.

    The word without an icon: a board has three in a row, and a circle in front of each would say nothing more.
    """
    return format_html('<span class="ui-status ui-status-neutral">{}</span>', CHECK.label) if unsure else NOTHING


def explained(unsure: bool, *, of_client: bool = False) -> SafeString:
    """The mark with its meaning on hover and for screen readers."""
    if not unsure:
        return NOTHING
    meaning = meaning_for(client=of_client)
    return format_html(
        '<span title="{}">{}<span class="visually-hidden"> ({})</span></span>', meaning, markup.status(CHECK), meaning
    )


def usual_is_unsure(kind: Kind) -> bool:
    """Whether the usual term of a kind, as it holds today, was not verified."""
    return not in_force(TERMS[kind], clock.today()).verified
