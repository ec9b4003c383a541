"""Files of lists: asking for one, seeing how far it is, fetching and stopping it."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal import clock
from portal.accounts.acting import address
from portal.accounts.models import User
from portal.accounts.roles import Capability
from portal.audit.about import About
from portal.audit.kinds import Kind
from portal.audit.recording import record_at_once
from portal.ui import formats
from portal.ui.exports import files, making
from portal.ui.exports.asking import Place, Refused, place_of
from portal.ui.exports.scope import still_has
from portal.ui.models import UNFINISHED, Export, ExportFormat, ExportStatus
from portal.ui.permissions import capabilities_of
from portal.ui.progress import Progress
from portal.ui.values import Crumb, Level, Status

#: Files that the page of them shows.
SHOWN = 50
#: A browser shows the file or saves it, and runs nothing in it.
SANDBOX = "default-src 'none'; sandbox"
LEVELS = {
    ExportStatus.DONE: Level.FINE,
    ExportStatus.REFUSED: Level.LATE,
    ExportStatus.TOO_LARGE: Level.LATE,
    ExportStatus.FAILED: Level.LATE,
}


@require_http_methods(["GET", "HEAD", "POST"])
def exports(request: HttpRequest) -> HttpResponseBase:
    """One's files; posted: a file of a list, at once or, when it is long, by a worker."""
    if request.method == "POST":
        return _asked(request, _exporter(request))
    rows = list(Export.objects.visible_to(request.user).filter(direct=False)[:SHOWN])
    context = {
        "heading": _("My files"),
        "subtitle": _("Lists that were taken out of the portal. A file is removed after a day."),
        "breadcrumb": [Crumb(_("My files"))],
        "rows": [(row, status_of(row), row.status in UNFINISHED) for row in rows],
    }
    return render(request, "ui/exports.html", context)


def _asked(request: HttpRequest, user: User) -> HttpResponseBase:
    here, wanted = request.POST.get("at", ""), request.POST.get("format", "")
    if not here or wanted not in ExportFormat:
        return _said(request, _("Choose a list and a kind of file."), 422)
    place = place_of(here)
    if place is None:
        raise Http404
    try:
        with making.one_more(user, place, ExportFormat(wanted), address(request)) as row:
            file = making.at_once(row, place, user)
            if file is not None:
                return _file(file, row)
            making.hand_over(row)
            return redirect("ui:export", row.pk)
    except Refused:
        raise Http404 from None
    except making.TooMany:
        text = _("%(count)s of your files are being made already. Wait until one is ready, or stop one.")
        return _said(request, text % {"count": making.AT_THE_SAME_TIME}, 429)
    except making.TooLarge as error:
        return _said(request, _too_large(error, ExportFormat(wanted)), 422, place)


def _too_large(error: making.TooLarge, kind: ExportFormat) -> str:
    """Why there is no file, and what does help."""
    text = _("This list has %(rows)s rows; a file of the kind %(kind)s may have %(most)s. Narrow it with a filter.")
    said = text % {"rows": formats.number(error.rows), "kind": kind.label, "most": formats.number(error.most)}
    others = [one for one, most in making.LARGEST.items() if error.rows <= most]
    return f"{said} {_('Or take another kind of file: Excel and CSV may have more rows.')}" if others else said


@require_safe
def export(request: HttpRequest, pk: int) -> HttpResponse:
    """How far a file is, and the way to it."""
    row = _own(request, pk)
    return render(request, "ui/export.html", _shown(row))


@require_safe
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """How far it is as a fragment, which the page asks for every second; at the end with what can be done then."""
    return render(request, "ui/export_progress.html", {**_shown(_own(request, pk)), "fragment": True})


@require_safe
def file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The file itself, for a day, for who made it and may still take all of it out. Each time is written down."""
    row, user = _own(request, pk), _exporter(request)
    ready = row.status == ExportStatus.DONE and row.expires is not None and clock.now() < row.expires
    if ready and not still_has(user, row.scope):
        said = _("You may see less than when this file was made. Take the list out again.")
        return _said(request, said, 403, place_of(_list(row)))
    found = files.opened(row.file) if ready else None
    if found is None:
        said = _("This file is not there any more. Take the list out again.")
        return _said(request, said, 410, place_of(_list(row)))
    record_at_once(Kind.DOCUMENT_READ, About(object_type="export", object_id=row.pk), detail={"format": row.format})
    return _file(found, row)


@require_POST
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop making a file."""
    if making.cancel(_own(request, pk)):
        messages.success(request, _("The file is not made."))
    else:
        messages.info(request, _("There was nothing to stop: the file is not being made."))
    return redirect("ui:export", pk)


def status_of(row: Export) -> Status:
    """How far a file is, in a word."""
    status = ExportStatus(row.status)
    icon = "hourglass" if status in UNFINISHED else "clock-exclamation" if status is ExportStatus.EXPIRED else ""
    return Status(LEVELS.get(status, Level.NEUTRAL), status.label, icon)


def _shown(row: Export) -> dict[str, Any]:
    under_way = row.status in UNFINISHED
    return {
        "heading": row.title or _("A file of a list"),
        "subtitle": ExportFormat(row.format).label,
        "breadcrumb": [Crumb(_("My files"), reverse("ui:exports")), Crumb(row.title or _("A file of a list"))],
        "row": row,
        "status": status_of(row),
        "under_way": under_way,
        "ready": row.status == ExportStatus.DONE,
        "list": _list(row),
        "progress": Progress(
            key=f"export-{row.pk}",
            label=_("Rows"),
            url=reverse("ui:export_progress", args=[row.pk]),
            done=row.done,
            total=row.rows,
            finished=not under_way,
        ),
    }


def _list(row: Export) -> str:
    """The address of the list that the file is of."""
    return f"{row.path}?{row.query}" if row.query else row.path


def _own(request: HttpRequest, pk: int) -> Export:
    """A file of one's own; of anybody else's there is none."""
    return get_object_or_404(Export.objects.visible_to(request.user).filter(direct=False), pk=pk)


def _exporter(request: HttpRequest) -> User:
    if Capability.EXPORT not in capabilities_of(request) or not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def _file(content: Any, row: Export) -> FileResponse:
    answer = FileResponse(content, as_attachment=True, filename=making.file_name(row))
    answer.headers["Content-Type"] = making.TYPES[ExportFormat(row.format)]
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Content-Security-Policy"] = SANDBOX
    return answer


def _said(request: HttpRequest, text: str, status: int, place: Place | None = None) -> HttpResponse:
    """A page that says why there is no file."""
    context = {
        "heading": _("No file"),
        "breadcrumb": [Crumb(_("My files"), reverse("ui:exports")), Crumb(_("No file"))],
        "text": text,
        "list": f"{place.path}?{place.query}".removesuffix("?") if place else "",
    }
    return render(request, "ui/no_export.html", context, status=status)
