"""S8: what generated requests found once, each with what it has to say instead of failing."""

import re
from pathlib import Path
from typing import Any

import pytest

from portal.accounts.models import AccessRequest, Invitation, LogReview, Membership, TagRule
from portal.ui.models import SavedView
from portal.ui.state import key_of
from tests.access import matrix
from tests.access.asking import ask
from tests.access.browser import Answer, Browser, undone
from tests.access.matrix import Cell
from tests.access.world import World

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
FAR = ("9999-12-31", "0001-01-01", "2200-01-01", "20266-01-01")


def sent(world: World, row: str, form: dict[str, Any], method: str = "POST", query: str = "") -> Answer:
    """What an administrator gets."""
    path = matrix.address(world, Cell(row, "administrator", method, matrix.OWN))
    return Browser(world.sessions["administrator"]).send(method, f"{path}{query}", form)


@pytest.mark.parametrize("row", ["dashboards:clients", "dashboards:debtor", "deadlines:calendar"])
@pytest.mark.parametrize("word", ["lists", "items", "urlencode", "getlist", "copy"])
def test_a_parameter_with_the_name_of_a_method_is_carried_along_like_any_other(world, row, word):
    answer = sent(world, row, {}, "GET", f"?{word}=abc&month=2026-10")
    assert answer.status == 200, answer.error
    assert f'<input type="hidden" name="{word}" value="abc">' in answer.body.decode()


def test_no_template_asks_an_address_for_anything():
    """Django would look for a parameter of that name before it looks for a method."""
    asks = re.compile(r"request\.(?:GET|POST|COOKIES)\.")
    assert [path.name for path in TEMPLATES.rglob("*.html") if asks.search(path.read_text())] == []


@pytest.mark.parametrize("day", FAR)
def test_a_day_from_which_no_moment_can_be_computed_is_refused(world, day):
    client, staff, other = world.ids["client"]["b"], world.ids["staff"]["a"], world.ids["staff"]["b"]
    invited = {"email": "n@b.example", "name": "N", "language": "en", "role": "auditor"}
    before = Membership.objects.count(), Invitation.objects.count(), LogReview.objects.count()
    for row, form in (
        ("administration:give", {"role": "accountant", "debtor": client, "until": day}),
        ("administration:limit", {"until": day}),
        ("administration:invite", {**invited, "until": day}),
        ("administration:add_member", {"user": other, "role": "assistant", "until": day}),
        ("administration:deputies", {"absent": staff, "substitute": other, "until": day}),
        ("administration:place_hold", {"reason": "A dispute", "until": day}),
        ("administration:sign_trail", {"since": day, "until": "2026-11-01"}),
        ("administration:sign_trail", {"since": "2026-01-01", "until": day}),
    ):
        with undone():
            answer = sent(world, row, form)
            assert answer.status in (302, 422), (row, answer.error)
            assert (Membership.objects.count(), Invitation.objects.count(), LogReview.objects.count()) == before, row


def test_a_receiver_that_is_no_number_gets_nothing(world):
    client = world.ids["client"]["b"]
    for to in ("team-" + "9" * 5000, "user-" + "9" * 5000, "team-" + "9" * 30, "team-\u00b2", "team-", "-", "9"):
        with undone():
            before = Membership.objects.count()
            answer = sent(world, "administration:unassigned", {"client": client, "to": to, "role": "accountant"})
            assert answer.status in (302, 404), (to[:20], answer.error)
            assert Membership.objects.count() == before


def test_nothing_is_kept_that_a_database_cannot_hold(world):
    """SQLite would keep a NUL, PostgreSQL fails at one."""
    assert sent(world, "administration:add_rule", {"tag": "\0"}).status == 302
    assert not any("\0" in tag for tag in TagRule.objects.values_list("tag", flat=True))
    with undone():
        asked = AccessRequest.objects.get(pk=world.ids["request"]["a"])
        assert sent(world, "administration:decline", {"answer": "No\0!"}).status == 302
        asked.refresh_from_db()
        assert asked.answer == "No!"
    for at in ("/clients/?q=\0", "/clients/\0/"):
        assert sent(world, "ui:views", {"at": at, "name": "New"}).status == 422
        assert sent(world, "ui:exports all", {"at": at, "format": "csv"}).status == 404
    with undone():
        assert sent(world, "ui:views", {"at": "/clients/?q=%00&sort=%00", "name": "New"}).status == 302
        assert SavedView.objects.get(name="New").state == {}


def test_no_view_is_kept_of_a_kind_of_record_that_there_is_not(world):
    client = world.ids["client"]["a"]
    for kind in ("nothing", "a" * 200):
        assert sent(world, "ui:views", {"at": f"/clients/{client}/records/{kind}/", "name": "New"}).status == 422
        assert sent(world, "ui:no_start_view", {"at": f"/clients/{client}/records/{kind}/"}).status == 302
    assert not SavedView.objects.filter(name="New").exists()
    longest = max(len(key_of(_match(world, row, kind))) for row, kind in _lists())
    assert longest <= SavedView._meta.get_field("page").max_length


def _lists() -> list[tuple[str, str]]:
    return [(row, kind) for row in matrix.table()["rows"] for kind in matrix.kinds(row) if kind]


def _match(world: World, row: str, kind: str) -> Any:
    from django.urls import resolve

    return resolve(matrix.address(world, Cell(row, "administrator", "GET", matrix.OWN, kind)))


def test_a_page_that_was_seen_in_no_time_marks_nothing(world):
    for until in ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026-11-26T00:00:00+99:99", "x", ""):
        with undone():
            assert sent(world, "dashboards:all_seen", {"until": until}).status == 302
            assert ask(world, Cell("dashboards:changes", "administrator", "GET", matrix.OWN)).status == 200
