"""The page of one person: facts as of a day, and a timeline of every dated record."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from portal.accounts.models import Firm, User
from portal.accounts.roles import CAPABILITIES, Capability, Role
from portal.employees.models import AddressType, Employee, SalaryType
from portal.mirror.models import Change, State
from portal.periods import Period, PeriodType
from tests.dashboards.reading import text
from tests.factories import (
    fetched,
    fetched_everything,
    make_address,
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
)

pytestmark = pytest.mark.pages

People = Callable[..., User]
SignIn = Callable[[User], Client]


@pytest.fixture
def person(firm: Firm) -> Employee:
    """Somebody in service since 2024, with a record of every kind and a raise in July 2026."""
    company = make_company(make_debtor(make_environment(firm)))
    person = make_person(company, "P. de Vries", employee_type=make_employee_type(company.environment))
    make_personal_info(person, date(2024, 5, 1), last_name="de Vries")
    make_address(person, date(2024, 5, 1), date(2026, 8, 31), street="Oude weg")
    make_address(person, date(2026, 9, 1), street="Nieuwe weg")
    make_address(person, date(2024, 5, 1), address_type=AddressType.POST, street="Postbus")
    make_employment(person, date(2024, 5, 1))
    make_contract(person, date(2024, 5, 1))
    make_salary(person, "3000", date(2024, 5, 1), date(2026, 6, 30), SalaryType.GROSS_FULL_TIME)
    make_salary(person, "3250.50", date(2026, 7, 1), None, SalaryType.GROSS_FULL_TIME)
    make_schedule(person, date(2024, 5, 1), percentage="80", week=("8", "8", "8", "8", "0", "0", "0"))
    make_department(person, "Sales", date(2024, 5, 1), code=70)
    make_function(person, "Clerk", date(2024, 5, 1))
    fetched_everything(company.debtor)
    return person


@pytest.fixture
def client(administrator: People, as_user: SignIn) -> Client:
    """The administrator's browser."""
    return as_user(administrator())


def part(client: Client, person: Employee, query: str, heading: str) -> str:
    """The facts or the timeline of the page as text."""
    answer = client.get(f"/employees/{person.pk}/{query}")
    assert answer.status_code == 200
    sections = re.findall(r"<section.*?</section>", answer.content.decode(), re.S)
    return next(text(section) for section in sections if heading in section)


def facts(client: Client, person: Employee, query: str = "") -> str:
    return part(client, person, query, 'id="facts"')


def timeline(client: Client, person: Employee, query: str = "") -> list[str]:
    answer = client.get(f"/employees/{person.pk}/{query}").content.decode()
    found = re.search(r'<ol class="ui-timeline">(.*?)</ol>', answer, re.S)
    assert found is not None
    return [text(entry) for entry in re.findall(r"<li>.*?</li>", found[1], re.S)]


def test_facts_are_those_of_the_day_and_marked_where_today_differs(person: Employee, client: Client) -> None:
    then = facts(client, person, "?on=2026-06-30")
    assert "As of 30 Jun 2026 in service since 1 May 2024" in then
    assert "Contract wage a month €2,400.00 today €2,600.40" in then
    assert "Amount €3,000.00 today €3,250.50" in then
    assert "Street Oude weg 12 today Nieuwe weg 12" in then
    assert "Street Postbus 12" in then
    assert "Department Sales Code 70 Function" in then.replace("Department Department", "Department")
    now = facts(client, person)
    assert "As of 22 Nov 2026" in now
    assert "Contract wage a month €2,600.40" in now
    assert "today" not in now
    before = facts(client, person, "?on=2024-04-30")
    assert "not in service on this day" in before
    assert "Salary Nothing on this day. there is today" in before


def test_the_last_day_in_service_counts(person: Employee, client: Client) -> None:
    leaver = make_person(person.company, "Leaver")
    make_employment(leaver, date(2025, 1, 1), date(2026, 11, 21))
    assert "in service since 1 Jan 2025 until 21 Nov 2026" in facts(client, leaver, "?on=2026-11-21")
    assert "not in service on this day" in facts(client, leaver)


def test_every_dated_record_is_on_the_timeline_newest_first(person: Employee, client: Client) -> None:
    entries = timeline(client, person)
    assert len(entries) == 11
    assert [entry.split(" ")[3] for entry in entries[:2]] == ["Address", "Salary"]
    assert {entry.split(" ")[3] for entry in entries} == {
        "Address",
        "Salary",
        "Employment",
        "Contract",
        "Schedule",
        "Department",
        "Function",
        "Personal",
    }
    assert "Street: Oude weg 12 → Nieuwe weg 12" in entries[0]
    assert "1 Jul 2026 Salary until further notice Amount: €3,000.00 → €3,250.50" in entries[1]
    assert "created in Nmbrs on 1 Jul 2026" in entries[1]
    first = next(entry for entry in entries if "until 30 Jun 2026" in entry)
    assert "Kind of salary: gross salary, full-time Amount: €3,000.00" in first


def test_a_record_made_after_the_period_in_which_it_took_effect_is_retroactive(
    person: Employee, client: Client
) -> None:
    other = make_person(person.company, "Other")
    make_function(other, "In time", date(2026, 3, 1), date(2026, 3, 31), created_at=datetime(2026, 3, 31, tzinfo=UTC))
    make_function(other, "Late", date(2026, 4, 30), created_at=datetime(2026, 5, 3, tzinfo=UTC))
    late, in_time = timeline(client, other)
    assert "Late" in late
    assert "retroactive" in late
    assert "retroactive" not in in_time


@pytest.mark.parametrize(
    ("kind", "period", "late"),
    [
        # The week of 16 November: of Sunday the 15th is late, of Monday not.
        (PeriodType.WEEK, Period(2026, 47), {"14 Nov", "15 Nov"}),
        # The twelfth four weeks begin on 2 November.
        (PeriodType.FOUR_WEEKS, Period(2026, 12), set()),
        (PeriodType.MONTH, Period(2026, 11), set()),
    ],
)
def test_how_late_is_late_follows_from_the_periods_of_the_company(
    person: Employee, client: Client, kind: PeriodType, period: Period, late: set[str]
) -> None:
    company = make_company(person.company.debtor, "Payer", period, kind)
    for day in (14, 15, 16, 17):
        other = make_person(company, f"{day} Nov")
        make_function(other, f"{day} Nov", date(2026, 11, day), created_at=datetime(2026, 11, 18, tzinfo=UTC))
    told = {other.display_name: timeline(client, other) for other in company.employees.all()}
    assert {name for name, entries in told.items() if "retroactive" in entries[0]} == late


def test_the_period_that_counts_is_the_one_that_nmbrs_was_in(person: Employee, client: Client) -> None:
    """The run of October was made late: until the 5th of November October was open, and then it was not."""
    company = person.company
    for moment, period in ((1, Period(2026, 10)), (5, Period(2026, 11)), (9, Period(2025, 12))):
        company.periods_seen.create(
            year=period.year, number=period.number, seen_at=datetime(2026, 11, moment, 12, tzinfo=UTC)
        )
    for day, is_late in ((4, False), (6, True), (10, True)):
        other = make_person(company, f"Made on {day}")
        make_function(other, "Sales", date(2026, 10, 20), created_at=datetime(2026, 11, day, tzinfo=UTC))
        # Set back to last year for a correction, the company still had paid October.
        assert ("retroactive" in timeline(client, other)[0]) is is_late, day


def test_a_long_timeline_comes_in_parts(person: Employee, client: Client) -> None:
    other = make_person(person.company, "Other")
    for number in range(120):
        since = date(2010 + number // 12, number % 12 + 1, 1)
        until = date(2010 + (number + 1) // 12, (number + 1) % 12 + 1, 1) - timedelta(days=1)
        make_function(other, f"Function {number:03}", since, until)
    parts = [timeline(client, other, f"?part={part}") for part in (1, 2, 3)]
    assert [len(part) for part in parts] == [50, 50, 20]
    found = [re.search(r"Function: Function \d+ → (Function \d+)", entry) for part in parts for entry in part]
    # The oldest record of a part tells what it changed of the one in the next part.
    assert [one[1] for one in found if one] == [f"Function {number:03}" for number in range(119, 0, -1)]
    page = client.get(f"/employees/{other.pk}/?part=2&on=2019-05-01").content.decode()
    assert "120 dated records" in page
    assert f'href="/employees/{other.pk}/?part=&amp;on=2019-05-01#timeline">Show newer' in page
    assert f'href="/employees/{other.pk}/?part=3&amp;on=2019-05-01#timeline">Show older' in page
    for nonsense in ("0", "-1", "x", "1e3", "9" * 40):
        assert len(timeline(client, other, f"?part={nonsense}")) == 50, nonsense
    assert len(timeline(client, other, "?part=99999")) == 20
    # Beside the list the drawing has a bar for several records.
    assert len(re.findall("<rect ", page)) <= 61


def test_a_record_that_another_of_the_same_day_replaced_stays_on_the_timeline(person: Employee, client: Client) -> None:
    other = make_person(person.company, "Other")
    make_department(other, "First", date(2026, 3, 1), date(2026, 2, 28), created_at=datetime(2026, 3, 1, tzinfo=UTC))
    make_department(other, "Second", date(2026, 3, 1), created_at=datetime(2026, 3, 2, tzinfo=UTC))
    second, first = timeline(client, other)
    assert "Department: First → Second" in second
    assert "replaced by another record of the same day" in first
    assert "Department Second" in facts(client, other).replace("Department Department", "Department")


def test_what_a_person_may_not_see_reaches_neither_facts_nor_timeline(
    person: Employee, accountant: People, as_user: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = as_user(accountant(person.company.debtor))
    monkeypatch.setitem(CAPABILITIES, Role.ACCOUNTANT, frozenset({Capability.VIEW}))
    page = client.get(f"/employees/{person.pk}/").content.decode()
    for secret in ("3,250", "3,000", "Oude weg", "Nieuwe weg", "1988", "80.00", "2,600"):
        assert secret not in page
    assert "Sales" in page
    assert "Not shown, because you have no access:" in page
    assert "Salary" not in facts(client, person)


def test_scope(person: Employee, accountant: People, as_user: SignIn) -> None:
    other = make_person(make_company(make_debtor(person.environment)))
    gone = make_person(person.company, missing_since=datetime(2026, 1, 1, tzinfo=UTC))
    client = as_user(accountant(person.company.debtor))
    assert client.get(f"/employees/{person.pk}/").status_code == 200
    for hidden in (other.pk, gone.pk, 999_999):
        assert client.get(f"/employees/{hidden}/").status_code == 404


def test_never_fetched_refused_and_none_are_three_things(person: Employee, client: Client) -> None:
    company = make_company(person.company.debtor, "New")
    other = make_person(company, "Other")
    fetched(company, "employees", "employments", "functions")
    fetched(company, "salaries", state=State.NOT_PERMITTED, error_kind="not_permitted")
    said = facts(client, other)
    assert "Function Nothing on this day." in said
    assert "Department not fetched yet" in said
    assert "Salary no access" in said


@pytest.mark.parametrize("query", ["?on=abc", "?on=2026-99-99", "?on=0000-00-00", "?on=9999-12-31"])
def test_a_day_that_makes_no_sense_gives_today(person: Employee, client: Client, query: str) -> None:
    assert "As of 22 Nov 2026" in facts(client, person, query)
    assert "is not a day" in client.get(f"/employees/{person.pk}/{query}").content.decode()


def test_what_is_otherwise_today_is_told_on_top_and_period_by_period(person: Employee, client: Client) -> None:
    make_address(person, date(2026, 10, 1), address_type=AddressType.WEEKEND, street="Rue Longue")
    then = facts(client, person, "?on=2026-06-30")
    assert "Otherwise today: Salary , Address" in then
    # An address of a kind that came later stands beside those that were there.
    assert "Address there is today Kind of address – unknown today" in then and "today Rue Longue 12" in then
    assert "Everything is the same today." in facts(client, person, "?on=2026-11-01")
    page = client.get(f"/employees/{person.pk}/?on=2026-06-30").content.decode()
    assert 'href="#fact-salaries"' in page and page.count('id="fact-salaries"') == 1
    for step in ("2026-05-31", "2026-07-31"):
        assert f'href="/employees/{person.pk}/?on={step}"' in page


def test_one_lane_a_kind_and_a_kind_by_itself(person: Employee, client: Client) -> None:
    address = f"/employees/{person.pk}/"
    page = client.get(address).content.decode()
    found = re.findall(r"<li>\s*<a .*?</li>", page.split('class="ui-lanes"')[1].split("</ul>")[0], re.S)
    counts = {text(lane).split()[0]: len(re.findall("<rect", lane)) for lane in found}
    assert (counts["Salary"], counts["Address"], counts["Employment"]) == (2, 3, 1)
    alone = client.get(f"{address}?lane=salaries").content.decode()
    assert alone.count("<li>\n            <div><time") == 2 and "Show every kind" in alone
    for nonsense in ("?lane=nothing", "?lane=%00", "?lane=runs"):
        answer = client.get(address + nonsense)
        assert answer.status_code == 200 and "Show every kind" not in answer.content.decode()


def test_when_a_record_and_a_change_in_it_were_learned(person: Employee, client: Client) -> None:
    other = make_person(person.company, "Other")
    function = make_function(other, "Clerk", date(2026, 4, 1), created_at=datetime(2026, 11, 2, tzinfo=UTC))
    salary = make_salary(other, "3250", date(2026, 9, 1))

    def learned(row: Any, kind: str, field: str, old: str, new: str, day: int, **also: Any) -> None:
        Change.objects.create(
            environment=row.environment,
            debtor=person.company.debtor,
            company=person.company,
            employee=other,
            resource=row.resource.name,
            row_key=row.key,
            **{"kind": kind, "field": field, "old": old, "new": new, "effective": row.valid_from, **also},
            learned_at=datetime(2026, 11, day, 6, tzinfo=UTC),
        )

    learned(function, "added", "description", "", "Clerk", 3)
    learned(salary, "changed", "amount", "3000", "3100", 4)
    learned(salary, "changed", "amount", "3100", "3250", 20)
    by_kind = {entry.split()[3]: entry for entry in timeline(client, other)}
    assert "retroactive learned 3 Nov 2026" in by_kind["Function"]
    assert "learned 20 Nov 2026 Amount: €3,100.00 → €3,250.00" in by_kind["Salary"]
    assert "learned 4 Nov 2026 Amount: €3,000.00 → €3,100.00" in by_kind["Salary"]
    # What was learned later was not known then.
    answer = client.get(f"/employees/{other.pk}/?known=2026-11-10").content.decode()
    assert "learned 20 Nov 2026" not in text(answer) and "€3,250.00" in text(answer)


def test_html_in_a_record_stays_text(person: Employee, client: Client) -> None:
    other = make_person(person.company, "<script>n</script>")
    make_department(other, "<script>d</script>", date(2025, 1, 1))
    make_department(other, "<script>e</script>", date(2026, 1, 1))
    page = client.get(f"/employees/{other.pk}/").content.decode()
    assert not re.search(r"<script>[nde]<", page)
    assert "&lt;script&gt;d&lt;/script&gt; → &lt;script&gt;e&lt;/script&gt;" in page


def test_the_number_of_queries_does_not_grow_with_the_history(
    person: Employee, client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for year in range(1990, 2020):
        make_department(person, f"{year}", date(year, 1, 1), date(year, 12, 31))
    with django_assert_max_num_queries(25):
        assert len(timeline(client, person)) == 41
