"""How debtors and what belongs to them directly are read."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.accounts.roles import Capability
from portal.debtors import models
from portal.debtors.business import (
    ADDRESS_FIELDS,
    ADDRESS_WATCHED,
    BANK_ACCOUNT_FIELDS,
    BANK_ACCOUNT_SENSITIVE,
    BANK_ACCOUNT_WATCHED,
)
from portal.mirror.dating import Observed
from portal.mirror.resource import Loop, Resource
from portal.mirror.scope import MirrorScope
from portal.periods import PeriodType, containing
from portal.source import Level, LoopValue, Soap

#: So much of name and address tells contacts apart; the engine's keys are no longer than 120 characters.
IDENTITY_LENGTH = 80


def tell_apart(record: dict[str, str | None]) -> dict[str, str | None]:
    """A contact has no id: name, and for namesakes the e-mail address, say who it is."""
    known = " ".join(text for name in ("name", "email") if (text := (record.get(name) or "").strip()))
    return record | {"identity": (known or (record.get("phone") or "").strip())[:IDENTITY_LENGTH]}


def present_period(scope: MirrorScope) -> Sequence[LoopValue]:
    """The period of today: the calendar month, or the period of another type when no company of the debtor has months.

    Nmbrs refuses a number that fits none of the debtor's companies.
    """
    own = models.Debtor.objects.filter(environment_id=scope.environment_id, remote_id=scope.debtor_remote_id)
    known = own.values_list("companies__current__period_type", flat=True)
    kinds = sorted(PeriodType(kind) for kind in known if kind)
    kind = kinds[0] if kinds and PeriodType.MONTH not in kinds else PeriodType.MONTH
    period = containing(kind, clock.today())
    return [{"year": str(period.year), "number": str(period.number)}]


def of_debtor(
    name: str,
    model: type[Any],
    operation: str,
    fields: Mapping[str, str],
    *,
    rows: str = ".",
    key: tuple[str, ...] = ("debtor",),
    parameters: Mapping[str, str] | None = None,
    **rest: Any,
) -> Resource:
    """A kind of which one call gives the present state for a debtor; without `rows` one record at most."""
    return Resource(
        name=name,
        model=model,
        level=Level.DEBTOR,
        key=key,
        dating=Observed(),
        soap=Soap(
            operation,
            service="DebtorService",
            rows=rows,
            parameters={"DebtorId": "debtor", **(parameters or {})},
            fields={"debtor": "@debtor", **fields},
        ),
        **rest,
    )


DEBTORS = Resource(
    name="debtors",
    label_without_clients=_("organisations"),
    model=models.Debtor,
    level=Level.ENVIRONMENT,
    key=("remote_id",),
    soap=Soap(
        "List_GetAll",
        service="DebtorService",
        rows="Debtor",
        fields={"remote_id": "Id", "number": "Number", "name": "Name"},
    ),
    watched=("number", "name"),
    adopt_by=("guid",),
    forgettable=True,
)

# The companies' converter gives the GUIDs of debtors too, so this one may fail.
GUIDS = Resource(
    name="debtor_guids",
    label_without_clients=_("ids of organisations in Nmbrs"),
    model=models.DebtorGuid,
    level=Level.ENVIRONMENT,
    key=("remote_id",),
    adopt_by=("remote_guid",),
    uncertain=True,
    forgettable=True,
    soap=Soap(
        "Converter_GetDebtors_IntToGuid",
        service="DebtorService",
        rows="Mappings/Mapping",
        fields={"remote_id": "IdInt", "remote_guid": "IdGuid"},
    ),
)

ADDRESS = of_debtor(
    "debtor_address",
    models.DebtorAddress,
    "Address_Get",
    ADDRESS_FIELDS,
    watched=ADDRESS_WATCHED,
    label_without_clients=_("addresses of organisations"),
)

BANK_ACCOUNT = of_debtor(
    "debtor_bank_account",
    models.DebtorBankAccount,
    "BankAccount_Get",
    BANK_ACCOUNT_FIELDS,
    capability=Capability.VIEW_BANK_ACCOUNTS,
    watched=BANK_ACCOUNT_WATCHED,
    sensitive=BANK_ACCOUNT_SENSITIVE,
    label_without_clients=_("bank accounts of organisations"),
)

CONTACT = of_debtor(
    "debtor_contact",
    models.DebtorContact,
    "ContactPerson_Get",
    {"name": "Name", "email": "Email", "phone": "Phone"},
    watched=("name", "email", "phone"),
    label_without_clients=_("contact persons of organisations"),
)

ACCOUNTANT_CONTACTS = of_debtor(
    "accountant_contacts",
    models.AccountantContact,
    "AccountantContact_GetList",
    {"name": "Name", "email": "Email", "phone": "Phone"},
    rows="DebtorContactPerson",
    key=("debtor", "identity"),
    prepare=tell_apart,
    watched=("name",),
    adopt_by=("debtor", "name", "email"),
)

MANAGERS = of_debtor(
    "managers",
    models.Manager,
    "Manager_GetList",
    {
        "number": "Number",
        "first_name": "FirstName",
        "last_name": "Name",
        "department": "Department",
        "function": "Function",
        "phone": "PhoneNumber",
        "mobile": "Mobile",
        "email": "Email",
    },
    rows="Staff",
    key=("debtor", "number"),
    capability=Capability.VIEW_PERSONAL,
    watched=("last_name",),
)

DEPARTMENTS = of_debtor(
    "debtor_departments",
    models.DebtorDepartment,
    "Department_GetList",
    {"remote_id": "Id", "code": "Code", "description": "Description"},
    rows="Department",
    key=("debtor", "remote_id"),
    watched=("description",),
    adopt_by=("debtor", "code"),
    label_without_clients=_("departments of organisations"),
)

FUNCTIONS = of_debtor(
    "debtor_functions",
    models.DebtorFunction,
    "Function_GetList",
    {"remote_id": "Id", "code": "Code", "description": "Description"},
    rows="Function",
    key=("debtor", "remote_id"),
    watched=("description",),
    adopt_by=("debtor", "code"),
    label_without_clients=_("functions of organisations"),
)

TITLES = of_debtor(
    "debtor_titles",
    models.DebtorTitle,
    "Title_GetList",
    {"name": "TitleName"},
    rows="Title",
    key=("debtor", "name"),
    watched=("name",),
)

SERVICE_LEVEL = of_debtor(
    "service_level",
    models.ServiceLevel,
    "ServiceLevel_Get",
    {
        "level": "ServiceLevel",
        "start_year": "StartYear",
        "start_period": "StartPeriod",
        "contract_start": "StartContract",
    },
    watched=("level", "contract_start"),
    capability=Capability.VIEW_LABELS,
)

TAGS = of_debtor(
    "debtor_tags",
    models.DebtorTag,
    "Tags_Get",
    {"number": "Number", "text": "Tag", "color": "HexColor"},
    rows="DebtorTag",
    key=("debtor", "number"),
    watched=("text",),
    capability=Capability.VIEW_LABELS,
)

# The call wants a period, but a debtor has none: what is asked is the present state, so it is observed.
AGREEMENT_SETTINGS = of_debtor(
    "agreement_settings",
    models.AgreementSettings,
    "LabourAgreementSettings_GetList",
    {"remote_id": "Id", "remote_guid": "Guid", "number": "IntNumber", "name": "StrName"},
    rows="LabourAgreementSettings",
    key=("debtor", "remote_id"),
    parameters={"Year": "now.year", "Period": "now.number"},
    loops={"now": Loop(present_period)},
    watched=("name",),
    adopt_by=("debtor", "remote_guid"),
)

ALL = (
    DEBTORS,
    GUIDS,
    ADDRESS,
    BANK_ACCOUNT,
    CONTACT,
    ACCOUNTANT_CONTACTS,
    MANAGERS,
    DEPARTMENTS,
    FUNCTIONS,
    TITLES,
    SERVICE_LEVEL,
    TAGS,
    AGREEMENT_SETTINGS,
)
