"""Other ways in that the sign-in page offers. Higher rooms register theirs; nothing is imported upwards."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest


@dataclass(frozen=True)
class Door:
    """A part of the sign-in page: `template` is included with what `context` says for this request; None hides it."""

    template: str
    context: Callable[[HttpRequest], dict[str, Any] | None]


_doors: list[Door] = []


def register(door: Door) -> None:
    """Offer `door` on the sign-in page; once, however often it is registered."""
    if door not in _doors:
        _doors.append(door)


def open_to(request: HttpRequest) -> list[tuple[str, dict[str, Any]]]:
    """Template and context of each door that is open to this request."""
    shown = [(door.template, door.context(request)) for door in _doors]
    return [(template, context) for template, context in shown if context is not None]
