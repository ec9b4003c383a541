"""What a reader gets of a field: nothing, a masked form, or all of it. The one table; pages and exports ask it.

Whoever may not see a kind of record gets nothing of it; whoever may, gets all of its fields. What is otherwise stands
here (security.md, threat 11). Pages never write a maskable field in full: they offer `portal.ui.reveal`.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum

from portal.accounts.roles import Capability
from portal.mirror.resource import Resource


class Sight(Enum):
    """How much of a field a reader gets."""

    HIDDEN = "hidden"
    MASKED = "masked"
    FULL = "full"


@dataclass(frozen=True)
class Rule:
    """An exception for one field.

    `also`   what a reader needs besides the right to the kind; without it the field is hidden.
    `whole`  what a reader needs to see more than a masked form.
    `never`  nobody gets it in any form.
    """

    also: Capability | None = None
    whole: Capability | None = None
    never: bool = False


_IBAN = Rule(whole=Capability.REVEAL_IBAN)

#: (kind of record, field) -> how it departs from "all or nothing".
RULES: Mapping[tuple[str, str], Rule] = {
    ("bank_accounts", "iban"): _IBAN,
    ("company_bank_account", "iban"): _IBAN,
    ("debtor_bank_account", "iban"): _IBAN,
    # Whoever may see tax settings need not be allowed to see wages.
    ("wage_tax_settings", "year_wage"): Rule(also=Capability.VIEW_SALARIES),
    # Derived from a citizen service number (privacy.md 2).
    ("bsn_checks", "bsn_fingerprint"): Rule(never=True),
}
_NONE = Rule()


def sight(resource: Resource, field: str, held: Collection[Capability]) -> Sight:
    """How much of a field of this kind somebody gets who holds these capabilities over the record."""
    rule = RULES.get((resource.name, field), _NONE)
    if rule.never or resource.capability not in held or (rule.also is not None and rule.also not in held):
        return Sight.HIDDEN
    if rule.whole is not None and rule.whole not in held:
        return Sight.MASKED
    return Sight.FULL


def maskable(kind: str) -> Iterator[str]:
    """The fields of a kind that are masked until somebody reveals them."""
    return (field for (name, field), rule in RULES.items() if name == kind and rule.whole is not None)
