"""Who reads the trail of a whole firm reads its records of processing; who may take data out takes them as a file."""

import csv
import io
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import openpyxl
import pytest
from django.test import Client as Browser
from django.utils import translation
from django.utils.html import escape

from portal import clock
from portal.accounts import rights
from portal.accounts.models import Deputy, SingleSignOn, User
from portal.accounts.rights import SYSTEM, Place
from portal.accounts.roles import Role
from portal.administration.processing_rows import Records
from portal.audit.models import Entry
from portal.connections.models import Connection
from portal.deadlines.models import CalendarFeed
from portal.mirror.models import OptInChoice
from portal.privacy.inventory import activities
from portal.privacy.models import Agreement, LegalHold, PrivacyContact, RetentionTerm, SubProcessor
from portal.privacy.recipients import recipients_of
from tests.accounts.office import Office, somebody_new
from tests.administration.pages import by, person, url

pytestmark = pytest.mark.pages


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def auditor(office: Office) -> Browser:
    return by(person(office, Role.AUDITOR, name="IT auditor"))


def seen(browser: Browser, **query: Any) -> str:
    """The text of the page between its heading and its foot."""
    answer = browser.get(url("processing"), query)
    assert answer.status_code == 200
    return " ".join(answer.text.split("<main", 1)[1].split("</main>")[0].split())


def fact(page: str, label: str) -> str:
    """What stands beside a label, once on the page."""
    (after,) = page.split(f"<dt>{label}</dt>")[1:]
    return after.split("<dd>", 1)[1].split("</dd>")[0].strip()


def take(browser: Browser, kind: str, firm: int | None = None) -> Any:
    at = url("processing") + (f"?firm={firm}" if firm else "")
    return browser.post("/files/", {"at": at, "format": kind})


def as_csv(answer: Any) -> tuple[dict[str, str], list[dict[str, str]]]:
    """The first lines by their word, and the rows by heading."""
    assert answer.status_code == 200
    lines = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig")), delimiter=";"))
    top = lines.index([])
    rows = [dict(zip(lines[top + 1], line, strict=True)) for line in lines[top + 2 :]]
    return {line[0]: line[1] for line in lines[:top]}, rows


# --- who ------------------------------------------------------------------------------------------------------------


def test_an_auditor_of_the_whole_firm_reads_it_and_changes_nothing(office, auditor):
    page = seen(auditor)
    for one in activities():
        assert f">{escape(str(one.label))}</h3>" in page
    assert "<form" not in page
    assert url("sub_processors") not in page
    assert url("processing") in auditor.get(url("trail")).text
    assert take(auditor, "csv").status_code == 403


@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.ADMINISTRATOR, Role.AUDITOR)], ids=str)
def test_nobody_else_reads_it(office, role):
    browser = by(person(office, role, "a"))
    assert browser.get(url("processing")).status_code == 403
    assert take(browser, "csv").status_code in (403, 404)


def test_who_reads_the_trail_of_single_clients_does_not(office):
    browser = by(person(office, Role.AUDITOR, "a", "auditor of a"))
    assert browser.get(url("processing")).status_code == 403
    assert url("processing") not in browser.get(url("trail")).text


def test_somebody_without_a_place_finds_nothing(office):
    page = by(somebody_new("newcomer", language="en")).get(url("processing"))
    assert page.status_code == 200
    assert "Contact for privacy" not in page.text
    assert "</h3>" not in page.text


def test_another_firm_is_never_seen(office, other, boss):
    Agreement.objects.create(debtor=other.clients["x"].debtor, role="both")
    SubProcessor.objects.create(firm=other.firm, name="Elsewhere Hosting", purpose="hosting", country="US")
    PrivacyContact.objects.create(firm=other.firm, contact="Somebody elsewhere")
    Connection.objects.create(environment=other.environment, host="https://elsewhere.example", user="u", token="t")
    SingleSignOn.objects.create(firm=other.firm, issuer="https://issuer.example", client_id="c", domains=["x.example"])
    LegalHold.objects.create(debtor=other.clients["x"].debtor, reason="r", until=clock.today())
    RetentionTerm.objects.create(debtor=other.clients["x"].debtor, category="absence", number=1)
    page = seen(boss)
    assert "lsewhere" not in page
    assert "issuer.example" not in page
    assert "has another term" not in page
    assert fact(page, "Clients under a legal hold").endswith(">0</span>")
    assert ">3</span>" in fact(page, "No role recorded yet")
    assert boss.get(url("processing"), {"firm": other.firm.pk}).status_code == 404
    assert boss.get(url("processing"), {"firm": "nonsense"}).status_code == 404
    assert take(boss, "csv", other.firm.pk).status_code == 404


def test_who_reads_two_firms_chooses_and_takes_out_only_where_they_may(office, other, boss):
    rights.give(SYSTEM, office.administrator, Place(other.firm.pk, Role.AUDITOR))
    PrivacyContact.objects.create(firm=other.firm, contact="Somebody elsewhere")
    page = seen(boss, firm=other.firm.pk)
    assert "Somebody elsewhere" in page
    assert f"?firm={office.firm.pk}" in page
    assert "Change the sub-processors" not in page
    assert take(boss, "csv", other.firm.pk).status_code == 404
    stamp, _rows = as_csv(take(boss, "csv", office.firm.pk))
    assert stamp["Records of"] == office.firm.name
    assert "Left out" not in stamp


# --- figures --------------------------------------------------------------------------------------------------------


def test_roles_agreements_holds_and_terms_are_counted(office, boss):
    a, b, c = (office.clients[letter].debtor for letter in "abc")
    Agreement.objects.create(debtor=a, role="processor", reference="A1", agreed_on=date(2026, 1, 1))
    Agreement.objects.create(debtor=b, role="processor", reference="A2")
    LegalHold.objects.create(debtor=a, reason="r", until=clock.today())
    LegalHold.objects.create(debtor=b, reason="r", until=clock.today() - timedelta(days=1))
    LegalHold.objects.create(debtor=c, reason="r", until=clock.today(), lifted_at=clock.now())
    for debtor in (a, b):
        RetentionTerm.objects.create(debtor=debtor, category="absence", number=6)
    page = seen(boss)
    assert ">2</span> clients" in fact(page, "Processor: the office works on the client&#x27;s instruction")
    assert ">0</span> clients" in fact(page, "Both, by service")
    assert ">1</span> client" in fact(page, "No role recorded yet")
    assert ">2</span>" in fact(page, "Clients without a dated agreement")
    assert ">1</span>" in fact(page, "Clients under a legal hold")
    assert "2 years after leaving. 2 clients have another term" in page
    assert page.count("2 clients have another term") == 1


def test_a_sensitive_kind_says_in_how_many_environments_it_is_read(office, other, boss):
    values = {"kind": "absence", "reason": "why", "decided_at": clock.now()}
    records = lambda: {row.activity.name: row for row in Records(office.firm, office.administrator).rows}  # noqa: E731
    assert "Afwezigheid" not in seen(boss)
    assert "Absence: in 0 of 1 environments" in records()["absence"].read
    OptInChoice.objects.create(environment=other.environment, on=True, **values)
    choice = OptInChoice.objects.create(environment=office.environment, on=False, **values)
    assert "Absence: in 0 of 1 environments" in records()["absence"].read
    OptInChoice.objects.filter(pk=choice.pk).update(on=True)
    assert "Absence: in 1 of 1 environments" in records()["absence"].read
    assert records()["people"].read == "From Nmbrs"
    assert records()["trail"].read == "Kept by the portal itself"


def test_recipients_follow_the_settings(office, boss, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
    page = seen(boss)
    assert fact(page, "Nmbrs") == "No connection yet: nothing is read"
    assert fact(page, "Mail server").startswith("None")
    assert fact(page, "Single sign-on") == "Not switched on"
    assert fact(page, "Calendar programs") == "Nobody has a calendar address"
    assert "; mail server" not in page
    settings.EMAIL_BACKEND, settings.EMAIL_HOST = "django.core.mail.backends.smtp.EmailBackend", "mail.example"
    host = "https://api.nmbrs.example"
    Connection.objects.create(environment=office.environment, host=host, user="api@one.example", token="t")
    SingleSignOn.objects.create(firm=office.firm, issuer="https://issuer.example/x", client_id="c", domains=["o.nl"])
    page = seen(boss)
    assert "read at api.nmbrs.example" in fact(page, "Nmbrs")
    assert "api@one.example" not in page
    assert fact(page, "Mail server").startswith("Mail.example, for invitations")
    assert fact(page, "Single sign-on").startswith("Issuer.example, which learns")
    assert "Whoever hosts the portal; mail server; single sign-on" in page


def test_calendar_addresses_are_counted_by_people_with_a_place_now(office, other, boss):
    def feed(user: User, client: Any = None) -> None:
        CalendarFeed.objects.create(user=user, debtor=client, token_hash=bytes(15) + bytes([user.pk % 256]))

    first, ended, closed, far = (person(office, Role.ACCOUNTANT, "a", name) for name in ("f", "e", "c", "far"))
    team = rights.create_team(office.administrator, office.firm, "North")
    placed, left = somebody_new("placed"), somebody_new("left")
    for user in (placed, left):
        rights.add_member(SYSTEM, team, user, Role.ACCOUNTANT)
    for user in (first, ended, closed, placed, left, person(other, Role.ACCOUNTANT, "x", "elsewhere")):
        feed(user)
    # Only of a client of another firm.
    feed(far, other.clients["x"].debtor)
    ended.memberships.update(ends=clock.now())
    left.team_places.update(ends=clock.now())
    User.objects.filter(pk=closed.pk).update(is_active=False)
    assert Deputy.objects.count() == 0
    assert fact(seen(boss), "Calendar programs").startswith("2 people have a calendar address")


def test_what_is_told_of_a_firm_is_told_to_who_reads_its_whole_trail(office):
    a = office.clients["a"].debtor
    OptInChoice.objects.create(
        environment=office.environment, kind="absence", on=True, reason="why", decided_at=clock.now()
    )
    LegalHold.objects.create(debtor=a, reason="r", until=clock.today())
    RetentionTerm.objects.create(debtor=a, category="absence", number=6)
    PrivacyContact.objects.create(firm=office.firm, contact="A. Smit")
    SubProcessor.objects.create(firm=office.firm, name="Host BV", purpose="hosting", country="NL", in_eea=True)
    Connection.objects.create(environment=office.environment, host="https://api.example", user="u", token="t")
    SingleSignOn.objects.create(firm=office.firm, issuer="https://issuer.example", client_id="c", domains=["o.nl"])

    def told(user: User) -> tuple[Any, ...]:
        records = Records(office.firm, user)
        absence = next(row for row in records.rows if row.activity.name == "absence")
        recipients = {one.label for one in recipients_of(office.firm, user) if one.gets}
        on, every = absence.read.removesuffix(" environments").split("in ")[1].split(" of ")
        listed = [one.name for one in records.sub_processors]
        return on, every, records.held, "another term" in absence.kept, records.contact, listed, recipients

    host = "whoever hosts the portal"
    everything = ("1", "1", 1, True, "A. Smit", ["Host BV"], {"Nmbrs", host, "single sign-on"})
    nothing = ("0", "0", 0, False, "", [], {host})
    assert told(office.administrator) == everything
    assert told(person(office, Role.AUDITOR, name="reader")) == everything
    assert told(person(office, Role.ACCOUNTANT, "a", "accountant")) == nothing
    assert told(somebody_new("stranger")) == nothing


# --- the file -------------------------------------------------------------------------------------------------------


def test_the_file_has_what_the_page_says(office, boss):
    Agreement.objects.create(debtor=office.clients["a"].debtor, role="controller")
    PrivacyContact.objects.create(firm=office.firm, contact="A. Smit, 020-1234567")
    SubProcessor.objects.create(
        firm=office.firm, name="Host BV", purpose="hosting", country="NL", in_eea=True, agreed_on=date(2026, 3, 1)
    )
    page = seen(boss)
    stamp, rows = as_csv(take(boss, "csv"))
    assert [row["Processing activity"] for row in rows] == [str(one.label) for one in activities()]
    told = Records(office.firm, office.administrator).rows
    for row, line in zip(told, rows, strict=True):
        assert line["Purpose"] == row.purpose
        assert line["Retention term"] == row.kept
        for heading, text in line.items():
            if (heading, text) != ("Sensitive data", "None") and heading != "Fields and term of each kind":
                assert escape(text) in page, heading
    (bank,) = (row for row in rows if row["Processing activity"] == "Bank accounts of employees")
    assert bank["Fields and term of each kind"] == (
        "Bank accounts of employees: kind of account, IBAN (12 months after leaving)"
    )
    assert stamp["Contact for privacy"] == "A. Smit, 020-1234567"
    assert stamp["Sub-processor"] == "Host BV · hosting · NL · agreement of 1 Mar 2026"
    assert stamp["Sub-processor"] in page
    assert stamp["Clients, controller: the office decides, checks and advises itself"] == "1"
    assert stamp["Clients without a dated agreement"] == "3"
    assert stamp["Rows"] == str(len(rows))
    assert stamp["Made by"] == office.administrator.name


def test_taking_it_out_is_in_the_trail_of_the_firm(office, other, boss):
    rights.give(SYSTEM, office.administrator, Place(other.firm.pk, Role.ADMINISTRATOR))
    b"".join(take(boss, "xlsx", office.firm.pk).streaming_content)
    (entry,) = Entry.objects.filter(kind="exported")
    assert (entry.firm_id, entry.object_type, entry.object_id) == (office.firm.pk, "firm", office.firm.pk)
    assert entry.actor_id == office.administrator.pk
    assert entry.detail["list"] == "administration:processing"
    assert entry.detail["rows"] == len(list(activities()))


def test_no_cell_calculates(office, boss):
    office.firm.name = "=1+1"
    office.firm.save()
    SubProcessor.objects.create(firm=office.firm, name="=2+2", purpose="@x", country="+31", safeguard="-")
    stamp, _rows = as_csv(take(boss, "csv"))
    assert stamp["Records of"] == "'=1+1"
    assert stamp["Sub-processor"].startswith("'=2+2")
    answer = take(boss, "xlsx")
    book = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    assert not [cell for row in book.active.iter_rows() for cell in row if cell.data_type == "f"]


@pytest.mark.parametrize("language", ["nl", "en"])
def test_paper_loses_nothing_of_a_cell(office, boss, language, settings):
    """A PDF cuts a cell off after 300 characters."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    RetentionTerm.objects.create(debtor=office.clients["a"].debtor, category="people", number=6)
    with translation.override(language):
        rows = Records(office.firm, office.administrator).rows
        for row in rows:
            texts = {name: value for name, value in vars(row).items() if isinstance(value, str)}
            assert max(map(len, texts.values())) <= 300, {name: text for name, text in texts.items() if len(text) > 300}
    answer = take(boss, "pdf")
    assert b"".join(answer.streaming_content).startswith(b"%PDF")
