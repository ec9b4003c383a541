"""Where the wage cost of this month is not known yet, the last month that is known stands there, by its name."""

import csv
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from io import BytesIO
from random import Random

import pytest
from django.test import Client
from openpyxl import load_workbook

from portal.accounts.models import Firm, User
from portal.accounts.roles import CAPABILITIES, Capability, Role
from portal.companies.models import Company
from portal.connections.models import Environment
from portal.debtors.models import Debtor
from tests.dashboards.reading import queries_at_most, table, text
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

COST, CHANGE, LINE = "Wage cost (€)", "Cost change (%)", "Cost trend"
NAMES = {6: "Jun", 7: "Jul", 8: "Aug", 9: "Sep", 10: "Oct", 11: "Nov"}


@pytest.fixture
def environment(firm: Firm) -> Environment:
    return make_environment(firm)


@pytest.fixture
def client(administrator: Callable[..., User], as_user: Callable[[User], Client]) -> Client:
    return as_user(administrator())


def paying(environment: Environment, name: str, costs: dict[int, str]) -> Debtor:
    """A client with a run and a journal of these months of 2026, in euros."""
    debtor = make_debtor(environment, name)
    company = make_company(debtor)
    make_employment(make_person(company), date(2024, 1, 1))
    summed(company)
    pay(company, costs)
    fetched_everything(debtor)
    return debtor


def pay(company: Company, costs: dict[int, str]) -> None:
    for month, cost in costs.items():
        make_run(company, 2026, month)
        make_booking(company, 2026, month, debit=Decimal(cost), account="4000")


def by_client(client: Client, address: str) -> dict[str, dict[str, str]]:
    return {row["Client"]: row for row in table(client, address)}


def page(client: Client, address: str) -> str:
    return text(client.get(address).content.decode())


@pytest.mark.database
def test_the_cell_names_the_month_that_it_is_of(environment: Environment, client: Client) -> None:
    paying(environment, "Booked", {10: "800", 11: "1000"})
    paying(environment, "Last month", {9: "1000", 10: "1200"})
    paying(environment, "Three back", {7: "500", 8: "400"})
    paying(environment, "Four back", {6: "500", 7: "400"})
    rows = by_client(client, "/clients/")
    assert {name: (row[COST], row[CHANGE]) for name, row in rows.items()} == {
        "Booked": ("1,000.00", "25.0"),
        "Last month": ("1,200.00 Oct 2026", "20.0"),
        "Three back": ("400.00 Aug 2026", "\u221220.0"),
        "Four back": ("– unknown", "– unknown"),
        "Total": ("2,600.00 Aug 2026, Oct 2026, Nov 2026", ""),
    }
    said = page(client, "/clients/")
    assert "Where the cost of November 2026 is not known yet, the last month that is stands there with its name" in said
    assert "The total is of Nov 2026 (1 client), Oct 2026 (1 client), Aug 2026 (1 client)." in said
    assert "Of 1 client it is not known; the total is that of the others." in said


@pytest.mark.database
def test_a_month_that_is_over_shows_its_own_cost_or_none(environment: Environment, client: Client) -> None:
    paying(environment, "A", {8: "100", 9: "110"})
    rows = by_client(client, "/clients/?month=2026-10")
    assert (rows["A"][COST], rows["A"][CHANGE], rows["Total"][COST]) == ("– unknown", "– unknown", "– unknown")
    assert "Where the cost of" not in page(client, "/clients/?month=2026-10")
    rows = by_client(client, "/clients/?month=2026-09")
    assert (rows["A"][COST], rows["A"][CHANGE], rows["Total"][COST]) == ("110.00", "10.0", "110.00")
    assert "Where the cost of" not in page(client, "/clients/?month=2026-09")


def test_a_month_to_come_looks_back_as_far(environment: Environment, client: Client) -> None:
    paying(environment, "A", {10: "110"})
    assert by_client(client, "/clients/?month=2027-01")["A"][COST] == "110.00 Oct 2026"
    assert by_client(client, "/clients/?month=2027-02")["A"][COST] == "– unknown"


@pytest.mark.database
def test_the_last_known_costs_equal_those_found_slowly(environment: Environment, client: Client) -> None:
    dice = Random(5)
    booked: dict[str, dict[int, Decimal]] = {}
    for number in range(12):
        costs = {month: Decimal(dice.randrange(100, 99999)) / 100 for month in range(5, 12) if dice.random() < 0.6}
        booked[f"Client {number}"] = costs
        paying(environment, f"Client {number}", {month: str(cost) for month, cost in costs.items()})
    *rows, total = table(client, "/clients/")
    shown: list[Decimal] = []
    for row in rows:
        costs = booked[row["Client"]]
        month = next((one for one in (11, 10, 9, 8) if one in costs), None)
        if month is None:
            assert row[COST] == row[CHANGE] == "– unknown"
        else:
            shown.append(costs[month])
            assert row[COST] == f"{costs[month]:,.2f}" + ("" if month == 11 else f" {NAMES[month]} 2026")
            assert (row[CHANGE] == "– unknown") == (month - 1 not in costs)
            if month - 1 in costs:
                change = 100 * (costs[month] - costs[month - 1]) / costs[month - 1]
                assert abs(Decimal(row[CHANGE].replace("\u2212", "-").replace(",", "")) - change) <= Decimal("0.05")
        known = {one: f"{round(costs[one]):,}" if one in costs else "unknown" for one in NAMES}
        line = "; ".join(f"{NAMES[one]} 2026 {euros}" for one, euros in known.items())
        assert row[LINE] == (line if set(costs) & set(NAMES) else "")
    assert total[COST].startswith(f"{sum(shown):,.2f}")
    assert len(shown) > 6


def test_the_line_has_a_gap_where_a_month_is_not_known(environment: Environment, client: Client) -> None:
    paying(environment, "A", {6: "100", 7: "120", 9: "130", 10: "90"})
    html = client.get("/clients/").content.decode()
    line = html.split('<svg class="ui-spark ')[1].split("</svg>")[0]
    assert line.count("<polyline") == 2
    assert "Aug 2026 unknown; Sep 2026 130; Oct 2026 90; Nov 2026 unknown" in line


def test_it_sorts_by_what_it_shows(environment: Environment, client: Client) -> None:
    for name, costs in {"A": {10: "300"}, "B": {11: "200"}, "C": {9: "400"}, "D": {}}.items():
        paying(environment, name, costs)
    assert [row["Client"] for row in table(client, "/clients/?sort=-wage_cost")[:-1]] == ["C", "A", "B", "D"]


def test_without_the_column_of_the_cost_its_change_names_the_month(environment: Environment, client: Client) -> None:
    paying(environment, "A", {9: "100", 10: "150"})
    assert by_client(client, "/clients/?columns=name,wage_cost,cost_change")["A"][CHANGE] == "50.0"
    assert by_client(client, "/clients/?columns=name,cost_change")["A"][CHANGE] == "50.0 Oct 2026"


def test_files_have_a_column_for_the_month(environment: Environment, client: Client) -> None:
    paying(environment, "A", {9: "100", 10: "150"})
    paying(environment, "B", {11: "200"})
    paying(environment, "C", {})
    address = "/clients/?columns=name,wage_cost,cost_change,cost_line"
    answer = client.post("/files/", {"at": address, "format": "csv"})
    lines = list(csv.reader(b"".join(answer.streaming_content).decode("utf-8-sig").splitlines(), delimiter=";"))
    heads = ["Client", "Wage cost (€)", "Wage cost: month", "Cost change (%)", "Remarks"]
    assert heads in lines
    at = lines.index(heads)
    said = "Wage cost and its change are those of Oct 2026."
    assert lines[at + 1] == ["A", "150.00", "2026-10", "50.0", said]
    assert lines[at + 2] == ["B", "200.00", "2026-11", "unknown", ""]
    assert lines[at + 3][:3] == ["C", "unknown", ""]
    assert ["Wage cost", "The total is of Nov 2026 (1 client), Oct 2026 (1 client)."] in [line[:2] for line in lines]
    answer = client.post("/files/", {"at": address, "format": "xlsx"})
    sheet = load_workbook(BytesIO(b"".join(answer.streaming_content))).active
    rows = {row[0]: row for row in sheet.iter_rows(values_only=True)}
    assert (float(rows["A"][1]), rows["A"][2], float(rows["A"][3])) == (150.0, "2026-10", 50.0)
    assert float(rows["Total"][1]) == 350.0
    assert b"".join(client.post("/files/", {"at": address, "format": "pdf"}).streaming_content).startswith(b"%PDF-")


@pytest.mark.database
def test_the_tile_of_the_client_says_the_same(environment: Environment, client: Client) -> None:
    debtor = paying(environment, "A", {9: "1000", 10: "1200"})
    said = page(client, f"/clients/{debtor.pk}/")
    assert "€1,200" in said
    assert "In October 2026: that of November 2026 is not known yet." in said
    assert "Wage cost of Nov 2026 is not known: 1 of 1 companies lack a run or its journal." in said
    pay(debtor.companies.get(), {11: "1300"})
    said = page(client, f"/clients/{debtor.pk}/")
    assert "In November 2026." in said
    assert "is not known yet" not in said
    # Of a month that is over nothing stands in for it.
    assert "In August 2026." in page(client, f"/clients/{debtor.pk}/?month=2026-08")
    none = paying(environment, "B", {7: "1000"})
    assert "Wage cost – unknown In November 2026." in page(client, f"/clients/{none.pk}/")


def test_who_may_not_see_wages_has_no_line_and_no_months_of_it(
    environment: Environment,
    accountant: Callable[..., User],
    as_user: Callable[[User], Client],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(CAPABILITIES, Role.ACCOUNTANT, frozenset({Capability.VIEW}))
    debtor = paying(environment, "A", {10: "4321"})
    client = as_user(accountant(debtor))
    html = client.get("/clients/?columns=name,cost_line,wage_cost,head_count").content.decode()
    assert "4,321" not in html
    assert "ui-spark" not in html
    assert "Where the cost of" not in html


def test_it_takes_no_more_queries_with_more_clients(environment: Environment, client: Client) -> None:
    for number in range(30):
        paying(environment, f"Client {number}", {9: "100", 10: "120"})
    with queries_at_most(17):
        assert len(table(client, "/clients/?per_page=100")) == 31
