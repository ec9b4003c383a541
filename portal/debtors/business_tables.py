"""Tables that a client and a company have in common: where they are, and the account they pay from."""

from django.utils.translation import gettext_lazy as _

from portal.ui.records import ObservedTable
from portal.ui.tables import IbanColumn, TextColumn


class BusinessAddressTable(ObservedTable):
    """An address."""

    caption = _("Address")

    street = TextColumn()
    house_number = TextColumn()
    addition = TextColumn()
    postal_code = TextColumn()
    city = TextColumn()
    region = TextColumn()
    country = TextColumn()


class BusinessAccountTable(ObservedTable):
    """A bank account, its number masked."""

    caption = _("Bank account")

    iban = IbanColumn()
    holder = TextColumn()
    account_type = TextColumn()
    description = TextColumn()
    bic = TextColumn()
    city = TextColumn()
