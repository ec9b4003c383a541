"""Leave and absence."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from portal.nmbrs.sandbox.firm.maker import Maker
from portal.nmbrs.sandbox.firm.numbers import bsn
from portal.nmbrs.sandbox.firm.person_origin import Origin
from portal.nmbrs.sandbox.firm.person_records import ABSENCE_CANARY, Absence, Leave, LeaveOpening

_WORKDAY: Final = Decimal(8)
_NONE: Final = Decimal(0)
_REASONS: Final = ("Vakantie", "Zomervakantie", "Dagje vrij", "Verhuizing", "Kerstvakantie", "")
#: Texts of Nmbrs' dossier types with their weight; the last ones tell more than a mirror may keep.
DOSSIERS: Final = (
    ("Geen vangnetgeval / Ziekte", 80),
    ("Ziekte", 10),
    ("Verzuim a.g.v. van zwangerschap en/of bevalling", 5),
    ("Zwangerschapsverlof (WAZO)", 3),
    ("Verzuim a.g.v. van orgaandonatie", 2),
)
_AILMENTS: Final = ("griep", "hernia", "burn-out, ziet de psycholoog", "gebroken enkel", "migraine", "operatie knie")


def leave(origin: Origin, maker: Maker) -> list[Leave]:
    """Of last year and this one: hours built up at the start, hours taken, for some hours that lapsed in July."""
    made: list[Leave] = []
    for year in (origin.today.year - 1, origin.today.year):
        first, last = max(date(year, 1, 1), origin.start), min(date(year, 12, 31), origin.end or date.max)
        if first <= min(last, origin.today):
            made.extend(_year(origin, maker, first, last))
    return made


def _year(origin: Origin, maker: Maker, first: date, last: date) -> Iterator[Leave]:
    random = maker.random
    left = Decimal((date(first.year, 12, 31) - first).days + 1) / 366
    for kind, weeks in (("Type1", 4), ("Type2", 1)):
        built = (origin.hours_a_week * weeks * left).quantize(Decimal("0.01"))
        yield Leave(maker.next_id(), "Opbouw", built, "Store", first, first, built, _NONE, kind, "Approved")
    for _ in range(random.randrange(0, 6)):
        start = first + timedelta(days=random.randrange((last - first).days + 1))
        days = min(random.choice((1, 1, 1, 2, 5, 10)), (last - start).days + 1)
        yield Leave(
            id=maker.next_id(),
            description=random.choice(_REASONS),
            hours=_WORKDAY * days if days > 1 else Decimal(random.choice((2, 4, 8))),
            usage="Withdrawal",
            start=start,
            end=start + timedelta(days=days - 1),
            start_hours=_WORKDAY,
            end_hours=_WORKDAY if days > 1 else _NONE,
            type="Type1" if random.random() < 0.8 else "Type2",
            status=_status(origin, maker, start),
        )
    july = date(first.year, 7, 1)
    if first < july <= min(last, origin.today) and random.random() < 0.15:
        lost = Decimal(random.randrange(1, 16))
        yield Leave(maker.next_id(), "Vervallen", lost, "Expired", july, july, lost, _NONE, "Type1", "Approved")


def _status(origin: Origin, maker: Maker, start: date) -> str:
    if maker.random.random() < 0.06:
        return "Rejected"
    soon = start > origin.today - timedelta(days=7)
    return "Pending" if soon and maker.random.random() < 0.6 else "Approved"


def leave_openings(origin: Origin, maker: Maker) -> list[LeaveOpening]:
    """What was left of the years before, for those who were here then."""
    year = origin.today.year - 1
    carried = origin.start < date(year, 1, 1) and (origin.end is None or origin.end >= date(year, 1, 1))
    hours = Decimal(maker.random.randrange(0, 240)) / 2 if carried else _NONE
    return [LeaveOpening(year, hours)]


def absences(origin: Origin, maker: Maker) -> list[Absence]:
    """Of one in eight people, over the last two years; some are still ill, some work a part of their hours."""
    random = maker.random
    if random.random() > 0.125:
        return []
    made: list[Absence] = []
    begin = max(origin.start, origin.today - timedelta(days=730))
    for number in range(1, random.choice((1, 1, 2, 3)) + 1):
        span = (origin.last_day - begin).days
        if span < 1:
            break
        start = begin + timedelta(days=random.randrange(span))
        made.extend(_spell(origin, maker, start, number))
        if made[-1].end is None:
            break
        begin = made[-1].end + timedelta(days=10)
    return made


def _spell(origin: Origin, maker: Maker, start: date, number: int) -> Iterator[Absence]:
    """A spell; a long one ends with a time of working for a half."""
    random = maker.random
    length = random.choice((2, 3, 4, 5, 8, 21, 60, 190, 400))
    recovered = start + timedelta(days=length)
    last = recovered if recovered <= origin.today else None
    if origin.end is not None and origin.end <= origin.today:
        last = min(recovered, origin.end)
    dossier = random.choices([text for text, _ in DOSSIERS], [weight for _, weight in DOSSIERS])[0]
    ailment = random.choice(_AILMENTS)
    comment = f"{ailment}, {ABSENCE_CANARY}" if random.random() < 0.8 else f"{ABSENCE_CANARY} BSN {bsn(maker.index)}"
    half = start + timedelta(days=length // 2)
    parts = [(100, start, last)]
    if length > 20 and half < min(last or origin.today, origin.last_day):
        parts = [(100, start, half), (50, half + timedelta(days=1), last)]
    for percentage, first, end in parts:
        yield Absence(
            id=maker.next_id(),
            comment=comment,
            percentage=percentage,
            start=first,
            registered_start=maker.moment(first),
            end=end,
            registered_end=maker.moment(end) if end else None,
            dossier=dossier,
            dossier_number=number,
        )
