"""Absence over thirteen months or periods: how many people, without names and causes, and none of a small group."""

from collections.abc import Container, Sequence
from dataclasses import dataclass

from portal.companies.freshness import PEOPLE_KINDS
from portal.dashboards import months
from portal.dashboards.sums.numbers import Sums
from portal.ui.values import Missing

ABSENCE_KINDS = (*PEOPLE_KINDS, "absences")
#: In a smaller group a number of absent people would tell who they are (privacy.md section 3).
SMALL_GROUP = 5


@dataclass(frozen=True)
class Absence:
    """People in service and absent people on the last day of each window, the shown one last.

    `people` None: nothing was kept of that day. `absent` None: the same, or too few people to tell.
    """

    people: Sequence[int | None]
    absent: Sequence[int | None]

    @property
    def small(self) -> bool:
        """Whether the shown day has too few people to tell a number of."""
        return _is_small(self.people[-1])


def why_not(sums: Sums, never: Missing | None) -> Missing | None:
    """Why no absence can be shown, where `never` says why its kinds are not here; None where it can."""
    return never if sums.absence_on else Missing.SWITCHED_OFF


def absence_of(sums: Sums, companies: Container[int]) -> Absence:
    """Over those of the companies of which absence is known: nobody of another is counted as present."""
    people: list[int | None] = []
    absent: list[int | None] = []
    for place in range(months.TREND):
        kept = [one for (company, at), one in sums.kept.items() if at == place and company in companies]
        if not sums.all_kept((company for company in sums.types if company in companies), place):
            # A month that only some of the companies are as far as.
            kept = []
        head = sum(one.head_count for one in kept) if kept else None
        people.append(head)
        absent.append(None if head is None or _is_small(head) else sum(one.absent or 0 for one in kept))
    return Absence(people, absent)


def _is_small(people: int | None) -> bool:
    return people is not None and people < SMALL_GROUP
