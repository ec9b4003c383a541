"""The lists of a company's records, one page for every kind, and the panel that leads to them."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from portal.accounts.models import Firm, User
from portal.accounts.roles import CAPABILITIES, Capability, Role
from portal.companies import models
from portal.companies.models import Company
from portal.mirror.dating import Observed
from portal.mirror.models import MirrorRow, State
from portal.mirror.resource import registry
from portal.periods import Period, PeriodType
from portal.ui.records import table_of
from tests.dashboards.reading import tables, text
from tests.factories import (
    fetched,
    fetched_everything,
    make_company,
    make_debtor,
    make_environment,
    make_person,
    make_return,
    make_run,
    mirrored,
)

pytestmark = pytest.mark.pages

People = Callable[..., User]
SignIn = Callable[[User], Client]
IBAN = "NL02ABNA0123456789"
KINDS = [kind.name for kind in registry if kind.level == "company" and kind.model._meta.app_label == "companies"]


@pytest.fixture
def company(firm: Firm) -> Company:
    """A company that pays every four weeks, in its twelfth period of 2026 (2 to 29 November)."""
    return make_company(make_debtor(make_environment(firm)), "Transport", Period(2026, 12), PeriodType.FOUR_WEEKS)


@pytest.fixture
def client(administrator: People, as_user: SignIn) -> Client:
    """The administrator's browser."""
    return as_user(administrator())


def make(model: type[Any], company: Company, **fields: Any) -> MirrorRow:
    return mirrored(model, company.environment, company=company, **fields)


def page(client: Client, company: Company, kind: str, query: str = "") -> str:
    answer = client.get(f"/companies/{company.pk}/records/{kind}/{query}")
    assert answer.status_code == 200
    return answer.content.decode()


def then_without_rows(kind: str) -> str:
    """What the list says of a period months ago: Nmbrs was asked for it, or tells the present alone."""
    if isinstance(registry[kind].dating, Observed):
        return "Not known on this day Nmbrs gives only the present state of this."
    # Steps cost a call a scale: they are asked of the current period.
    return "Not fetched from Nmbrs Nmbrs was not asked" if kind == "company_salary_steps" else "Nothing here"


def counts(client: Client, company: Company, query: str = "") -> dict[str, str]:
    """How many records there are of each kind, as the page of the company says it."""
    html = client.get(f"/companies/{company.pk}/{query}").content.decode()
    found = next(table for table in tables(html) if table and "Freshness" in table[0])
    return {row["Kind"]: row["Count"] for row in found}


def rows_of(html: str) -> list[dict[str, str]]:
    found: list[dict[str, str]] = next(iter(tables(html)), [])
    return found


def test_every_kind_of_a_client_and_a_company_has_a_table() -> None:
    lacking = [
        kind.name
        for kind in registry
        if kind.model._meta.app_label in {"debtors", "companies"}
        and kind.level != "environment"
        and table_of(kind.name) is None
    ]
    assert lacking == []


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_its_page_with_and_without_a_period(company: Company, client: Client, kind: str) -> None:
    # That of the company has come in: its periods are known.
    assert ("Not fetched from Nmbrs yet" in page(client, company, kind)) == (kind != "current_period")
    fetched_everything(company.debtor)
    html = page(client, company, kind, "?period=2026-03")
    assert "period 2026-03 4W" in text(html)
    if kind != "current_period":
        assert then_without_rows(kind) in text(html)
        assert "Nothing here" in page(client, company, kind)
    bare = text(page(client, make_company(company.debtor, "Bare", period=None), kind))
    assert "all periods, because the current one is not known yet" in bare or "as of 22 Nov 2026" in bare


def test_history_is_shown_as_of_the_last_day_of_the_period(company: Company, client: Client) -> None:
    values = {"sector_code": 17, "cao": "Horeca", "carries_wga": True, "carries_sickness": False}
    old = {"wga_employer": Decimal("0.75"), "valid_from": date(2026, 9, 1), "valid_until": date(2026, 11, 20)}
    make(models.CompanySocialSecurity, company, **values, **old)
    new = {"wga_employer": Decimal("1.25"), "valid_from": date(2026, 11, 20)}
    make(models.CompanySocialSecurity, company, **values, **new)
    fetched_everything(company.debtor)
    (row,) = rows_of(page(client, company, "company_social_security"))
    assert row["WGA part of the employer (%)"] == "1.2500"
    assert row["Known since"] == "20 Nov 2026"
    assert (row["Own risk WGA"], row["Own risk Ziektewet"]) == ("yes", "no")
    (row,) = rows_of(page(client, company, "company_social_security", "?period=2026-11"))
    assert (row["WGA part of the employer (%)"], row["Known since"]) == ("0.7500", "1 Sep 2026")
    before = text(page(client, company, "company_social_security", "?period=2026-05"))
    assert "Not known on this day" in before
    assert "It is known here since 1 Sep 2026." in before
    assert "Nothing here" not in before


def test_what_went_was_known_and_there_is_none_since(company: Company, client: Client) -> None:
    # Four weeks: period 9 is 10 August to 6 September, the first one ends on 25 January.
    seen, gone = date(2026, 1, 5), date(2026, 6, 1)
    make(models.HourCode, company, code=1, valid_from=seen, valid_until=gone)
    fetched_everything(company.debtor)
    after = text(page(client, company, "hour_codes", "?period=2026-09"))
    assert "Nothing here Nmbrs was asked and has nothing to show here." in after
    assert "Not known on this day" not in after
    assert counts(client, company, "?period=2026-09")["Hour codes"] == "0"
    assert [row["Code"] for row in rows_of(page(client, company, "hour_codes", "?period=2026-01"))] == ["1"]
    assert counts(client, company, "?period=2026-01")["Hour codes"] == "1"
    before = text(page(client, company, "hour_codes", "?period=2025-13"))
    assert "Not known on this day" in before
    assert "It is known here since 5 Jan 2026." in before
    assert counts(client, company, "?period=2025-13")["Hour codes"] == "– unknown"
    # Nothing of these was ever seen.
    for period in ("2026-09", "2025-13"):
        assert counts(client, company, f"?period={period}")["Wage codes"] == "– unknown"
        assert "It is not known of this period." in text(page(client, company, "wage_codes", f"?period={period}"))


def test_facts_are_those_of_the_period(company: Company, client: Client) -> None:
    for number, value in ((11, "10"), (12, "12.3456")):
        make(models.CompanyWageFixed, company, year=2026, number=number, code=3010, value=Decimal(value))
    fetched_everything(company.debtor)
    (row,) = rows_of(page(client, company, "company_wage_fixed"))
    assert row == {"Period": "2026-12", "Wage code": "3010", "Description": "– unknown", "Value": "12.3456"}
    (row,) = rows_of(page(client, company, "company_wage_fixed", "?period=2026-11"))
    assert row["Value"] == "10.00"


def test_a_component_tells_what_its_code_meant_in_the_period(company: Company, client: Client) -> None:
    # Four weeks: period 10 ends on 4 October, period 11 on 1 November.
    seen, renamed = date(2026, 10, 20), date(2026, 10, 30)
    make(models.WageCode, company, code=3010, description="Old words", valid_from=seen, valid_until=renamed)
    make(models.WageCode, company, code=3010, description="New words", valid_from=renamed)
    make(models.WageCode, make_company(company.debtor), code=3010, description="Elsewhere", valid_from=renamed)
    for number in (10, 11):
        make(models.CompanyWageVariable, company, year=2026, number=number, code=3010, value=Decimal(1))
    fetched_everything(company.debtor)
    said = {
        number: rows_of(page(client, company, "company_wage_variable", f"?period=2026-{number}"))[0]["Description"]
        for number in (10, 11)
    }
    assert said == {10: "Old words", 11: "New words"}


def test_runs_and_their_people_are_those_that_cover_the_period(company: Company, client: Client) -> None:
    wide, other = make_run(company, 2026, 11, 12, locked=True), make_run(company, 2026, 10)
    for run, name in ((wide, "In it"), (other, "In another")):
        make(models.RunEmployee, company, run=run, employee=make_person(company, name))
    fetched_everything(company.debtor)
    (row,) = rows_of(page(client, company, "runs"))
    assert (row["Periods"], row["Status"]) == ("2026-11 – 12", "locked")
    (row,) = rows_of(page(client, company, "run_people"))
    assert (row["Employee"], row["Run"]) == ("In it", str(wide.number))


def test_returns_are_found_by_their_days(company: Company, client: Client) -> None:
    Company.objects.filter(pk=company.pk).update(return_period="Month")
    make_return(company, 2026, 11)
    make_return(company, 2026, 9)
    fetched_everything(company.debtor)
    assert [row["Period"] for row in rows_of(page(client, company, "wage_tax_returns"))] == ["2026-11", "Total"]


def test_bank_accounts_are_masked(company: Company, client: Client) -> None:
    since = date(2026, 11, 1)
    make(models.CompanyBankAccount, company, iban=IBAN, holder="Transport", account_type="Standaard", valid_from=since)
    fetched_everything(company.debtor)
    html = page(client, company, "company_bank_account")
    (row,) = rows_of(html)
    assert (row["IBAN"], row["Kind of account"]) == ("NL •••• 6789 Show the whole number", "standard")
    assert "012345" not in html
    assert "sort=iban" not in html


def test_search_finds_codes_and_words_and_says_when_nothing_matches(company: Company, client: Client) -> None:
    for code, description in ((2100, "Overwerk"), (2200, "Reiskosten")):
        make(models.WageCode, company, code=code, description=description, valid_from=date(2026, 11, 1))
    fetched_everything(company.debtor)
    assert len(rows_of(page(client, company, "wage_codes"))) == 2
    assert [row["Code"] for row in rows_of(page(client, company, "wage_codes", "?q=reis"))] == ["2200"]
    assert [row["Code"] for row in rows_of(page(client, company, "wage_codes", "?q=210"))] == ["2100"]
    assert "Nothing matches this filter" in page(client, company, "wage_codes", "?q=zzz")


def test_what_nmbrs_refuses_is_not_called_empty(company: Company, client: Client) -> None:
    fetched(company, "work_costs", state=State.NOT_PERMITTED, error_kind="not_permitted")
    said = text(page(client, company, "work_costs"))
    assert "Nmbrs does not give this" in said
    assert "Nothing here" not in said


def test_scope_and_capability(
    company: Company, accountant: People, as_user: SignIn, firm: Firm, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(models.CompanyWageFixed, company, year=2026, number=12, code=3010, value=Decimal(4321))
    fetched_everything(company.debtor)
    other = make_company(make_debtor(make_environment(Firm.objects.create(name="Ander kantoor"))))
    client = as_user(accountant(company.debtor))
    assert "4,321" in page(client, company, "company_wage_fixed")
    assert client.get(f"/companies/{other.pk}/records/company_wage_fixed/").status_code == 404
    assert client.get(f"/companies/{company.pk}/records/nothing/").status_code == 404
    assert client.get(f"/companies/{company.pk}/records/salaries/").status_code == 404
    assert client.get(f"/companies/{company.pk}/records/debtor_tags/").status_code == 404
    assert Client().get(f"/companies/{company.pk}/records/company_wage_fixed/").status_code == 302
    monkeypatch.setitem(CAPABILITIES, Role.ACCOUNTANT, frozenset({Capability.VIEW}))
    for kind in ("company_wage_fixed", "company_bank_account", "work_costs"):
        assert client.get(f"/companies/{company.pk}/records/{kind}/").status_code == 403
        assert client.get(f"/companies/{other.pk}/records/{kind}/").status_code == 404
    assert client.get(f"/companies/{company.pk}/records/hour_codes/").status_code == 200
    panel = client.get(f"/companies/{company.pk}/").content.decode()
    assert f"/companies/{company.pk}/records/hour_codes/?period=2026-12" in panel
    assert f"/companies/{company.pk}/records/company_wage_fixed/" not in panel


def test_the_panel_counts_every_kind_in_the_period(company: Company, client: Client) -> None:
    make(models.HourCode, company, code=1, valid_from=date(2026, 11, 5))
    make(models.HourCode, company, code=2, valid_from=date(2026, 9, 1), valid_until=date(2026, 11, 10))
    make(models.WorkCost, company, year=2026, number=12, **dict.fromkeys(COSTS, Decimal(1)))
    make_run(company, 2026, 12)
    fetched_everything(company.debtor)
    company.freshness.filter(resource="run_requests").delete()

    now = counts(client, company)
    # And the ids by which Nmbrs knows the company and its people.
    assert set(now) == {table_of(kind).title() for kind in (*KINDS, "company_guids")}
    assert (now["Hour codes"], now["Work-related costs"], now["Runs"], now["Wage codes"]) == ("1", "1", "1", "0")
    assert now["Run requests"] == "not fetched yet"
    before = counts(client, company, "?period=2026-11")
    assert (before["Hour codes"], before["Work-related costs"], before["Runs"]) == ("1", "0", "0")


COSTS = ("payroll", "financial", "fiscal_wage", "available_space", "base", "to_pay", "paid")


def test_html_in_what_nmbrs_says_stays_text(company: Company, client: Client) -> None:
    make(models.HourCode, company, code=1, description="<script>x</script>", valid_from=date(2026, 11, 1))
    fetched_everything(company.debtor)
    assert "<script>x" not in page(client, company, "hour_codes")
