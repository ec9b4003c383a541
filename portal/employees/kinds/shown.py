"""How a kind of record of a person is shown: its label, its icon and its fields."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from portal.mirror.dating import Observed
from portal.mirror.models import EmployeeInterval
from portal.mirror.resource import Resource
from portal.ui import formats, markup

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

Draw = Callable[[Any], SafeString]


@dataclass(frozen=True)
class Shown:
    """One field: its label and how its value of a record reads. A `figure` stands at the right of a column."""

    label: "str | _StrPromise"
    draw: Draw
    figure: bool = False


@dataclass(frozen=True)
class Kind:
    """A lane of the timeline. Records of one `chain` follow each other.

    `passing`: what happened, and no state of things: it stands on the timeline and not among the facts of a day.
    """

    model: type[EmployeeInterval]
    label: "str | _StrPromise"
    icon: str
    fields: tuple[Shown, ...]
    chain: Callable[[Any], str] = lambda row: ""
    #: The word of the glossary that explains the label.
    term: str = ""
    passing: bool = False

    @property
    def resource(self) -> Resource:
        """The declaration of the mirrored kind."""
        return self.model.resource

    @property
    def observed(self) -> bool:
        """Whether Nmbrs gives no dates: the day is the one on which we first saw it."""
        return isinstance(self.resource.dating, Observed)


@dataclass(frozen=True)
class Listing:
    """Records that stand in a table of their own, in the order of `order`."""

    model: type[Any]
    label: "str | _StrPromise"
    fields: tuple[Shown, ...]
    order: tuple[str, ...]
    term: str = ""

    @property
    def resource(self) -> Resource:
        """The declaration of the mirrored kind."""
        resource: Resource = self.model.resource
        return resource


def text(name: str) -> Draw:
    """A text of Nmbrs."""
    return lambda row: markup.words(getattr(row, name))


def number(name: str, places: int = 0) -> Draw:
    """A number without a unit."""
    return lambda row: markup.number(getattr(row, name), places)


def figure(name: str, least: int = 2) -> Draw:
    """A number with four decimals where they are used, else with `least`."""

    def draw(row: Any) -> SafeString:
        value = getattr(row, name)
        return markup.number(value, least if value == round(value, least) else 4)

    return draw


def money(name: str) -> Draw:
    """Euros."""
    return lambda row: markup.money(getattr(row, name))


def code(name: str) -> Draw:
    """A number that names something is not grouped in thousands."""
    return lambda row: markup.words(None if getattr(row, name) is None else str(getattr(row, name)))


def coded(code_name: str, name: str) -> Draw:
    """A code with its description."""

    def draw(row: Any) -> SafeString:
        parts = (getattr(row, code_name), getattr(row, name))
        return markup.words(" · ".join(str(part) for part in parts if part not in (None, "")))

    return draw


def day(name: str) -> Draw:
    """A calendar day."""
    return lambda row: markup.day(getattr(row, name))


def choice(name: str) -> Draw:
    """The words of a choice; a value that is not listed stays as it is."""
    return lambda row: markup.words(str(getattr(row, f"get_{name}_display")()))


def yes_or_no(name: str) -> Draw:
    """A boolean that may be unknown."""
    words = {True: _("yes"), False: _("no"), None: None}
    return lambda row: markup.words(words[getattr(row, name)])


def end(row: Any) -> SafeString:
    """The last day of a spell."""
    return markup.day(row.end_date) if row.end_date else markup.words(_("open"))


def iban(row: Any) -> SafeString:
    """Country and last four characters; the whole number is shown nowhere."""
    return markup.words(formats.masked_iban(row.iban))
