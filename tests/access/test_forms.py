"""S2, threat 2: every form of every page, with each id in it replaced by one of somebody else, and posted."""

import pytest

from tests.access import matrix
from tests.access.browser import Browser, undone
from tests.access.checksums import changed
from tests.access.foreign import foreign_rows
from tests.access.pages import forms_of, with_foreign_ids
from tests.access.world import World

Form = tuple[str, str, dict[str, list[str]]]


def forms(world: World, actor: str, *, every_kind: bool) -> list[Form]:
    """Every form that posts, on every page the person can open: page, address and fields.

    Without `every_kind` one of the lists of records that differ only in their kind.
    """
    found: dict[tuple[str, tuple[str, ...]], Form] = {}
    browser = Browser(world.sessions[actor])
    for cell in matrix.cells(actor):
        if (cell.method, cell.target) != ("GET", matrix.OWN):
            continue
        if not every_kind and cell.kind != matrix.kinds(cell.row)[0]:
            continue
        path = matrix.address(world, cell)
        answer = browser.send("GET", path)
        if answer.status == 200:
            for action, fields in forms_of(answer.body, path):
                found.setdefault((action, tuple(sorted(fields))), (path, action, fields))
    return list(found.values())


#: Forms about one's own account and session: no row of a client stands behind them.
OWN = ("/account/", "/sign-out/", "/language/", "/password/")


@pytest.mark.timeout(600)
def test_threat_02_a_foreign_id_in_any_form_changes_nothing_of_others(world):
    nothing_changes(world, "administrator", forms(world, "administrator", every_kind=False))


@pytest.mark.long
@pytest.mark.timeout(600)
@pytest.mark.parametrize("actor", ["administrator", "accountant", "client_administrator"])
def test_threat_02_a_foreign_id_in_any_form_of_any_list_changes_nothing_of_others(world, actor):
    nothing_changes(world, actor, forms(world, actor, every_kind=True))


def nothing_changes(world: World, actor: str, found: list[Form]) -> None:
    may_see = world.sees(actor)
    others = {"administrator": "xy", "accountant": "bx", "client_administrator": "bx"}[actor]
    assert set(others) & may_see == set()
    before = foreign_rows(world, others)
    tried = 0
    for page, action, fields in found:
        if action.startswith(OWN):
            continue
        with undone():
            for address, form in with_foreign_ids(world, action, fields, others):
                answer = Browser(world.sessions[actor]).send("POST", address, form)
                assert answer.status < 500, (page, address, form, answer.error)
                assert world.planted.found_in(answer.body, but=str(form)) <= may_see, (page, address, form)
                tried += 1
            # After all of them at once: the sums cost more than the requests.
            assert changed(before, foreign_rows(world, others)) == [], (page, action, fields)
    assert tried > {"administrator": 60, "accountant": 4, "client_administrator": 10}[actor]
