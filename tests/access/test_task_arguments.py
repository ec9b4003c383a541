"""S2, threat 2: ids of others in the arguments of tasks. A task gets a number; behind it may stand anybody's wish.

A file is made by a worker, long after somebody asked for it: whatever list, client, filter and order its row names, the
file holds nothing of others. What no row stands behind wakes nobody.
"""

import io
import itertools
import zipfile
from collections import Counter

import pytest
from django.core import mail

from portal.jobs.queue import TaskFailed
from portal.privacy import tasks as privacy_tasks
from portal.ui.exports import files
from portal.ui.exports import tasks as export_tasks
from portal.ui.exports.asking import place_of
from portal.ui.models import Export, ExportFormat, ExportStatus
from tests.access import matrix
from tests.access.browser import undone
from tests.access.checksums import changed, checksums
from tests.access.test_cross_tenant import SEEDS, Generator
from tests.access.world import ACTORS, World

#: People in whose name files can be made.
PEOPLE = [name for name in ACTORS if name not in matrix.STRANGERS]
LARGEST = 2**63 - 1


def made_by_worker(world: World, count: int, seed: int) -> Counter[str]:
    """Let the worker make so many files, of lists with ids of anybody; returns how they ended."""
    generator, ended = Generator(world, seed), Counter[str]()
    # A PDF is made of the same rows, but its letters are indexes into a font.
    formats = itertools.cycle((ExportFormat.XLSX, ExportFormat.CSV))
    for _ in range(count):
        actor = generator.random.choice(PEOPLE)
        address = next(asked for _ in itertools.count() if place_of(asked := generator.one(actor)[1]) is not None)
        path, _, query = address.partition("?")
        mail.outbox.clear()
        with undone():
            row = Export.objects.create(
                user=world.users[actor],
                path=path,
                query=query,
                format=next(formats),
                language="nl",
                status=ExportStatus.WAITING,
            )
            export_tasks.make(row.pk)
            row.refresh_from_db()
            content = text_of(row) + "".join(f"{one.subject} {one.body}" for one in mail.outbox).encode()
            files.remove(row.file)
        found = world.planted.found_in(content, but=address)
        leaked = found - world.sees(actor)
        assert not leaked, f"{actor} {address} {row.format}: marks of {sorted(leaked)}"
        ended[row.status] += 1
        ended["with marks"] += bool(found)
    return ended


def text_of(row: Export) -> bytes:
    """What can be read in the file, its title included; a workbook is packed."""
    title = row.title.encode()
    file = files.opened(row.file) if row.file else None
    if file is None:
        return title
    with file:
        content = file.read()
    if row.format == ExportFormat.XLSX:
        with zipfile.ZipFile(io.BytesIO(content)) as workbook:
            content = b"".join(workbook.read(name) for name in workbook.namelist())
    return title + content


@pytest.mark.timeout(300)
def test_threat_02_a_worker_puts_nothing_of_others_into_a_file(crowd):
    ended = made_by_worker(crowd, 100, SEEDS)
    assert ended[ExportStatus.DONE] > 10
    # Their own they do find, so that those of others would be found.
    assert ended["with marks"] > 3
    assert ended[ExportStatus.REFUSED] > 10
    assert ended[ExportStatus.FAILED] == 0


@pytest.mark.long
@pytest.mark.timeout(1800)
def test_threat_02_a_worker_puts_nothing_of_others_into_a_thousand_files(crowd):
    ended = made_by_worker(crowd, 1_000, SEEDS + 100)
    assert ended[ExportStatus.FAILED] == 0


@pytest.mark.parametrize("task", [export_tasks.make, privacy_tasks.remove])
def test_threat_02_a_number_that_nobody_asked_with_changes_nothing(world, task):
    theirs = {number for kind in ("client", "company", "employee", "plan") for number in world.ids[kind].values()}
    known = {*world.ids["export"].values(), *world.ids["removal"].values()}
    before = checksums()
    for number in [0, -1, LARGEST, *sorted(theirs - known)]:
        try:
            task(number)
        except TaskFailed as failed:
            pytest.fail(f"{task.__qualname__}({number}): {failed}")
    assert changed(before, checksums()) == []
