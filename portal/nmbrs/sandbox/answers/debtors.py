"""Answers of the debtor service."""

from collections.abc import Iterable

from portal.nmbrs.sandbox.answers.periods import period_for_debtor
from portal.nmbrs.sandbox.answers.registry import Row, answers, debtor_of
from portal.nmbrs.sandbox.credentials import DOMAIN
from portal.nmbrs.sandbox.envelope import Call
from portal.nmbrs.sandbox.firm import Debtor, Firm
from portal.nmbrs.sandbox.rows import business
from portal.nmbrs.sandbox.rows import debtors as rows


@answers("DebtorService", "Environment_Get")
def _environment(firm: Firm, call: Call) -> Row:
    return {"Domain": f"{DOMAIN}.nmbrs.nl", "SubDomain": DOMAIN}


@answers("DebtorService", "List_GetAll")
def _debtors(firm: Firm, call: Call) -> Iterable[Row]:
    return map(rows.debtor, firm.debtors)


@answers("DebtorService", "Debtor_Get")
def _one_debtor(firm: Firm, call: Call) -> Row:
    return rows.debtor(debtor_of(firm, call.number("DebtorId")))


def _debtor(firm: Firm, call: Call) -> Debtor:
    return debtor_of(firm, call.number("DebtorId"))


@answers("DebtorService", "Address_Get")
def _address(firm: Firm, call: Call) -> Row | None:
    address = _debtor(firm, call).records.address
    return business.address(address) if address else None


@answers("DebtorService", "BankAccount_Get")
def _bank_account(firm: Firm, call: Call) -> Row | None:
    account = _debtor(firm, call).records.bank_account
    return business.bank_account(account) if account else None


@answers("DebtorService", "ContactPerson_Get")
def _contact(firm: Firm, call: Call) -> Row | None:
    contact = _debtor(firm, call).records.contact
    return rows.contact(contact) if contact else None


@answers("DebtorService", "AccountantContact_GetList")
def _accountants(firm: Firm, call: Call) -> Iterable[Row]:
    return map(rows.contact, _debtor(firm, call).records.accountants)


@answers("DebtorService", "Manager_GetList")
def _managers(firm: Firm, call: Call) -> Iterable[Row]:
    return map(rows.manager, _debtor(firm, call).records.managers)


@answers("DebtorService", "Department_GetList")
def _departments(firm: Firm, call: Call) -> Iterable[Row]:
    return map(rows.unit, _debtor(firm, call).departments)


@answers("DebtorService", "Function_GetList")
def _functions(firm: Firm, call: Call) -> Iterable[Row]:
    return map(rows.unit, _debtor(firm, call).functions)


@answers("DebtorService", "Title_GetList")
def _titles(firm: Firm, call: Call) -> Iterable[Row]:
    return [{"TitleName": title} for title in _debtor(firm, call).records.titles]


@answers("DebtorService", "ServiceLevel_Get")
def _service_level(firm: Firm, call: Call) -> Row | None:
    agreed = _debtor(firm, call).records.service_level
    return rows.service_level(agreed) if agreed else None


@answers("DebtorService", "Tags_Get")
def _tags(firm: Firm, call: Call) -> Iterable[Row]:
    return map(rows.tag, _debtor(firm, call).records.tags)


@answers("DebtorService", "LabourAgreementSettings_GetList")
def _agreements(firm: Firm, call: Call) -> Iterable[Row]:
    debtor = _debtor(firm, call)
    period = period_for_debtor(debtor, call)
    return [rows.agreement(one, debtor) for one in debtor.records.agreements if one.first_year <= period.year]


@answers("DebtorService", "Converter_GetDebtors_IntToGuid")
def _guids(firm: Firm, call: Call) -> Row:
    return business.converter("Debtor", (debtor.id for debtor in firm.debtors))
