"""S1, threats 1, 6 and 9: every address, for everybody, with every method, as the access matrix says.

The quick run asks one request in forty and, for three people, every refusal of the methods that a row names; the long
one asks all. Only on SQLite: it is about views, which know no database; the scope itself is tested on both in
tests/accounts/test_scope.py and test_scope_at_pages.py.
"""

import pytest
from django.urls import resolve

from tests.access import matrix
from tests.access.asking import differences
from tests.access.printed import FILE, as_markdown
from tests.access.world import ACTORS
from tests.house.test_public_pages import EVERY


def test_every_address_has_a_row():
    missing = sorted(EVERY.keys() - {matrix.pattern_of(row) for row in matrix.table()["rows"]})
    assert missing == [], "say in tests/access/matrix.yaml who gets what at these addresses"


def test_every_row_is_an_address():
    assert {matrix.pattern_of(row) for row in matrix.table()["rows"]} - EVERY.keys() == set()


def test_every_list_of_records_is_asked_for():
    asked = {(matrix.pattern_of(row), kind) for row in matrix.table()["rows"] for kind in matrix.kinds(row) if kind}
    for level, pattern in (("debtor", "debtors:records"), ("company", "companies:records")):
        lists = {kind.name for kind in matrix.kinds_of(level)}
        assert lists
        assert lists == {kind for name, kind in asked if name == pattern}


def test_the_matrix_is_about_the_people_of_the_world():
    assert list(matrix.table()["people"]) == list(ACTORS)
    assert len(ACTORS) == 12


def test_the_documentation_holds_the_same_matrix():
    assert FILE.read_text(encoding="utf-8") == as_markdown(), "run: python -m tests.access.printed"


@pytest.mark.parametrize("actor", ACTORS)
@pytest.mark.parametrize("htmx", [False, True], ids=["page", "fragment"])
def test_threat_01_everybody_gets_what_the_matrix_says(world, actor, htmx):
    asked, wrong = differences(world, actor, htmx=htmx, long=False)
    assert asked > 40
    assert wrong == [], "\n".join(wrong[:40])


@pytest.mark.long
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("actor", ACTORS)
@pytest.mark.parametrize("htmx", [False, True], ids=["page", "fragment"])
def test_threat_01_everybody_gets_what_the_whole_matrix_says(world, actor, htmx):
    asked, wrong = differences(world, actor, htmx=htmx, long=True)
    assert asked > 2_500
    assert wrong == [], "\n".join(wrong[:40])


def test_the_addresses_of_the_matrix_lead_to_the_views_of_their_rows(world):
    for cell in matrix.cells("administrator"):
        if cell.method == "GET" and cell.target == matrix.OWN:
            assert resolve(matrix.address(world, cell)).view_name in _same(matrix.pattern_of(cell.row))


def _same(name: str) -> set[str]:
    """Two names may stand for one address."""
    twins = {"account_login": "accounts:sign_in", "account_logout": "accounts:sign_out"}
    return {name, twins.get(name, name)}
