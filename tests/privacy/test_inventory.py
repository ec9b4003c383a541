"""The inventory of personal data: every table is in it or tells of nobody, and what it says comes from the code."""

from collections.abc import Iterator

import pytest
from django.apps import apps
from django.test import override_settings
from django.utils import translation

from portal.accounts.models import User
from portal.accounts.roles import Capability, Role
from portal.accounts.scope import ScopePaths
from portal.employees.models import Employee
from portal.mirror.resource import OptIn, registry
from portal.privacy import terms
from portal.privacy.activity import OFFICE_DECIDES, Ground, People, Special
from portal.privacy.inventory import activities
from portal.privacy.labels import table_of
from portal.privacy.staying import model_of, stays_of
from portal.privacy.without_people import WITHOUT_PEOPLE

BY_NAME = {one.name: one for one in activities()}
IN_INVENTORY = [label for one in activities() for label in one.models]
#: Fields that tell of a person, whatever table they stand in.
TELLING = {
    "email",
    "phone",
    "mobile",
    "iban",
    "holder",
    "birthday",
    "first_name",
    "last_name",
    "display_name",
    "bsn_fingerprint",
    "contact",
    "user",
    "actor_id",
}


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


def tables() -> list[str]:
    """Every table of the portal and its libraries, but those that only join two others."""
    return [model._meta.label for model in apps.get_models() if not model._meta.proxy and model._meta.managed]


@pytest.mark.parametrize("label", tables())
def test_every_table_has_its_place(label):
    """A new kind of record: put it into an activity, or into WITHOUT_PEOPLE when it says nothing about anybody."""
    assert (label in IN_INVENTORY) + (label in WITHOUT_PEOPLE) == 1


def test_nothing_is_named_that_is_not_there():
    assert set(IN_INVENTORY) | WITHOUT_PEOPLE == set(tables())


@pytest.mark.parametrize("label", sorted(WITHOUT_PEOPLE))
def test_a_table_that_is_left_out_tells_of_nobody(label):
    model = model_of(label)
    assert not TELLING & {field.name for field in model._meta.concrete_fields}
    assert not {User, Employee} & {field.related_model for field in model._meta.concrete_fields}


def test_every_scoped_table_with_a_person_in_it_is_about_people():
    """The inventory cannot be made to pass by calling a kind of employees one without people."""
    people = {
        model._meta.label
        for model in apps.get_models()
        if isinstance(getattr(model, "scope_paths", None), ScopePaths)
        and any(field.related_model is Employee for field in model._meta.concrete_fields)
    }
    assert len(people) > 30
    about = {
        label for one in activities() if {People.EMPLOYEES, People.FAMILY} & set(one.people) for label in one.models
    }
    assert people <= about


def test_every_activity_has_all_that_is_asked_of_it():
    for one in activities():
        assert one.people and one.grounds and one.models and str(one.purpose), one.name
        assert one.capabilities, one.name
        # What no mirrored kind tells is told in words.
        assert one.data or len(one.kinds) == len(one.models), one.name


def test_rights_and_choices_are_those_of_the_kinds():
    assert BY_NAME["absence"].capabilities == [Capability.VIEW_SICKNESS]
    assert BY_NAME["absence"].roles == [Role.ADMINISTRATOR, Role.ACCOUNTANT]
    assert BY_NAME["absence"].by_switch == BY_NAME["wages"].by_switch == [Role.CLIENT_USER]
    # These everybody of a client sees in part, and these no switch gives.
    assert not BY_NAME["people"].by_switch
    assert not BY_NAME["taxes"].by_switch
    assert BY_NAME["family"].opt_ins == [OptIn.PARTNER, OptIn.CHILDREN]
    told = {kind.name for one in activities() for kind in one.kinds}
    silent = {kind.name for kind in registry if kind.model._meta.label in WITHOUT_PEOPLE}
    assert told | silent == {kind.name for kind in registry}


def test_every_choice_about_a_sensitive_kind_is_told():
    assert {choice for one in activities() for choice in one.opt_ins} == set(OptIn)


def test_what_asks_for_more_care_is_found_in_the_fields():
    special = {one.name: one.specials for one in activities() if one.specials}
    assert special == {
        "absence": [Special.HEALTH],
        "bank_accounts": [Special.IBAN],
        "client_accounts": [Special.IBAN],
        "bsn_checks": [Special.BSN],
    }


def test_only_a_law_allows_the_check_of_numbers_and_the_office_decides_about_sickness():
    assert BY_NAME["bsn_checks"].grounds == (Ground.BSN,)
    assert Ground.HEALTH in OFFICE_DECIDES
    assert all("the office decides" in str(ground.label) for ground in OFFICE_DECIDES)
    assert not any("the office decides" in str(ground.label) for ground in set(Ground) - OFFICE_DECIDES)


# --- how long --------------------------------------------------------------------------------------------------------


def category(name: str) -> terms.Category:
    return next(one for one in terms.CATEGORIES if one.name == name)


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("employees.Absence", "absence"),
        ("employees.AccountOfEmployee", "accounts_of_people"),
        ("employees.BsnCheck", "accounts_of_people"),
        ("employees.Contract", "contracts"),
        ("employees.WageTaxSettings", "tax_settings"),
        ("employees.Employee", "people"),
        # No category names it: it goes with its person.
        ("employees.Salary", "people"),
        ("companies.RunWage", "wage_records"),
        ("companies.Snapshot", "wage_records"),
        ("mirror.Change", "changes"),
        ("accounts.User", "user_accounts"),
        # Goes with its account.
        ("mfa.Authenticator", "user_accounts"),
        ("sessions.Session", "sessions"),
    ],
)
def test_a_table_stays_as_long_as_the_term_says_that_removes_it(label, name):
    (stay,) = stays_of(model_of(label))
    assert (stay.category, stay.text) == (name, str(category(name).term))


def test_every_term_is_told_of_something():
    told = {stay.category for label in IN_INVENTORY for stay in stays_of(model_of(label))}
    # What is gone in Nmbrs is told once, for all that is mirrored.
    assert told >= {one.name for one in terms.CATEGORIES} - {"gone_in_nmbrs"}


def test_what_has_no_term_goes_with_its_client_or_stays_with_the_office():
    assert [stay.text for stay in stays_of(model_of("debtors.DebtorContact"))] == ["until the client is removed"]
    (stay,) = stays_of(model_of("connections.Connection"))
    assert stay.text == "as long as the office works with the portal"
    first, second = stays_of(model_of("accounts.Membership"))
    assert first.text == "until the client is removed"
    assert second.category == "user_accounts"


def test_the_trail_stays_as_long_as_the_settings_say():
    with override_settings(AUDIT_KEPT_MONTHS=7):
        assert [stay.text for stay in stays_of(model_of("audit.Entry"))] == ["7 months"]


def test_every_table_has_a_name_and_every_kind_of_people_is_met():
    assert all(table_of(kind.model._meta.label) for one in activities() for kind in one.kinds)
    assert {who for one in activities() for who in one.people} == set(People)
