"""Numbers that pass their checks: BSN and IBAN.

BSNs are taken from the range that starts with 9999, which is kept for tests.
"""

from functools import cache

_BANKS = ("ABNA", "INGB", "RABO", "TRIO", "KNAB", "BUNQ")
_BICS = dict(zip(_BANKS, ("ABNANL2A", "INGBNL2A", "RABONL2U", "TRIONL2U", "KNABNL2H", "BUNQNL2A"), strict=True))


def bsn(index: int) -> str:
    """The BSN number `index` of the test range; after about 9,000 they repeat."""
    numbers = _valid_bsns()
    return numbers[index * 7 % len(numbers)]


def wrong_bsn(index: int) -> str:
    """A number of the test range that fails the eleven test."""
    number = bsn(index)
    return number[:-1] + str((int(number[-1]) + 1) % 10)


def iban(index: int) -> str:
    """An IBAN with valid check digits (ISO 13616: remainder 97) and an account number that passes the eleven test."""
    bank = _BANKS[index % len(_BANKS)]
    account = next(number for end in range(100) if _passes_eleven(number := f"{9_990_000 + index:08d}{end:02d}"))
    as_digits = "".join(str(int(letter, 36)) for letter in f"{bank}{account}NL00")
    return f"NL{98 - int(as_digits) % 97:02d}{bank}{account}"


def bic(number: str) -> str:
    """The BIC of the bank of an IBAN that was made here."""
    return _BICS[number[4:8]]


def _passes_eleven(account: str) -> bool:
    return sum(int(figure) * weight for figure, weight in zip(account, range(10, 0, -1), strict=True)) % 11 == 0


@cache
def _valid_bsns() -> tuple[str, ...]:
    numbers = []
    for middle in range(10_000):
        first = f"9999{middle:04d}"
        check = sum(int(figure) * weight for figure, weight in zip(first, range(9, 1, -1), strict=True)) % 11
        if check < 10:
            numbers.append(f"{first}{check}")
    return tuple(numbers)
