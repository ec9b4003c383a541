"""Terms of a client's own, legal holds, and records that are gone in Nmbrs."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from portal.accounts import rights
from portal.accounts.models import User
from portal.accounts.rights import Place, Refused
from portal.accounts.roles import Role
from portal.administration import client_terms
from portal.clock import AMSTERDAM
from portal.debtors.models import Debtor, DebtorTag
from portal.employees.models import AccountOfEmployee, Contract, Employee, Employment
from portal.mirror.models import Change, ChangeKind, Forgotten, Freshness
from portal.privacy import keeping, removal, retention
from portal.privacy.keeping import ADJUSTABLE
from portal.privacy.models import LegalHold, RetentionRun, RetentionTerm
from tests.accounts.office import Office, give, make_office, somebody_new
from tests.factories import make_contract, make_employment, make_run, mirrored
from tests.privacy.conftest import account_of, entries, grown_old

pytestmark = pytest.mark.pages

CAME, LEFT = date(2020, 1, 1), date(2024, 2, 29)
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
TODAY = NOW.date()


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def leavers(office: Office) -> dict[str, Employee]:
    """Somebody of client a and somebody of client b, with a contract and an account; both left on 29 February 2024."""
    for letter in "ab":
        person = office.clients[letter].person
        make_employment(person, CAME, LEFT)
        make_contract(person, CAME, LEFT)
        account_of(person, valid_from=CAME)
    return {letter: office.clients[letter].person for letter in "ab"}


def run_on(day: date) -> dict[str, int]:
    """What a run removes on a day, by category."""
    told = retention.due(day)
    counts = retention.carry_out(RetentionRun.objects.create(day=day, by_itself=False))
    assert counts == told, "the dry run told something else"
    return {name: number for (name, _firm), number in counts.items()}


def of(model, person: Employee) -> bool:
    return bool(model.everything.filter(employee=person).exists())


def url(name: str, debtor: Debtor) -> str:
    return reverse(f"administration:{name}", args=[debtor.pk])


# --- terms ------------------------------------------------------------------------------------------------------------


def test_a_shorter_term_holds_for_that_client_alone(office, leavers):
    debtor = office.clients["a"].debtor
    keeping.set_terms(office.administrator, debtor, {"contracts": 6}, "")
    run_on(date(2024, 8, 29))
    assert of(Contract, leavers["a"])
    assert run_on(date(2024, 8, 30)) == {"contracts": 1}
    assert not of(Contract, leavers["a"])
    assert of(Contract, leavers["b"])
    assert of(AccountOfEmployee, leavers["a"]), "other categories keep their usual term"
    run_on(date(2024, 8, 31))
    assert Forgotten.objects.filter(resource="contracts", key=str(leavers["a"].remote_id)).exists(), (
        "not mirrored again"
    )


def test_a_longer_term_keeps_what_others_lose(office, leavers):
    keeping.set_terms(office.administrator, office.clients["a"].debtor, {"contracts": 84}, "a claim for back pay")
    run_on(date(2026, 3, 1))
    assert (of(Contract, leavers["a"]), of(Contract, leavers["b"])) == (True, False)
    run_on(date(2031, 3, 1))
    assert not of(Contract, leavers["a"])


def test_wage_records_and_people_by_years(office, leavers):
    for letter in "ab":
        make_run(office.clients[letter].company, 2022, 12)
    numbers = {"wage_records": 3, "people": 2}
    keeping.set_terms(office.administrator, office.clients["a"].debtor, numbers, "")
    assert run_on(date(2026, 1, 1)) == {"wage_records": 1, "accounts_of_people": 2}
    assert run_on(date(2027, 1, 1))["people"] == 1
    assert list(Employee.everything.filter(pk__in=[one.pk for one in leavers.values()])) == [leavers["b"]]


@pytest.mark.parametrize("category", ADJUSTABLE, ids=lambda one: one.name)
def test_no_term_lies_out_of_bounds(office, category):
    debtor, bounds = office.clients["a"].debtor, category.bounds
    for number in (bounds.shortest - 1, bounds.longest + 1):
        with pytest.raises(Refused):
            keeping.set_terms(office.administrator, debtor, {category.name: number}, "because")
    assert not RetentionTerm.objects.exists()
    assert bounds.shortest >= 1
    assert bounds.shortest <= bounds.usual <= bounds.longest


def test_a_longer_term_needs_a_reason_and_a_name_and_each_change_is_in_the_trail(office):
    debtor, boss = office.clients["a"].debtor, office.administrator
    with pytest.raises(Refused):
        keeping.set_terms(boss, debtor, {"contracts": 60}, "  ")
    keeping.set_terms(boss, debtor, {"contracts": 60, "absence": 12, "people": 7}, "a claim of an employee")
    assert keeping.set_terms(boss, debtor, {"contracts": 60, "absence": 12, "people": None}, "x") == []
    keeping.set_terms(boss, debtor, {"contracts": None, "absence": 12}, "")
    kept = {term.category: (term.number, term.decided_by) for term in RetentionTerm.objects.all()}
    assert kept == {"absence": (12, boss)}
    found = entries("retention_term_changed")
    assert [entry.detail for entry in found] == [
        {"terms": ["contracts:60", "absence:12"]},
        {"terms": ["contracts:usual"]},
    ]
    assert {entry.debtor_id for entry in found} == {debtor.pk}
    assert "claim" not in str([entry.detail for entry in found])


# --- holds ------------------------------------------------------------------------------------------------------------


def test_nothing_of_a_held_client_goes_until_the_day_after_the_hold(office, leavers):
    make_run(office.clients["a"].company, 2010, 1)
    debtor = office.clients["a"].debtor
    keeping.set_terms(office.administrator, debtor, {"contracts": 1}, "")
    keeping.place_hold(office.administrator, debtor, "a dispute", date(2030, 6, 30))
    run_on(date(2030, 6, 30))
    assert of(Contract, leavers["a"])
    assert of(AccountOfEmployee, leavers["a"])
    assert not of(Contract, leavers["b"]), "other clients go on"
    assert not Forgotten.objects.filter(key=str(leavers["a"].remote_id)).exists()
    went = run_on(date(2030, 7, 1))
    assert went == {"accounts_of_people": 1, "contracts": 1, "wage_records": 1}


def test_lifting_a_hold_lets_the_terms_hold_again(office, leavers):
    debtor, boss = office.clients["a"].debtor, office.administrator
    keeping.place_hold(boss, debtor, "a dispute", TODAY)
    keeping.place_hold(boss, debtor, "it takes longer", TODAY + timedelta(days=365))
    assert keeping.hold_on(debtor.pk, TODAY).reason == "it takes longer"
    assert LegalHold.objects.filter(lifted_at=None).count() == 1
    assert keeping.lift_hold(boss, debtor)
    assert not keeping.lift_hold(boss, debtor)
    run_on(TODAY)
    assert not of(Contract, leavers["a"])
    placed, lifted = entries("legal_hold_placed"), entries("legal_hold_lifted")
    assert [entry.detail["days"] for entry in placed] == [0, 365]
    assert len(lifted) == 1
    assert "dispute" not in str([entry.detail for entry in placed])


def test_a_held_client_is_not_removed(office, by):
    debtor, boss = office.clients["a"].debtor, office.administrator
    keeping.place_hold(boss, debtor, "a dispute", TODAY)
    with pytest.raises(Refused):
        removal.ask(boss, debtor)
    answer = by(Role.ADMINISTRATOR).post(url("remove_client", debtor), {"typed": str(debtor)})
    assert answer.status_code == 422
    assert "under a legal hold" in answer.text
    assert Debtor.objects.filter(pk=debtor.pk).exists()
    keeping.lift_hold(boss, debtor)
    removal.ask(boss, debtor)


def test_only_who_changes_settings_of_the_office_may(office):
    other = make_office("two", "x")
    debtor, accountant, auditor = office.clients["a"].debtor, somebody_new("accountant"), somebody_new("auditor")
    give(accountant, office, Role.ACCOUNTANT, "a")
    give(auditor, office, Role.AUDITOR)
    for user in (other.administrator, somebody_new("nobody"), accountant, auditor):
        for change in (
            lambda user=user: keeping.set_terms(user, debtor, {"absence": 12}, ""),
            lambda user=user: keeping.place_hold(user, debtor, "r", TODAY),
            lambda user=user: keeping.lift_hold(user, debtor),
        ):
            with pytest.raises(PermissionDenied):
                change()
    assert not RetentionTerm.objects.exists()
    assert not LegalHold.objects.exists()


# --- gone in Nmbrs ----------------------------------------------------------------------------------------------------

GONE = datetime(2026, 10, 1, 12, tzinfo=AMSTERDAM)
LAST_DAY = date(2026, 10, 31)


def read(resource: str, at: datetime, **of_what) -> None:
    place = {
        "scope_key": f"x:{next(iter(of_what.values())).pk}",
        "environment": next(iter(of_what.values())).environment,
    }
    Freshness.objects.create(**place, **of_what, resource=resource, last_success=at)


@pytest.fixture
def gone(office: Office) -> tuple[Contract, Contract]:
    """A contract that is gone in Nmbrs, and one that is there, of somebody in service."""
    person = office.clients["a"].person
    make_employment(person, CAME)
    missing = make_contract(person, CAME, missing_since=GONE)
    there = make_contract(person, date(2022, 1, 1))
    Change.objects.create(
        environment=person.environment,
        company=person.company,
        employee=person,
        resource="contracts",
        row_key=missing.key,
        kind=ChangeKind.CHANGED,
        field="end_date",
        learned_at=GONE,
    )
    return missing, there


def test_what_is_gone_goes_thirty_days_later_once_a_sync_says_so_again(office, gone):
    company = office.clients["a"].company
    read("contracts", datetime(2026, 10, 30, tzinfo=UTC), company=company)
    run_on(LAST_DAY)
    assert Contract.everything.count() == 2
    assert run_on(LAST_DAY + timedelta(days=1)) == {"gone_in_nmbrs": 1}
    assert list(Contract.everything.all()) == [gone[1]]
    assert not Change.objects.exists(), "what the change log told of it goes along"
    assert not Forgotten.objects.exists(), "it may come back"


@pytest.mark.parametrize("last", [None, datetime(2026, 11, 14, tzinfo=UTC)])
def test_what_no_sync_of_the_last_week_confirms_stays(office, gone, last):
    read("contracts", last, company=office.clients["a"].company)
    read("contracts", NOW, company=office.clients["b"].company)
    assert "gone_in_nmbrs" not in run_on(TODAY)


def test_people_clients_and_what_terms_are_counted_from_have_rules_of_their_own(office, gone):
    company, person = office.clients["a"].company, office.clients["a"].person
    make_employment(person, date(2019, 1, 1), missing_since=GONE)
    mirrored(
        DebtorTag,
        office.environment,
        debtor=office.clients["b"].debtor,
        number=1,
        text="x",
        valid_from=CAME,
        missing_since=GONE,
    )
    for resource in ("contracts", "employments", "employees"):
        read(resource, NOW, company=company)
    read("debtor_tags", NOW, debtor=office.clients["b"].debtor)
    Employee.everything.filter(pk=person.pk).update(missing_since=GONE)
    assert run_on(TODAY) == {"gone_in_nmbrs": 1}
    assert not DebtorTag.everything.exists()
    assert Contract.everything.count() == 2, "of somebody who vanished the terms of leavers hold"
    assert Employment.everything.filter(missing_since=GONE).exists()


def test_a_hold_keeps_what_is_gone_too(office, gone):
    read("contracts", NOW, company=office.clients["a"].company)
    keeping.place_hold(office.administrator, office.clients["a"].debtor, "a dispute", TODAY)
    assert run_on(TODAY) == {}
    assert Contract.everything.count() == 2


# --- the page ---------------------------------------------------------------------------------------------------------


def test_terms_and_hold_are_set_on_a_page(office, by):
    debtor, browser = office.clients["a"].debtor, by(Role.ADMINISTRATOR)
    page = browser.get(url("client_terms", debtor)).text
    assert "Usually 2 years after leaving. Here from 1 month to 84 months." in page
    assert url("client_terms", debtor) in browser.get(url("agreement", debtor)).text
    wrong = browser.post(url("client_terms", debtor), {"contracts": "60", "absence": "25"})
    assert wrong.status_code == 422
    assert "A term that is longer than usual needs a reason." in wrong.text
    assert "less than or equal to 24" in wrong.text
    browser.post(url("client_terms", debtor), {"contracts": "60", "reason": "a claim"})
    assert RetentionTerm.objects.get().number == 60
    empty = browser.post(url("place_hold", debtor), {})
    assert empty.status_code == 422
    browser.post(url("place_hold", debtor), {"reason": "a dispute", "until": "2027-06-30"})
    overview = browser.get(reverse("administration:retention")).text
    assert url("client_terms", debtor) in overview
    assert "on hold" in overview
    assert url("client_terms", office.clients["b"].debtor) not in overview
    page = browser.get(url("client_terms", debtor)).text
    assert "a dispute" in page
    assert "30 Jun 2027" in page
    browser.post(url("lift_hold", debtor))
    assert "lifted" in browser.get(url("client_terms", debtor)).text
    assert not LegalHold.objects.filter(lifted_at=None).exists()


def test_the_page_is_for_administrators_of_the_office_after_a_fresh_sign_in(office, by):
    debtor = office.clients["a"].debtor
    for role in (Role.ACCOUNTANT, Role.AUDITOR, Role.CLIENT_ADMINISTRATOR):
        browser = by(role)
        assert browser.get(url("client_terms", debtor)).status_code == 403
        for name in ("client_terms", "place_hold", "lift_hold"):
            assert browser.post(url(name, debtor), {"absence": "12"}).status_code == 403
    stranger = by(Role.ADMINISTRATOR, make_office("two", "x"))
    assert stranger.get(url("client_terms", debtor)).status_code == 404
    old = grown_old(by(Role.ADMINISTRATOR))
    assert old.get(url("client_terms", debtor)).status_code == 200
    for name in ("client_terms", "place_hold", "lift_hold"):
        answer = old.post(url(name, debtor), {"absence": "12", "reason": "r", "until": "2027-01-01"})
        assert answer["Location"].startswith("/account/confirm/")
    assert not RetentionTerm.objects.exists()
    assert not LegalHold.objects.exists()


@pytest.mark.parametrize("reader", ["administrator of another firm", "accountant of the client"])
def test_the_page_of_terms_tells_holds_and_terms_to_who_may_set_them_alone(office, client, reader):
    """Whoever comes to the page was asked before; what it shows asks again."""
    debtor = office.clients["a"].debtor
    LegalHold.objects.create(debtor=debtor, reason="an old dispute", until=TODAY, lifted_at=NOW)
    RetentionTerm.objects.create(debtor=debtor, category=ADJUSTABLE[0].name, number=1)
    if reader == "accountant of the client":
        user = somebody_new("accountant", language="en")
        rights.give(rights.SYSTEM, user, Place(office.firm.pk, Role.ACCOUNTANT, debtor.pk))
    else:
        user = make_office("elsewhere", "x").administrator
    for by, told in ((office.administrator, True), (user, False)):
        User.objects.filter(pk=by.pk).update(language="en")
        client.force_login(by)
        request = client.get("/").wsgi_request
        page = client_terms._page(request, debtor, client_terms.TermsForm(debtor=debtor), client_terms.HoldForm())
        assert ("an old dispute" in page.text, "Last changed" in page.text) == (told, told)
