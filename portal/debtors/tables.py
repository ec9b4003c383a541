"""One table for each kind of record of a client."""

from django.utils.translation import gettext_lazy as _

from portal.debtors.business_tables import BusinessAccountTable, BusinessAddressTable
from portal.ui.records import ObservedTable, shows
from portal.ui.tables import CodeColumn, DayColumn, TextColumn


@shows("debtor_address")
class AddressTable(BusinessAddressTable):
    """The address."""


@shows("debtor_bank_account")
class BankAccountTable(BusinessAccountTable):
    """The bank account."""


@shows("debtor_contact")
class ContactTable(ObservedTable):
    """The contact person."""

    caption = _("Contact person")

    name = TextColumn()
    email = TextColumn()
    phone = TextColumn()


@shows("accountant_contacts")
class AccountantTable(ObservedTable):
    """Whom the client calls at the office."""

    name = TextColumn()
    email = TextColumn()
    phone = TextColumn()


@shows("managers")
class ManagerTable(ObservedTable):
    """The managers."""

    searched = ("first_name", "last_name", "department", "function")

    last_name = TextColumn()
    first_name = TextColumn()
    number = CodeColumn()
    department = TextColumn()
    function = TextColumn()
    phone = TextColumn()
    mobile = TextColumn()
    email = TextColumn()


@shows("debtor_departments")
class DepartmentTable(ObservedTable):
    """The departments."""

    caption = _("Departments")
    searched = ("code", "description")

    description = TextColumn()
    code = CodeColumn()


@shows("debtor_functions")
class FunctionTable(ObservedTable):
    """The functions."""

    caption = _("Functions")
    searched = ("code", "description")

    description = TextColumn()
    code = CodeColumn()


@shows("debtor_titles")
class TitleTable(ObservedTable):
    """The titles."""

    name = TextColumn()


@shows("service_level")
class ServiceLevelTable(ObservedTable):
    """The service level, with the period since which Nmbrs says it holds."""

    caption = _("Service level")

    level = TextColumn()
    contract_start = DayColumn()
    start_period = TextColumn(verbose_name=_("Holds from period"), order_by=("start_year", "start_period"))

    def render_start_period(self, record: "object", value: int) -> str:
        """Year and number."""
        year = getattr(record, "start_year", None)
        return f"{year}-{value:02d}" if year else str(value)


@shows("debtor_tags")
class TagTable(ObservedTable):
    """The tags."""

    text = TextColumn()
    number = CodeColumn()


@shows("agreement_settings")
class AgreementTable(ObservedTable):
    """The groups of labour-agreement settings."""

    name = TextColumn()
    number = CodeColumn()
