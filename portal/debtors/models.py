"""Debtor and what Nmbrs has on file about it. Of all but the debtor itself Nmbrs gives only the present state."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.accounts.scope import ScopePaths
from portal.debtors.business import AddressColumns, BankAccountColumns
from portal.mirror.models import DebtorHistory, MirrorRow


class Debtor(MirrorRow):
    """A client of the firm. Its number is a free text chosen by the office, not a key (nmbrs.md 2)."""

    number = models.CharField(_("number"), max_length=60, blank=True)
    name = models.CharField(_("name"), max_length=255, blank=True)

    scope_paths = ScopePaths(firm="environment__firm", debtor="pk")

    class Meta(MirrorRow.Meta):
        verbose_name = _("client")
        verbose_name_plural = _("clients")
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name or self.number


class DebtorGuid(MirrorRow):
    """By which GUID the REST API knows a debtor of the environment; kept beside the debtors, who may come later."""

    remote_guid = models.UUIDField(_("GUID"))

    scope_paths = ScopePaths(firm="environment__firm")

    class Meta(MirrorRow.Meta):
        verbose_name = _("id of the client in Nmbrs")
        verbose_name_plural = _("ids of clients in Nmbrs")
        indexes = [models.Index(fields=["environment", "remote_id"], name="debtorguid_remote")]

    def __str__(self) -> str:
        return f"{self.remote_id} {self.remote_guid}"


class DebtorAddress(AddressColumns, DebtorHistory):
    """The address of a client."""

    class Meta(DebtorHistory.Meta):
        verbose_name = _("address of the client")
        verbose_name_plural = _("addresses of clients")
        ordering = ["valid_from", "pk"]


class DebtorBankAccount(BankAccountColumns, DebtorHistory):
    """The bank account of a client."""

    class Meta(DebtorHistory.Meta):
        verbose_name = _("bank account of the client")
        verbose_name_plural = _("bank accounts of clients")
        ordering = ["valid_from", "pk"]


class DebtorContact(DebtorHistory):
    """Whom to call at the client."""

    name = models.CharField(_("name"), max_length=255, blank=True)
    email = models.CharField(_("e-mail address"), max_length=254, blank=True)
    phone = models.CharField(_("telephone"), max_length=60, blank=True)

    class Meta(DebtorHistory.Meta):
        verbose_name = _("contact person of the client")
        verbose_name_plural = _("contact persons of clients")
        ordering = ["valid_from", "pk"]

    def __str__(self) -> str:
        return self.name or self.email or self.phone


class AccountantContact(DebtorHistory):
    """Whom the client calls at the office."""

    name = models.CharField(_("name"), max_length=255, blank=True)
    email = models.CharField(_("e-mail address"), max_length=254, blank=True)
    phone = models.CharField(_("telephone"), max_length=60, blank=True)

    class Meta(DebtorHistory.Meta):
        verbose_name = _("accountant contact")
        verbose_name_plural = _("accountant contacts")
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name or self.email or self.phone


class Manager(DebtorHistory):
    """A manager at the client. `department` and `function` are texts."""

    number = models.IntegerField(_("number"))
    first_name = models.CharField(_("first name"), max_length=120, blank=True)
    last_name = models.CharField(_("last name"), max_length=120, blank=True)
    department = models.CharField(_("department"), max_length=255, blank=True)
    function = models.CharField(_("function"), max_length=255, blank=True)
    phone = models.CharField(_("telephone"), max_length=60, blank=True)
    mobile = models.CharField(_("mobile telephone"), max_length=60, blank=True)
    email = models.CharField(_("e-mail address"), max_length=254, blank=True)

    class Meta(DebtorHistory.Meta):
        verbose_name = _("manager")
        verbose_name_plural = _("managers")
        ordering = ["last_name", "first_name", "pk"]

    def __str__(self) -> str:
        return " ".join(part for part in (self.first_name, self.last_name) if part) or str(self.number)


class DebtorDepartment(DebtorHistory):
    """A department that the client's companies may use."""

    code = models.IntegerField(_("code"))
    description = models.CharField(_("department"), max_length=255, blank=True)

    class Meta(DebtorHistory.Meta):
        verbose_name = _("department of the client")
        verbose_name_plural = _("departments of clients")
        ordering = ["code", "pk"]

    def __str__(self) -> str:
        return self.description or str(self.code)


class DebtorFunction(DebtorHistory):
    """A job that the client's companies may use."""

    code = models.IntegerField(_("code"))
    description = models.CharField(_("function"), max_length=255, blank=True)

    class Meta(DebtorHistory.Meta):
        verbose_name = _("function of the client")
        verbose_name_plural = _("functions of clients")
        ordering = ["code", "pk"]

    def __str__(self) -> str:
        return self.description or str(self.code)


class DebtorTitle(DebtorHistory):
    """A title that people of the client may carry."""

    name = models.CharField(_("title"), max_length=80)

    class Meta(DebtorHistory.Meta):
        verbose_name = _("title")
        verbose_name_plural = _("titles")
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name


class ServiceLevel(DebtorHistory):
    """What the office does for the client. `start_year` and `start_period` are Nmbrs' own; of which period type is
    not said."""

    level = models.CharField(_("service level"), max_length=120, blank=True)
    start_year = models.PositiveSmallIntegerField(_("first year"), null=True)
    start_period = models.PositiveSmallIntegerField(_("first period"), null=True)
    contract_start = models.DateField(_("contract since"), null=True)

    class Meta(DebtorHistory.Meta):
        verbose_name = _("service level")
        verbose_name_plural = _("service levels")
        ordering = ["valid_from", "pk"]

    def __str__(self) -> str:
        return self.level


class DebtorTag(DebtorHistory):
    """A mark by which the office divides its clients. `color` is `#` with six hexadecimal digits."""

    number = models.IntegerField(_("number"))
    text = models.CharField(_("tag"), max_length=120, blank=True)
    color = models.CharField(_("colour"), max_length=20, blank=True)

    class Meta(DebtorHistory.Meta):
        verbose_name = _("tag")
        verbose_name_plural = _("tags")
        ordering = ["number", "pk"]

    def __str__(self) -> str:
        return self.text or str(self.number)


class AgreementSettings(DebtorHistory):
    """A group of labour-agreement settings that the client's companies may use."""

    remote_guid = models.UUIDField(null=True, editable=False)
    number = models.IntegerField(_("number"))
    name = models.CharField(_("labour agreement"), max_length=255, blank=True)

    class Meta(DebtorHistory.Meta):
        verbose_name = _("labour-agreement settings")
        verbose_name_plural = _("labour-agreement settings")
        ordering = ["number", "pk"]

    def __str__(self) -> str:
        return self.name or str(self.number)
