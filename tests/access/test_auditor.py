"""S4 and threats 16 and 23: an auditor changes nothing, and looking changes nothing whoever looks."""

import pytest

from tests.access import matrix
from tests.access.browser import HTMX, Browser
from tests.access.checksums import OWN_ACCOUNT, changed, checksums
from tests.access.world import ACTORS, World


def requests_of(actor: str, methods: frozenset[str], *, one_in: int) -> list[matrix.Cell]:
    """Each address with each of the methods for the own, and in turn for the other records."""
    cells = [cell for cell in matrix.cells(actor) if cell.method in methods]
    return [cell for place, cell in enumerate(cells) if place % one_in == 0]


def asked_by(world: World, actor: str, cells: list[matrix.Cell]) -> list[int]:
    """Send them all, without undoing anything."""
    browser = Browser(world.sessions[actor])
    return [
        browser.send(
            cell.method, matrix.address(world, cell), matrix.body(world, cell), **(HTMX if place % 2 else {})
        ).status
        for place, cell in enumerate(cells)
        if not matrix.pattern_of(cell.row).endswith(("sign_out", "account_logout", "everywhere"))
    ]


def auditors_attempt(world: World, one_in: int, at_least: int) -> None:
    before = checksums(but=OWN_ACCOUNT)
    statuses = asked_by(world, "auditor", requests_of("auditor", matrix.UNSAFE, one_in=one_in))
    assert len(statuses) > at_least
    assert changed(before, checksums(but=OWN_ACCOUNT)) == []
    # It was the auditor who was refused, and not a session that had ended.
    assert statuses.count(403) > at_least // 2
    assert Browser(world.sessions["auditor"]).send("GET", "/account/").status == 200


def test_threat_16_an_auditor_changes_nothing(world):
    auditors_attempt(world, one_in=5, at_least=250)


@pytest.mark.long
@pytest.mark.timeout(1200)
def test_threat_16_an_auditor_changes_nothing_at_any_address(world):
    auditors_attempt(world, one_in=1, at_least=1_400)


@pytest.mark.parametrize("actor", ["administrator", "auditor"])
def test_threat_23_looking_changes_nothing(world, actor):
    looks(world, actor, one_in=12)


@pytest.mark.long
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("actor", [name for name in ACTORS if name not in matrix.STRANGERS])
def test_threat_23_looking_at_every_page_changes_nothing(world, actor):
    looks(world, actor, one_in=1)


def looks(world: World, actor: str, one_in: int) -> None:
    # One's own passkeys and codes are made on the way to a page that shows them.
    cells = [cell for cell in requests_of(actor, frozenset({"GET"}), one_in=1) if cell.target == matrix.OWN]
    before = checksums()
    statuses = asked_by(world, actor, cells[::one_in])
    # It was the person who looked, and not a session that had ended.
    open_to_them = [cell for cell in cells[::one_in] if matrix.expected(cell) == 200]
    assert statuses.count(200) > len(open_to_them) * 9 // 10 > 0
    assert changed(before, checksums()) == []


def test_the_checksums_see_a_change(world):
    from portal.debtors.models import Debtor

    before = checksums()
    Debtor.everything.filter(pk=world.ids["client"]["b"]).update(number="other")
    assert changed(before, checksums()) == ["debtors_debtor"]
