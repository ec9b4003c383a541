"""Words about deadlines, for templates."""

from typing import Any

from django import template
from django.utils.safestring import SafeString
from django.utils.text import capfirst

from portal.companies import words
from portal.deadlines.certainty import check, explained, usual_is_unsure
from portal.deadlines.models import Kind
from portal.deadlines.stop_form import ended_words
from portal.deadlines.tables import pay_day_words, pension_term_words, person_words
from portal.periods import PeriodType
from portal.ui import formats

register = template.Library()


@register.simple_tag
def responsible(arrangement: Any) -> SafeString:
    """Who sees to the company."""
    return person_words(arrangement)


@register.simple_tag
def pay_day(arrangement: Any) -> SafeString:
    """The agreed pay day, or the usual one with its mark."""
    return pay_day_words(arrangement)


@register.simple_tag
def pension_term(arrangement: Any) -> SafeString:
    """The fund's term, or the office's usual one with its mark."""
    return pension_term_words(arrangement)


@register.simple_tag
def has_ended(part: Any, day: Any) -> str:
    """What of the company has ended, and after which day."""
    return capfirst(ended_words(part, day))


@register.simple_tag
def goes_on(part: Any) -> str:
    """The other choice than that it has ended, as a form sends it."""
    return f"{part}_goes_on"


@register.simple_tag
def usual_return_mark() -> SafeString:
    """The mark of the wage-tax return's usual term, while it was not verified."""
    return check(usual_is_unsure(Kind.RETURN))


@register.simple_tag
def check_mark(unsure: bool) -> SafeString:
    """The mark of an unsure date, in a list that says below it what the mark means."""
    return check(unsure)


@register.simple_tag
def any_unsure(rows: Any) -> bool:
    """Whether one of these dates carries the mark, so that its meaning has to stand below them."""
    return any(row["unsure"] for row in rows)


@register.simple_tag
def check_explained(unsure: bool, of_client: bool = False) -> SafeString:
    """The mark of an unsure date that says itself what it means."""
    return explained(unsure, of_client=of_client)


@register.simple_tag
def moved_date(moved: Any) -> str:
    """What was moved, and to which day."""
    period = words.period(PeriodType(moved.period_type), moved.period)
    return f"{Kind(moved.kind).label} {period}: {formats.day(moved.due)}"
