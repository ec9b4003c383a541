"""The collective-agreement salary table: scales with their steps, and the place of a salary in it."""

from decimal import Decimal
from typing import Final

from portal.nmbrs.sandbox.firm.company_records import SalaryScale, SalaryStep
from portal.nmbrs.sandbox.firm.identity import guid_of
from portal.nmbrs.sandbox.firm.model import SalaryTable
from portal.periods import PeriodType

CODE: Final = 1
NAME: Final = "Loontabel cao"
#: Parts of a month's wage that one period of a company pays.
PERIOD_SHARE: Final = {
    PeriodType.MONTH: Decimal(1),
    PeriodType.FOUR_WEEKS: Decimal(12) / 13,
    PeriodType.WEEK: Decimal(12) / 52,
}
#: What the first step of each scale pays a month; every scale begins before the one below it ends.
_FIRST: Final = {"4": 2500, "5": 2950, "6": 3480, "7": 4110, "8": 4850, "9": 5720}
_STEPS: Final = 11
#: What a step adds, as a part of the first one.
_RISE: Final = Decimal("0.03")
_CENT: Final = Decimal("0.01")


def scales_of_table(kind: PeriodType, base: int) -> list[SalaryScale]:
    """The scales of a company that pays by `kind`. `base`: a number from which those of its GUIDs count up."""
    made = []
    for place, (name, first) in enumerate(_FIRST.items()):
        number = base + place * 20
        values = _values(first, kind)
        steps = [
            SalaryStep(str(step), f"Trede {step}", value, guid_of("SalaryTableStep", number + step))
            for step, value in enumerate(values, start=1)
        ]
        least = (values[0] * 100 / values[-1]).quantize(_CENT)
        guid = guid_of("SalaryTableScale", number)
        made.append(SalaryScale(name, f"Schaal {name}", values[-1], Decimal(100), least, guid, steps))
    return made


def place_in_table(value: Decimal, kind: PeriodType) -> SalaryTable | None:
    """The step that is nearest to a salary, in the lowest scale that reaches it; None above the last scale."""
    for name, first in _FIRST.items():
        values = _values(first, kind)
        if value <= values[-1]:
            step = min(range(_STEPS), key=lambda place: abs(values[place] - value))
            return SalaryTable(CODE, NAME, name, values[-1], str(step + 1), values[step])
    return None


def _values(first: int, kind: PeriodType) -> list[Decimal]:
    return [(first * (1 + _RISE * step) * PERIOD_SHARE[kind]).quantize(_CENT) for step in range(_STEPS)]
