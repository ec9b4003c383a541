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
    Persona(
        "assistant",
        "Fatima Yilmaz",
        "fatima@demo.example",
        Role.ASSISTANT,
        _("works for some clients; no absence by sickness, no bank accounts"),
    ),
    Persona(
        "auditor", "Ruben Postma", "ruben@demo.example", Role.AUDITOR, _("reads the whole firm and changes nothing")
    ),
    Persona(
        "client-administrator",
        "Ingrid Vos",
        "ingrid@demo.example",
        Role.CLIENT_ADMINISTRATOR,
        _("is the client: sees the own company and manages its users"),
    ),
    Persona(
        "client-user", "Tom Bakker", "tom@demo.example", Role.CLIENT_USER, _("is the client: sees names, no wages")
    ),
)


def persona(key: str) -> Persona | None:
    """The persona called `key`."""
    return next((one for one in PERSONAS if one.key == key), None)
