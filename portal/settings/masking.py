"""The last door of the log: what looks like a BSN, a bank account, a token or a seed is masked, whoever wrote it.

The rest of the portal keeps such things out of messages and errors; this is for what slips through, in a traceback of
a library for instance (security.md, threat 38).
"""

import logging
import re

MASK = "•••"

_NINE_DIGITS = re.compile(r"(?<!\d)\d{9}(?!\d)")
_IBAN = re.compile(r"(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?(?![A-Za-z0-9])")
#: The header of every call to Nmbrs, and what other libraries print of a request.
_TOKEN = re.compile(
    r"(?P<before><(?:\w+:)?(?:Token|Password)>|\b(?:token|password|secret|client_secret)[\"']?\s*[=:]\s*[\"']?)[^<\s\"'&,;)]+",
    re.IGNORECASE,
)
#: Seeds, keys and sealed values: long runs of letters and digits that are no words and no path.
_LONG = re.compile(r"(?<![A-Za-z0-9_+-])(?=[A-Za-z_-]*\d)[A-Za-z0-9_+-]{32,}={0,2}(?![A-Za-z0-9_+-])")


#: Loggers whose lines are whole: the head of the audit trail is sent elsewhere for its HMACs, which open nothing.
WHOLE = frozenset({"portal.audit.anchor"})


def passes_the_eleven_test(number: str) -> bool:
    """Whether nine digits can be a BSN."""
    weighed = sum(weight * int(digit) for weight, digit in zip((9, 8, 7, 6, 5, 4, 3, 2, -1), number, strict=True))
    return weighed % 11 == 0 and number != "000000000"


def is_iban(text: str) -> bool:
    """Whether the check digits are right (ISO 13616)."""
    plain = text.replace(" ", "")
    return int("".join(str(int(sign, 36)) for sign in plain[4:] + plain[:4])) % 97 == 1


def masked(text: str) -> str:
    """`text` without what must not be in a log."""
    text = _NINE_DIGITS.sub(lambda hit: MASK if passes_the_eleven_test(hit[0]) else hit[0], text)
    text = _IBAN.sub(lambda hit: MASK if is_iban(hit[0]) else hit[0], text)
    text = _TOKEN.sub(lambda hit: hit["before"] + MASK, text)
    return _LONG.sub(MASK, text)


class MaskingFormatter(logging.Formatter):
    """Writes a record as usual, traceback included, and masks the whole."""

    def format(self, record: logging.LogRecord) -> str:
        text = super().format(record)
        return text if record.name in WHOLE else masked(text)
