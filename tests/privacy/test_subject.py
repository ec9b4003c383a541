"""Everything about one person as a file: complete, for whoever may, without what they may not see."""

import json
import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.apps import apps
from django.urls import reverse
from django.utils import translation

from portal.accounts.roles import CAPABILITIES, Capability, Role
from portal.audit.models import Entry
from portal.employees.models import Absence, BsnCheck, CompanyGuid, Employee, Entity
from portal.mirror.models import Change, ChangeKind, PersonFetch, Quarantine
from portal.mirror.resource import registry
from portal.privacy.owned import owned_by
from portal.privacy.subject import OWN_TABLES, gather, kinds
from portal.search.index import keeping
from portal.sync.models import SyncPlan, SyncRun, Trigger
from tests.accounts.office import give, make_office, somebody_new
from tests.factories import (
    fetched_everything,
    make_address,
    make_contract,
    make_employment,
    make_person,
    make_salary,
    mirrored,
)
from tests.privacy.conftest import GROUPED, IBAN, IN_SERVICE, account_of, entries, grown_old

pytestmark = pytest.mark.pages

ASKED = {"identity": "known_person", "format": "json"}
SEEN = datetime(2026, 11, 20, 9, tzinfo=UTC)


def url(person):
    return reverse("privacy:hand_out", args=[person.pk])


@pytest.fixture
def person(office):
    one = office.clients["a"].person
    Employee.everything.filter(pk=one.pk).update(display_name="Łukasz <b>Ångström</b>")
    one.refresh_from_db()
    make_employment(one, IN_SERVICE)
    make_contract(one, IN_SERVICE)
    make_salary(one, "3250.5", IN_SERVICE)
    make_address(one, IN_SERVICE, street="Nieuwe weg")
    account_of(one)
    shared = {"employee": one, "company": one.company, "valid_from": IN_SERVICE}
    mirrored(Absence, one.environment, **shared, percentage=80, dossier_number=4711, clock="yes", safety_net="unknown")
    mirrored(
        BsnCheck, one.environment, **shared, start_year=2024, start_period=5, status="valid", bsn_fingerprint="f" * 32
    )
    mirrored(CompanyGuid, one.environment, company=one.company, entity=Entity.EMPLOYEE, remote_guid="5" * 32)
    CompanyGuid.everything.update(remote_id=one.remote_id)
    PersonFetch.objects.create(employee=one, resource="bank_accounts", fetched_at=SEEN)
    Change.objects.create(
        environment=one.environment,
        company=one.company,
        employee=one,
        resource="salaries",
        row_key="1/2",
        kind=ChangeKind.CHANGED,
        field="amount",
        old="3000",
        new="3250.5",
        learned_at=SEEN,
    )
    Quarantine.objects.create(
        environment=one.environment,
        company=one.company,
        scope_key=f"company:{one.company_id}",
        resource="bank_accounts",
        row_key=f"{one.remote_id}/77",
        field="account_type",
        raw=json.dumps({"employee": str(one.remote_id), "iban": IBAN, "account_type": "Strange"}),
        first_seen=SEEN,
        last_seen=SEEN,
    )
    return one


def file_of(browser, person, **asked):
    answer = browser.post(url(person), {**ASKED, **asked})
    assert answer.status_code == 200
    return answer


def sections(answer):
    return {section["kind"]: section for section in json.loads(answer.content)["sections"]}


def test_the_file_holds_the_mirror_and_what_the_portal_keeps_itself(person, by):
    browser = by(Role.ADMINISTRATOR)
    browser.get(reverse("employees:person", args=[person.pk]))
    found = sections(file_of(browser, person))
    assert found["employees"]["records"][0]["display_name"] == "Łukasz <b>Ångström</b>"
    assert found["salaries"]["records"][0]["amount"] == "3250.5000"
    assert found["addresses"]["records"][0]["street"] == "Nieuwe weg"
    assert found["absences"]["records"][0]["percentage"] == 80
    assert found["bsn_checks"]["records"][0]["status"] == "valid"
    assert found["ids"]["records"][0]["remote_id"] == person.remote_id
    assert found["changes"]["records"][0]["old"] == "3000"
    assert found["unread"]["records"][0]["account_type"] == "Strange"
    assert found["fetches"]["records"] == [{"kind": "bank_accounts", "fetched_at": SEEN.isoformat()}]
    assert found["bank_accounts"]["read_at"] == SEEN.isoformat()
    assert "person_read" in {record["what"] for record in found["trail"]["records"]}
    assert found["children"]["left_out"], "why there is nothing is said"


def test_every_kind_that_hangs_on_a_person_is_in_it(person, office):
    held = CAPABILITIES[Role.ADMINISTRATOR]
    made = {section.name for section in gather(office.administrator, person, held).sections}
    hanging = {
        kind.name
        for kind in registry
        if kind.model is Employee or any(field.name == "employee" for field in kind.model._meta.fields)
    }
    assert hanging <= made, "a mirrored kind is missing"
    tables = {own.model for own in owned_by(Employee) if own.path == "employee"}
    assert tables == {kind.model for kind in kinds()} - {Employee} | set(OWN_TABLES), "a table is missing"
    known_by_id_only = {
        model
        for model in apps.get_models()
        for field in model._meta.fields
        if field.name in {"employee_id", "employee_pk"}
    }
    assert {model._meta.label for model in known_by_id_only} == {"audit.Entry", "audit.TrailEntry"}


def test_the_citizen_service_number_is_not_in_it_and_neither_is_what_is_made_of_it(person, by):
    body = file_of(by(Role.ADMINISTRATOR), person).content.decode()
    assert "f" * 32 not in body
    assert "bsn_fingerprint" not in body
    assert not [text for text in re.findall(r"(?<!\d)\d{9}(?!\d)", body) if passes_the_eleven_test(text)]


def passes_the_eleven_test(text):
    weights = (9, 8, 7, 6, 5, 4, 3, 2, -1)
    return sum(weight * int(digit) for weight, digit in zip(weights, text, strict=True)) % 11 == 0


@pytest.mark.parametrize("whole", [True, False])
def test_account_numbers_are_whole_only_for_whoever_may_reveal_them(person, office, whole):
    held = CAPABILITIES[Role.ADMINISTRATOR] - (set() if whole else {Capability.REVEAL_IBAN})
    subject = gather(office.administrator, person, frozenset(held))
    texts = [cell.text for section in subject.sections for record in section.records for cell in record]
    assert (IBAN in texts) is whole
    assert ("NL •••• 4300" in texts) is not whole
    assert subject.whole_numbers == (2 if whole else 0), "the account, and the one that could not be read"


@pytest.mark.parametrize(
    ("capability", "kind", "canary"),
    [
        (Capability.VIEW_SICKNESS, "absences", "4711"),
        (Capability.VIEW_SALARIES, "salaries", "3250.5"),
        (Capability.VIEW_BANK_ACCOUNTS, "bank_accounts", "Strange"),
    ],
)
def test_what_the_reader_may_not_see_is_left_out_and_named(person, office, capability, kind, canary):
    held = frozenset(CAPABILITIES[Role.ADMINISTRATOR] - {capability})
    subject = gather(office.administrator, person, held)
    found = {section.name: section for section in subject.sections}
    assert not found[kind].records
    assert found[kind].left_out == "You may not see this kind."
    values = [str(cell.value) for section in subject.sections for record in section.records for cell in record]
    assert not [value for value in values if canary in value], "also not by changes or quarantine"
    waiting = [cell.value for record in found["unread"].records for cell in record]
    assert kind not in waiting, "nor that a record of this kind waits"


@pytest.fixture
def everything(person, by):
    """The person with rows in each of the portal's own tables, and kinds of which it is known when they were read."""
    fetched_everything(person.company.debtor)
    own = {"environment": person.environment, "company": person.company, "employee": person}
    place = {**own, "scope_key": f"employee:{person.pk}", "trigger": Trigger.PERSON}
    SyncPlan.objects.create(**place)
    SyncRun.objects.create(**place, resource="bank_accounts")
    keeping.rebuild()
    by(Role.ADMINISTRATOR).get(reverse("employees:person", args=[person.pk]))
    return person


def told(user, person):
    """The sections that hold something for somebody, whatever they are said to hold, and those with a moment."""
    made = gather(user, person, frozenset(Capability)).sections
    return {one.name: len(one.records) for one in made if one.records}, {one.name for one in made if one.read_at}


def test_whoever_asks_for_it_gets_what_they_see_themselves(everything, office):
    """Also where the page before it said that they may."""
    records, moments = told(office.administrator, everything)
    assert set(records) >= {"employees", "salaries", "ids", "changes", "unread", "syncs", "search", "trail"}
    assert records["syncs"] == 2
    assert moments >= {"salaries", "bank_accounts"}
    assert told(make_office("two", "x").administrator, everything) == ({}, set())


def test_what_takes_more_than_seeing_the_person_takes_it_here_too(everything, office):
    reader = somebody_new("reader")
    give(reader, office, Role.CLIENT_USER, "a")
    records, _moments = told(reader, everything)
    assert "employees" in records
    assert not records.keys() & {"salaries", "absences", "bank_accounts", "addresses", "trail"}


def test_one_file_is_one_entry_without_values(person, by):
    answer = file_of(by(Role.ADMINISTRATOR), person)
    (entry,) = entries("subject_exported")
    rows = sum(len(section["records"]) for section in sections(answer).values())
    assert entry.detail == {"format": "json", "identity": "known_person", "rows": rows, "whole_numbers": 2}
    assert (entry.employee_id, entry.object_type) == (person.pk, "employee")


@pytest.mark.parametrize("asked", [{"identity": ""}, {"identity": "trust me"}, {"format": "exe"}])
def test_without_saying_how_the_person_is_known_there_is_no_file(person, by, asked):
    answer = by(Role.ADMINISTRATOR).post(url(person), {**ASKED, **asked})
    assert answer.status_code == 422
    assert "attachment" not in answer.headers.get("Content-Disposition", "")
    assert not entries("subject_exported")


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR], ids=str)
def test_only_administrators_hand_out(person, by, role, method):
    assert getattr(by(role), method)(url(person), ASKED).status_code == 403
    assert not entries("subject_exported")


def test_people_of_other_offices_do_not_exist(by):
    foreign = make_office("two", "a").clients["a"].person
    assert by(Role.ADMINISTRATOR).post(url(foreign), ASKED).status_code == 404


def test_an_old_sign_in_has_to_be_confirmed_first(person, by):
    browser = grown_old(by(Role.ADMINISTRATOR))
    answer = browser.post(url(person), ASKED)
    assert answer.status_code == 302
    assert "/account/confirm/" in answer.url
    assert not entries("subject_exported")


@pytest.mark.parametrize("kind", ["json", "pdf"])
def test_the_file_is_a_download_that_runs_nothing_and_is_not_kept(person, by, kind):
    answer = file_of(by(Role.ADMINISTRATOR), person, format=kind)
    today = Entry.objects.latest("number").at.date()
    assert re.fullmatch(
        rf'attachment; filename="personal-data-{person.number}-\d{{4}}-\d\d-\d\d.{kind}"', answer["Content-Disposition"]
    ), today
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer["Cache-Control"] == "no-store"
    assert answer["Content-Type"].startswith(f"application/{kind}")


def test_a_person_who_is_missing_in_nmbrs_can_still_ask(person, by):
    Employee.everything.filter(pk=person.pk).update(missing_since=SEEN)
    assert sections(file_of(by(Role.ADMINISTRATOR), person))["employees"]["records"][0]["missing_since"]


def test_it_is_only_about_this_person(person, office, by):
    other = make_person(person.company, "Somebody Else")
    make_salary(other, "9876", IN_SERVICE)
    Quarantine.objects.create(
        environment=other.environment,
        company=other.company,
        scope_key=f"company:{other.company_id}",
        resource="salaries",
        row_key=f"{other.remote_id}/{person.remote_id}",
        field="amount",
        raw=json.dumps({"scale": "ofsomebodyelse"}),
        first_seen=SEEN,
        last_seen=SEEN,
    )
    body = file_of(by(Role.ADMINISTRATOR), person).content.decode()
    assert not [word for word in ("Somebody Else", "9876", "ofsomebodyelse") if word in body]


def test_the_file_speaks_the_readers_language(person, by):
    with translation.override("nl"):
        made = json.loads(file_of(by(Role.ADMINISTRATOR, language="nl"), person).content)
        assert made["sections"][0]["label"] == "Medewerkers"
    assert made["stamp"]["firm"] == "one"
    assert made["stamp"]["client"] == "a"


def test_the_pdf_tells_the_same_on_paper(person, office):
    from fpdf import FPDF

    from portal.privacy.subject_files import Stamp, _Paper, as_pdf

    subject = gather(office.administrator, person, CAPABILITIES[Role.ADMINISTRATOR])
    stamp = Stamp(firm="one", person=person, by="An administrator", at=SEEN)
    content = as_pdf(stamp, subject, "en")
    assert content.startswith(b"%PDF-")
    assert content.rstrip().endswith(b"%%EOF")
    said: list[str] = []
    draw = FPDF.multi_cell

    class Listening(_Paper):
        def multi_cell(self, w, h=None, text="", **options):
            said.append(text)
            return draw(self, w, h, text, **options)

    with Listening(stamp, "en") as paper:
        paper.written(subject)
        assert paper._clean("日本") == "??"
    whole = "\n".join(said)
    for text in (
        "Łukasz <b>Ångström</b>",
        "amount: 3,250.5",
        "street: Nieuwe weg",
        GROUPED.replace(" ", ""),
        "Made by: An administrator",
        "As of: 20 Nov 2026",
    ):
        assert text in whole, text
    assert "?" not in whole


def test_a_large_file_is_made_quickly_enough(person, office):
    for year in range(1990, 2020):
        for month in (1, 4, 7, 10):
            make_salary(person, "1000", date(year, month, 1), date(year, month, 1) + timedelta(days=80))
    subject = gather(office.administrator, person, CAPABILITIES[Role.ADMINISTRATOR])
    assert subject.rows > 120
