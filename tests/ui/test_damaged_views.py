"""A saved view outlives the code that wrote it: whatever its row holds, the list opens, and says what it left out."""

from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest
from django.http import QueryDict
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.accounts.models import Firm, User
from portal.debtors.models import Debtor
from portal.ui.models import SavedView, StartView
from portal.ui.state import LARGEST, ListState, with_state
from tests.factories import fetched_everything, make_company, make_debtor, make_environment

# What the database could hold: any JSON, and such as a careless hand would make of a state.
json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
names = st.sampled_from(["q", "data", "view", "columns", "sort", "page", "per_page", "", "\0"]) | st.text()
almost = st.fixed_dictionaries(
    {},
    optional={
        "filters": st.dictionaries(names, st.lists(json, max_size=3) | json, max_size=4) | json,
        "sort": json | st.just("-name,number"),
        "columns": st.lists(names | json, max_size=5) | json,
        "per_page": json | st.sampled_from([25, 50, 100, "25", True, 25.0, -1]),
        "else": json,
    },
)
states = st.builds(
    ListState,
    st.dictionaries(
        st.sampled_from(["q", "data", "kind"]),
        st.lists(st.text("aé €&=", min_size=1), min_size=1, max_size=3).map(tuple),
        max_size=3,
    ),
    st.sampled_from(["", "name", "-name,number"]),
    st.lists(st.sampled_from(["name", "number", "wage"]), unique=True).map(tuple),
    st.sampled_from([0, 25, 100, 200]),
)


# The first text of all takes seconds to think of.
@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(json | almost)
def test_any_json_is_a_state_that_an_address_can_hold(kept: Any) -> None:
    state = ListState.from_json(kept)
    pairs = state.pairs()
    assert parse_qsl(urlencode(pairs), strict_parsing=bool(pairs)) == pairs
    # What was left out stays out, and no part of it takes the place of the view that was asked for.
    assert ListState.from_json(state.as_json()) == state
    assert QueryDict(with_state(QueryDict(), (), state, "7"))["view"] == "7"


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(states)
def test_what_was_kept_comes_back(state: ListState) -> None:
    assert ListState.from_json(state.as_json()) == state


def test_a_state_that_is_larger_than_may_be_kept_is_none() -> None:
    assert ListState.from_json({"sort": "name", "filters": {"q": ["a" * LARGEST]}}) == ListState()


@pytest.fixture
def client_of(firm: Firm, accountant: Any) -> tuple[Client, User]:
    """An accountant with one client, signed in."""
    debtor: Debtor = make_debtor(make_environment(firm), "Bakkersgroep", number="1001")
    make_company(debtor, "Brood B.V.")
    fetched_everything(debtor)
    user = accountant(debtor)
    User.objects.filter(pk=user.pk).update(language="en")
    client = Client()
    client.force_login(user)
    return client, user


DAMAGED = [
    7,
    "filters",
    ["filters"],
    {"filters": ["q"]},
    {"filters": {"q": "bak"}},
    {"filters": {"q": [["bak"], None, 3]}},
    {"filters": {"view": ["none"], "page": ["9"], "columns": ["x"]}},
    {"filters": {"q": ["\ud800"]}},
    {"sort": ["-name"], "columns": "name"},
    {"sort": {"name": 1}, "columns": {"name": 1}},
    {"columns": [None, 1, ["name"], "\x00"]},
    {"per_page": "many"},
    {"per_page": 7},
    {"per_page": 1e308},
    {"something": "else"},
    {"filters": {"q": ["a" * 20_000]}},
]


@pytest.mark.parametrize("state", DAMAGED, ids=lambda state: ascii(state)[:40])
def test_the_list_opens_with_a_damaged_view_and_says_so(client_of: tuple[Client, User], state: Any) -> None:
    client, user = client_of
    row = SavedView.objects.create(owner=user, page="dashboards:clients", name="Bakers", state=state)
    shown = client.get(f"/clients/?view={row.pk}")
    page = shown.content.decode()
    assert shown.status_code == 200
    assert "Bakkersgroep" in page
    assert "What is kept of the view “Bakers” cannot all be read" in page
    # Also where the list begins with it, on the page of views, and in the form that renames it.
    StartView.objects.create(user=user, page="dashboards:clients", view=row)
    began = client.get("/clients/")
    assert began.status_code == 302
    assert client.get(began["Location"]).status_code == 200
    assert client.get("/views/").status_code == 200
    assert client.get(f"/views/{row.pk}/").status_code == 200
    # Renaming keeps what can be read, and overwriting makes it whole.
    assert client.post(f"/views/{row.pk}/", {"name": "Bread", "audience": "mine"}).status_code == 302
    assert client.post(f"/views/{row.pk}/overwrite/", {"at": f"/clients/?view={row.pk}&q=bak"}).status_code == 302
    row.refresh_from_db()
    assert row.state == {"filters": {"q": ["bak"]}}
    assert "cannot all be read" not in client.get(f"/clients/?view={row.pk}&q=bak").content.decode()


def test_a_damaged_view_keeps_what_can_be_read_and_names_what_is_not_there(client_of: tuple[Client, User]) -> None:
    client, user = client_of
    state = {"columns": ["name", 5, "secret"], "filters": {"q": ["bak", None], "gone": ["x"]}, "per_page": 25}
    row = SavedView.objects.create(owner=user, page="dashboards:clients", name="Bakers", state=state)
    address = f"/clients/?view={row.pk}&q=bak&columns=name&columns=secret&gone=x&per_page=25"
    page = " ".join(client.get(address).content.decode().split())
    assert "What is kept of the view “Bakers” cannot all be read" in page
    assert "The view “Bakers” also names “gone”, “secret”: not there any more, or not for you to see." in page
    assert "gone=x" in client.get("/views/").content.decode()


def test_a_view_of_a_list_that_is_not_there_any_more_can_still_be_removed(client_of: tuple[Client, User]) -> None:
    client, user = client_of
    for page in ("", "gone:page", "dashboards:board nothing", "debtors:records nothing", "portal.ui.views x", "\x01"):
        row = SavedView.objects.create(owner=user, page=page, name=f"Of {page!r}")
        assert client.get("/views/").status_code == 200
        assert client.get(f"/views/{row.pk}/").status_code == 200
        assert client.post(f"/views/{row.pk}/start/", {"at": "/clients/"}).status_code == 302
        assert client.post(f"/views/{row.pk}/delete/").status_code == 302
    assert not SavedView.objects.exists()


def test_nothing_is_kept_that_a_database_cannot_hold() -> None:
    state = ListState.read(QueryDict("q=a%00b&q=&sort=%00&columns=name,%00&columns=number&per_page=25"), {"q"})
    assert state == ListState({}, "", ("number",), 25)
