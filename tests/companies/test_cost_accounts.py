"""Which accounts are of wage cost is a choice of the office; what is kept of journals follows it without any call."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from portal.accounts.models import Firm, User
from portal.audit.models import Entry
from portal.companies import booked, recounting
from portal.companies.models import BookedCost, Company, CostAccounts
from portal.connections.models import Environment
from portal.deadlines import states
from tests.dashboards.reading import table, tables, text
from tests.factories import (
    fetched_everything,
    make_booking,
    make_company,
    make_debtor,
    make_employment,
    make_environment,
    make_person,
    make_run,
    summed,
)

pytestmark = pytest.mark.pages

People = Callable[..., User]
SignIn = Callable[[User], Client]
COST = "Wage cost (€)"


@pytest.fixture
def address() -> str:
    return reverse("dashboards:cost_accounts")


@pytest.fixture
def environment(firm: Firm) -> Environment:
    return make_environment(firm)


@pytest.fixture
def company(environment: Environment) -> Company:
    """A company whose office books wages on 6000 and 1500, and pays 100 on 4000."""
    made = make_company(make_debtor(environment), "Bread")
    make_employment(make_person(made), date(2024, 1, 1))
    make_run(made, 2026, 11)
    for account, euros in (("4000", 100), ("6000", 2500), ("wper1", 30), ("1500", 7)):
        make_booking(made, 2026, 11, account=account, debit=Decimal(euros), department="Bakery", run_number=11)
    summed(made)
    fetched_everything(made.debtor)
    with transaction.atomic():
        states.rewrite([made.pk])
    return made


@pytest.fixture
def client(administrator: People, as_user: SignIn) -> Client:
    return as_user(administrator())


def kept(company: Company) -> list[int | None]:
    return list(BookedCost.objects.filter(company=company).values_list("cents", flat=True))


def parts(page: str) -> list[str]:
    """The wage cost of each department."""
    rows = next(found for found in tables(page) if found and "Department" in found[0])
    return [row[COST] for row in rows]


@pytest.mark.database
def test_every_wage_cost_follows_the_choice(company: Company, client: Client, address: str, firm: Firm) -> None:
    assert kept(company) == [13_000]
    assert "4 or WPer" in client.get(address).content.decode()
    page = client.post(address, {"accounts": " 6 ; wper, 60"}, follow=True).content.decode()
    assert "every wage cost was worked out anew" in page and 'value="6, wper"' in page
    assert kept(company) == [253_000]
    assert table(client, "/clients/?month=2026-11")[0][COST] == "2,530.00"
    page = client.get(f"/clients/{company.debtor_id}/?month=2026-11").content.decode()
    assert "accounts that begin with 6 or wper, debit less credit" in text(page)
    assert "€2,530.00" in page and "2,530.00" in parts(page)
    assert "€2,530.00" in client.get("/").content.decode()
    # What comes in later goes by it, too.
    make_booking(company, 2026, 11, account="6100", debit=Decimal(20), run_number=11)
    assert kept(company) == [255_000]
    (entry,) = Entry.objects.filter(kind="settings_changed", firm_id=firm.pk)
    assert entry.detail == {"kind": "cost_accounts", "fields": ["accounts"]}
    # The same again is no change.
    client.post(address, {"accounts": "6, wper"})
    assert Entry.objects.filter(kind="settings_changed").count() == 1


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("", "Enter at least one beginning"),
        (" , ", "Enter at least one beginning"),
        ("4, 60 %", "“%” is no beginning of an account number"),
        ("4" * 21, "is no beginning of an account number"),
        (",".join(str(number) for number in range(1000, 1031)), "Enter at most 30 beginnings"),
    ],
)
def test_what_cannot_be_accounts_is_refused_with_the_reason(
    company: Company, client: Client, address: str, given: str, said: str
) -> None:
    answer = client.post(address, {"accounts": given})
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not CostAccounts.objects.exists() and kept(company) == [13_000]


def test_it_is_the_choice_of_an_administrator_of_that_firm(
    company: Company, accountant: People, as_user: SignIn, client: Client, address: str
) -> None:
    clerk = as_user(accountant(company.debtor))
    assert clerk.get(address).status_code == clerk.post(address, {"accounts": "6"}).status_code == 403
    other = Firm.objects.create(name="Other office")
    theirs = make_company(make_debtor(make_environment(other, "other")))
    make_booking(theirs, 2026, 11, account="6000", debit=Decimal(5))
    assert client.post(f"{address}?firm={other.pk}", {"accounts": "6"}).status_code == 404
    client.post(address, {"accounts": "6"})
    assert (kept(company), kept(theirs)) == ([250_000], [None])


@pytest.mark.database
def test_until_it_is_worked_out_no_wage_cost_is_shown_and_pages_say_why(
    company: Company, client: Client, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker does it where there are many companies; half of them would be a mix."""
    monkeypatch.setattr(recounting, "AT_ONCE", 0)
    page = client.post(address, {"accounts": "6"}, follow=True).content.decode()
    assert "is being worked out anew and is not shown until that has ended" in page
    assert kept(company) == [13_000]
    pages = (
        f"/clients/{company.debtor_id}/?month=2026-11",
        f"/companies/{company.pk}/",
        "/clients/?month=2026-11",
        "/",
    )
    for one in pages:
        shown = client.get(one).content.decode()
        assert "being worked out anew, because the office chose other accounts" in shown, one
        assert "130.00" not in shown and "2,500.00" not in shown, one
    assert table(client, "/clients/?month=2026-11")[0][COST] == "– unknown"
    recounting.catch_up()
    assert kept(company) == [250_000]
    for one in pages:
        shown = client.get(one).content.decode()
        assert "worked out anew" not in shown
        assert "2,500.00" in shown
    assert not CostAccounts.objects.filter(recounting=True).exists()


def test_a_choice_made_meanwhile_is_worked_out_by_itself(company: Company, firm: Firm, monkeypatch: Any) -> None:
    CostAccounts.objects.create(firm=firm, beginnings="6", recounting=True)
    rewrite = booked.rewrite

    def and_then_another(pk: int, since: date | None = None) -> None:
        rewrite(pk, since)
        CostAccounts.objects.filter(firm=firm).update(beginnings="15", version=2)

    monkeypatch.setattr(booked, "rewrite", and_then_another)
    recounting.recount(firm.pk)
    assert kept(company) == [250_000]
    assert CostAccounts.objects.get().recounting
    monkeypatch.undo()
    recounting.catch_up()
    assert kept(company) == [700]
    assert not CostAccounts.objects.get().recounting
