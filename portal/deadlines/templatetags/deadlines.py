"""Words about deadlines, for templates."""

from typing import Any

from django import template
from django.utils.safestring import SafeString

from portal.companies import words
from portal.deadlines.forms import pay_words, pension_words
from portal.deadlines.models import Kind
from portal.deadlines.rules import PayRule
from portal.deadlines.tables import person_words
from portal.periods import PeriodType
from portal.ui import formats

register = template.Library()


@register.simple_tag
def responsible(arrangement: Any) -> SafeString:
    """Who sees to the company."""
    return person_words(arrangement)


@register.simple_tag
def pay_day(arrangement: Any) -> str:
    """The agreed pay day, or the usual one."""
    return (
        pay_words(PayRule(arrangement.pay_rule), arrangement.pay_number) if arrangement else pay_words(PayRule.NONE, 0)
    )


@register.simple_tag
def pension_term(arrangement: Any) -> str:
    """The fund's term, or the office's usual one."""
    return pension_words(arrangement.pension_days if arrangement else None)


@register.simple_tag
def moved_date(moved: Any) -> str:
    """What was moved, and to which day."""
    period = words.period(PeriodType(moved.period_type), moved.period)
    return f"{Kind(moved.kind).label} {period}: {formats.day(moved.due)}"
