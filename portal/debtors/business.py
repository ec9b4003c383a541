"""Columns that a client and a company have in common: where they are, and the account they pay from."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.mirror.models import ROW_KEY
from portal.vault import EncryptedTextField

#: Longest an IBAN can be (ISO 13616).
IBAN_LENGTH = 34


class AccountType(models.TextChoices):
    """What Nmbrs uses a bank account for (BankAccountType)."""

    NONE = "None", _("not set")
    ACCOUNT_1 = "Bankrekening1", _("bank account 1")
    SALARY_SAVINGS = "Spaarloon", _("salary savings (spaarloon)")
    ACCOUNT_2 = "Bankrekening2", _("bank account 2")
    ACCOUNT_3 = "Bankrekening3", _("bank account 3")
    ACCOUNT_4 = "Bankrekening4", _("bank account 4")
    ACCOUNT_5 = "Bankrekening5", _("bank account 5")
    STANDARD = "Standaard", _("standard")
    LIFE_COURSE = "Levensloop", _("life-course savings (levensloop)")


class AddressColumns(models.Model):
    """An address."""

    street = models.CharField(_("street"), max_length=255, blank=True)
    house_number = models.CharField(_("house number"), max_length=30, blank=True)
    addition = models.CharField(_("addition"), max_length=30, blank=True)
    postal_code = models.CharField(_("postal code"), max_length=20, blank=True)
    city = models.CharField(_("city"), max_length=120, blank=True)
    region = models.CharField(_("region"), max_length=120, blank=True)
    country = models.CharField(_("country"), max_length=10, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        street = " ".join(part for part in (self.street, self.house_number, self.addition) if part)
        place = " ".join(part for part in (self.postal_code, self.city) if part)
        return ", ".join(part for part in (street, place) if part)


class BankAccountColumns(models.Model):
    """A bank account. Its old number is a part of the IBAN and is not mirrored (privacy.md 4)."""

    iban = EncryptedTextField(_("IBAN"), max_length=IBAN_LENGTH, blank=True, bound_to=ROW_KEY)
    bic = models.CharField(_("BIC"), max_length=20, blank=True)
    holder = models.CharField(_("account holder"), max_length=255, blank=True)
    city = models.CharField(_("city"), max_length=120, blank=True)
    description = models.CharField(_("description"), max_length=255, blank=True)
    account_type = models.CharField(_("kind of account"), max_length=30, choices=AccountType.choices)

    class Meta:
        abstract = True


#: Column -> element, the same in both services.
ADDRESS_FIELDS = {
    "remote_id": "Id",
    "street": "Street",
    "house_number": "HouseNumber",
    "addition": "HouseNumberAddition",
    "postal_code": "PostalCode",
    "city": "City",
    "region": "StateProvince",
    "country": "CountryISOCode",
}
ADDRESS_WATCHED = ("street", "house_number", "addition", "postal_code", "city", "country")
BANK_ACCOUNT_FIELDS = {
    "remote_id": "Id",
    "iban": "IBAN",
    "bic": "BIC",
    "holder": "Name",
    "city": "City",
    "description": "Description",
    "account_type": "Type",
}
BANK_ACCOUNT_WATCHED = ("iban", "holder", "account_type")
BANK_ACCOUNT_SENSITIVE = ("iban",)
