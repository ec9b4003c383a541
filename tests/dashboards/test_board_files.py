"""The period board as a file: days are days, counts are numbers, and what was never fetched stays words."""

import io
from datetime import UTC, datetime

import openpyxl
import pytest

from portal.accounts.models import User
from portal.deadlines import arranging, states
from portal.deadlines.rules import PayRule
from tests.factories import fetched_everything, make_company, make_debtor, make_environment, make_return, make_run

pytestmark = pytest.mark.pages

SENT = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)


@pytest.fixture
def board(firm):
    """A company that waits, one that is done, and one of which nothing is known."""
    debtor = make_debtor(make_environment(firm), "Bakkersgroep", number="1001")
    waits, done = make_company(debtor, "Brood B.V."), make_company(debtor, "Klaar B.V.")
    fetched_everything(debtor)
    make_company(debtor, "Nieuw B.V.", period=None)
    make_run(done, 2026, 11, locked=True, run_at=datetime(2026, 11, 19, 9, tzinfo=UTC))
    make_return(done, 2026, 11, sent_at=SENT)
    states.rewrite([waits.pk, done.pk])
    return {"waits": waits, "done": done}


def content(answer):
    assert answer.status_code == 200, answer.content
    return b"".join(answer.streaming_content)


def file_of(client, at):
    """The rows by their first cell, each by heading, and the lines above them."""
    page = openpyxl.load_workbook(io.BytesIO(content(client.post("/files/", {"at": at, "format": "xlsx"})))).active
    lines = [list(row) for row in page.iter_rows(values_only=True)]
    top = next(number for number, line in enumerate(lines) if line[0] is None)
    heads = lines[top + 1]
    assert len(set(heads)) == len(heads)
    rows = {line[0]: dict(zip(heads, line, strict=True)) for line in lines[top + 2 :]}
    return rows, [line[0] for line in lines[:top]]


def day(*date):
    return datetime(*date)  # noqa: DTZ001 - Excel knows no zones


@pytest.mark.database
def test_every_value_has_its_type(board, administrator, as_user):
    rows, stamp = file_of(as_user(administrator()), "/")
    waits, done, new = rows["Brood B.V."], rows["Klaar B.V."], rows["Nieuw B.V."]
    assert waits["Client"] == "Bakkersgroep"
    assert (waits["Run"], waits["Run made on"], waits["Pay day"]) == ("not made", None, day(2026, 11, 30))
    assert (done["Run"], done["Run made on"]) == ("locked", day(2026, 11, 19))
    assert (waits["Wage-tax return"], waits["Wage-tax return: due"]) == ("not made", day(2026, 12, 31))
    # Half past eleven in the evening in Greenwich is the next day in Amsterdam.
    assert (done["Wage-tax return"], done["Wage-tax return: sent on"]) == ("sent", day(2026, 11, 21))
    assert (done["Pension return"], done["Pension return: due"]) == ("none", None)
    assert (waits["Next due"], waits["Next due: when"]) == (day(2026, 11, 30), "Later")
    assert waits["Next due: what"] == "pay day 2026-11 M"
    assert waits["Next due: act by"] == day(2026, 11, 30)
    assert (done["Next due"], done["Next due: act by"]) == ("nothing open", None)
    assert isinstance(waits["Changes"], int)
    assert isinstance(waits["Data as of"], datetime)
    assert new["Run"] == new["Wage-tax return"] == new["Next due"] == "not fetched yet"
    assert (new["Pay day"], new["Run made on"], new["Data as of"]) == (None, None, None)
    assert any(line.startswith("Check: Worked out from a usual term") for line in stamp)


def test_dates_that_follow_from_an_unverified_term_say_so_and_those_that_a_person_set_do_not(
    board, administrator, as_user
):
    boss = administrator()
    arranging.set_terms(boss, [board["waits"].pk], arranging.Terms(pay=(PayRule.DAY_OF_MONTH, 25)))
    rows, _stamp = file_of(as_user(boss), "/")
    waits = rows["Brood B.V."]
    assert (waits["Pay day"], waits["Pay day: check"], waits["Next due: check"]) == (day(2026, 11, 25), None, None)
    assert waits["Wage-tax return: check"] == "check"
    assert rows["Klaar B.V."]["Pay day: check"] == "check"
    assert rows["Nieuw B.V."]["Pay day: check"] is None


def test_columns_that_are_not_shown_have_no_part_in_the_file(board, administrator, as_user):
    rows, _stamp = file_of(as_user(administrator()), "/?columns=company,period,next_due")
    assert list(rows["Brood B.V."]) == [
        "Company",
        "Client",
        "Period",
        "Next due",
        "Next due: act by",
        "Next due: when",
        "Next due: what",
        "Next due: check",
    ]


def test_separated_values_have_the_same_columns_and_paper_what_the_page_shows(board, administrator, as_user):
    client = as_user(administrator())
    answer = client.post("/files/", {"at": "/?columns=company,run", "format": "csv"})
    lines = content(answer).decode("utf-8-sig").splitlines()
    assert "Company;Client;Run;Run made on;Pay day;Pay day: check" in lines
    assert "Brood B.V.;Bakkersgroep;not made;;30 Nov 2026;check" in lines
    assert content(client.post("/files/", {"at": "/", "format": "pdf"})).startswith(b"%PDF-")


def test_the_calendar_and_people_and_dates_have_typed_days_too(board, administrator, as_user):
    boss = administrator()
    rows, _stamp = file_of(as_user(boss), "/calendar/?month=2026-12")
    due = rows["Brood B.V."]
    assert (due["Due"], due["Due: check"], due["Computed"]) == (day(2026, 12, 31), "check", None)
    assert due["Client"] == "Bakkersgroep"
    rows, stamp = file_of(as_user(User.objects.get(pk=boss.pk)), "/deadlines/")
    assert rows["Brood B.V."]["Pay day"] == "end of the period check"
    assert any(line.startswith("Check: ") for line in stamp)
