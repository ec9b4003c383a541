"""Changes: what somebody has not seen, whose values they may read, marking, filters, the panel and the number."""

import re
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from itertools import count
from random import Random
from typing import Any

import pytest
from django.db import connection
from django.db.models import Q
from django.test import Client
from django.test.utils import CaptureQueriesContext

from portal.accounts.models import Firm, Membership, User
from portal.accounts.roles import CAPABILITIES, Capability, Role
from portal.companies.models import Company, CompanyWageFixed, WageCode
from portal.connections.models import Environment
from portal.dashboards.changes import unseen
from portal.dashboards.changes.rows import NEWEST
from portal.dashboards.changes.unseen import FIRST_LOOK, GRACE, LOOKS_BACK, mark_seen, unseen_counts
from portal.debtors.models import Debtor
from portal.employees.models import CostShare, Employee, FixedHours, VariableWage
from portal.mirror.models import Change, ChangeKind, Freshness
from portal.mirror.resource import Lane, registry
from portal.ui.fields import RULES
from tests.dashboards.conftest import NOW
from tests.dashboards.reading import queries_at_most, tables, text
from tests.factories import (
    fetched_everything,
    make_company,
    make_debtor,
    make_employee_type,
    make_environment,
    make_person,
    make_run,
    mirrored,
)

People = Callable[..., User]
SignIn = Callable[[User], Client]

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
_keys = count(1)


@pytest.fixture
def environment(firm: Firm) -> Environment:
    """The firm's environment."""
    return make_environment(firm)


def changed(
    owner: Debtor | Company | Employee, resource: str = "salaries", field: str = "amount", **fields: Any
) -> Change:
    """A change of a record of a client, a company or a person, learned an hour ago unless a test says otherwise."""
    person = owner if isinstance(owner, Employee) else None
    company = person.company if person else owner if isinstance(owner, Company) else None
    debtor = company.debtor if company else owner
    values = {"old": "3000", "new": "3200.5", "kind": ChangeKind.CHANGED, "learned_at": NOW - HOUR, **fields}
    return Change.objects.create(
        environment=owner.environment,
        debtor=debtor,
        company=company,
        employee=person,
        resource=resource,
        row_key=values.pop("row_key", f"{next(_keys)}"),
        field=field,
        sensitive=field in registry[resource].sensitive,
        **values,
    )


def get(client: Client, address: str = "/changes/") -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def rows(html: str) -> list[dict[str, str]]:
    """All rows of changes on a page."""
    return [row for table in tables(html) for row in table if "What changed" in row]


def mark(client: Client, html: str, address: str) -> None:
    until = re.search(r'name="until" value="([^"]+)"', html)
    assert until is not None
    answer = client.post(address, {"until": until[1], "back": "/changes/"})
    assert (answer.status_code, answer["Location"]) == (302, "/changes/")


@pytest.mark.database
def test_changes_stand_by_client_with_both_dates_and_both_values(
    environment: Environment, administrator: People, as_user: SignIn
) -> None:
    bakery, other = make_debtor(environment, "Bakkerij"), make_debtor(environment, "Zaagmolen")
    company = make_company(bakery, "Bakkerij B.V.")
    person = make_person(company, "J. de Vries")
    changed(person, effective=date(2026, 12, 1))
    changed(person, "contracts", "end_date", kind=ChangeKind.ADDED, old="", new="2027-03-31")
    changed(other, "service_level", "level", old="Full", new="Basic", learned_at=NOW - DAY)
    make_debtor(environment, "Nothing happened")
    html = get(as_user(administrator()))
    assert [text(one) for one in re.findall(r"<h2>.*?</h2>", html)] == ["Bakkerij", "Zaagmolen"]
    assert "3 changes that you have not seen" in text(html)
    found = {row["Kind of record"].split(" ")[0]: row for row in rows(html)}
    assert found["Salaries"] == {
        "Whose": "J. de Vries Bakkerij B.V.",
        "Kind of record": "Salaries changed",
        "What changed": "Amount: 3,000 → is now 3,200.50",
        "Takes effect": "1 Dec 2026",
        "Learned": "22 Nov 2026 07:12",
    }
    assert found["Contracts"]["What changed"] == "Last day: 31 Mar 2027"
    assert found["Service"]["What changed"] == "Service level: Full → is now Basic"


def test_right_after_the_first_sync_the_page_says_that_nothing_has_changed_since(
    environment: Environment, administrator: People, as_user: SignIn
) -> None:
    bakery = make_debtor(environment, "Bakkerij")
    staffed, empty = make_company(bakery, "Bakkerij B.V."), make_company(bakery, "Holding")
    make_person(staffed)
    fetched_everything(bakery)
    # Where nobody works there is nobody to ask about.
    slow = [kind.name for kind in registry if kind.lane is Lane.SLOW and kind.watched]
    Freshness.objects.filter(company=empty, resource__in=slow).delete()
    client = as_user(administrator())
    for address in ("/changes/", f"/changes/{bakery.pk}/"):
        said = text(get(client, address))
        assert "Nothing has changed since the first sync" in said
        assert "never synced" not in said
    Freshness.objects.filter(company=staffed, resource=slow[0]).delete()
    assert "never synced" in text(get(client))


def test_values_read_as_on_other_pages(environment: Environment, administrator: People, as_user: SignIn) -> None:
    company = make_company(make_debtor(environment))
    first, second = make_employee_type(environment, "New hire"), make_employee_type(environment, "Payroll")
    person = make_person(company, employee_type=second)
    run = make_run(company, 2026, 10, number=7)
    changed(person, "employees", "employee_type_id", old=str(first.pk), new=str(second.pk))
    changed(person, "salaries", "salary_type", old="2", new="3")
    changed(company, "runs", "locked", old="False", new="True", row_key=run.key)
    changed(company, "wage_tax_returns", "sent_at", kind=ChangeKind.REMOVED, old="2026-10-20 09:00:00+00:00", new="")
    changed(person, "wage_tax_settings", "colour_table", old="1", new="not one of them")
    said = {row["What changed"]: row["Whose"] for row in rows(get(as_user(administrator())))}
    assert set(said) == {
        "Employee type: New hire → is now Payroll",
        "Kind of salary: gross salary, part-time → is now gross hourly wage",
        "Locked: no → is now yes",
        "Sent on: 20 Oct 2026 11:00",
        "Tax table: white → is now not one of them",
    }
    assert said["Locked: no → is now yes"].startswith("run 7 of 2026-10")


@pytest.mark.database
def test_a_component_is_told_with_its_code_and_what_that_means(
    environment: Environment, administrator: People, as_user: SignIn
) -> None:
    company = make_company(make_debtor(environment))
    person = make_person(company, "J. de Vries")
    other = make_company(make_debtor(environment))
    for owner, word in ((company, "Bonus"), (other, "Something else")):
        mirrored(WageCode, environment, company=owner, code=2000, description=word, valid_from=date(2026, 1, 1))
    of_period = {"company": company, "year": 2026, "number": 11}
    own = {**of_period, "employee": person}
    bonus = mirrored(VariableWage, environment, **own, code=2000, value=5000)
    everybody = mirrored(CompanyWageFixed, environment, **of_period, code=2000, value=10)
    hours = mirrored(FixedHours, environment, **own, code=3100, hours=8)
    share = mirrored(
        CostShare, environment, **own, center_code="A1", center_description="Shop", percentage=60, is_default=True
    )
    changed(person, "variable_wage_components", "value", old="", new="5000", row_key=bonus.key, kind=ChangeKind.ADDED)
    changed(company, "company_wage_fixed", "value", old="8", new="10", row_key=everybody.key)
    changed(person, "fixed_hours", "hours", old="7", new="8", row_key=hours.key)
    changed(person, "employee_cost_centers", "percentage", old="100", new="60", row_key=share.key)
    # Its record is not kept any more.
    changed(person, "fixed_wage_components", "value", old="75", new="", kind=ChangeKind.REMOVED)
    said = {row["What changed"]: row["Whose"] for row in rows(get(as_user(administrator())))}
    assert set(said) == {
        "2000 Bonus · Value: 5,000",
        "Value: 8 → is now 10",
        "3100 · Hours: 7 → is now 8",
        "A1 Shop · Percentage: 100 → is now 60",
        "Value: 75",
    }
    assert said["Value: 8 → is now 10"].startswith("2000 Bonus · 2026-11")
    assert said["2000 Bonus · Value: 5,000"].startswith("J. de Vries")


def test_every_kind_is_followed_or_named_where_nothing_has_changed(
    environment: Environment, administrator: People, as_user: SignIn
) -> None:
    """Who reads that nothing has changed must be able to tell of what."""
    debtor = make_debtor(environment)
    make_person(make_company(debtor))
    fetched_everything(debtor)
    html = get(as_user(administrator()))
    not_followed = {kind.name for kind in registry if not kind.watched}
    assert not_followed == {
        "employee_types",
        "current_period",
        "company_guids",
        "debtor_guids",
        "payroll_workflow",
        "company_salary_steps",
        "journal",
        "leave_balances",
        "run_output",
        "run_people",
    }
    for name in not_followed:
        assert str(registry[name].label).casefold() in text(html).casefold(), name


@pytest.mark.database
def test_whoever_may_not_see_a_kind_learns_nothing_of_its_changes(
    environment: Environment, accountant: People, as_user: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    debtor = make_debtor(environment)
    person = make_person(make_company(debtor))
    changed(person)
    changed(person, "bank_accounts", "iban", old="", new="")
    changed(person, "functions", "description", old="Baker", new="Chief baker")
    changed(person, "bsn_checks", "bsn_fingerprint", old="", new="")
    user = accountant(debtor)
    html = get(as_user(user))
    assert {row["What changed"] for row in rows(html)} == {
        "Amount: 3,000 → is now 3,200.50",
        "IBAN: changed; the value is not kept here",
        "Function: Baker → is now Chief baker",
    }
    monkeypatch.setitem(CAPABILITIES, Role.ACCOUNTANT, frozenset({Capability.VIEW, Capability.VIEW_SYNC}))
    html = get(as_user(user))
    assert [row["What changed"] for row in rows(html)] == ["Function: Baker → is now Chief baker"]
    assert "3,200" not in html
    assert unseen_counts(user) == {person.company_id: 1}
    one = get(as_user(user), f"/changes/{debtor.pk}/?learned=732&kind=salaries")
    assert [row["What changed"] for row in rows(one)] == ["Function: Baker → is now Chief baker"]


@pytest.mark.database
def test_rights_that_differ_from_client_to_client_count_client_by_client(
    environment: Environment, accountant: People, as_user: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An accountant of one client who is assistant of another sees bank accounts of the first alone."""
    mine, helped = make_debtor(environment, "Mine"), make_debtor(environment, "Helped")
    user = accountant(mine)
    Membership.objects.create(user=user, firm=environment.firm, role=Role.ASSISTANT, debtor=helped)
    for debtor in (mine, helped):
        person = make_person(make_company(debtor))
        changed(person)
        changed(person, "bank_accounts", "iban", old="", new="")
    assert unseen.count(user, Q()).by_debtor == {mine.pk: 2, helped.pk: 1}
    assert len(rows(get(as_user(user)))) == 3


@pytest.mark.database
def test_what_is_new_is_the_slow_definition(environment: Environment, administrator: People) -> None:
    random, user = Random(4), administrator()
    companies = [make_company(make_debtor(environment)) for _ in range(6)]
    for _ in range(120):
        changed(random.choice(companies), "runs", "locked", learned_at=NOW - random.uniform(0, 120) * DAY)
    marks = {}
    for company in companies[:4]:
        marks[company.debtor_id] = NOW - random.uniform(0, 120) * DAY
        mark_seen(user, [company.debtor_id], marks[company.debtor_id] + GRACE)
    expected: dict[int, int] = {}
    for change in Change.objects.all():
        since = max(marks.get(change.debtor_id or 0, NOW - FIRST_LOOK), NOW - LOOKS_BACK)
        if change.learned_at > since:
            expected[change.company_id or 0] = expected.get(change.company_id or 0, 0) + 1
    assert unseen_counts(user) == expected
    assert len(expected) >= 4


@pytest.mark.database
def test_marking_one_client_or_all_is_each_persons_own(
    environment: Environment, administrator: People, accountant: People, as_user: SignIn
) -> None:
    first, second = make_debtor(environment, "First"), make_debtor(environment, "Second")
    for debtor in (first, second):
        changed(make_person(make_company(debtor)))
        fetched_everything(debtor)
    changed(first, "service_level", "level")
    administrator_, other = administrator(), accountant(first, second)
    client = as_user(administrator_)
    mark(client, get(client), f"/changes/{first.pk}/seen/")
    assert unseen.count(administrator_, Q()).by_debtor == {second.pk: 1}
    assert unseen.count(other, Q()).by_debtor == {first.pk: 2, second.pk: 1}
    html = get(client)
    assert "First" not in text(html)
    mark(client, html, "/changes/seen/")
    assert "Nothing new" in text(get(client))
    # They are still to be read.
    assert len(rows(get(client, "/changes/?learned=7"))) == 3


def test_what_arrives_after_the_page_was_made_stays_new(
    environment: Environment, administrator: People, as_user: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    debtor = make_debtor(environment)
    changed(debtor, "service_level", "level")
    user = administrator()
    client = as_user(user)
    html = get(client)
    changed(debtor, "service_level", "level", learned_at=NOW + HOUR)
    monkeypatch.setattr("portal.clock.now", lambda: NOW + 2 * HOUR)
    mark(client, html, f"/changes/{debtor.pk}/seen/")
    assert unseen.count(user, Q()).total == 1
    # An older page, marked in another window, takes nothing back.
    mark_seen(user, [debtor.pk], NOW + 2 * HOUR)
    mark_seen(user, [debtor.pk], NOW - DAY)
    assert unseen.count(user, Q()).total == 0


@pytest.mark.parametrize(
    "until", ["", "yesterday", "2026-13-45T99:99", "2026-11-22T07:12:00", "0001-01-01T00:00:00+00:00"]
)
def test_a_mark_that_says_nothing_marks_nothing(
    environment: Environment, administrator: People, as_user: SignIn, until: str
) -> None:
    debtor = make_debtor(environment)
    changed(debtor, "service_level", "level")
    user = administrator()
    answer = as_user(user).post(f"/changes/{debtor.pk}/seen/", {"until": until, "back": "//evil.example/"})
    assert (answer.status_code, answer["Location"]) == (302, "/changes/")
    assert unseen.count(user, Q()).total == 1


@pytest.mark.parametrize("query", ["kind=service_level", "what=added", "client=Bakkerij", "learned=7"])
def test_under_a_filter_nothing_is_marked_that_was_not_shown(
    environment: Environment, administrator: People, as_user: SignIn, query: str
) -> None:
    debtor = make_debtor(environment, "Bakkerij")
    changed(debtor, "service_level", "level", kind=ChangeKind.ADDED, old="")
    changed(make_company(debtor, "Bakkerij B.V."), "runs", "locked")
    user = administrator()
    client = as_user(user)
    address, seen = f"/changes/{debtor.pk}/", f"/changes/{debtor.pk}/seen/"
    for page in ("/changes/", address):
        own = query.replace("client=Bakkerij", "kind=runs") if page == address else query
        assert "seen/" in get(client, page)
        assert "seen/" not in get(client, f"{page}?{own}")
        # Nor by a page that was left open, or sent otherwise.
        for to in (seen, "/changes/seen/"):
            posted = {"until": NOW.isoformat(), "back": f"{page}?{own}"}
            answer = client.post(to, posted, follow=True)
            assert "shows a part of what is new, so nothing was marked" in text(answer.content.decode())
            assert unseen.count(user, Q()).total == 2
    # What is no filter of changes hinders nobody: order, page, a value that cannot be.
    client.post(seen, {"until": NOW.isoformat(), "back": "/changes/?kind=nonsense&page=2"})
    assert unseen.count(user, Q()).total == 0


def test_people_of_a_client_and_other_accountants_have_no_such_page(
    environment: Environment, accountant: People, as_user: SignIn
) -> None:
    debtor, other = make_debtor(environment), make_debtor(environment)
    changed(make_person(make_company(debtor)))
    stranger = as_user(accountant(other))
    assert rows(get(stranger)) == []
    assert stranger.get(f"/changes/{debtor.pk}/").status_code == 404
    assert stranger.post(f"/changes/{debtor.pk}/seen/", {"until": NOW.isoformat()}).status_code == 404
    owner = User.objects.create_user("client@test.example", "Client", "a-good-password")
    Membership.objects.create(user=owner, firm=debtor.environment.firm, role=Role.CLIENT_ADMINISTRATOR, debtor=debtor)
    client = as_user(owner)
    for address in ("/changes/", f"/changes/{debtor.pk}/", "/changes/number/"):
        assert client.get(address).status_code == 403
    page = get(client, f"/clients/{debtor.pk}/")
    assert "Changes" not in page


@pytest.mark.database
def test_who_was_given_a_single_company_reads_its_changes_and_not_the_clients_name(
    environment: Environment, as_user: SignIn
) -> None:
    debtor = make_debtor(environment, "Holding")
    mine, other = make_company(debtor, "Mine B.V."), make_company(debtor, "Other B.V.")
    changed(mine, "runs", "locked")
    changed(other, "runs", "locked")
    changed(debtor, "service_level", "level")
    user = User.objects.create_user("single@test.example", "Single", "a-good-password")
    Membership.objects.create(user=user, firm=environment.firm, role=Role.ACCOUNTANT, company=mine)
    client = as_user(user)
    html = get(client)
    assert len(rows(html)) == 1
    assert "Mine B.V." in text(html)
    assert "Holding" not in html
    assert rows(get(client, "/changes/?client=Holding")) == []
    assert len(rows(get(client, f"/changes/{debtor.pk}/"))) == 1


def test_the_filter_narrows_counts_and_rows_alike(
    environment: Environment, administrator: People, as_user: SignIn
) -> None:
    bakery, mill = make_debtor(environment, "Bakkerij"), make_debtor(environment, "Molen")
    changed(make_person(make_company(bakery)))
    changed(bakery, "service_level", "level", kind=ChangeKind.ADDED, old="", learned_at=NOW - 20 * DAY)
    changed(mill, "service_level", "level", learned_at=NOW - 60 * DAY)
    client = as_user(administrator())

    def said(query: str) -> tuple[int, str]:
        html = get(client, f"/changes/?{query}")
        found = re.search(r"(\d+) changes? ", text(html))
        assert found is not None
        return len(rows(html)), found[1]

    assert said("") == (2, "2")
    assert said("learned=92") == (3, "3")
    assert said("learned=7") == (1, "1")
    assert said("learned=92&client=mol") == (1, "1")
    assert said("kind=service_level") == (1, "1")
    assert said("what=added&learned=30") == (1, "1")
    # Nonsense is as if nothing was asked.
    assert said("learned=-1&kind=x&what=%00&page=zzz&sort=password") == (2, "2")


def test_a_client_with_many_changes_shows_the_newest_and_all_of_them_page_by_page(
    environment: Environment, administrator: People, as_user: SignIn
) -> None:
    debtor = make_debtor(environment)
    company = make_company(debtor)
    for number in range(60):
        changed(company, "runs", "locked", learned_at=NOW - number * HOUR, row_key=f"k{number}")
    client = as_user(administrator())
    html = get(client)
    assert len(rows(html)) == NEWEST
    assert rows(html)[0]["Learned"] == "22 Nov 2026 08:12"
    assert "52 more" in text(html)
    first, second = (get(client, f"/changes/{debtor.pk}/?page={page}") for page in (1, 2))
    assert [len(rows(first)), len(rows(second))] == [50, 10]
    oldest_first = get(client, f"/changes/{debtor.pk}/?sort=learned")
    assert rows(oldest_first)[0]["Learned"] == "19 Nov 2026 21:12"


@pytest.mark.database
def test_a_file_of_all_clients_has_what_is_new_of_each_however_many_they_are(
    environment: Environment, administrator: People, as_user: SignIn
) -> None:
    user = administrator()
    debtors = [make_debtor(environment, f"Client {number}") for number in range(1200)]
    Change.objects.bulk_create(
        Change(
            environment=environment,
            debtor=debtor,
            resource="service_level",
            row_key=f"{debtor.pk}",
            field="level",
            kind=ChangeKind.CHANGED,
            old=old,
            new="Full",
            learned_at=NOW - days * DAY,
        )
        for debtor in debtors
        for days, old in ((3, "Seen"), (1, "New"), (60, "Old"))
    )
    # Every second one was marked two days ago, one of these today, and the others never.
    mark_seen(user, [debtor.pk for debtor in debtors[::2]], NOW - 2 * DAY)
    mark_seen(user, [debtors[0].pk], NOW)
    answer = as_user(user).post("/files/", {"at": "/changes/", "format": "csv"})
    assert answer.status_code == 200
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()  # type: ignore[attr-defined]
    told = [before for line in lines for before in ("New", "Seen", "Old") if f"{before} is now Full" in line]
    assert Counter(told) == {"New": 1199, "Seen": 600}


def test_the_clients_page_tells_what_is_new_and_marks_it(
    environment: Environment, administrator: People, as_user: SignIn
) -> None:
    debtor = make_debtor(environment)
    person = make_person(make_company(debtor), "J. de Vries")
    fetched_everything(debtor)
    changed(person)
    client = as_user(administrator())
    page = f"/clients/{debtor.pk}/"
    html = get(client, page)
    assert "Changes since you last looked" in text(html)
    assert [row["What changed"] for row in rows(html)] == ["Amount: 3,000 → is now 3,200.50"]
    mark(client, html, f"/changes/{debtor.pk}/seen/")
    assert rows(get(client, page)) == []


def test_the_menu_asks_for_the_number_of_new_changes(
    environment: Environment, administrator: People, as_user: SignIn
) -> None:
    debtor = make_debtor(environment)
    client = as_user(administrator())
    assert 'hx-get="/changes/number/"' in get(client)
    assert get(client, "/changes/number/").strip() == ""
    changed(debtor, "service_level", "level")
    assert text(get(client, "/changes/number/")) == "1 1 new"
    for _ in range(120):
        changed(debtor, "service_level", "level")
    assert text(get(client, "/changes/number/")).startswith("99+")


@pytest.mark.database
def test_the_number_of_queries_does_not_grow_with_clients_and_changes(
    environment: Environment, administrator: People, as_user: SignIn
) -> None:
    client = as_user(administrator())
    for number in (1, 12):
        for _ in range(number):
            debtor = make_debtor(environment)
            company = make_company(debtor)
            run = make_run(company, 2026, 11)
            for _ in range(3):
                changed(make_person(company))
                changed(company, "runs", "locked", row_key=run.key)
                changed(debtor, "service_level", "level")
        with queries_at_most(17):
            get(client)
        with queries_at_most(17):
            get(client, f"/changes/{debtor.pk}/")


@pytest.mark.database
def test_counts_are_ranges_of_an_index(environment: Environment, administrator: People) -> None:
    """No plan walks through the log, whatever share of it is new."""
    user = administrator()
    companies = [make_company(make_debtor(environment)) for _ in range(40)]
    Change.objects.bulk_create(
        Change(
            environment=environment,
            debtor_id=company.debtor_id,
            company=owner,
            resource=resource,
            row_key="1",
            field=field,
            kind=ChangeKind.CHANGED,
            learned_at=NOW - number * DAY,
        )
        for company in companies
        for owner, resource, field in ((company, "runs", "locked"), (None, "service_level", "level"))
        for number in range(200)
    )
    with CaptureQueriesContext(connection) as asked:
        unseen.count(user, Q())
    word = "EXPLAIN QUERY PLAN" if connection.vendor == "sqlite" else "EXPLAIN"
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
        for query, index in zip(asked.captured_queries[-2:], ("change_company", "change_debtor"), strict=True):
            cursor.execute(f"{word} {query['sql']}")
            plan = "\n".join(str(row[-1]) for row in cursor.fetchall())
            assert index in plan, plan
            assert not re.search(r"(SCAN|Seq Scan on) mirror_change|SCAN U0\b", plan), plan


def test_what_may_be_seen_in_part_only_is_kept_without_its_values() -> None:
    """The log is read by who may see the kind; of a field that asks for more it says that it changed, not what."""
    for kind, field in RULES:
        if field in registry[kind].watched:
            assert field in registry[kind].sensitive
