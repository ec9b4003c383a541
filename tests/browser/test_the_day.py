"""An accountant's day, told three times, and a client's: what a person does, and what they see of it.

The firm is that of the embedded Nmbrs after a first sync over the wire, and one client more for whom nothing is late.
Expected figures are added up here from the rows of the mirror, and what a list must hold from the whole list.
"""

import html
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urljoin, urlsplit

import openpyxl
import pytest
import stamina
import time_machine
from playwright.sync_api import Download, Locator, Page, expect
from pytest_django.fixtures import Settings

from portal.accounts.models import Firm, Membership, User
from portal.accounts.roles import Role
from portal.companies.models import Company, JournalLine, RunWage
from portal.connections.models import Environment
from portal.deadlines import states
from portal.deadlines.models import Arrangement
from portal.debtors.models import Debtor
from portal.employees.models import Employee
from portal.nmbrs.sandbox import Sandbox
from portal.search.index import keeping
from portal.sync.service import sync_now
from portal.ui.formats import MINUS
from tests import golden
from tests.accounts.signin.world import PASSWORD, with_app
from tests.browser.hands import Hand, Keyboard, Phone
from tests.conftest import NOON, Connected
from tests.factories import fetched_everything, make_company, make_debtor, make_person, make_run, summed

pytestmark = pytest.mark.browser

MINE, OTHERS, PAINTERS, CALM = "Bakkerij 't Hoekje", "Café De Zwaan", "Schildersbedrijf Van Loon", "Molen De Adriaan"
BEFORE, NOW = 9, 10


@pytest.fixture
def sandbox(settings: Settings) -> Iterator[Sandbox]:
    """Three clients with a company each; the wage cost of the first one rose in October 2026."""
    with (
        stamina.set_testing(True, attempts=2, cap=True),
        time_machine.travel(NOON, tick=True),
        Sandbox(debtors=3, companies=1, employees=8, seed=7, today=NOON.date()) as running,
    ):
        settings.NMBRS_HOSTS = [running.url]
        yield running


@dataclass(frozen=True)
class Office:
    """The firm, one of its accountants, and what their app shows codes for."""

    firm: Firm
    accountant: User
    secret: str
    company: Company

    def amount(self, period: int, **which: Any) -> Decimal:
        """What the components of a period of 2026 came to."""
        lines = RunWage.objects.filter(company=self.company, year=2026, number=period, **which)
        return sum((line.amount or Decimal(0) for line in lines), Decimal(0))

    def cost(self, period: int) -> Decimal:
        """What the journals of a period of 2026 book as wage cost."""
        lines = JournalLine.objects.filter(company=self.company, year=2026, number=period, account__startswith="4")
        return sum((line.debit - line.credit for line in lines), Decimal(0))


def everything_read(environment: Environment) -> None:
    """What a nightly sync reads, and person by person the fixed components: without them nothing is a one-off."""
    sync_now(environment)
    for company in Company.objects.all():
        sync_now(company, resource="fixed_wage_components")


@pytest.fixture
def office(connected: Connected, accountant: Callable[..., User]) -> Office:
    """An accountant who sees to two of the four companies that they may see; of those, one is late."""
    environment = connected.environment
    golden.once("a day", environment, lambda: everything_read(environment))
    calm = make_debtor(environment, CALM, key="calm")
    mill = make_company(calm, f"{CALM} B.V.")
    make_run(mill, 2026, 11, locked=True)
    make_person(mill, "Wieringa, H. (Hylke)")
    fetched_everything(calm)
    summed(mill)
    states.rewrite([mill.pk])
    keeping.rebuild()
    person = accountant(*Debtor.objects.all(), language="en")
    colleague = accountant(*Debtor.objects.all(), email="colleague@test.example")
    for company in Company.objects.all():
        mine = company.debtor.name in {MINE, CALM}
        Arrangement.objects.create(company=company, responsible=person if mine else colleague)
    return Office(connected.firm, person, with_app(person), Company.objects.get(debtor__name=MINE))


# --- reading a page --------------------------------------------------------------------------------------------------


def rows_of(table: Locator) -> list[dict[str, str]]:
    """The rows of a table under its headings, as they are read."""
    said = "all => all.map(one => one.innerText.replace(/\\s+/g, ' ').trim())"
    headings = table.locator("thead th").evaluate_all(said)
    cells = "all => all.map(row => [...row.cells].map(one => one.innerText.replace(/\\s+/g, ' ').trim()))"
    return [dict(zip(headings, row, strict=True)) for row in table.locator("tbody tr").evaluate_all(cells)]


def number(shown: str) -> Decimal:
    """An amount as an English page writes it."""
    return Decimal(re.sub(r"[€,\s]", "", shown).replace(MINUS, "-"))


def wage_costs(hand: Hand) -> dict[str, Decimal]:
    """The values of the chart of wage cost by month, as far as they are known."""
    panel = hand.page.locator(".ui-panel", has=hand.page.get_by_role("heading", name="Wage cost", exact=True))
    rows = rows_of(hand.open(panel.locator("details.ui-chart-values")).get_by_role("table"))
    return {row["Month"]: number(row["Wage cost"]) for row in rows if "€" in row["Wage cost"]}


def light_of(page: Page, what: str, colour: str) -> float:
    """How light a colour of something is drawn: from 0, black, to 1, white."""
    drawn = page.locator(what).first.evaluate("(one, colour) => getComputedStyle(one)[colour]", colour)
    red, green, blue = (int(part) / 255 for part in re.findall(r"\d+", drawn)[:3])
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def sheet(download: Download) -> list[list[str]]:
    """The rows of an Excel file."""
    assert download.suggested_filename.endswith(".xlsx")
    with download.path().open("rb") as file:
        return [
            ["" if cell is None else str(cell) for cell in row] for row in openpyxl.load_workbook(file).active.values
        ]


# --- the day ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", [Hand, Keyboard, Phone], ids=["mouse", "keyboard", "phone"])
def test_a_day_of_an_accountant(how: type[Hand], page: Page, live_server: object, office: Office) -> None:
    hand = how(page, str(live_server))
    hand.sign_in(office.accountant, office.secret)
    who_needs_me(hand)
    why_the_wage_cost_rose(hand, office)
    a_person_of_another_client(hand)
    department, people = a_list_as_a_file(hand)
    kept_and_found_again(hand, department, people)
    in_dutch(hand, department, people)
    in_the_dark(hand)


def who_needs_me(hand: Hand) -> None:
    """Of all companies those that are late, of those mine: one, which is opened."""
    page, rows = hand.page, hand.page.locator("#table tbody tr")
    hand.arrives("Start")
    expect(rows).to_have_count(4)
    parts = page.get_by_role("navigation", name="Parts of the list")
    hand.press(parts.get_by_role("link", name=re.compile(r"^\s*Overdue\s+3")))
    expect(rows).to_have_count(3)
    hand.looks_right()
    expect(rows.filter(has_text=CALM)).to_have_count(0)
    hand.choose(hand.filters().get_by_label("Responsible"), "Me")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text(MINE)
    expect(rows).to_contain_text("22 days late")
    hand.looks_right()
    hand.press(rows.get_by_role("link", name=MINE))
    hand.arrives(MINE)
    expect(page.locator("main")).to_contain_text("22 days late")


def why_the_wage_cost_rose(hand: Hand, office: Office) -> None:
    """From the company to its client, from the cost of two months to the component and to the person."""
    page = hand.page
    hand.press(page.get_by_role("navigation", name="You are here").get_by_role("link", name=MINE))
    page.wait_for_url("**/clients/*/")
    hand.arrives(MINE)
    costs = wage_costs(hand)
    assert (costs["Sep 2026"], costs["Oct 2026"]) == (office.cost(BEFORE), office.cost(NOW))
    assert costs["Oct 2026"] > costs["Sep 2026"]
    hand.looks_right()

    hand.press(page.get_by_role("link", name=f"Compare {MINE}"))
    hand.arrives("Variance")
    table = page.locator("#table table")
    total = [number(cell) for cell in table.locator("tfoot td").all_inner_texts()[1:4]]
    assert total == [office.amount(BEFORE), office.amount(NOW), office.amount(NOW) - office.amount(BEFORE)]
    differences = page.get_by_role("link", name=re.compile("Only differences"))
    hand.press(differences)
    expect(differences).to_have_attribute("aria-current", "true")
    hand.looks_right()
    rises = {row["Component"]: number(row["Difference (€)"]) for row in rows_of(table)}
    assert Decimal(0) not in rises.values()
    reason = max(rises, key=lambda name: rises[name])
    assert reason.endswith("Bonus")
    assert rises[reason] == office.amount(NOW, description="Bonus") - office.amount(BEFORE, description="Bonus")

    hand.press(table.get_by_role("link", name=reason))
    expect(page.locator(".ui-sections [aria-current]")).to_have_text("By employee")
    hand.looks_right()
    bonus = RunWage.objects.get(company=office.company, year=2026, number=NOW, description="Bonus", amount__gt=0)
    found = [row for row in rows_of(table) if bonus.employee.display_name in row["Employee"]]
    assert [(number(row["Difference (€)"]), row["Standing"]) for row in found] == [(rises[reason], "one-off")]


def a_person_of_another_client(hand: Hand) -> None:
    """Found by a surname from anywhere; the page says whose employee it is."""
    page = hand.page
    sought = Employee.objects.filter(company__debtor__name__startswith=PAINTERS).order_by("pk").first()
    assert sought is not None
    hand.find(sought.display_name.split(",")[0], re.compile(re.escape(sought.display_name)))
    hand.arrives(sought.display_name)
    expect(page.get_by_role("navigation", name="You are here")).to_contain_text(PAINTERS)


def a_list_as_a_file(hand: Hand) -> tuple[str, list[str]]:
    """Everybody, then one department, then exactly that as an Excel file; the department and who is in it."""
    page, table = hand.page, hand.page.locator("#table table")
    hand.go("Employees")
    hand.arrives("Employees")
    everybody = rows_of(table)
    sizes = Counter(row["Department"] for row in everybody)
    department = next(
        name
        for name, size in sorted(sizes.items())
        if name and 1 < size < len(everybody) / 2 and sum(name.casefold() in other.casefold() for other in sizes) == 1
    )
    people = [row["Name"] for row in everybody if row["Department"] == department]
    hand.write(hand.filters().get_by_label("Department"), department)
    expect(table.locator("tbody tr")).to_have_count(len(people))
    assert [row["Name"] for row in rows_of(table)] == people
    expect(page.locator(".ui-table-foot")).to_contain_text(f"{len(people)} people")

    excel = hand.tool("Export").get_by_role("button", name="Excel")
    hand.looks_right()
    with hand.a_file() as came:
        hand.press(excel)
    written = sheet(came[0])
    head = next(place for place, row in enumerate(written) if row[0] == "Name")
    assert any(department in cell for row in written[:head] for cell in row)
    body = [dict(zip(written[head], row, strict=True)) for row in written[head + 1 :] if row[0] != "Total"]
    assert [row["Name"] for row in body] == people
    assert {row["Department"] for row in body} == {department}
    return department, people


def kept_and_found_again(hand: Hand, department: str, people: list[str]) -> None:
    """What is shown is kept under a name; days later, on the list of everybody, it is there by that name."""
    page, rows = hand.page, hand.page.locator("#table tbody tr")
    name = f"People of {department}"
    view = hand.tool("View")
    hand.write(view.get_by_label("Keep what is shown"), name)
    hand.press(view.get_by_role("button", name="Keep", exact=True))
    opened = page.locator(".ui-tools summary", has_text=f"View: {name}")
    expect(opened).to_be_visible()
    hand.go("Clients")
    hand.arrives("Clients")
    hand.go("Employees")
    hand.arrives("Employees")
    expect(rows.nth(len(people))).to_be_attached()
    hand.press(hand.tool("View").get_by_role("link", name=name, exact=True))
    expect(opened).to_be_visible()
    expect(rows).to_have_count(len(people))
    assert [row["Name"] for row in rows_of(page.locator("#table table"))] == people
    hand.looks_right()


def in_dutch(hand: Hand, department: str, people: list[str]) -> None:
    """The same list in the other language: headings, the word for how many there are, the menu."""
    page = hand.page
    hand.press(hand.account().get_by_role("button", name="Nederlands"))
    hand.arrives("Medewerkers")
    expect(page.locator("html")).to_have_attribute("lang", "nl")
    rows = rows_of(page.locator("#table table"))
    assert [row["Naam"] for row in rows] == people
    assert {row["Afdeling"] for row in rows} == {department}
    expect(page.locator(".ui-table-foot")).to_contain_text(f"{len(people)} medewerkers")
    expect(page.locator("main")).to_contain_text(re.compile(r"Contractloon per maand: €\s[1-9]\d?\.\d{3},\d{2}\."))


def in_the_dark(hand: Hand) -> None:
    """Light letters on a dark page, and it stays so on the next one."""
    page = hand.page
    assert light_of(page, "body", "backgroundColor") > 0.8 > 0.4 > light_of(page, "h1", "color")
    dark = hand.account().get_by_role("button", name="Donker")
    hand.press(dark)
    expect(dark).to_have_attribute("aria-pressed", "true")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    hand.go("Klanten")
    hand.arrives("Klanten")
    assert light_of(page, "body", "backgroundColor") < 0.2 < 0.7 < light_of(page, "h1", "color")
    expect(page.locator("#table tbody tr")).to_have_count(4)


# --- a client --------------------------------------------------------------------------------------------------------


@pytest.fixture
def ingrid(office: Office) -> User:
    """Somebody of the client with the widest role that a client has: what it does not show, none does."""
    made = User.objects.create_user("ingrid@client.example", "Ingrid", PASSWORD, language="en")
    own = office.company.debtor
    Membership.objects.create(user=made, firm=office.firm, role=Role.CLIENT_ADMINISTRATOR, debtor=own)
    return made


@pytest.mark.parametrize("how", [Phone, Hand], ids=["phone", "mouse"])
def test_a_client_looks_after_their_own(
    how: type[Hand], page: Page, live_server: object, office: Office, ingrid: User
) -> None:
    hand = how(page, str(live_server))
    hand.sign_in(ingrid, with_app(ingrid))
    how_far_the_payroll_is(hand, office)
    what_it_costs(hand, office)
    who_works_here(hand, office)
    nobody_elses_is_found(hand)
    hand.press(hand.account().get_by_role("button", name="Nederlands"))
    expect(page.locator("html")).to_have_attribute("lang", "nl")
    hand.looks_right()


def how_far_the_payroll_is(hand: Hand, office: Office) -> None:
    """From the first page to the period that is worked on, to the one before it, and what changed since."""
    page, company = hand.page, office.company
    hand.arrives(MINE)
    expect(page.locator("main")).to_contain_text(f"Payroll by {office.firm}")
    hand.press(page.locator(f'main a[href="/my/companies/{company.pk}/"]').first)
    hand.arrives(company.name)
    expect(page.locator("main")).to_contain_text("Where it stands")
    hand.press(page.get_by_role("link", name="Previous period"))
    page.wait_for_url("**?period=2026-10")
    hand.arrives(company.name)
    hand.press(page.get_by_role("link", name="Compare with the period before"))
    hand.arrives("Variance")
    total = [number(cell) for cell in page.locator("#table tfoot td").all_inner_texts()[1:4]]
    assert total == [office.amount(BEFORE), office.amount(NOW), office.amount(NOW) - office.amount(BEFORE)]


def what_it_costs(hand: Hand, office: Office) -> None:
    """All figures of the organisation, by way of its first page: up one step at a time, as a phone offers it."""
    way = hand.page.get_by_role("navigation", name="You are here")
    hand.press(way.locator('a[href^="/companies/"]'))
    hand.page.wait_for_url(f"**/companies/{office.company.pk}/?period=2026-10")
    hand.press(way.locator('a[href^="/my/"]'))
    hand.page.wait_for_url("**/my/*/*")
    hand.arrives(MINE)
    hand.press(hand.page.get_by_role("link", name="All figures"))
    hand.page.wait_for_url("**/clients/*/*")
    hand.arrives(MINE)
    assert wage_costs(hand)["Oct 2026"] == office.cost(NOW)


def who_works_here(hand: Hand, office: Office) -> None:
    """Their own people alone; one of them by a part of the name, as of another day."""
    page, table = hand.page, hand.page.locator("#table table")
    hand.go("Employees")
    hand.arrives(re.compile("Employees"))
    people = [row["Name"] for row in rows_of(table)]
    mine = set(Employee.objects.filter(company=office.company).values_list("display_name", flat=True))
    assert people and set(people) <= mine
    sought = people[0]
    hand.write(hand.filters().get_by_label("Search"), sought.split(",")[0])
    expect(table.locator("tbody tr")).to_have_count(sum(sought.split(",")[0] in name for name in people))
    hand.press(table.get_by_role("link", name=sought).first)
    hand.arrives(sought)
    hand.press(page.get_by_role("link", name="Today", exact=True))
    page.wait_for_url("**?on=2026-11-22")
    hand.arrives(sought)


def nobody_elses_is_found(hand: Hand) -> None:
    """The names of other clients are words that the search does not know."""
    page = hand.page
    hand.press(page.locator(".ui-search-opener"))
    for name in (OTHERS, PAINTERS, CALM):
        hand.write(page.get_by_role("combobox", name="Search by name"), name)
        expect(page.locator(f'[data-search-answer][data-q="{name}"]')).to_be_attached()
        expect(page.locator("#search-status")).to_contain_text("Nothing found")
    hand.looks_right()
    page.keyboard.press("Escape")


def test_a_client_reaches_nothing_of_others(page: Page, live_server: object, office: Office, ingrid: User) -> None:
    """Every page that links lead to, and the same addresses as those of another client would be."""
    hand, own = Hand(page, str(live_server)), office.company.debtor
    hand.sign_in(ingrid, with_app(ingrid))
    hand.arrives(MINE)
    foreign = others(own)
    seen = everything_by_links(page, hand.url)
    for shape in ("/my/1/", "/my/companies/1/", "/companies/1/", "/companies/1/variance/", "/employees/1/"):
        assert shape in {re.sub(r"\d+", "1", path) for path in seen}, shape
    assert {path for path in seen if any(name in seen[path] for name in foreign)} == set()

    refused = foreign_addresses(seen)
    assert len(refused) > 30
    for address in refused:
        answer = page.request.get(hand.url + address)
        assert answer.status == 404, address
        text = html.unescape(answer.text())
        assert "This page does not exist" in text, address
        assert not any(name in text for name in foreign), address
    # The console of a tab says when an answer is a 404, which the page of this test takes for a fault.
    tab = page.context.new_page()
    tab.goto(hand.url + refused[0])
    expect(tab.get_by_role("heading", level=1)).to_have_text("This page does not exist")
    tab.get_by_role("link", name="Go to the first page").click()
    expect(tab.get_by_role("heading", level=1)).to_have_text(MINE)


def others(own: Debtor) -> list[str]:
    """Names of the other clients, of their companies and of their people, as far as nobody of this one has them."""
    people = Employee.objects.exclude(company__debtor=own).values_list("display_name", flat=True)
    mine = set(Employee.objects.filter(company__debtor=own).values_list("display_name", flat=True))
    clients = Debtor.objects.exclude(pk=own.pk).values_list("name", flat=True)
    return [*clients, *sorted(set(people) - mine)]


def everything_by_links(page: Page, url: str) -> dict[str, str]:
    """Every page that links lead to from the first one, by its path: what it holds."""
    todo, found = ["/"], dict[str, str]()
    while todo:
        address = todo.pop()
        path = urlsplit(address).path
        if path in found:
            continue
        answer = page.request.get(url + address)
        assert answer.status == 200, address
        found[path] = html.unescape(answer.text())
        for link in re.findall(r'(?:href|hx-get)="([^"#]+)', answer.text()):
            there = urljoin(answer.url.removeprefix(url), html.unescape(link))
            if there.startswith("/") and not there.startswith(("/static/", "/brand/")):
                todo.append(there)
    return found


def foreign_addresses(seen: Iterable[str]) -> list[str]:
    """The addresses of one's own pages as those of another client would have them."""
    client = Debtor.objects.get(name=OTHERS)
    company = client.companies.get()
    person = Employee.objects.filter(company=company).first()
    assert person is not None
    places = (
        (r"^/(my|business|clients)/\d+/", rf"/\g<1>/{client.pk}/"),
        (r"^/(my/companies|companies)/\d+/", rf"/\g<1>/{company.pk}/"),
        (r"^/(employees)/\d+/", rf"/\g<1>/{person.pk}/"),
    )
    found = {re.sub(shape, other, path) for path in seen for shape, other in places if re.match(shape, path)}
    return sorted(found)
