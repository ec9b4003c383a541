"""What the guards of the portal call while they are mutated: each asks whether it is the one that is switched off."""

from collections.abc import Callable
from functools import wraps
from typing import Any

#: The guard that is switched off now.
active: str | None = None
#: The guards that somebody came by.
touched: set[str] = set()


def on(guard: str) -> bool:
    """Whether the guard does its work."""
    touched.add(guard)
    return active != guard


def door(guard: str, rows: Any, *given: Any, **named: Any) -> Any:
    """`rows.visible_to(...)`; switched off: every row; with its capability switched off: whatever may be seen."""
    if not on(guard):
        return rows.all()
    if (len(given) > 1 or named) and not on(f"{guard}, its capability"):
        return rows.visible_to(given[0])
    return rows.visible_to(*given, **named)


def lasting(guard: str, rows: Any, *given: Any, **named: Any) -> Any:
    """`rows.in_force()`; switched off: also what has ended."""
    return rows.in_force(*given, **named) if on(guard) else rows.all()


def term(guard: str, in_force: Callable[..., Any], *given: Any, **named: Any) -> Any:
    """`in_force(...)`; switched off: a condition that everything meets."""
    from django.db.models import Q

    return in_force(*given, **named) if on(guard) else Q()


def decorator(guard: str, decorate: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """`@decorate`; switched off: the view as it is."""

    def apply(view: Any) -> Any:
        guarded = decorate(view)

        @wraps(guarded)
        def chosen(*args: Any, **kwargs: Any) -> Any:
            return (guarded if on(guard) else view)(*args, **kwargs)

        return chosen

    return apply


def mixin(guard: str, base: type) -> type:
    """A base class whose `dispatch` guards; switched off: the next one's."""

    def dispatch(self: Any, *args: Any, **kwargs: Any) -> Any:
        return super(chosen if on(guard) else base, self).dispatch(*args, **kwargs)  # type: ignore[misc]

    chosen = type(base.__name__, (base,), {"dispatch": dispatch, "__module__": base.__module__})
    return chosen


class Weakened:
    """The capability that a page names; switched off: the weakest."""

    def __init__(self, guard: str, capability: Any) -> None:
        self.guard, self.capability = guard, capability

    def __get__(self, instance: Any, owner: Any) -> Any:
        return self.capability if on(self.guard) else type(self.capability).VIEW


def made(guard: str, make: Callable[..., Any], *given: Any, **named: Any) -> Any:
    """A panel or a kind of record; switched off: whoever may see anything may see it."""
    one = make(*given, **named)
    needed = vars(one)["capability"]

    def capability(self: Any) -> Any:
        return vars(self)["capability"] if on(guard) else type(needed).VIEW

    def keep(self: Any, value: Any) -> None:
        vars(self)["capability"] = value

    more = {"capability": property(capability, keep), "__module__": type(one).__module__}
    object.__setattr__(one, "__class__", type(type(one).__name__, (type(one),), more))
    return one


def sight(guard: str, asked: Callable[..., Any], *given: Any) -> Any:
    """`sight(...)`; switched off: all of the field."""
    found = asked(*given)
    return found if on(guard) else type(found).FULL


class Rules(dict[Any, Any]):
    """The rules of fields, each with its guard; one that is switched off is not there."""

    def __init__(self, guards: list[str], rules: dict[Any, Any]) -> None:
        super().__init__(rules)
        self.guards = dict(zip(rules, guards, strict=True))

    def get(self, key: Any, default: Any = None) -> Any:
        return self[key] if key in self and on(self.guards[key]) else default

    def items(self) -> Any:
        return [(key, rule) for key, rule in super().items() if on(self.guards[key])]
