"""Files of lists: exactly the rows and columns of the page, typed, stamped, without formulas; and who gets them."""

import csv
import gc
import io
import re
import zipfile
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

import openpyxl
import pytest
import time_machine
from django.test import Client
from django_q.models import OrmQ

from portal import clock
from portal.accounts import looking
from portal.accounts.models import Firm, Membership, Switch, User
from portal.accounts.roles import Capability, Role
from portal.audit.models import Entry
from portal.companies.models import Company
from portal.employees.models import Employee
from portal.settings.worker import worker_options
from portal.ui import spreadsheet
from portal.ui.exports import files, making, tasks
from portal.ui.exports import sheet as sheets
from portal.ui.exports.asking import place_of, rows_of
from portal.ui.exports.cells import cell, text_of
from portal.ui.exports.paper import cut, shared
from portal.ui.markup import missing
from portal.ui.models import Export, ExportFormat, ExportStatus
from portal.ui.paper import Paper
from portal.ui.values import Missing
from tests.factories import (
    fetched_everything,
    make_company,
    make_debtor,
    make_employment,
    make_environment,
    make_person,
    make_salary,
    make_schedule,
)

FORMULA = "=cmd|' /C calc'!A1"


@pytest.fixture
def company(firm: Firm) -> Company:
    """A company with two people, one of whom has a name that a spreadsheet would calculate."""
    debtor = make_debtor(make_environment(firm), "Bakkersgroep", number="1001")
    made = make_company(debtor, "Brood B.V.")
    for name, amount in (("A. Jansen", "2500.55"), (FORMULA, "1000.10")):
        person = make_person(made, name)
        make_employment(person, date(2024, 3, 1))
        make_schedule(person, date(2024, 3, 1))
        make_salary(person, amount, date(2024, 3, 1))
    fetched_everything(debtor)
    return made


def signed_in(user: User, language: str = "en") -> Client:
    User.objects.filter(pk=user.pk).update(language=language)
    client = Client()
    client.force_login(user)
    return client


def take(client: Client, at: str, kind: str = "xlsx") -> Any:
    return client.post("/files/", {"at": at, "format": kind})


def content(answer: Any) -> bytes:
    assert answer.status_code == 200, answer.content
    return b"".join(answer.streaming_content)


def sheet(answer: Any) -> tuple[dict[str, str], list[dict[str, Any]], Any]:
    """The lines of the stamp, the rows by heading, and the sheet."""
    page = openpyxl.load_workbook(io.BytesIO(content(answer))).active
    lines = [[one.value for one in row] for row in page.iter_rows()]
    top = next(number for number, line in enumerate(lines) if line[0] is None)
    stamp = dict(line[0].split(": ", 1) for line in lines[:top])
    heads = lines[top + 1]
    return stamp, [dict(zip(heads, line, strict=True)) for line in lines[top + 2 :]], page


def separated(answer: Any) -> tuple[dict[str, str], list[list[str]]]:
    text = content(answer).decode("utf-8-sig")
    lines = list(csv.reader(io.StringIO(text), delimiter=";"))
    top = lines.index([])
    return {line[0]: line[1] for line in lines[:top]}, lines[top + 1 :]


def test_threat_07_a_file_has_the_rows_columns_and_filters_of_the_page_with_typed_cells(
    company: Company, accountant: Any
) -> None:
    client = signed_in(accountant(company.debtor))
    query = {"columns": "display_name,number,since,wage", "sort": "-wage", "on": "2026-11-22", "type": "", "q": ""}
    stamp, rows, page = sheet(take(client, "/employees/?" + urlencode({**query, "per_page": "25"})))
    assert list(rows[0]) == ["Name", "Number", "Employed since", "Contract wage a month (€)"]
    # Sorted as the page; money is a number, a day is a day, and a name that begins with = is a name.
    assert [row["Name"] for row in rows] == ["A. Jansen", FORMULA, "Total"]
    assert [Decimal(str(row["Contract wage a month (€)"])) for row in rows] == [
        Decimal("2500.55"),
        Decimal("1000.1"),
        Decimal("3500.65"),
    ]
    assert rows[0]["Employed since"] == datetime(2024, 3, 1)  # noqa: DTZ001 - Excel knows no zones
    assert page.freeze_panes == f"B{len(stamp) + 3}"
    assert stamp["Office"] == "Kantoor Test"
    assert stamp["Filters"] == "Service: In service on this day"
    assert (stamp["As of"], stamp["Made by"], stamp["Rows"]) == ("22 Nov 2026", "Accountant", "2")
    assert {"Scope", "Made at", "Data", "List"} <= stamp.keys()
    assert "Left out" not in stamp
    # The same in Dutch, as separated values; and one entry in the trail, with names of filters and no values.
    before = Entry.objects.count()
    client = signed_in(User.objects.get(email="accountant@test.example"), "nl")
    stamp, lines = separated(take(client, f"/employees/?{urlencode({**query, 'q': 'Jansen'})}", "csv"))
    assert lines[1][0] == "A. Jansen"
    assert lines[1][2:] == ["01-03-2024", "2500,55"]
    assert len(lines) == 2
    assert "Jansen" in " ".join(stamp.values())
    (entry,) = Entry.objects.filter(kind="exported", number__gt=before)
    assert entry.detail == {
        "list": "employees:list",
        "format": "csv",
        "filters": ["q"],
        "columns": ["display_name", "number", "since", "wage"],
        "rows": 1,
    }
    # And one that people of this client were read: by the client it is found.
    (read,) = Entry.objects.filter(kind="list_read", number__gt=before)
    assert (read.debtor_id, read.detail) == (company.debtor_id, {"kind": "employee", "filters": ["q"]})
    pdf = take(client, "/employees/", "pdf")
    assert content(pdf).startswith(b"%PDF-")
    assert pdf["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert re.fullmatch(r'attachment; filename="[a-z-]+-\d{4}-\d\d-\d\d\.pdf"', pdf["Content-Disposition"])
    # Nothing stays behind, and nothing counts any more.
    assert not Export.objects.exists()
    assert list(files.folder().iterdir()) == []


def test_no_file_has_a_formula_and_numbers_come_back(company: Company, accountant: Any) -> None:
    for start in ("=", "+", "-", "@", "\t=", "\r=", "  =", "＝", "＋1", "http://x.example/"):
        make_employment(make_person(company, f"{start}1+1"), date(2024, 1, 1))
    client = signed_in(accountant(company.debtor))
    for at in (f"/companies/{company.pk}/employees/", "/employees/?service=all"):
        with zipfile.ZipFile(io.BytesIO(content(take(client, at)))) as book:
            whole = b"".join(book.read(name) for name in book.namelist())
        assert b"<f>" not in whole
        assert b"hyperlink" not in whole
        _stamp, lines = separated(take(client, at, "csv"))
        assert len(lines) == 13
        assert not [one for line in lines for one in line if one.lstrip().startswith(spreadsheet.FORMULA)]
    assert list(spreadsheet.lines([[spreadsheet.Figure("-5,25"), "-5", spreadsheet.Figure("-5+1")]])) == [
        "-5,25;'-5;'-5+1\r\n"
    ]


def test_a_cell_keeps_its_meaning() -> None:
    assert [cell(missing(one)).value for one in Missing] == list(Missing)
    assert len({cell(missing(one)).text for one in Missing} | {"0"}) == len(Missing) + 1
    assert (
        text_of('<svg><path/></svg> <b>ready</b><span class="ui-below">by &lt;noon&gt;</span>') == "ready · by <noon>"
    )
    assert text_of('<span aria-hidden="true">→</span><form><button>Go</button></form>a<br>b') == "a · b"
    assert text_of('<time title="22 Nov 2026 07:12">2 hours</time>') == "22 Nov 2026 07:12"


@pytest.mark.parametrize(
    ("wished", "least", "widths"),
    [
        ([10, 30, 60], [0, 0, 0], [10, 30, 60]),
        ([10, 30, 60], [28, 0, 0], [28, 24, 48]),
        # What the first takes makes the second too narrow as well.
        ([10, 30, 60], [28, 26, 0], [28, 26, 46]),
        ([20, 80], [70, 60], [20, 80]),
    ],
)
def test_no_heading_of_a_printed_list_is_broken_within_a_word(
    wished: list[float], least: list[float], widths: list[float]
) -> None:
    assert shared(100, wished, least) == pytest.approx(widths)


def test_who_gets_a_file_and_of_which_rows(company: Company, firm: Firm, accountant: Any, administrator: Any) -> None:
    user = accountant(company.debtor)
    hers = make_debtor(company.environment, "Slagersgroep", number="1002")
    Membership.objects.create(user=user, firm=firm, role=Role.ASSISTANT, debtor=hers)
    fetched_everything(hers)
    client = signed_in(user)
    # The page has both clients; a file those of which data may be taken out, and says so.
    assert "Slagersgroep" in client.get("/clients/").content.decode()
    stamp, rows, _page = sheet(take(client, "/clients/?columns=name"))
    assert [row["Client"] for row in rows] == ["Bakkersgroep"]
    assert stamp["Left out"]
    foreign = make_company(make_debtor(make_environment(Firm.objects.create(name="X"), "x"), "Theirs"), "Theirs")
    for at, status in {
        f"/companies/{foreign.pk}/employees/": 404,
        f"/companies/{company.pk}/records/nothing/": 404,
        f"/clients/{company.debtor_id}/": 404,
        "/administration/trail/": 404,
        "https://elsewhere.example/": 404,
        "/files/": 404,
        "": 422,
    }.items():
        assert take(client, at).status_code == status, at
    assert take(client, "/clients/", "exe").status_code == 422
    # A person of a client takes out what is theirs, and no column that they do not see on the page.
    theirs = User.objects.create_user("client@test.example", "Client")
    place = Membership.objects.create(user=theirs, firm=firm, role=Role.CLIENT_ADMINISTRATOR, debtor=company.debtor)
    own = signed_in(theirs)
    _stamp, rows, _page = sheet(take(own, "/employees/?columns=display_name,wage,birthday"))
    assert "Contract wage a month (€)" in rows[0]
    assert take(own, "/clients/").status_code == 404
    place.role = Role.ASSISTANT
    place.save()
    page = own.get("/employees/").content.decode()
    assert "Take this list out" not in page
    assert take(own, "/employees/").status_code == 403
    # Nobody takes anything out while looking as somebody else.
    boss = administrator()
    looker = signed_in(boss)
    session = looker.session
    session[looking.KEY] = {"by": boss.pk, "as": user.pk, "until": (clock.now() + timedelta(minutes=9)).timestamp()}
    session.save()
    assert "Take this list out" not in looker.get("/clients/").content.decode()
    assert take(looker, "/clients/").status_code == 403
    assert [one.outcome for one in Entry.objects.filter(kind="exported")] == ["done", "done"]


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every list is too long to wait for."""
    monkeypatch.setattr(making, "AT_ONCE", dict.fromkeys(ExportFormat, 0))


@pytest.mark.database
def test_a_long_list_is_made_by_a_worker_for_who_may_have_it_then(
    slow: None, company: Company, accountant: Any, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    user = accountant(company.debtor)
    client, other = signed_in(user), signed_in(accountant(company.debtor, email="other@test.example"))
    with django_capture_on_commit_callbacks(execute=True):
        answer = take(client, "/employees/?columns=display_name")
    row = Export.objects.get()
    place = f"/files/{row.pk}/"
    assert answer["Location"] == place
    assert "hx-get" in client.get(place).content.decode()
    assert client.get(f"{place}content/").status_code == 410
    assert OrmQ.objects.count() == 1
    tasks.make(row.pk)
    tasks.make(row.pk)
    row.refresh_from_db()
    assert (row.status, row.rows, row.done) == (ExportStatus.DONE, 2, 2)
    assert "hx-get" not in client.get(f"{place}progress/").content.decode()
    mode = (files.folder() / row.file).stat().st_mode
    assert (oct(mode & 0o777), oct(files.folder().stat().st_mode & 0o777)) == ("0o600", "0o700")
    for address in (place, f"{place}progress/", f"{place}content/"):
        assert other.get(address).status_code == 404
    assert other.post(f"{place}cancel/").status_code == 404
    _stamp, rows, _page = sheet(client.get(f"{place}content/"))
    assert {one["Name"] for one in rows} == {"A. Jansen", FORMULA}
    told = Entry.objects.filter(kind__in=["exported", "document_read"]).order_by("number")
    assert [(one.kind, one.actor_id) for one in told] == [("exported", user.pk), ("document_read", user.pk)]
    # Who may take less out than then gets no file of then.
    hers = make_debtor(company.environment, "Slagersgroep", number="1002")
    Membership.objects.filter(user=user).update(debtor=hers)
    refused = client.get(f"{place}content/")
    assert refused.status_code == 403
    # It says to take the list out again, and leads there.
    assert 'href="/employees/?columns=display_name"' in refused.content.decode()
    Membership.objects.filter(user=user).update(debtor=company.debtor)
    # After a day the link is worth nothing, whether it was swept or not.
    with time_machine.travel(clock.now() + timedelta(hours=24, minutes=1)):
        gone = signed_in(user).get(f"{place}content/")
        assert gone.status_code == 410
        assert 'href="/employees/?columns=display_name"' in gone.content.decode()
        tasks.sweep()
    row.refresh_from_db()
    assert (row.status, list(files.folder().iterdir())) == (ExportStatus.EXPIRED, [])


def test_a_cell_of_a_pdf_that_is_cut_off_says_so_and_no_other_does() -> None:
    whole, long = "x" * 300, "x" * 299 + " yz"
    assert cut(whole) == whole
    assert cut(long) == "x" * 299 + "…"
    assert len(cut("y" * 1000)) == 300
    # The mark is drawn, not shown as one of the characters that the paper has not.
    with Paper() as paper:
        assert ord("…") in paper.known


def demoted(user: User, company: Company, _other: Company) -> None:
    """Client administrator of a client whose accountant they were."""
    own = Membership.objects.filter(user=user, debtor=company.debtor)
    own.update(role=Role.CLIENT_ADMINISTRATOR)


def moved(_user: User, company: Company, _other: Company) -> None:
    """The company belongs to a client of somebody else now."""
    foreign = make_debtor(company.environment, "Somebody else's", number="1009")
    Company.everything.filter(pk=company.pk).update(debtor=foreign)


def switched_off(user: User, _company: Company, _other: Company) -> None:
    """What was switched on for the person at one client stays on at another."""
    Switch.objects.filter(membership__user=user).first().delete()


@pytest.mark.parametrize("loss", [demoted, moved, switched_off])
def test_a_file_is_not_handed_out_after_a_part_of_what_was_in_it_was_lost_although_each_right_is_held_somewhere(
    slow: None, company: Company, accountant: Any, loss: Callable[..., None]
) -> None:
    other = make_company(make_debtor(company.environment, "Slagersgroep", number="1002"), "Worst B.V.")
    user = accountant(company.debtor, other.debtor)
    if loss is switched_off:
        firm = company.environment.firm
        for name in ("3", "4"):
            debtor = make_debtor(company.environment, name, number=f"100{name}")
            place = Membership.objects.create(user=user, firm=firm, role=Role.CLIENT_USER, debtor=debtor)
            Switch.objects.create(membership=place, capability=Capability.VIEW_SALARIES)
    client = signed_in(user)
    files_of = Export.objects.filter(user=user).order_by("-pk")

    def made() -> int:
        assert take(client, "/clients/").status_code == 302
        tasks.make(files_of[0].pk)
        answer = client.get(f"/files/{files_of[0].pk}/content/")
        _content = answer.getvalue()
        return answer.status_code

    assert made() == 200
    loss(user, company, other)
    assert client.get(f"/files/{files_of[0].pk}/content/").status_code == 403
    # One that is made now has what may be had now.
    assert made() == 200


def test_a_right_that_is_lost_while_the_file_is_made_is_noticed(
    slow: None, company: Company, accountant: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = make_company(make_debtor(company.environment, "Slagersgroep", number="1002"), "Worst B.V.")
    user = accountant(company.debtor, other.debtor)
    assert take(signed_in(user), "/employees/").status_code == 302
    write = making._write

    def meanwhile(*arguments: Any) -> None:
        write(*arguments)
        demoted(user, company, other)

    monkeypatch.setattr(making, "_write", meanwhile)
    tasks.make(Export.objects.get().pk)
    assert (Export.objects.get().status, list(files.folder().iterdir())) == (ExportStatus.REFUSED, [])


def test_threat_08_a_worker_makes_nothing_for_who_lost_the_right(slow: None, company: Company, accountant: Any) -> None:
    foreign = make_company(make_debtor(make_environment(Firm.objects.create(name="X"), "x"), "Theirs"), "Theirs")
    losses: dict[str, Callable[[User], object]] = {
        "membership": lambda user: Membership.objects.filter(user=user).delete(),
        "account": lambda user: User.objects.filter(pk=user.pk).update(is_active=False),
        "right": lambda user: Membership.objects.filter(user=user).update(role=Role.ASSISTANT),
        "tampered": lambda user: Export.objects.update(path=f"/companies/{foreign.pk}/employees/"),
    }
    for name, lose in losses.items():
        user = accountant(company.debtor, email=f"{name}@test.example")
        assert take(signed_in(user), f"/companies/{company.pk}/employees/").status_code == 302
        row = Export.objects.get(user=user)
        lose(user)
        tasks.make(row.pk)
        row.refresh_from_db()
        assert (row.status, row.file, list(files.folder().iterdir())) == (ExportStatus.REFUSED, "", []), name
        assert Entry.objects.get(kind="exported", actor_id=user.pk).outcome == "refused"


@pytest.mark.database
def test_one_person_has_so_many_files_made_at_once_and_may_stop_them(
    slow: None, company: Company, accountant: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, other = signed_in(accountant(company.debtor)), signed_in(accountant(company.debtor, email="o@test.example"))
    for _ in range(making.AT_THE_SAME_TIME):
        assert take(client, "/clients/").status_code == 302
    answer = take(client, "/clients/")
    assert answer.status_code == 429
    assert "3 of your files are being made" in answer.content.decode()
    assert take(other, "/clients/").status_code == 302
    first, second, third = Export.objects.filter(user__email="accountant@test.example").order_by("pk")
    assert client.post(f"/files/{first.pk}/cancel/").status_code == 302
    tasks.make(first.pk)
    first.refresh_from_db()
    assert first.status == ExportStatus.CANCELLED
    assert take(client, "/clients/").status_code == 302
    # Stopped while it is being made: the work ends with the next sign of life, and its file is gone.
    write = making._write

    def stopped(*arguments: Any) -> None:
        making.cancel(second)
        write(*arguments)

    monkeypatch.setattr(making, "_write", stopped)
    tasks.make(second.pk)
    second.refresh_from_db()
    assert (second.status, list(files.folder().iterdir())) == (ExportStatus.CANCELLED, [])
    # What waits is woken again, what nobody is at any more has failed, and too long a list is refused.
    Export.objects.filter(pk=third.pk).update(status=ExportStatus.RUNNING)
    before = OrmQ.objects.count()
    with time_machine.travel(clock.now() + making.SILENCE + timedelta(minutes=1)):
        tasks.sweep()
    third.refresh_from_db()
    assert third.status == ExportStatus.FAILED
    assert OrmQ.objects.count() == before + 2
    monkeypatch.setattr(making, "LARGEST", dict.fromkeys(ExportFormat, 0))
    assert take(other, "/clients/").status_code == 422


def test_a_list_that_is_too_long_for_a_kind_of_file_is_told_its_limit(
    company: Company, accountant: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = signed_in(accountant(company.debtor))
    monkeypatch.setattr(making, "LARGEST", {**making.LARGEST, ExportFormat.PDF: 1})
    answer = take(client, "/employees/", "pdf")
    said = answer.content.decode()
    assert answer.status_code == 422
    assert "This list has 2 rows; a file of the kind PDF may have 1." in said
    assert "Excel and CSV may have more rows" in said
    assert content(take(client, "/employees/"))
    monkeypatch.setattr(making, "LARGEST", dict.fromkeys(ExportFormat, 1))
    assert "Excel and CSV may have more rows" not in take(client, "/employees/").content.decode()
    assert not Export.objects.exists()


def test_a_firm_of_100_000_people_fits_into_a_file_and_a_worker_is_given_the_time(db: None) -> None:
    for kind in (ExportFormat.XLSX, ExportFormat.CSV):
        # A sheet of Excel has 1,048,576 lines, a few of them for the stamp.
        assert 200_000 <= making.LARGEST[kind] < 1_048_000
    making.wake(7)
    assert OrmQ.objects.get().task["timeout"] == making.TASK_SECONDS > worker_options(engine="sqlite3")["timeout"]


def people_in_memory() -> int:
    """By type: a request that another test left behind does not like to be asked what it is."""
    gc.collect()
    return sum(issubclass(type(one), Employee) for one in gc.get_objects())


@pytest.mark.database
def test_a_long_list_is_read_a_part_at_a_time(
    company: Company, accountant: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(13):
        make_employment(make_person(company, f"Person {number:02}"), date(2024, 3, 1))
    monkeypatch.setattr(sheets, "BATCH", 5)
    monkeypatch.setattr(sheets, "KEYS_AT_ONCE", 7)
    user = accountant(company.debtor)
    place = place_of("/employees/?sort=-display_name")
    assert place is not None
    made = sheets.Sheet(rows_of(place, user), user, clock.now())
    people: list[int] = []
    # What other tests of this process left behind.
    before = people_in_memory()

    def tell(done: int) -> None:
        people.append(people_in_memory() - before)

    names = [row[0].text for row in made.rows(tell)]
    assert names == sorted(names, reverse=True)
    assert len(names) == made.count == 15
    # What was drawn is let go of: the part that is drawn, and that before it at most.
    assert len(people) == 3
    assert max(people) <= 10, people


def test_every_kind_of_list_can_be_taken_out(company: Company, administrator: Any) -> None:
    client = signed_in(administrator())
    lists = ["/", "/clients/", "/changes/", "/changes/?learned=30", "/calendar/", "/deadlines/"]
    lists += [
        f"/companies/{company.pk}/records/company_cost_centers/",
        f"/clients/{company.debtor_id}/records/companies/",
    ]
    for at in lists:
        page = client.get(at)
        assert page.status_code == 200, at
        assert f'name="at" value="{at.replace("&", "&amp;")}"' in page.content.decode(), at
        stamp, lines = separated(take(client, at, "csv"))
        assert len(lines) >= 1
        assert int(stamp["Rows"]) == len(lines) - 1
