"""Making files of lists: at once for a small list, by a worker for a large one. Who may is asked when it is made."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import IO, Any

from django import forms
from django.db import transaction
from django.http import HttpRequest
from django.utils import translation
from django.utils.text import slugify
from django.utils.translation import gettext as _

from portal import clock
from portal.accounts.acting import firms, label
from portal.accounts.models import User
from portal.audit.about import About
from portal.audit.actors import Actor, acting
from portal.audit.details import Detail
from portal.audit.kinds import Kind, Outcome
from portal.audit.recording import record_at_once
from portal.connections import wording
from portal.jobs.queue import enqueue
from portal.ui import filtering, reading
from portal.ui.exports import files, separated, xlsx
from portal.ui.exports.asking import Place, Refused, place_of, rows_of
from portal.ui.exports.scope import scope_of, still_has
from portal.ui.exports.sheet import Sheet
from portal.ui.models import UNFINISHED, Export, ExportFormat, ExportStatus
from portal.ui.permissions import of_client, without_clients
from portal.ui.state import key_of

#: Rows up to which a file is made while the person waits. Drawing pages takes longer than writing rows.
AT_ONCE = {ExportFormat.XLSX: 5_000, ExportFormat.CSV: 5_000, ExportFormat.PDF: 400}
#: Rows that a kind of file may have. Excel and CSV are written a part at a time; what bounds them is how long a worker
#: may be at it (TASK_SECONDS). A PDF is in memory until its last page is drawn, and these are some 250 sheets.
LARGEST = {ExportFormat.XLSX: 200_000, ExportFormat.CSV: 200_000, ExportFormat.PDF: 10_000}
#: Files that one person may have made at the same time.
AT_THE_SAME_TIME = 3
#: How long a file can be fetched.
KEPT = timedelta(hours=24)
#: How long it is told that there was one.
TOLD = timedelta(days=7)
#: Without a sign of life for so long the work is given up; what waits for so long is woken again.
SILENCE = timedelta(minutes=10)
WAITED = timedelta(minutes=2)
TASK = "portal.ui.exports.tasks.make"
#: How long a worker may be at one file.
TASK_SECONDS = 1_800

TYPES = {
    ExportFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ExportFormat.CSV: "text/csv; charset=utf-8",
    ExportFormat.PDF: "application/pdf",
}


class TooMany(Exception):
    """The person has as many files in the making as anybody may have."""


class TooLarge(Exception):
    """More rows than this kind of file may have. `rows`: how many the list has; `most`: how many it may have."""

    def __init__(self, rows: int, most: int) -> None:
        super().__init__(rows, most)
        self.rows, self.most = rows, most


class Stopped(Exception):
    """The person stopped it, or it was given up."""


# --- asking ----------------------------------------------------------------------------------------------------------


@contextmanager
def one_more(user: User, place: Place, kind: ExportFormat, address: str) -> Iterator[Export]:
    """Count one more file in the making, for as long as the block lasts unless it becomes a task's (`hand_over`).

    Raises TooMany.
    """
    with transaction.atomic():
        # Two requests at the same moment count one after the other.
        User.objects.select_for_update().filter(pk=user.pk).first()
        if user.exports.filter(status__in=UNFINISHED, beat__gt=clock.now() - SILENCE).count() >= AT_THE_SAME_TIME:
            raise TooMany
        row = user.exports.create(
            path=place.path,
            query=place.query,
            format=kind,
            language=translation.get_language() or "nl",
            address=address,
            direct=True,
            status=ExportStatus.RUNNING,
        )
    try:
        yield row
    finally:
        if row.direct:
            row.delete()


def at_once(row: Export, place: Place, user: User) -> IO[bytes] | None:
    """The file, written down before it leaves; None for a list that is too long to wait for.

    Raises Refused and TooLarge.
    """
    sheet = Sheet(rows_of(place, user), user, clock.now())
    row.title, row.rows = sheet.title[:200], sheet.count
    kind = ExportFormat(row.format)
    _check_size(sheet, kind)
    if sheet.count > AT_ONCE[kind]:
        return None
    file = tempfile.TemporaryFile(dir=files.folder())  # noqa: SIM115 - the answer closes it
    try:
        _write(sheet, kind, file, None)
        _write_down(sheet, kind)
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return file


def hand_over(row: Export) -> None:
    """Let a worker make it."""
    row.direct, row.status = False, ExportStatus.WAITING
    row.save()
    transaction.on_commit(lambda: wake(row.pk))


def wake(pk: int) -> None:
    """Wake a worker for a file. One that is woken again finds that somebody is at it."""
    enqueue(TASK, pk, seconds=TASK_SECONDS)


def cancel(row: Export) -> bool:
    """Stop the work; whether there was any."""
    asked = _of(row).filter(status__in=UNFINISHED)
    return bool(asked.update(status=ExportStatus.CANCELLED, finished=clock.now()))


# --- the worker's part -----------------------------------------------------------------------------------------------


def make(row: Export) -> None:
    """Make the file of `row`, which nobody else is at, with the rights that its person has now."""
    user, place = row.user, place_of(f"{row.path}?{row.query}")
    actor = Actor(user.pk, label(user), address=row.address, firms=firms(user))
    with acting(actor), translation.override(row.language):
        try:
            if place is None:
                raise Refused
            request = _asked_by(user)
            with wording.answered_by(lambda: without_clients(request), lambda: of_client(request)):
                _make(row, place, user)
        except Refused:
            _end(row, ExportStatus.REFUSED)
            what = About(object_type="export", object_id=row.pk)
            record_at_once(Kind.EXPORTED, what, outcome=Outcome.REFUSED, detail={"format": row.format})
        except TooLarge:
            _end(row, ExportStatus.TOO_LARGE)
        except Stopped:
            files.remove(row.file)
        except BaseException:
            _end(row, ExportStatus.FAILED)
            raise


def _make(row: Export, place: Place, user: User) -> None:
    kind, made_at = ExportFormat(row.format), clock.now()
    scope = scope_of(user_now(user))
    sheet = Sheet(rows_of(place, user), user, made_at)
    _check_size(sheet, kind)
    row.title, row.rows, row.file = sheet.title[:200], sheet.count, files.fresh_name()
    _sign_of_life(row, rows=row.rows, title=row.title, file=row.file)
    with files.create(row.file) as file:
        _write(sheet, kind, file, lambda done: _sign_of_life(row, done=done))
    # Whoever lost the right while it was being made gets nothing; what cannot be written down is not handed out.
    rows_of(place, user_now(user))
    if not still_has(user_now(user), scope):
        raise Refused
    _write_down(sheet, kind)
    _sign_of_life(
        row,
        status=ExportStatus.DONE,
        done=sheet.count,
        finished=clock.now(),
        expires=clock.now() + KEPT,
        scope=scope,
    )


def _check_size(sheet: Sheet, kind: ExportFormat) -> None:
    if sheet.count > LARGEST[kind]:
        raise TooLarge(sheet.count, LARGEST[kind])


def user_now(user: User) -> User:
    """The person as they are at this moment, with nothing remembered of what they had."""
    return User.objects.get(pk=user.pk)


def _sign_of_life(row: Export, **values: Any) -> None:
    """Tell how far it is. Raises Stopped when it was stopped or given up meanwhile."""
    if not _of(row).filter(status=ExportStatus.RUNNING).update(beat=clock.now(), **values):
        raise Stopped


def _end(row: Export, status: ExportStatus) -> None:
    files.remove(row.file)
    _of(row).filter(status=ExportStatus.RUNNING).update(status=status, finished=clock.now(), file="")


def _write_down(sheet: Sheet, kind: ExportFormat) -> None:
    """The file in the audit trail; of people of several clients also, for each client, that they were read."""
    record_at_once(Kind.EXPORTED, about(sheet), detail=told(sheet, kind))
    view = sheet.view
    if view.reads is not None and getattr(view, "owner", None) is None:
        reading.note_rows(view, view.object_list.order_by().values("pk"))


def about(sheet: Sheet) -> Any:
    """What the trail says that a file is about: whose list it is, else the kind of its rows."""
    owner = getattr(sheet.view, "owner", None)
    return owner if owner is not None else About(object_type=str(sheet.view.model._meta.model_name))


def told(sheet: Sheet, kind: ExportFormat) -> Detail:
    """What the trail says of a file: list, filters by name, columns, and how many rows. No values."""
    return {
        "list": key_of(sheet.view.request.resolver_match).replace(" ", "/"),
        "format": kind.value,
        "filters": _filters(sheet.view),
        "columns": sheet.column_names,
        "rows": sheet.count,
    }


def _filters(view: Any) -> list[str]:
    """The names of the filters in use, with the number of what was chosen from a list, which is no text of anybody."""
    found = []
    for name, value in filtering.applied(view.filterset).items():
        field, text = view.filterset.form.fields[name], str(value)
        chosen = isinstance(field, forms.ChoiceField) and text.isascii() and text.isdecimal() and len(text) < 8
        found.append(f"{name}:{text}" if chosen else name)
    return found


def file_name(row: Export) -> str:
    """What the file is called where it is kept: the list and the day, nothing of a person."""
    day = (row.finished or clock.now()).astimezone(clock.AMSTERDAM).date()
    return f"{slugify(row.title) or _('list')}-{day.isoformat()}.{row.format}"


def _write(sheet: Sheet, kind: ExportFormat, file: IO[bytes], tell: Callable[[int], None] | None) -> None:
    if kind is ExportFormat.XLSX:
        # What lies aside goes with its folder, also when the work is stopped in the middle.
        with tempfile.TemporaryDirectory(dir=files.folder()) as aside:
            xlsx.write(sheet, file, aside, tell)
    elif kind is ExportFormat.CSV:
        separated.write(sheet, file, tell)
    else:
        # What draws letters takes a sixth of the time that a program takes to begin, and few programs draw any.
        from portal.ui.exports import paper

        paper.write(sheet, file, tell)


def _of(row: Export) -> Any:
    return row.user.exports.filter(pk=row.pk)


def _asked_by(user: User) -> HttpRequest:
    request = HttpRequest()
    request.user = user
    return request
