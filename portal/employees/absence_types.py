"""What the kind of an absence's dossier is reduced to: the one table (privacy.md section 3).

Keys are the texts that Nmbrs gives (enumerations.yaml, dossier_type); whatever is not here is unknown.
A proposal, to be confirmed by a payroll specialist.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final, NamedTuple

from django.db.models import F

from portal import clock
from portal.accounts.roles import Capability
from portal.employees.models import Answer, UnmappedDossier

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from portal.accounts.models import User


class Flags(NamedTuple):
    """Whether the return-to-work clock applies, and whether it is a safety-net case."""

    clock: Answer
    safety_net: Answer


SICKNESS: Final = Flags(Answer.YES, Answer.NO)
SAFETY_NET: Final = Flags(Answer.UNKNOWN, Answer.YES)
NO_SICKNESS: Final = Flags(Answer.NO, Answer.NO)
UNKNOWN: Final = Flags(Answer.UNKNOWN, Answer.UNKNOWN)

_BY_TEXT: Final = {
    # SIVI 2006, codes 1 to 7.
    "Ziekte": SICKNESS,
    "Ziekte door zwangerschap (vangnet)": SAFETY_NET,
    "Ziekte heringetreden arbeidsgehandicapte (vangnet)": SAFETY_NET,
    "Ziekte door orgaandonatie (vangnet)": SAFETY_NET,
    "Zwangerschapverlof": NO_SICKNESS,
    "Adoptie/Pleegzorg": NO_SICKNESS,
    "Ziekte door bevalling": SAFETY_NET,
    # SIVI 2017/2022, codes 8 to 19.
    "Geen vangnetgeval / Ziekte": SICKNESS,
    "Verzuim a.g.v. van zwangerschap en/of bevalling": SAFETY_NET,
    "Verzuim a.g.v. van orgaandonatie": SAFETY_NET,
    "WW uitkering en meer dan xx weken verzuim": SAFETY_NET,
    "Uitzendkracht of oproepkracht": SAFETY_NET,
    "Beëindiging dienstverband tijdens verzuim": SAFETY_NET,
    "Gedeeltelijk ao verzuim binnen": SAFETY_NET,
    "Bijzonder dienstverband": SAFETY_NET,
    "Overige oorzaken": SAFETY_NET,
    "Zwangerschapsverlof (WAZO)": NO_SICKNESS,
    "Adoptieverlof (WAZO)": NO_SICKNESS,
    "Pleegzorgverlof (WAZO)": NO_SICKNESS,
}


def flags(dossier: str) -> Flags:
    """The flags of a kind of dossier."""
    return _BY_PLAIN_TEXT.get(_plain(dossier), UNKNOWN)


def is_known(dossier: str) -> bool:
    """Whether the table says anything about a kind of dossier. None given counts as known: nothing can be added."""
    plain = _plain(dossier)
    return not plain or plain in _BY_PLAIN_TEXT


def remember_unmapped(environment_id: int, dossiers: Mapping[str, int]) -> None:
    """Count the texts that the table does not know, for the administrator. Two statements a text, and they are few."""
    for dossier, times in dossiers.items():
        text = " ".join(dossier.split())[:_LONGEST]
        row, made = UnmappedDossier.objects.get_or_create(
            environment_id=environment_id, text=text, defaults={"times": times, "last_seen": clock.now()}
        )
        if not made:
            UnmappedDossier.objects.filter(pk=row.pk).update(times=F("times") + times, last_seen=clock.now())


def unmapped(user: "User | AnonymousUser") -> "list[UnmappedDossier]":
    """What the table still does not know, of the firms whose syncs the person oversees as a whole."""
    seen = UnmappedDossier.objects.visible_to(user, Capability.VIEW_SYNC).select_related("environment")
    return [row for row in seen.order_by("environment__domain", "text") if not is_known(row.text)]


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())


_BY_PLAIN_TEXT: Final = {_plain(text): known for text, known in _BY_TEXT.items()}
_LONGEST: Final = UnmappedDossier._meta.get_field("text").max_length or 0
