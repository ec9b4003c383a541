"""S4 and threats 16 and 23: an auditor changes nothing, and looking changes nothing whoever looks."""

import pytest

from portal.accounts.models import User
from tests.access import matrix
from tests.access.browser import HTMX, Browser
from tests.access.checksums import OWN_CODES, changed, checksums, checksums_but_own
from tests.access.world import ACTORS, World

LOOKING = frozenset(matrix.METHODS) - matrix.UNSAFE


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
    auditor = world.users["auditor"].pk
    before = checksums_but_own(auditor)
    statuses = asked_by(world, "auditor", requests_of("auditor", frozenset(matrix.METHODS), one_in=one_in))
    assert len(statuses) > at_least
    assert changed(before, checksums_but_own(auditor)) == []
    # It was the auditor who was refused, and not a session that had ended.
    assert statuses.count(403) > at_least // 3
    assert Browser(world.sessions["auditor"]).send("GET", "/account/").status == 200


def test_threat_16_an_auditor_changes_nothing(world):
    auditors_attempt(world, one_in=9, at_least=250)


@pytest.mark.long
@pytest.mark.timeout(1200)
def test_threat_16_an_auditor_changes_nothing_at_any_address(world):
    auditors_attempt(world, one_in=1, at_least=2_400)


@pytest.mark.parametrize("actor", ["administrator", "auditor"])
def test_threat_23_looking_changes_nothing(world, actor):
    # A prime: rows have three or twelve of these cells, and a part of them would else never be sent.
    looks(world, actor, one_in=11)


@pytest.mark.long
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("actor", [name for name in ACTORS if name not in matrix.STRANGERS])
def test_threat_23_looking_at_every_page_changes_nothing(world, actor):
    looks(world, actor, one_in=1)


def looks(world: World, actor: str, one_in: int) -> None:
    cells = requests_of(actor, LOOKING, one_in=one_in)
    assert {cell.method for cell in cells if cell.target == matrix.OWN} == LOOKING
    person = world.users[actor].pk
    # One's own codes are made on the way to the page that shows them.
    before = checksums_but_own(person, of=OWN_CODES)
    statuses = asked_by(world, actor, cells)
    # It was the person who looked, and not a session that had ended.
    open_to_them = [cell for cell in cells if matrix.expected(cell) == 200]
    assert statuses.count(200) > len(open_to_them) * 9 // 10 > 0
    assert changed(before, checksums_but_own(person, of=OWN_CODES)) == []


def test_the_checksums_see_a_change(world):
    from portal.debtors.models import Debtor

    before = checksums()
    Debtor.everything.filter(pk=world.ids["client"]["b"]).update(number="other")
    assert changed(before, checksums()) == ["debtors_debtor"]


def test_the_checksums_see_what_somebody_does_to_the_account_of_another_and_not_what_to_their_own(world):
    from allauth.mfa.models import Authenticator
    from django.contrib.sessions.models import Session

    auditor, other = world.users["auditor"].pk, world.users["accountant"].pk
    before = checksums_but_own(auditor)
    User.objects.filter(pk=auditor).update(language="nl")
    Authenticator.objects.filter(user=auditor).delete()
    assert changed(before, checksums_but_own(auditor)) == []
    User.objects.filter(pk=other).update(is_active=False)
    Authenticator.objects.filter(user=other).delete()
    Session.objects.filter(session_key=world.sessions["accountant"]).delete()
    assert changed(before, checksums_but_own(auditor)) == ["accounts_user", "django_session", "mfa_authenticator"]
