"""Every list that can be taken out becomes a file of each kind, with as many rows as the list has."""

import pytest
from openpyxl import load_workbook

from portal.ui.exports import files
from portal.ui.exports import tasks as export_tasks
from portal.ui.exports.asking import place_of
from portal.ui.models import Export, ExportFormat, ExportStatus
from tests.access import matrix
from tests.access.browser import Browser, undone
from tests.access.world import World


def lists_of(world: World, actor: str) -> list[str]:
    """The addresses of every list that the person may open and take out."""
    addresses = []
    for cell in matrix.cells(actor):
        if (cell.method, cell.target) != ("GET", matrix.OWN):
            continue
        address = matrix.address(world, cell)
        place = place_of(address)
        if place is None or not place.view_class.exportable:
            continue
        if Browser(world.sessions[actor]).send("GET", address).status == 200:
            addresses.append(address)
    return addresses


def made(world: World, actor: str, address: str, kind: ExportFormat) -> tuple[Export, int | None]:
    """The file of a list, and how many of its lines hold cells; None of a file that is no table."""
    row = Export.objects.create(user=world.users[actor], path=address, format=kind, language="en")
    export_tasks.make(row.pk)
    row.refresh_from_db()
    lines = None
    if row.status == ExportStatus.DONE:
        file = files.opened(row.file)
        assert file is not None
        with file:
            if kind == ExportFormat.XLSX:
                lines = sum(sheet.max_row for sheet in load_workbook(file, read_only=False).worksheets)
            elif kind == ExportFormat.CSV:
                lines = len(file.read().splitlines())
        files.remove(row.file)
    return row, lines


ACTORS = ("accountant", "client_administrator")


@pytest.fixture(scope="module")
def lists(shared_world: World) -> dict[str, list[str]]:
    """The lists of each of the two."""
    with undone():
        return {actor: lists_of(shared_world, actor) for actor in ACTORS}


@pytest.mark.timeout(300)
@pytest.mark.parametrize("actor", ACTORS)
def test_every_list_becomes_a_file_with_all_of_its_rows(lists, world, actor):
    """Lists that both open are taken out by one of them, in turn; in the long run by both."""
    kinds = list(ExportFormat)
    assert all(len(addresses) > 40 for addresses in lists.values())
    both = sorted(set.intersection(*map(set, lists.values())))
    addresses = [address for address in lists[actor] if address not in both[ACTORS.index(actor) :: 2]]
    filled = 0
    for place, address in enumerate(addresses):
        with undone():
            # Each kind of file in turn: the rows come the same way for all of them.
            row, lines = made(world, actor, address, kinds[place % len(kinds)])
        assert row.status == ExportStatus.DONE, (address, row.format, row.status)
        filled += row.rows > 0
        assert lines is None or lines > row.rows, (address, row.format, row.rows, lines)
    assert filled > len(addresses) // 2


@pytest.mark.long
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("kind", list(ExportFormat))
@pytest.mark.parametrize("actor", ["administrator", "accountant", "client_administrator"])
def test_every_list_becomes_a_file_of_each_kind(world, actor, kind):
    for address in lists_of(world, actor):
        with undone():
            row, lines = made(world, actor, address, kind)
        assert row.status == ExportStatus.DONE, (address, row.status)
        assert lines is None or lines > row.rows, (address, row.rows, lines)
