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
_WAGES = Rule(also=Capability.VIEW_SALARIES)

#: (kind of record, field) -> how it departs from "all or nothing".
RULES: Mapping[tuple[str, str], Rule] = {
    ("bank_accounts", "iban"): _IBAN,
    ("company_bank_account", "iban"): _IBAN,
    ("debtor_bank_account", "iban"): _IBAN,
    # Whoever may see tax settings need not be allowed to see wages.
    ("wage_tax_settings", "year_wage"): _WAGES,
    # That a return was sent is for everybody; what it comes to is the tax of one person where one works. The reference
    # stands on the payment.
    ("wage_tax_returns", "total"): _WAGES,
    ("wage_tax_returns", "payment_reference"): _WAGES,
    # Of a company where few work, the table of its own names what they earn.
    ("company_salary_scales", "value"): _WAGES,
    ("company_salary_steps", "value"): _WAGES,
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


def hidden(resource: Resource, held: Collection[Capability]) -> frozenset[str]:
    """The fields of a kind of which somebody gets nothing who may see its records and holds these capabilities."""
    own = (field for name, field in RULES if name == resource.name)
    return frozenset(field for field in own if sight(resource, field, held) is Sight.HIDDEN)


def maskable(kind: str) -> Iterator[str]:
    """The fields of a kind that are masked until somebody reveals them."""
    return (field for (name, field), rule in RULES.items() if name == kind and rule.whole is not None)
