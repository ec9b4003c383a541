"""A filter whose value is not there any more: the page, its file and the trail say that it narrows nothing."""

import csv
import io
from collections.abc import Callable
from html import unescape
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.urls import reverse

from portal.accounts.models import Team, TeamDebtor, User
from portal.audit.models import Entry
from portal.companies.models import Company
from tests.dashboards.reading import text
from tests.factories import make_company, make_debtor, make_environment, make_person

pytestmark = pytest.mark.pages

SignIn = Callable[[User], Client]


@pytest.fixture
def company(firm) -> Company:
    """A company with somebody in it, of a client that a team looks after."""
    debtor = make_debtor(make_environment(firm), "Bakkersgroep")
    made = make_company(debtor, "Brood B.V.")
    make_person(made)
    TeamDebtor.objects.create(team=Team.objects.create(firm=firm, name="Noord"), debtor=debtor)
    return made


@pytest.fixture
def browser(company, administrator, as_user) -> Client:
    """An administrator of the office."""
    return as_user(administrator())


def page(browser: Client, address: str) -> str:
    answer = browser.get(address)
    assert answer.status_code == 200
    return unescape(answer.content.decode())


@pytest.mark.parametrize(
    ("query", "names"),
    [("team=999&tag=gone", "“Team”, “Tag”"), ("due=never", "“Next due”"), ("q=a%00b", "“Search”")],
)
def test_the_page_says_which_filter_was_left_out(browser: Client, query: str, names: str) -> None:
    html = page(browser, f"/?{query}")
    assert "Brood B.V." in html
    assert f"Left out of the filter: {names}." in text(html)
    assert "Filters (0 active)" in text(html)
    # The way to an address without it.
    assert "Clear the filter" in html


def test_a_filter_that_is_not_offered_any_more_is_left_out_with_a_word(browser: Client) -> None:
    """Where there is no team at all there is no list to choose from."""
    team = Team.objects.get()
    assert "Left out of the filter" not in page(browser, f"/?team={team.pk}")
    team.delete()
    assert "Left out of the filter: “Team”." in page(browser, f"/?team={team.pk}")


@pytest.mark.parametrize("query", ["", "q=+&due=&team=", "run=&q=Brood", "period_type=month"])
def test_nothing_is_said_where_nothing_was_left_out(browser: Client, query: str) -> None:
    assert "Left out of the filter" not in page(browser, f"/?{query}")


def test_an_empty_list_blames_no_filter_that_was_left_out(administrator: Callable[[], User], as_user: SignIn) -> None:
    html = page(as_user(administrator()), "/employees/?type=999")
    assert "Nothing matches this filter" not in html
    assert "Left out of the filter: “Employee type”." in html


def test_a_file_says_it_and_its_entry_names_only_filters_that_narrow(browser: Client) -> None:
    before = Entry.objects.count()
    at = "/employees/?" + urlencode({"type": "999", "service": "all", "q": " "})
    answer: Any = browser.post("/files/", {"at": at, "format": "csv"})
    lines = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig")), delimiter=";"))
    said = {line[0]: line[1] for line in lines[: lines.index([])]}
    assert said["Note"].startswith("Left out of the filter: “Employee type”.")
    (entry,) = Entry.objects.filter(kind="exported", number__gt=before)
    assert entry.detail["filters"] == ["service"]
    (read,) = Entry.objects.filter(kind="list_read", number__gt=before)
    assert read.detail == {"kind": "employee", "filters": ["service"]}


def test_a_look_names_only_filters_that_narrow(browser: Client) -> None:
    before = Entry.objects.count()
    page(browser, "/employees/?type=999&service=all")
    (read,) = Entry.objects.filter(kind="list_read", number__gt=before)
    assert read.detail == {"kind": "employee", "filters": ["service"]}


def test_the_file_of_the_trail_names_only_filters_that_narrow(browser: Client) -> None:
    answer: Any = browser.get(reverse("administration:trail_export") + "?kind=nonsense&client=Bakkers")
    b"".join(answer.streaming_content)
    assert Entry.objects.filter(kind="exported").latest("number").detail["filters"] == ["client"]
