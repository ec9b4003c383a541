"""What the kind of an absence's dossier is reduced to (privacy.md section 3)."""

import pytest

from portal.employees.absence_types import flags

#: The codes of the list in enumerations.yaml with their texts.
SICKNESS = ("Ziekte", "Geen vangnetgeval / Ziekte", "geen  vangnetgeval / ziekte ")
SAFETY_NET = (
    "Ziekte door zwangerschap (vangnet)",
    "Verzuim a.g.v. van zwangerschap en/of bevalling",
    "Verzuim a.g.v. van orgaandonatie",
    "WW uitkering en meer dan xx weken verzuim",
    "Uitzendkracht of oproepkracht",
    "Beëindiging dienstverband tijdens verzuim",
    "Gedeeltelijk ao verzuim binnen",
    "Bijzonder dienstverband",
    "Overige oorzaken",
)
LEAVE = ("Zwangerschapsverlof (WAZO)", "Adoptieverlof (WAZO)", "Pleegzorgverlof (WAZO)", "Zwangerschapverlof")


@pytest.mark.parametrize(
    ("dossiers", "expected"),
    [
        (SICKNESS, ("yes", "no")),
        (SAFETY_NET, ("unknown", "yes")),
        (LEAVE, ("no", "no")),
        (("", "Something new"), ("unknown", "unknown")),
    ],
)
def test_two_flags(dossiers: tuple[str, ...], expected: tuple[str, str]) -> None:
    assert {tuple(flags(dossier)) for dossier in dossiers} == {expected}
