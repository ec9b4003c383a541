"""The page of the audit trail and its file: who sees what, how one searches, and that nothing can be changed."""

import csv
import io
import re

import pytest
from django.urls import reverse

from portal import clock
from portal.accounts.models import Membership
from portal.accounts.roles import Capability
from portal.accounts.trail import TrailEntry
from portal.administration.details import told
from portal.administration.names import Names
from portal.audit.about import About, about
from portal.audit.actors import Actor
from portal.audit.kinds import Kind
from portal.audit.models import Entry
from portal.audit.recording import record
from tests.dashboards.reading import table, text
from tests.factories import make_company, make_employee_type, make_person

pytestmark = pytest.mark.pages

PAGE = "/administration/trail/"
FILE = "/administration/trail/export/"


@pytest.fixture
def boss(administrator, office):
    return administrator()


@pytest.fixture
def stranger(administrator, office):
    return administrator("stranger@test.example", of=office.other_firm)


@pytest.fixture
def entries(office, boss, stranger, accountant):
    """Two entries of the office, one of the other firm, one of no firm."""
    make_employee_type(office.environment)
    clerk = accountant(office.a)
    person = make_person(office.company, "Zwartjes")
    record(Kind.PERSON_READ, person, actor=Actor(clerk.pk, "accountant", address="192.0.2.7"))
    record(Kind.SETTINGS_CHANGED, office.environment, actor=Actor(boss.pk, "administrator"), detail={"fields": ["on"]})
    record(Kind.PERSON_READ, office.other, actor=Actor(stranger.pk, "administrator"))
    record(Kind.SIGN_IN_FAILED, actor=Actor(None, "nobody"))
    return person


def kinds(client, query="") -> list[str]:
    return [row["What"] for row in table(client, f"{PAGE}{query}")]


def lines(answer) -> list[list[str]]:
    content = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(content), delimiter=";"))


# --- who sees what ---------------------------------------------------------------------------------------------------


def test_an_administrator_reads_the_entries_of_the_own_firm_only(office, boss, stranger, entries, signed_in):
    client = signed_in(boss)
    assert kinds(client)[-2:] == ["Settings changed", "Page of an employee read"]
    assert kinds(signed_in(stranger))[-1:] == ["Page of an employee read"]
    page = text(client.get(PAGE).content.decode())
    assert "Zwartjes" in page and "Aardbeien" in page
    assert "Citroenen" not in page and "stranger" not in page


def test_a_kind_of_record_is_told_by_its_name_whichever_way_it_was_stored():
    assert list(told({"kind": "runwage"})) == list(told({"kind": "run_output"})) != ["kind of record: runwage"]
    assert list(told({"kind": "variance_bands", "ways": 2})) == [
        "kind of record: variance_bands",
        "ways in which it is open: 2",
    ]


def test_no_entry_of_another_firm_or_of_none_is_visible(office, boss, stranger, entries):
    for user, firm in ((boss, office.firm), (stranger, office.other_firm)):
        seen = TrailEntry.objects.visible_to(user, Capability.VIEW_AUDIT)
        assert seen.exists()
        assert set(seen.values_list("firm_id", flat=True)) == {firm.pk}
    assert not TrailEntry.objects.visible_to(None, Capability.VIEW_AUDIT).exists()


def test_a_refusal_that_names_the_client_of_another_firm_stays_with_who_asked(office, boss, stranger, signed_in):
    signed_in(boss).get(reverse("dashboards:debtor", args=[office.other.pk]))
    seen = TrailEntry.objects.visible_to(stranger, Capability.VIEW_AUDIT)
    assert not seen.filter(kind="refused").exists()
    assert TrailEntry.objects.visible_to(boss, Capability.VIEW_AUDIT).filter(kind="refused").exists()


def test_an_entry_that_names_a_client_of_another_firm_tells_no_name_and_is_not_found_by_one(office, boss, signed_in):
    """Whatever ids an entry holds, names come from what its reader may see."""
    person = make_person(make_company(office.other, "Citroenen Winkel"), "Vreemdeling")
    about_others = {"debtor_id": office.other.pk, "company_id": person.company_id, "employee_id": person.pk}
    record(Kind.PERSON_READ, About(firm_id=office.firm.pk, **about_others), actor=Actor(boss.pk, "administrator"))
    client = signed_in(boss)
    page = text(client.get(PAGE).content.decode())
    assert f"number {office.other.pk}" in page
    assert "Citroenen" not in page and "Vreemdeling" not in page
    names = Names(boss, TrailEntry.objects.filter(kind=Kind.PERSON_READ))
    entry = TrailEntry.objects.get(kind=Kind.PERSON_READ)
    assert names.debtor(entry) == f"number {office.other.pk}"
    assert names.company(entry) == f"number {person.company_id}"
    assert names.employee(entry) == f"number {person.pk}"
    for query in (f"?client={office.other.name}", "?employee=Vreemdeling", f"?employee={person.number}"):
        assert kinds(client, query) == [], query


def test_an_auditor_of_one_client_reads_what_is_about_that_client(office, boss, entries, accountant, signed_in):
    auditor = accountant(email="auditor@test.example")
    Membership.objects.create(user=auditor, firm=office.firm, role="auditor", debtor=office.a)
    assert kinds(signed_in(auditor)) == ["Page of an employee read"]


def test_nobody_else_opens_the_page_or_the_file(office, entries, accountant, signed_in, client):
    clerk = signed_in(accountant(office.b, email="clerk@test.example"))
    assert (clerk.get(PAGE).status_code, clerk.get(FILE).status_code) == (403, 403)
    assert PAGE not in clerk.get("/").content.decode()
    assert client.get(PAGE).status_code == 302
    nowhere = signed_in(accountant(email="nowhere@test.example"))
    assert nowhere.get(FILE).status_code == 403


def test_the_rail_leads_there(boss, signed_in):
    assert f'href="{PAGE}"' in signed_in(boss).get("/").content.decode()


def test_nothing_on_the_page_changes_anything(boss, entries, signed_in):
    client = signed_in(boss)
    before = list(Entry.objects.values())
    for address in (PAGE, FILE):
        for method in ("post", "put", "patch", "delete"):
            assert getattr(client, method)(address).status_code == 405
    assert list(Entry.objects.values()) == before
    main = client.get(PAGE).content.decode().split("<main", 1)[1].split("</main>", 1)[0]
    # Views of the page that one keeps for oneself are no part of the trail.
    assert {address.split("/")[1] for address in re.findall(r'method="post"\s+action="([^"]*)"', main)} <= {"views"}
    assert main.count('method="post"') == len(re.findall(r'method="post"\s+action="/views/', main))


# --- searching -------------------------------------------------------------------------------------------------------

READ, SET = "Page of an employee read", "Settings changed"


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("who=Accountant", [READ]),
        ("client=aard&outcome=done", [READ]),
        ("client=10", [READ]),
        ("client=Citroenen", []),
        ("employee=zwart", [READ]),
        ("employee=999", []),
        ("kind=settings_changed", [SET]),
        ("kind=person_read&who=Administrator", []),
        ("first=2000-01-01&last=2001-01-01", []),
        ("first=9999-12-31", []),
        ("last=9999-12-31&kind=settings_changed", [SET]),
        ("first=0001-01-01&kind=settings_changed", [SET]),
        ("last=0001-01-01", []),
    ],
)
def test_the_trail_is_searched_by_person_client_employee_kind_and_time(boss, entries, signed_in, query, found):
    assert kinds(signed_in(boss), f"?{query}") == found


def test_today_is_found_by_its_day(boss, entries, signed_in):
    day = clock.today().isoformat()
    assert kinds(signed_in(boss), f"?first={day}&last={day}&kind=person_read") == [READ]


@pytest.mark.parametrize(
    "query", ["kind=nothing", "first=never", "sort=mac", "sort=actor__password", "page=x", "client=%00"]
)
def test_nonsense_is_no_error(boss, entries, signed_in, query):
    assert signed_in(boss).get(f"{PAGE}?{query}").status_code == 200


def test_a_page_costs_the_same_number_of_queries_however_many_rows_it_has(
    boss, entries, office, signed_in, django_assert_max_num_queries
):
    client = signed_in(boss)
    for _ in range(30):
        record(Kind.PERSON_READ, entries, actor=Actor(boss.pk, "administrator"))
    with django_assert_max_num_queries(25):
        assert client.get(PAGE).status_code == 200


# --- the file --------------------------------------------------------------------------------------------------------


def test_the_file_holds_what_the_page_shows_and_is_an_entry_itself(office, boss, entries, signed_in):
    client = signed_in(boss)
    answer = client.get(f"{FILE}?kind=person_read&client=Aardbeien")
    assert answer["Content-Disposition"].startswith('attachment; filename="audit-trail-')
    heads, *rows = lines(answer)
    (row,) = [dict(zip(heads, row, strict=True)) for row in rows]
    assert (row["What"], row["Kind of entry"], row["Client"]) == (READ, "person_read", "Aardbeien BV")
    assert row["Number of the employee here"] == str(entries.pk)
    assert "Zwartjes" not in ";".join(map(";".join, rows))
    own = Entry.objects.first()
    assert (own.kind, own.actor_id, own.firm_id) == ("exported", boss.pk, office.firm.pk)
    assert own.detail == {"filters": ["client", "kind"], "rows": 1}


def test_the_file_holds_no_entry_of_another_firm(office, boss, stranger, entries, signed_in):
    rows = lines(signed_in(boss).get(FILE))
    assert len(rows) >= 3
    assert "Citroenen" not in str(rows) and f"'{stranger.pk}'" not in str([row[6] for row in rows])


def test_no_cell_of_the_file_is_a_formula(office, boss, entries, signed_in):
    office.a.name = '=HYPERLINK("http://x")\r\n'
    office.a.save()
    boss.name = "  @SUM(1)"
    boss.save()
    rows = lines(signed_in(boss).get(FILE))
    cells = [cell for row in rows for cell in row]
    assert any("HYPERLINK" in cell for cell in cells) and any("SUM" in cell for cell in cells)
    assert not [cell for cell in cells if cell.lstrip().startswith(("=", "+", "-", "@", "＝", "＋"))]
    assert not [cell for cell in cells if set(cell) & {"\r", "\n", "\t"}]


def test_an_entry_about_a_row_names_its_owners(office, entries):
    found = about(entries)
    assert found == About(
        firm_id=office.firm.pk,
        object_type="employee",
        object_id=entries.pk,
        debtor_id=office.a.pk,
        company_id=office.company.pk,
        employee_id=entries.pk,
    )
