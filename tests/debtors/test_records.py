"""What Nmbrs has on file about a client is mirrored field by field."""

from collections.abc import Callable, Iterable
from typing import Any

import pytest

from portal.debtors import models
from portal.mirror.models import DebtorHistory
from portal.nmbrs.sandbox.firm import Debtor
from tests.conftest import NOON, Connected
from tests.stored import values_of

pytestmark = [pytest.mark.database, pytest.mark.django_db, pytest.mark.timeout(300)]

Rows = Iterable[tuple[Any, ...]]
Case = tuple[type[DebtorHistory], tuple[str, ...], Callable[[Debtor], Rows]]

CONTACT = ("name", "email", "phone")


def address(debtor: Debtor) -> Rows:
    one = debtor.records.address
    return [(one.id, one.street, one.number, one.addition, one.postcode, one.city, "", one.country)] if one else []


def account(debtor: Debtor) -> Rows:
    one = debtor.records.bank_account
    return [(one.id, one.iban, one.bic, one.name, one.city, one.description, one.type)] if one else []


def contact(debtor: Debtor) -> Rows:
    one = debtor.records.contact
    return [(one.name, one.email, one.phone)] if one else []


def service_level(debtor: Debtor) -> Rows:
    one = debtor.records.service_level
    return [(one.level, one.start.year, one.start.number, one.contract_start)] if one else []


KINDS: dict[str, Case] = {
    "debtor_address": (
        models.DebtorAddress,
        ("remote_id", "street", "house_number", "addition", "postal_code", "city", "region", "country"),
        address,
    ),
    "debtor_bank_account": (
        models.DebtorBankAccount,
        ("remote_id", "iban", "bic", "holder", "city", "description", "account_type"),
        account,
    ),
    "debtor_contact": (models.DebtorContact, CONTACT, contact),
    "accountant_contacts": (
        models.AccountantContact,
        CONTACT,
        lambda debtor: [(one.name, one.email, one.phone) for one in debtor.records.accountants],
    ),
    "managers": (
        models.Manager,
        ("number", "first_name", "last_name", "department", "function", "phone", "mobile", "email"),
        lambda debtor: [
            (one.number, one.first_name, one.name, one.department, one.function, one.phone, one.mobile, one.email)
            for one in debtor.records.managers
        ],
    ),
    "debtor_departments": (
        models.DebtorDepartment,
        ("remote_id", "code", "description"),
        lambda debtor: [(one.id, one.code, one.description) for one in debtor.departments],
    ),
    "debtor_functions": (
        models.DebtorFunction,
        ("remote_id", "code", "description"),
        lambda debtor: [(one.id, one.code, one.description) for one in debtor.functions],
    ),
    "debtor_titles": (models.DebtorTitle, ("name",), lambda debtor: [(name,) for name in debtor.records.titles]),
    "service_level": (
        models.ServiceLevel,
        ("level", "start_year", "start_period", "contract_start"),
        service_level,
    ),
    "debtor_tags": (
        models.DebtorTag,
        ("number", "text", "color"),
        lambda debtor: [(one.number, one.text, one.color) for one in debtor.records.tags],
    ),
    "agreement_settings": (
        models.AgreementSettings,
        ("remote_id", "remote_guid", "number", "name"),
        lambda debtor: [
            (one.id, one.guid, one.number, one.name) for one in debtor.records.agreements if one.first_year <= NOON.year
        ],
    ),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_is_mirrored_field_by_field(filled: Connected, kind: str) -> None:
    model, columns, expected = KINDS[kind]
    assert model.resource.name == kind
    mirrored = [
        tuple(str(value) if name == "remote_guid" else value for name, value in zip(columns, values, strict=True))
        for values in values_of(model, *columns)
    ]
    owners = model.objects.order_by("pk").values_list("debtor__remote_id", flat=True)
    found = sorted(zip(owners, mirrored, strict=True), key=repr)
    wanted = [(debtor.id, row) for debtor in filled.sandbox.firm.debtors for row in expected(debtor)]
    assert wanted
    assert found == sorted(wanted, key=repr)
    assert set(model.objects.values_list("valid_from", "valid_until")) == {(NOON.date(), None)}


def test_every_kind_of_a_client_has_its_case() -> None:
    names = {model.resource.name for model in models.__dict__.values() if _is_history(model)}
    assert names == set(KINDS)


def _is_history(model: object) -> bool:
    return isinstance(model, type) and issubclass(model, DebtorHistory) and model is not DebtorHistory


def test_a_client_without_monthly_companies_is_asked_for_a_period_of_its_own(filled: Connected) -> None:
    from portal.companies.models import CurrentPeriod
    from portal.debtors.resources import present_period
    from portal.mirror.scope import MirrorScope
    from portal.source import Level

    current = CurrentPeriod.objects.select_related("company__debtor").first()
    assert current is not None
    debtor = current.company.debtor_id
    scope = MirrorScope(
        filled.environment.pk, Level.DEBTOR, debtor_id=debtor, debtor_remote_id=current.company.debtor.remote_id
    )
    CurrentPeriod.objects.filter(company__debtor=debtor).update(period_type="quarter")
    assert present_period(scope) == [{"year": "2026", "number": "4"}]
    CurrentPeriod.objects.filter(pk=current.pk).update(period_type="month")
    assert present_period(scope) == [{"year": "2026", "number": "11"}]
