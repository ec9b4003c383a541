"""The hour codes of the hour model; every company has the first of them, some have all."""

from typing import Final

#: Code and description.
HOUR_CODES: Final[tuple[tuple[int, str], ...]] = (
    (2100, "Gewerkte uren"),
    (2101, "Gewerkte uren vorige periode"),
    (2110, "Meeruren 100%"),
    (2120, "Overuren 125%"),
    (2130, "Overuren 150%"),
    (2140, "Overuren 200%"),
    (2150, "Toeslaguren avond"),
    (2160, "Toeslaguren nacht"),
    (2170, "Toeslaguren zondag"),
    (2200, "Verlofuren"),
    (2210, "Bijzonder verlof"),
    (2220, "Ziekte-uren 100%"),
    (2230, "Ziekte-uren 70%"),
    (2240, "Feestdagen"),
    (2250, "Onbetaald verlof"),
    (2260, "Ouderschapsverlof"),
    (2300, "Reisuren"),
    (2310, "Scholingsuren"),
    (2320, "Consignatie-uren"),
    (2400, "Tijd voor tijd"),
)
