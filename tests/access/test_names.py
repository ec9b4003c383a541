"""The generators of bad and of foreign input know every name that a page reads."""

from collections.abc import Iterator
from urllib.parse import urlencode

import pytest

from tests.access import hearing, matrix, sending
from tests.access.browser import Browser
from tests.access.names import by_hand, found_in, known

#: Places that read a name which is a filter's or a form's own, or one of every list: those are known otherwise.
UNCLEAR = {
    # Numbers of pages and pieces, which go: each is read where its rows are.
    "portal.debtors.asked.address: number",
    "portal.deadlines.covering.filter_of: name",
    "portal.deadlines.several_views._asked_again: name",
    "portal.ui.paging.configure: table.prefixed_order_by_field",
    "portal.ui.paging.configure: table.prefixed_page_field",
    "portal.ui.state.is_plain: name",
    "portal.ui.state.read: name",
    "portal.ui.views.get_table_pagination: table.prefixed_per_page_field",
}
#: Read by Django whatever is posted, before any page.
OF_THE_FRAME = {"csrfmiddlewaretoken"}


@pytest.fixture
def heard() -> Iterator[dict[str, set[str]]]:
    """What is heard in the test alone."""
    before = {page: set(names) for page, names in hearing.HEARD.items()}
    hearing.HEARD.clear()
    yield hearing.HEARD
    hearing.HEARD.clear()
    hearing.HEARD.update(before)


@pytest.mark.timeout(600)
def test_no_page_reads_a_name_that_the_generators_do_not_know(world):
    sending.listen(world)
    # Another test of this process may have opened pages that only a setting adds, like those of Django's admin.
    own = {matrix.pattern_of(row) for row in matrix.table()["rows"]}
    heard = {page: names for page, names in hearing.HEARD.items() if page in own}
    unknown = {page: names - set(known()) - OF_THE_FRAME for page, names in heard.items()}
    assert {page: names for page, names in unknown.items() if names} == {}
    # Pages of every kind were heard: lists, forms, periods, saved views, search, files, the first start.
    for page, names in {
        "dashboards:clients": {"q", "data", "month", "columns", "sort", "per_page", "view", "page"},
        "dashboards:board": {"back", "due", "run", "tag", "team", "person", "period_type"},
        "dashboards:variance": {"period", "against", "notable", "large", "level", "employee", "show"},
        "dashboards:changes": {"learned", "what", "kind", "client"},
        "dashboards:all_seen": {"until", "back"},
        "employees:person": {"on", "known", "lane"},
        "deadlines:calendar": {"month", "day", "state"},
        "deadlines:arrangements": {"covers", "company", "responsible", "pay_rule"},
        "ui:views": {"at", "name", "audience"},
        "ui:exports": {"at", "format"},
        "search:search": {"q"},
        "first_start:clients": {"which", "debtors"},
        "first_start:connection": {"host", "token", "domain"},
    }.items():
        assert names <= hearing.HEARD[page], page


def test_every_name_that_is_read_by_hand_is_found_or_explained():
    assert by_hand().unclear == UNCLEAR
    assert {"back", "known", "notable", "against", "at", "day", "month", "confirmed", "tag"} <= by_hand().names


@pytest.mark.parametrize(
    "code",
    [
        "def page(request): return request.GET.get('new')",
        "def page(request): return request.POST['new']",
        "def page(request): return request.GET.getlist('new')",
        "def page(request): return 'new' in self.request.GET",
        "def page(request):\n  kept = request.GET.copy()\n  kept.pop('new', None)",
        "def page(query: QueryDict): return query.get('new')",
        "def page(request):\n  given, found = request.GET, []\n  return given.get('new')",
        "def page(request): return [request.GET.get(one) for one in ('new', 'q')]",
        "def page(request):\n  for one in ['new']:\n    request.POST.get(one)",
        "def part(request, name): return request.GET.get(name)\ndef page(request): return part(request, 'new')",
        "def part(request, name='new'): return request.GET.get(name)",
        "class V:\n  def part(self, name): return self.request.GET.get(name)\n  def page(self): self.part(name='new')",
        "def a(r, n): return r.GET[n]\ndef b(r, m): return a(r, m)\ndef c(r): return b(r, 'new')",
        "def page(request): return ATable(rows, prefix='new')",
        "def page(request): return QueryDict(request.POST.get('new', ''))",
    ],
)
def test_a_name_that_is_read_is_found_in_whatever_way(code):
    read = found_in({"a_module": code})
    assert "new" in {name.removesuffix("sort") for name in read.names}
    assert read.unclear == set()


def test_a_name_that_cannot_be_found_is_unclear():
    assert found_in({"m": "def page(request): return request.GET.get(made())"}).unclear == {"m.page: made()"}
    assert found_in({"m": "def page(request): return request.GET.get(name)"}).unclear == {"m.page: name"}
    assert found_in({"m": "def page(given): return given.get('new')"}).names == set()


def test_a_page_is_heard_to_read(world, heard):
    query = urlencode({"columns": "name", "never-read": "1"})
    assert Browser(world.sessions["administrator"]).send("GET", f"/clients/?{query}").status == 200
    assert {"columns", "q", "month"} <= heard["dashboards:clients"]
    assert "never-read" not in heard["dashboards:clients"]
    sent = Browser(world.sessions["administrator"]).send("POST", "/views/", {"name": "New", "never-read": "1"})
    assert sent.status == 422
    assert heard["ui:views"] >= {"name", "audience", "at"}
    assert "never-read" not in heard["ui:views"]


def test_most_names_of_a_request_are_those_of_its_page(world):
    from random import Random

    sending.listen(world)
    own = hearing.HEARD[matrix.pattern_of("dashboards:variance")]
    drawn = [name for seed in range(200) for name in sending.names("dashboards:variance", Random(seed), 1)]
    assert 100 < sum(name in own for name in drawn) < 200
