"""The people of the demo firm, one for each role that a visitor can try."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from portal.accounts.roles import Role

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

FIRM = "Kantoor Demo"


@dataclass(frozen=True)
class Persona:
    """Somebody a visitor can be by one click."""

    key: str
    name: str
    email: str
    role: Role
    sees: "str | _StrPromise"


PERSONAS = (
    Persona(
        "administrator", "Anke de Boer", "anke@demo.example", Role.ADMINISTRATOR, _("sees every client of the firm")
    ),
    Persona(
        "accountant", "Sjoerd Hofstra", "sjoerd@demo.example", Role.ACCOUNTANT, _("sees the clients assigned to him")
    ),
)


def persona(key: str) -> Persona | None:
    """The persona called `key`."""
    return next((one for one in PERSONAS if one.key == key), None)
