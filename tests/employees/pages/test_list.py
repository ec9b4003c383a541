"""The list of people as of a day: what stands in it, for whom, in which order, and with how many queries."""

import io
import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal

import openpyxl
import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from portal.accounts.models import Firm, Membership, User
from portal.accounts.roles import CAPABILITIES, Capability, Role
from portal.companies.models import Company
from portal.employees import figures
from portal.employees.models import Employee, Employment, SalaryType
from portal.periods import Period, PeriodType
from tests.dashboards.reading import table, text
from tests.factories import (
    fetched,
    fetched_everything,
    make_company,
    make_contract,
    make_debtor,
    make_department,
    make_employee_type,
    make_employment,
    make_environment,
    make_function,
    make_person,
    make_personal_info,
    make_salary,
    make_schedule,
    summed,
)

pytestmark = pytest.mark.pages

People = Callable[..., User]
SignIn = Callable[[User], Client]
WAGE = "Contract wage a month (€)"


@pytest.fixture
def company(firm: Firm) -> Company:
    """A company that pays by the month."""
    return make_company(make_debtor(make_environment(firm)))


@pytest.fixture
def client(administrator: People, as_user: SignIn) -> Client:
    """The administrator's browser."""
    return as_user(administrator())


def employ(company: Company, name: str, wage: str = "1000", since: date = date(2025, 1, 1), **fields: int) -> Employee:
    person = make_person(company, name, **fields)
    make_employment(person, since)
    make_salary(person, wage, since)
    return person


def names(client: Client, address: str) -> list[str]:
    return [row["Name"] for row in table(client, address) if row["Name"] != "Total"]


def test_everything_stands_as_it_was_on_the_day(company: Company, client: Client) -> None:
    person = make_person(
        company, "P. de Vries", number=12345, employee_type=make_employee_type(company.environment, "Payroll")
    )
    make_personal_info(person, date(2024, 5, 1), birthday=date(1990, 2, 3))
    make_employment(person, date(2024, 5, 1))
    make_contract(person, date(2024, 5, 1), date(2025, 4, 30))
    make_contract(person, date(2025, 5, 1), None)
    make_salary(person, "3000", date(2024, 5, 1), date(2026, 6, 30), SalaryType.GROSS_FULL_TIME)
    make_salary(person, "21.5", date(2026, 7, 1), None, SalaryType.GROSS_HOURLY)
    make_schedule(
        person, date(2024, 5, 1), date(2026, 6, 30), percentage="80", week=("8", "8", "8", "8", "0", "0", "0")
    )
    make_schedule(
        person,
        date(2026, 7, 1),
        percentage="70",
        week=("8", "8", "8", "0", "0", "0", "0"),
        second_week=("8", "8", "8", "8", "0", "0", "0"),
    )
    make_department(person, "Sales", date(2024, 5, 1), date(2026, 10, 31))
    make_department(person, "Export", date(2026, 11, 1))
    make_function(person, "Clerk", date(2024, 5, 1))
    fetched_everything(company.debtor)
    [then, _] = table(client, "/employees/?on=2025-04-30")
    assert then == {
        "Name": "P. de Vries",
        "Number": "12345",
        "Company": str(company),
        "Type": "Payroll",
        "Department": "Sales",
        "Function": "Clerk",
        "Employed since": "1 May 2024",
        "Contract ends": "30 Apr 2025",
        "Part-time %": "80.00",
        "Hours a week": "32.00",
        "Kind of salary": "gross salary, full-time",
        "Amount (€)": "3,000.00",
        WAGE: "2,400.00",
        "Date of birth": "3 Feb 1990",
    }
    [now, totals] = table(client, "/employees/")
    assert (now["Department"], now["Contract ends"], now["Hours a week"]) == ("Export", "indefinite", "28.00")
    assert (now["Kind of salary"], now["Amount (€)"]) == ("gross hourly wage", "21.50")
    assert now[WAGE] == totals[WAGE] == "2,608.67"
    assert table(client, "/employees/?on=2024-04-30") == []


def test_in_service_on_the_day_or_everybody(company: Company, client: Client) -> None:
    make_employment(make_person(company, "Left yesterday"), date(2024, 1, 1), date(2026, 11, 21))
    make_employment(make_person(company, "Last day today"), date(2024, 1, 1), date(2026, 11, 22))
    make_employment(make_person(company, "Comes tomorrow"), date(2026, 11, 23))
    make_person(company, "Never employed")
    make_person(company, "Gone from Nmbrs", missing_since=datetime(2026, 1, 1, tzinfo=UTC))
    assert names(client, "/employees/") == ["Last day today"]
    assert names(client, "/employees/?on=2026-11-21") == ["Last day today", "Left yesterday"]
    assert names(client, "/employees/?service=all") == [
        "Comes tomorrow",
        "Last day today",
        "Left yesterday",
        "Never employed",
    ]


def test_totals_are_over_the_whole_filter_and_not_over_the_page(company: Company, client: Client) -> None:
    for number in range(60):
        employ(company, f"Person {number:02d}", "1000.25")
    net = make_person(company, "Net")
    make_employment(net, date(2025, 1, 1))
    make_salary(net, "500", date(2025, 1, 1), salary_type=SalaryType.NET_HOURLY_EXCL)
    fetched_everything(company.debtor)
    answer = client.get("/employees/?per_page=25&page=2")
    rows = table(client, "/employees/?per_page=25&page=2")
    assert len(rows) == 26
    assert rows[-1][WAGE] == "60,015.00"
    said = text(answer.content.decode())
    assert "61 people of this list are in service on this day." in said
    assert "1 of them is not in the total of the contract wage" in said
    assert "26–50 of 61 people" in said.replace(" – ", "–")
    assert table(client, "/employees/?q=Person 0")[-1][WAGE] == "10,002.50"


def test_scopes_a_company_a_client_and_everybody_i_may_see(
    company: Company, accountant: People, as_user: SignIn
) -> None:
    sister = make_company(company.debtor, "Sister")
    other = make_company(make_debtor(company.environment, "Other"), "Other")
    for where in (company, sister, other):
        employ(where, f"At {where.name}")
    client = as_user(accountant(company.debtor))
    own, sisters = f"At {company.name}", "At Sister"
    assert names(client, f"/companies/{company.pk}/employees/") == [own]
    assert names(client, f"/clients/{company.debtor_id}/employees/") == [own, sisters]
    assert names(client, "/employees/") == [own, sisters]
    assert client.get(f"/companies/{other.pk}/employees/").status_code == 404
    assert client.get(f"/clients/{other.debtor_id}/employees/").status_code == 404


def test_filters_by_type_and_department_of_the_day(company: Company, client: Client) -> None:
    payroll, external = (make_employee_type(company.environment, name) for name in ("Payroll", "External"))
    for name, kind, department in (("A", payroll, "Sales"), ("B", external, "Sales"), ("C", payroll, "Stock")):
        person = employ(company, name)
        Employee.objects.filter(pk=person.pk).update(employee_type=kind)
        make_department(person, department, date(2025, 1, 1), date(2026, 11, 20) if name == "C" else None)
    make_employee_type(company.environment, "Pensioners")
    address = f"/companies/{company.pk}/employees/"
    # Types that somebody here has, in the order of their names.
    offered = re.findall(
        rf'value="(?:{payroll.pk}|{external.pk})"[^>]*>(\w+)<|Pensioners', client.get(address).content.decode()
    )
    assert offered == ["External", "Payroll"]
    assert names(client, f"{address}?type={external.pk}") == ["B"]
    assert names(client, f"{address}?department=Sales") == ["A", "B"]
    assert names(client, f"{address}?department=Stock&on=2026-11-20") == ["C"]
    assert 'value="Stock"' not in client.get(address).content.decode()


@pytest.mark.database
def test_types_of_several_environments_are_one_choice_for_each_word(firm: Firm, client: Client) -> None:
    kinds = {}
    for domain in ("one", "two"):
        there = make_company(make_debtor(make_environment(firm, domain)), f"Company {domain}")
        for word in ("Payroll", f"Only in {domain}"):
            kinds[domain, word] = make_employee_type(there.environment, word)
            person = employ(there, f"{word}, {domain}")
            Employee.objects.filter(pk=person.pk).update(employee_type=kinds[domain, word])

    def offered(query: str = "") -> list[tuple[str, str]]:
        page = (
            client.get(f"/employees/{query}")
            .content.decode()
            .partition('<select name="type"')[2]
            .partition("</select>")[0]
        )
        return re.findall(r'<option value="(\d+)"([^>]*)>', page)

    assert len(offered()) == 3
    both = ["Payroll, one", "Payroll, two"]
    # An address or a view that was kept names either of them.
    for domain in ("one", "two"):
        pk = kinds[domain, "Payroll"].pk
        assert names(client, f"/employees/?type={pk}") == both
        assert [key for key, more in offered(f"?type={pk}") if "selected" in more] == [str(pk)]
    assert names(client, f"/employees/?type={kinds['one', 'Only in one'].pk}") == ["Only in one, one"]


def test_totals_that_are_kept_are_those_of_the_people(company: Company, client: Client) -> None:
    employ(company, "A", "2000")
    left = employ(company, "B", "1000.25")
    Employment.objects.filter(employee=left).update(valid_until=date(2026, 11, 11), end_date=date(2026, 11, 10))
    make_employment(make_person(company, "C"), date(2026, 1, 1))
    fetched_everything(company.debtor)

    def said(query: str) -> tuple[str, list[str]]:
        page = text(client.get(f"/employees/?{query}").content.decode())
        total = page[page.index("Total") :].split()[1]
        return total, [word for word in ("1 of them is not in the total", "3 people", "2 people") if word in page]

    queries = ("on=2026-11-22", "on=2026-11-10", "on=2026-11-11", "on=2025-06-30", "on=2026-11-10&q=B", "service=all")
    before = [said(query) for query in queries]
    assert before[0][0] == "2,000.00"
    assert before[1][0] == "3,000.25"
    summed(company)
    assert figures.wages_of(Company.objects.all(), date(2026, 11, 10)) == (300_025, 1, 3, 3)
    assert figures.wages_of(Company.objects.all(), date(2025, 6, 30)) is None
    assert [said(query) for query in queries] == before
    # What is kept of another office is not in the sum.
    foreign = make_company(make_debtor(make_environment(Firm.objects.create(name="Other"), "other")))
    employ(foreign, "X", "9999")
    summed(foreign)
    assert [said(query) for query in queries] == before
    # Of a company that nothing is kept of, its people are priced; without people there is nothing to keep.
    sister = make_company(company.debtor, "Sister")
    fetched_everything(company.debtor)
    assert said("on=2026-11-10") == before[1]
    employ(sister, "D", "500")
    assert said("on=2026-11-10")[0] == "3,500.25"


def test_the_total_of_a_file_is_that_of_the_people_in_it(
    company: Company, firm: Firm, accountant: People, as_user: SignIn
) -> None:
    """One sees the wages of two clients, and may take out those of one."""
    user = accountant(company.debtor)
    other = make_company(make_debtor(company.environment, "Other", number="1002"))
    Membership.objects.create(user=user, firm=firm, role=Role.ASSISTANT, debtor=other.debtor)
    for place, name, wage in ((company, "A", "2000"), (other, "B", "500")):
        employ(place, name, wage)
        fetched_everything(place.debtor)
    summed(company, other)
    browser, columns = as_user(user), "/employees/?columns=display_name,wage"
    assert table(browser, columns)[-1][WAGE] == "2,500.00"
    answer = browser.post("/files/", {"at": columns, "format": "xlsx"})
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    assert [[cell.value for cell in line] for line in sheet.iter_rows()][-2:] == [["A", 2000], ["Total", 2000]]


def test_in_a_whole_office_a_part_of_the_department_is_typed(company: Company, client: Client) -> None:
    for name, department in (("A", "Sales North"), ("B", "Warehouse"), ("C", "After sales")):
        make_department(employ(company, name), department, date(2025, 1, 1))
    fetched_everything(company.debtor)
    page = client.get("/employees/").content.decode()
    assert '<option value="Warehouse"' not in page
    assert '<input type="search" name="department"' in page
    assert names(client, "/employees/?department=sales") == ["A", "C"]
    assert "Nothing matches this filter" in client.get("/employees/?department=%25").content.decode()
    assert '<option value="Warehouse"' in client.get(f"/clients/{company.debtor_id}/employees/").content.decode()


def test_search_by_part_of_the_name_or_start_of_the_number(company: Company, client: Client) -> None:
    employ(company, "Ümit Yılmaz", number=701)
    employ(company, "Jan 70", number=170)
    fetched_everything(company.debtor)
    assert names(client, "/employees/?q=yıl") == ["Ümit Yılmaz"]
    assert names(client, "/employees/?q=70") == ["Jan 70", "Ümit Yılmaz"]
    assert names(client, "/employees/?q=17") == ["Jan 70"]
    assert "Nothing matches this filter" in client.get("/employees/?q=nobody").content.decode()


def test_sorting_by_every_column(company: Company, client: Client) -> None:
    for number, name in ((2, "B"), (1, "A"), (3, "C")):
        since = date(2025, number, 1)
        person = employ(company, name, f"{1000 * number}", since, number=number)
        make_schedule(person, since, percentage=f"{20 * number}", week=(str(2 * number),) * 5 + ("0", "0"))
        make_contract(person, since, date(2027, number, 1))
        make_department(person, f"Department {number}", since)
        make_function(person, f"Function {number}", since)
        make_personal_info(person, since, birthday=date(1990, number, 1))
    without = make_person(company, "D", number=4)
    make_employment(without, date(2025, 12, 1))
    columns = ["contract_end", "part_time", "hours", "amount", "wage", "department", "function", "birthday"]
    for column in columns:
        assert names(client, f"/employees/?sort={column}") == ["A", "B", "C", "D"], column
        assert names(client, f"/employees/?sort=-{column}") == ["C", "B", "A", "D"], column
    for column in ("since", "number", "display_name"):
        assert names(client, f"/employees/?sort=-{column}") == ["D", "C", "B", "A"], column
    for nonsense in ("employee__bsn", "company__environment__connections__token", "-", "pk,-pk", "wage,wage,-number"):
        assert sorted(names(client, f"/employees/?sort={nonsense}")) == ["A", "B", "C", "D"]


def test_columns_of_records_that_a_person_may_not_see_are_not_there_to_be_sorted_by(
    company: Company, accountant: People, as_user: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, wage in (("A", "2000"), ("B", "1000")):
        person = employ(company, name, wage)
        make_personal_info(person, date(2025, 1, 1), birthday=date(1990, 1, 1))
        make_department(person, "Sales", date(2025, 1, 1))
    client = as_user(accountant(company.debtor))
    monkeypatch.setitem(CAPABILITIES, Role.ACCOUNTANT, frozenset({Capability.VIEW, Capability.VIEW_PERSONAL}))
    [first, *_] = table(client, "/employees/?sort=wage")
    assert first["Name"] == "A"
    assert set(first) & {"Amount (€)", WAGE, "Kind of salary"} == set()
    assert first["Date of birth"] == "1 Jan 1990"
    page = client.get("/employees/?sort=-amount").content.decode()
    assert "1,000" not in page
    assert "Salaries are not shown" in page
    monkeypatch.setitem(CAPABILITIES, Role.ACCOUNTANT, frozenset({Capability.VIEW}))
    [first, *_] = table(client, f"/companies/{company.pk}/employees/?sort=birthday")
    assert set(first) == {"Name", "Number", "Type", "Department", "Function", "Employed since"}


def test_salaries_of_some_clients_alone_do_not_open_the_column_of_all(
    company: Company, accountant: People, as_user: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = make_company(make_debtor(company.environment, "Other"))
    user = accountant(company.debtor, other.debtor)
    employ(company, "A")
    employ(other, "B")
    client = as_user(user)
    assert WAGE in table(client, "/employees/")[0]
    # One role for the first client and another, without salaries, for the second.
    monkeypatch.setitem(CAPABILITIES, Role.ADMINISTRATOR, frozenset({Capability.VIEW}))
    from portal.accounts.models import Membership

    Membership.objects.filter(user=user, debtor=other.debtor).delete()
    Membership.objects.create(user=user, firm=company.environment.firm, role=Role.ADMINISTRATOR)
    assert WAGE not in table(client, "/employees/")[0]
    assert WAGE in table(client, f"/companies/{company.pk}/employees/")[0]
    assert WAGE not in table(client, f"/companies/{other.pk}/employees/")[0]


@pytest.mark.parametrize(
    "query",
    ["on=abc", "on=2026-99-01", "on=0001-01-01", "on=9999-12-31", "on=2026-W47-7", "on=", "on=%00", "on=2026-02-30"],
)
def test_a_day_that_makes_no_sense_gives_today_and_says_so(company: Company, client: Client, query: str) -> None:
    said = text(client.get(f"/employees/?{query}").content.decode())
    assert "As of 22 Nov 2026" in said
    assert ("is not a day" in said) == (query != "on=")


@pytest.mark.parametrize("query", ["page=99999", "type=abc", "type=999", "department=x", "service=x", "q=%25_%27%00"])
def test_other_nonsense_in_the_address_is_no_error(company: Company, client: Client, query: str) -> None:
    employ(company, "A")
    assert client.get(f"/employees/?{query}").status_code == 200


def test_four_reasons_for_an_empty_list(company: Company, client: Client, accountant: People, as_user: SignIn) -> None:
    def said(browser: Client, address: str = "/employees/") -> str:
        return text(browser.get(address).content.decode())

    assert "Not fetched from Nmbrs yet" in said(client)
    fetched_everything(company.debtor)
    assert "Nothing here" in said(client)
    assert "Nothing matches this filter" in said(client, "/employees/?q=x")
    assert "You have no access to this" in said(as_user(accountant(email="nobody@test.example")))


def test_quick_links_to_days_that_payroll_people_ask_for(company: Company, client: Client) -> None:
    four_weekly = make_company(company.debtor, "Four", Period(2026, 12), PeriodType.FOUR_WEEKS)
    page = client.get(f"/companies/{four_weekly.pk}/employees/?on=2026-01-01").content.decode()
    for day in ("2026-11-22", "2026-10-31", "2026-11-29"):
        assert f"on={day}" in page


def test_html_in_names_stays_text(company: Company, client: Client) -> None:
    make_department(employ(company, "<script>x</script>"), '"><b>d</b>', date(2025, 1, 1))
    page = client.get("/employees/").content.decode()
    assert "<script>x" not in page
    assert "<b>d</b>" not in page


@pytest.mark.parametrize("people", [3, 40])
def test_the_number_of_queries_does_not_depend_on_the_rows(
    company: Company, client: Client, people: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(people):
        person = employ(make_company(company.debtor) if number % 5 == 0 else company, f"Person {number}")
        make_schedule(person, date(2025, 1, 1))
        make_department(person, "Sales", date(2025, 1, 1))
    fetched(company, "employees")
    with django_assert_max_num_queries(28):
        rows = table(client, "/employees/?sort=-wage")
    assert len(rows) == people + 1
    assert Decimal(rows[0][WAGE].replace(",", "")) == 1000
